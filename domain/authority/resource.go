package authority

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// metadataPath is where a resource's metadata is served (RFC 9728 section 3).
func metadataPath(resource string) string { return "/.well-known/oauth-protected-resource" + resource }

// access finds the access token that r carries, for one resource, with its grant
// and client. A token that is bound to a key needs its proof.
func (s *Service) access(r *http.Request, resource, scheme, token string) (*grant, *Client, *issued, error) {
	bad := func(text string) (*grant, *Client, *issued, error) {
		return nil, nil, nil, fault(http.StatusUnauthorized, "invalid_token", text)
	}
	var t *issued
	var g *grant
	var c *Client
	err := s.d.DB.View(r.Context(), func(tx *store.Tx) error {
		var err error
		c = nil
		if t, g, err = tokenBy(tx, token); err != nil || t == nil {
			return err
		}
		c, err = clientByID(tx, g.Client)
		return err
	})
	now := s.now()
	switch {
	case err != nil:
		return nil, nil, nil, wrap("access token", err)
	case t == nil || t.kind != kindAccess || now >= t.expires || !g.stands(now) || c.State != Active:
		return bad("the token is unknown or over")
	case t.resource != resource:
		return bad("the token is for another resource")
	case t.jkt == "" && scheme != "bearer", t.jkt != "" && scheme != "dpop":
		return bad("the token is of another type")
	}
	if t.jkt != "" {
		jkt, err := s.proof(r, token)
		var f *Fault
		if errors.As(err, &f) {
			return nil, nil, nil, &Fault{Status: http.StatusUnauthorized, Code: f.Code, Text: f.Text, nonce: f.nonce}
		}
		if err != nil {
			return nil, nil, nil, err
		}
		if jkt == "" || jkt != t.jkt {
			return bad("the token is bound to another key")
		}
	}
	return g, c, t, nil
}

// Authenticate finds who an app acts for when it calls the API; ours is false
// for tokens of others. It sets the headers that tell the app what to do about
// an error (RFC 6750 section 3, RFC 9449 sections 7 and 9).
func (s *Service) Authenticate(w http.ResponseWriter, r *http.Request, scheme, token string) (actor authz.Actor, ours bool, err error) {
	scheme = strings.ToLower(scheme)
	if scheme != "dpop" && !strings.HasPrefix(token, accessPrefix) {
		return authz.Actor{}, false, nil
	}
	g, _, t, err := s.access(r, resourceAPI, scheme, token)
	if err != nil {
		return authz.Actor{}, true, s.unauthorized(w, resourceAPI, err)
	}
	if scheme == "dpop" {
		w.Header().Set("DPoP-Nonce", s.nonce())
	}
	var may []string
	for _, x := range t.scopes {
		if slices.Contains(apiScopes, x) {
			may = append(may, x)
		}
	}
	// An app never manages the person's own tokens, whatever its scopes.
	if len(may) == 0 || strings.HasPrefix(r.URL.Path, "/api/v1/tokens") || strings.HasPrefix(r.URL.Path, "/api/v1/openid/") {
		s.tooLittle(w, resourceAPI, scheme, "")
		return authz.Actor{}, true, kernel.E(kernel.Forbidden, "authority.api.scope", nil)
	}
	actor, err = s.owner(r, g)
	actor.Scopes = may
	return actor, true, err
}

// owner is the person of a grant, as an app acts for them now.
func (s *Service) owner(r *http.Request, g *grant) (authz.Actor, error) {
	actor, err := s.d.Sessions.Actor(r.Context(), g.Account)
	if kernel.Is(err, kernel.NotFound) {
		return authz.Actor{}, kernel.E(kernel.Unauthorized, "api.bad_token", nil)
	}
	if err != nil {
		return authz.Actor{}, wrap("access token", err)
	}
	actor.Token, actor.Session, actor.App = true, g.ID, g.Client
	// When what they proved themselves with came to the account is not kept: the
	// moment of the proof errs to the safe side.
	actor.Proof = authz.Proof{Level: g.AAL, Methods: g.AMR, At: g.AuthTime, Since: g.AuthTime}
	return actor, nil
}

// Looked writes down that an app reads something by an operation of the API, in
// the log of whom it reads for. What an app does is written down by the room that
// does it, with the app's name.
func (s *Service) Looked(ctx context.Context, actor authz.Actor, operation string) error {
	return wrap("log a reading", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "authority.look", Object: "operation:" + operation,
			Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "authority.purpose.apps"})
	}))
}

// Fresh tells whether the sign-in on which an app's consent rests suffices for an
// act that weighs much; the app learns what sign-in to ask for (RFC 9470). A
// token that a person made for themselves was made with such a sign-in.
func (s *Service) Fresh(w http.ResponseWriter, r *http.Request, actor authz.Actor) error {
	if actor.Proof.Level == 0 {
		return nil
	}
	aal, within, err := s.d.Sessions.Enough(r.Context(), actor)
	if err != nil || aal == 0 {
		return wrap("fresh sign-in", err)
	}
	scheme := "Bearer"
	if r.Header.Get("DPoP") != "" {
		scheme = "DPoP"
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`%s error="insufficient_user_authentication", error_description="the person must sign in anew", acr_values="%s", max_age="%d", resource_metadata="%s"`,
		scheme, levelName(aal), int64(within.Seconds()), s.d.Issuer+metadataPath(resourceAPI)))
	return kernel.E(kernel.Unauthorized, "authority.api.step_up", nil)
}

// unauthorized tells the app what is wrong with its token.
func (s *Service) unauthorized(w http.ResponseWriter, resource string, err error) error {
	var f *Fault
	if !errors.As(err, &f) {
		return err
	}
	s.challenge(w, resource, f)
	return kernel.E(kernel.Unauthorized, "api.bad_token", f)
}

// challenge says what was wrong with a token.
func (s *Service) challenge(w http.ResponseWriter, resource string, f *Fault) {
	scheme := "Bearer"
	if f.Code == "use_dpop_nonce" || f.Code == "invalid_dpop_proof" {
		scheme = "DPoP"
		w.Header().Set("DPoP-Nonce", s.nonce())
	}
	w.Header().Set("WWW-Authenticate", scheme+` error="`+f.Code+`", error_description="`+f.Text+`", resource_metadata="`+s.d.Issuer+metadataPath(resource)+`"`)
}

// tooLittle says which scope is missing.
func (s *Service) tooLittle(w http.ResponseWriter, resource, scheme, scope string) {
	word := "Bearer"
	if scheme == "dpop" {
		word = "DPoP"
	}
	if scope != "" {
		scope = `, scope="` + scope + `"`
	}
	w.Header().Set("WWW-Authenticate", word+` error="insufficient_scope"`+scope+`, resource_metadata="`+s.d.Issuer+metadataPath(resource)+`"`)
}

// userinfo is what the client may know of the person.
func (s *Service) userinfo(r *http.Request) (map[string]any, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); token == "" {
		return nil, fault(http.StatusUnauthorized, "invalid_token", "there is no token")
	}
	g, c, t, err := s.access(r, resourceAPI, strings.ToLower(scheme), token)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(t.scopes, scopeOpenID) {
		return nil, fault(http.StatusForbidden, "insufficient_scope", "the token is not for signing in")
	}
	out := map[string]any{"sub": s.subject(c.sector(), g.Account)}
	if slices.Contains(t.scopes, scopeProfile) {
		actor, err := s.d.Sessions.Actor(r.Context(), g.Account)
		if kernel.Is(err, kernel.NotFound) {
			return nil, fault(http.StatusUnauthorized, "invalid_token", "the token is unknown or over")
		}
		if err != nil {
			return nil, wrap("userinfo", err)
		}
		out["name"] = actor.Name
	}
	return out, nil
}
