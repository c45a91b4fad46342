package authority

import (
	"net/http"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
)

// Caller is a program that calls the tools for a person.
type Caller struct {
	Actor  authz.Actor // without any scope of the API
	Client string      // id of the registered program
	Name   kernel.Text // as operators registered it
	Scopes []string
}

// Admit finds whom a program calls the tools for, nil where it carries no token:
// then it is anonymous. Errors come with the headers that say what to do.
func (s *Service) Admit(w http.ResponseWriter, r *http.Request) (*Caller, error) {
	sent := r.Header.Values("Authorization")
	if len(sent) == 0 {
		return nil, nil
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	scheme = strings.ToLower(scheme)
	g, c, t, err := s.access(r, resourceTools, scheme, strings.TrimSpace(token))
	if err == nil && len(sent) > 1 {
		err = fault(http.StatusUnauthorized, "invalid_token", "there are several tokens")
	}
	if err != nil {
		return nil, s.unauthorized(w, resourceTools, err)
	}
	if scheme == "dpop" {
		w.Header().Set("DPoP-Nonce", s.nonce())
	}
	actor, err := s.owner(r, g)
	if err != nil {
		return nil, err
	}
	may := slices.DeleteFunc(slices.Clone(t.scopes), func(x string) bool { return !slices.Contains(toolScopes, x) })
	return &Caller{Actor: actor, Client: c.ID, Name: c.Name, Scopes: may}, nil
}

// WantsToken tells a program without a token where to get one, for a scope of
// the tools; one whose token lacks the scope, that it must ask for it.
func (s *Service) WantsToken(w http.ResponseWriter, r *http.Request, scope string) {
	scheme, _, carried := strings.Cut(r.Header.Get("Authorization"), " ")
	if carried {
		s.tooLittle(w, resourceTools, strings.ToLower(scheme), scope)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="`+s.d.Issuer+metadataPath(resourceTools)+`", scope="`+scope+`"`)
}
