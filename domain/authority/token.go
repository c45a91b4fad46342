package authority

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/store"
)

// Prefixes let scanners of leaked secrets recognise ours.
const (
	accessPrefix  = "maruat_"
	refreshPrefix = "marurt_"
)

const (
	kindAccess  = "access"
	kindRefresh = "refresh"
)

// grant is a person's answer that stands.
type grant struct {
	ID                kernel.ID
	Client            string
	Account, Session  kernel.ID
	Scopes            []string
	AuthTime          kernel.Time
	AAL               int
	AMR               []string
	Expires, RevokeAt kernel.Time
	Resources         []string // what it is for, never none
}

func (g *grant) stands(now kernel.Time) bool { return g.RevokeAt == 0 && now < g.Expires }

const grantColumns = `SELECT id, client, account, session, scopes, auth_time, aal, amr, expires_at, revoked_at, resources FROM authority_grant`

func scanGrant(row interface{ Scan(...any) error }) (*grant, error) {
	var g grant
	var scopes, amr, resources string
	err := row.Scan(&g.ID, &g.Client, &g.Account, &g.Session, &scopes, &g.AuthTime, &g.AAL, &amr, &g.Expires, &g.RevokeAt, &resources)
	g.Scopes, g.AMR, g.Resources = strings.Fields(scopes), strings.Fields(amr), strings.Fields(resources)
	return &g, err
}

// tokens is the answer of the token endpoint.
type tokens struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int64  `json:"expires_in"`
	Scope   string `json:"scope"`
	Refresh string `json:"refresh_token,omitempty"`
	ID      string `json:"id_token,omitempty"`
}

func invalidGrant(text string) error { return fault(http.StatusBadRequest, "invalid_grant", text) }

// token exchanges a code or a refresh token.
func (s *Service) token(r *http.Request, form url.Values) (*tokens, error) {
	c, err := s.client(r, form)
	if err != nil {
		return nil, err
	}
	kind := form.Get("grant_type")
	if kind != "authorization_code" && kind != "refresh_token" {
		return nil, fault(http.StatusBadRequest, "unsupported_grant_type", "codes and refresh tokens are exchanged here")
	}
	jkt, err := s.proof(r, "")
	if err != nil {
		return nil, err
	}
	if jkt == "" && !c.Loose {
		return nil, fault(http.StatusBadRequest, "invalid_dpop_proof", "this client proves a key (RFC 9449)")
	}
	if kind == "refresh_token" {
		return s.refresh(r.Context(), c, form, jkt)
	}
	return s.exchange(r.Context(), c, form, jkt)
}

// exchange turns a code into tokens, once.
func (s *Service) exchange(ctx context.Context, c *Client, form url.Values, jkt string) (*tokens, error) {
	var out *tokens
	var g *grant
	var nonce string
	var refused error // after which what was revoked must stay so
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		out, refused = nil, nil
		now := s.now()
		hash := hashOf(form.Get("code"))
		var id kernel.ID
		var uri, challenge, bound string
		var expires, used kernel.Time
		err := tx.QueryRow(`SELECT grant_id, redirect_uri, challenge, nonce, jkt, expires_at, used_at FROM authority_code WHERE hash = $1`, hash).
			Scan(&id, &uri, &challenge, &nonce, &bound, &expires, &used)
		if errors.Is(err, sql.ErrNoRows) {
			return invalidGrant("the code is unknown")
		}
		if err != nil {
			return err
		}
		if g, err = scanGrant(tx.QueryRow(grantColumns+` WHERE id = $1`, string(id))); err != nil {
			return err
		}
		if g.Client != c.ID {
			return invalidGrant("the code is another client's")
		}
		if used != 0 {
			refused = invalidGrant("the code was used before")
			return s.revoke(tx, g, "authority.code_reused")
		}
		// A wrong guess costs the code: nobody tries twice.
		if _, err := tx.Exec(`UPDATE authority_code SET used_at = $1 WHERE hash = $2`, int64(now), hash); err != nil {
			return err
		}
		verifier := sha256.Sum256([]byte(form.Get("code_verifier")))
		switch {
		case now >= expires || !g.stands(now):
			refused = invalidGrant("the code is over")
		case form.Get("redirect_uri") != uri:
			refused = invalidGrant("redirect_uri is not that of the request")
		case len(form.Get("code_verifier")) < 43 || len(form.Get("code_verifier")) > 128 || !hmac.Equal([]byte(b64(verifier[:])), []byte(challenge)):
			refused = invalidGrant("code_verifier is not that of the request")
		case bound != "" && bound != jkt:
			refused = invalidGrant("the code is bound to another key")
		}
		if refused != nil {
			return nil
		}
		target, err := g.target(s.d.Issuer, form["resource"])
		if err != nil {
			refused = err
			return nil
		}
		out, err = s.issue(tx, now, g, issue{scopes: g.Scopes, keep: g.Scopes, jkt: jkt, resource: target})
		return err
	})
	if err == nil {
		err = refused
	}
	if err == nil && slices.Contains(g.Scopes, scopeOpenID) {
		out.ID, err = s.idToken(ctx, c, g, nonce, out.Access)
	}
	return out, wrap("exchange code", err)
}

// refresh turns a refresh token into new tokens, once.
func (s *Service) refresh(ctx context.Context, c *Client, form url.Values, jkt string) (*tokens, error) {
	var out *tokens
	var refused error
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		out, refused = nil, nil
		now := s.now()
		t, g, err := tokenBy(tx, form.Get("refresh_token"))
		if err != nil {
			return err
		}
		if t == nil || t.kind != kindRefresh || g.Client != c.ID {
			return invalidGrant("the refresh token is unknown")
		}
		if t.used != 0 {
			refused = invalidGrant("the refresh token was used before")
			return s.revoke(tx, g, "authority.refresh_reused")
		}
		switch {
		case now >= t.expires || !g.stands(now):
			return invalidGrant("the refresh token is over")
		case c.Public && t.jkt != jkt:
			// Other clients prove a key of their own with each request and may
			// change this one (RFC 9449 section 5).
			return invalidGrant("the refresh token is bound to another key")
		}
		target, err := g.target(s.d.Issuer, form["resource"])
		if err != nil {
			return err
		}
		scopes := t.scopes
		if asked := strings.Fields(form.Get("scope")); len(asked) > 0 {
			if slices.ContainsFunc(asked, func(x string) bool { return !slices.Contains(t.scopes, x) }) {
				return fault(http.StatusBadRequest, "invalid_scope", "more than was granted")
			}
			scopes = asked
		}
		n, err := tx.Exec(`UPDATE authority_token SET used_at = $1 WHERE hash = $2 AND used_at = 0`, int64(now), t.hash)
		if err != nil {
			return err
		}
		if n == 0 {
			refused = invalidGrant("the refresh token was used before")
			return s.revoke(tx, g, "authority.refresh_reused")
		}
		out, err = s.issue(tx, now, g, issue{scopes: scopes, keep: t.scopes, jkt: jkt, resource: target})
		return err
	})
	if err == nil {
		err = refused
	}
	return out, wrap("refresh", err)
}

// issue is what tokens are made of.
type issue struct {
	scopes   []string // of the access token, where they mean something at the resource
	keep     []string // of the refresh token
	jkt      string
	resource string // that the access token is for
}

// issue makes an access token, and where the person allowed it for later a
// refresh token.
func (s *Service) issue(tx *store.Tx, now kernel.Time, g *grant, i issue) (*tokens, error) {
	i.scopes = scopesAt(i.resource, i.scopes)
	out := &tokens{Type: "Bearer", Seconds: int64(accessTime.Seconds()), Scope: strings.Join(i.scopes, " ")}
	if i.jkt != "" {
		out.Type = "DPoP"
	}
	insert := func(prefix, kind string, scopes []string, ends kernel.Time) (string, error) {
		random, _ := newSecret()
		secret := prefix + random
		_, err := tx.Exec(`INSERT INTO authority_token (hash, grant_id, kind, scopes, jkt, created_at, expires_at, used_at, resource) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)`,
			hashOf(secret), string(g.ID), kind, strings.Join(scopes, " "), i.jkt, int64(now), int64(min(ends, g.Expires)), i.resource)
		return secret, err
	}
	var err error
	if out.Access, err = insert(accessPrefix, kindAccess, i.scopes, now.Add(accessTime)); err != nil {
		return nil, err
	}
	if slices.Contains(g.Scopes, scopeOffline) {
		out.Refresh, err = insert(refreshPrefix, kindRefresh, i.keep, now.Add(refreshTime))
	}
	return out, err
}

// idToken tells the client who signed in, when and how.
func (s *Service) idToken(ctx context.Context, c *Client, g *grant, nonce, access string) (string, error) {
	now := s.now().Std().Unix()
	half := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": s.d.Issuer, "sub": s.subject(c.sector(), g.Account), "aud": c.ID,
		"iat": now, "exp": now + int64(accessTime.Seconds()), "auth_time": g.AuthTime.Std().Unix(),
		"acr": levelName(g.AAL), "at_hash": b64(half[:16]), "sid": s.sid(c, g.Session),
	}
	if len(g.AMR) > 0 {
		claims["amr"] = g.AMR
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	return s.sign(ctx, typeID, claims)
}

// sid names a session to one client, so that no two can compare it.
func (s *Service) sid(c *Client, session kernel.ID) string {
	return b64(s.d.Keys.MAC("authority.sid:"+c.ID, []byte(session))[:16])
}

// issued is a token that was handed out.
type issued struct {
	hash          []byte
	kind          string
	scopes        []string
	jkt           string
	resource      string
	created       kernel.Time
	expires, used kernel.Time
}

// tokenBy finds a token and its grant, nil when there is none.
func tokenBy(tx *store.Tx, secret string) (*issued, *grant, error) {
	t := issued{hash: hashOf(secret)}
	var id kernel.ID
	var scopes string
	err := tx.QueryRow(`SELECT grant_id, kind, scopes, jkt, resource, created_at, expires_at, used_at FROM authority_token WHERE hash = $1`, t.hash).
		Scan(&id, &t.kind, &scopes, &t.jkt, &t.resource, &t.created, &t.expires, &t.used)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	t.scopes = strings.Fields(scopes)
	g, err := scanGrant(tx.QueryRow(grantColumns+` WHERE id = $1`, string(id)))
	return &t, g, err
}
