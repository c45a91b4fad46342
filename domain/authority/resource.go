package authority

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// access finds the grant of the access token that r carries, and what the
// token may do. A token that is bound to a key needs its proof.
func (s *Service) access(r *http.Request, scheme, token string) (*grant, *Client, []string, error) {
	bad := func(text string) error { return fault(http.StatusUnauthorized, "invalid_token", text) }
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
		return nil, nil, nil, bad("the token is unknown or over")
	case t.jkt == "" && scheme != "bearer", t.jkt != "" && scheme != "dpop":
		return nil, nil, nil, bad("the token is of another type")
	}
	if t.jkt != "" {
		jkt, err := s.proof(r, token)
		var f *Fault
		if errors.As(err, &f) {
			f = &Fault{Status: http.StatusUnauthorized, Code: f.Code, Text: f.Text, nonce: f.nonce}
			return nil, nil, nil, f
		}
		if err != nil {
			return nil, nil, nil, err
		}
		if jkt == "" || jkt != t.jkt {
			return nil, nil, nil, bad("the token is bound to another key")
		}
	}
	return g, c, t.scopes, nil
}

// Authenticate finds who an app acts for when it calls the API; ours is false
// for tokens of others. It sets the headers that tell the app what to do about
// an error (RFC 6750 section 3, RFC 9449 sections 7 and 9).
func (s *Service) Authenticate(w http.ResponseWriter, r *http.Request, scheme, token string) (actor authz.Actor, ours bool, err error) {
	scheme = strings.ToLower(scheme)
	if scheme != "dpop" && !strings.HasPrefix(token, accessPrefix) {
		return authz.Actor{}, false, nil
	}
	g, _, scopes, err := s.access(r, scheme, token)
	var f *Fault
	if errors.As(err, &f) {
		s.challenge(w, f)
		return authz.Actor{}, true, kernel.E(kernel.Unauthorized, "api.bad_token", f)
	}
	if err != nil {
		return authz.Actor{}, true, err
	}
	if scheme == "dpop" {
		w.Header().Set("DPoP-Nonce", s.nonce())
	}
	var may []string
	for _, x := range scopes {
		if slices.Contains(apiScopes, x) {
			may = append(may, x)
		}
	}
	// An app never manages the person's own tokens, whatever its scopes.
	if len(may) == 0 || strings.HasPrefix(r.URL.Path, "/api/v1/tokens") || strings.HasPrefix(r.URL.Path, "/api/v1/openid/") {
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", resource_metadata="`+s.d.Issuer+resourcePath+`"`)
		return authz.Actor{}, true, kernel.E(kernel.Forbidden, "authority.api.scope", nil)
	}
	actor, err = s.d.Sessions.Actor(r.Context(), g.Account)
	if kernel.Is(err, kernel.NotFound) {
		return authz.Actor{}, true, kernel.E(kernel.Unauthorized, "api.bad_token", nil)
	}
	if err != nil {
		return authz.Actor{}, true, wrap("access token", err)
	}
	actor.Token, actor.Scopes, actor.Session = true, may, g.ID
	return actor, true, nil
}

// challenge says what was wrong with a token.
func (s *Service) challenge(w http.ResponseWriter, f *Fault) {
	scheme := "Bearer"
	if f.Code == "use_dpop_nonce" || f.Code == "invalid_dpop_proof" {
		scheme = "DPoP"
		w.Header().Set("DPoP-Nonce", s.nonce())
	}
	w.Header().Set("WWW-Authenticate", scheme+` error="`+f.Code+`", error_description="`+f.Text+`", resource_metadata="`+s.d.Issuer+resourcePath+`"`)
}

// userinfo is what the client may know of the person.
func (s *Service) userinfo(r *http.Request) (map[string]any, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); token == "" {
		return nil, fault(http.StatusUnauthorized, "invalid_token", "there is no token")
	}
	g, c, scopes, err := s.access(r, strings.ToLower(scheme), token)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(scopes, scopeOpenID) {
		return nil, fault(http.StatusForbidden, "insufficient_scope", "the token is not for signing in")
	}
	out := map[string]any{"sub": s.subject(c.sector(), g.Account)}
	if slices.Contains(scopes, scopeProfile) {
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
