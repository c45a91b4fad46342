package authority

import (
	"net/http"
	"net/url"
	"strings"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// end takes back a token that the client has no more use for (RFC 7009); with a
// refresh token the whole grant. What is unknown or another's is no error.
func (s *Service) end(r *http.Request, form url.Values) error {
	c, err := s.client(r, form)
	if err != nil {
		return err
	}
	if form.Get("token") == "" {
		return fault(http.StatusBadRequest, "invalid_request", "token is missing")
	}
	return wrap("revoke", s.d.DB.Update(r.Context(), func(tx *store.Tx) error {
		t, g, err := tokenBy(tx, form.Get("token"))
		if err != nil || t == nil || g.Client != c.ID {
			return err
		}
		if t.kind == kindRefresh {
			return s.revoke(tx, g, "authority.revoke")
		}
		_, err = tx.Exec(`DELETE FROM authority_token WHERE hash = $1`, t.hash)
		return err
	}))
}

// introspect tells a client about a token (RFC 7662): one of its own, or of a
// program of the same body, whose resources it then guards.
func (s *Service) introspect(r *http.Request, form url.Values) (map[string]any, error) {
	c, err := s.client(r, form)
	if err != nil {
		return nil, err
	}
	if c.Public {
		return nil, invalidClient("only clients that prove who they are may ask")
	}
	if form.Get("token") == "" {
		return nil, fault(http.StatusBadRequest, "invalid_request", "token is missing")
	}
	out := map[string]any{"active": false}
	err = s.d.DB.View(r.Context(), func(tx *store.Tx) error {
		out = map[string]any{"active": false}
		t, g, err := tokenBy(tx, form.Get("token"))
		if err != nil || t == nil {
			return err
		}
		of, err := clientByID(tx, g.Client)
		if err != nil {
			return err
		}
		now := s.now()
		if of.sector() != c.sector() || of.State != Active || !g.stands(now) || now >= t.expires || t.used != 0 {
			return nil
		}
		out = map[string]any{"active": true, "iss": s.d.Issuer, "client_id": of.ID, "sub": s.subject(of.sector(), g.Account), "scope": strings.Join(t.scopes, " "),
			"iat": t.created.Std().Unix(), "exp": t.expires.Std().Unix(), "acr": levelName(g.AAL), "auth_time": g.AuthTime.Std().Unix()}
		if t.kind == kindAccess {
			out["aud"] = s.d.Issuer + t.resource
			out["token_type"] = "Bearer"
			if t.jkt != "" {
				out["token_type"], out["cnf"] = "DPoP", map[string]string{"jkt": t.jkt}
			}
		}
		return nil
	})
	if kernel.Is(err, kernel.NotFound) {
		err = nil
	}
	return out, wrap("introspect", err)
}

// revoke ends a grant with all its tokens.
func (s *Service) revoke(tx *store.Tx, g *grant, act string) error {
	n, err := tx.Exec(`UPDATE authority_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at = 0`, int64(s.now()), string(g.ID))
	if err != nil || n == 0 {
		return err
	}
	return audit.Append(tx, s.now(), audit.Entry{Actor: authz.Actor{System: "authority"}, Act: act, Object: "client:" + g.Client,
		Subject: audit.SubjectOf("", g.Account), Purpose: "authority.purpose.apps"})
}
