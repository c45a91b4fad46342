package authority

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"maru/kernel"
	"maru/platform/store"
)

// TestWhole goes the whole way as the FAPI 2.0 security profile draws it, with
// go-oidc as the program that verifies (oidcc-server, fapi2-security-profile-
// final-happy-flow).
func TestWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		a := p.tokens("mina")
		if a.str("token_type") != "DPoP" || a.str("refresh_token") == "" || a.str("scope") != "openid profile applications offline_access" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("tokens: %s", a.raw)
		}
		provider, err := oidc.NewProvider(context.Background(), h.url)
		if err != nil {
			t.Fatal(err)
		}
		token, err := provider.Verifier(&oidc.Config{ClientID: p.id, SupportedSigningAlgs: []string{"ES256"}, Now: func() time.Time { return h.clock.Now().Std() }}).
			Verify(context.Background(), a.str("id_token"))
		if err != nil {
			t.Fatal(err)
		}
		if token.Nonce != "n-1" || token.VerifyAccessToken(a.str("access_token")) != nil {
			t.Errorf("nonce %q, at_hash %q", token.Nonce, token.AccessTokenHash)
		}
		var claims struct {
			AuthTime int64    `json:"auth_time"`
			ACR      string   `json:"acr"`
			AMR      []string `json:"amr"`
			SID      string   `json:"sid"`
		}
		if err := token.Claims(&claims); err != nil || claims.AuthTime != h.at.Std().Unix() || claims.ACR != "urn:maru:aal:1" || len(claims.AMR) != 1 || claims.SID == "" {
			t.Errorf("claims %+v, %v", claims, err)
		}
		if strings.Contains(token.Subject, "mina") {
			t.Errorf("the subject tells the account: %s", token.Subject)
		}
		u := p.call(userinfoPath, a.str("access_token"))
		want(t, u, 200, "")
		if u.str("sub") != token.Subject || u.str("name") != "가상mina" {
			t.Errorf("userinfo %s", u.raw)
		}
		who := p.call("/api/v1/who", a.str("access_token"))
		want(t, who, 200, "")
		if who.str("account") != "mina" {
			t.Errorf("the API saw %s", who.raw)
		}
		want(t, p.call("/api/v1/desk", a.str("access_token")), 403, "")
		want(t, p.call("/api/v1/tokens", a.str("access_token")), 403, "")
		want(t, p.call("/api/v1/openid/clients", a.str("access_token")), 403, "")
	})
}

// TestPairwise: programs of one body see one subject, all others another.
func TestPairwise(t *testing.T) {
	h := open(t, liteDB(t))
	of := func(g *Registration) { g.Agency = "gangnam" }
	sub := func(p *peer) string { return p.call(userinfoPath, p.tokens("mina").str("access_token")).str("sub") }
	one, two, other, third := sub(h.client(of)), sub(h.client(of)), sub(h.client()), sub(h.client())
	if one != two || one == other || other == third || one == "" {
		t.Errorf("subjects %s %s %s %s", one, two, other, third)
	}
}

// TestDiscovery: both documents are the same, and what they name answers
// (oidcc-server discovery, RFC 8414, RFC 9728).
func TestDiscovery(t *testing.T) {
	h := open(t, liteDB(t))
	a, b := h.get("", "/.well-known/openid-configuration"), h.get("", "/.well-known/oauth-authorization-server")
	if a.raw != b.raw || a.str("issuer") != h.url || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("metadata %s", a.raw)
	}
	for k, v := range a.body {
		if s, _ := v.(string); (strings.HasSuffix(k, "_endpoint") || k == "jwks_uri") && !strings.HasPrefix(s, h.url+"/openid/") {
			t.Errorf("%s is %q", k, s)
		}
	}
	if strings.Contains(h.get("", keysPath).raw, `"d"`) {
		t.Error("a private key is shown")
	}
	if r := h.get("", metadataPath(resourceAPI)); r.str("resource") != h.url+"/api/v1" {
		t.Errorf("resource %s", r.raw)
	}
	r, err := http.NewRequest("GET", h.url+"/api/v1/who", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+accessPrefix+"x")
	if got := h.do(r); got.status != 401 || !strings.Contains(got.header.Get("WWW-Authenticate"), `resource_metadata="`+h.url+metadataPath(resourceAPI)) {
		t.Errorf("%d %q", got.status, got.header.Get("WWW-Authenticate"))
	}
}

// TestKeys: the first key signs at once, its successor is shown a day before it
// signs and the old one stays for a week after.
func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		kid := func() string {
			token, err := h.s.sign(ctx, "JWT", map[string]string{})
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := h.s.opened(ctx, token); !ok {
				t.Error("our own signature does not hold")
			}
			set, err := h.s.KeySet(ctx)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(token, ".")
			for _, k := range set.Keys {
				if strings.Contains(decoded(head), k.KeyID) {
					return k.KeyID
				}
			}
			t.Fatal("signed with a key that is not shown")
			return ""
		}
		count := func() int {
			set, err := h.s.KeySet(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return len(set.Keys)
		}
		rotate := func() {
			if err := h.s.RotateKeys(ctx, false); err != nil {
				t.Fatal(err)
			}
		}
		first := kid()
		rotate()
		if count() != 1 {
			t.Fatal("a fresh key got a successor")
		}
		h.clock.Advance(keyTime)
		rotate()
		rotate()
		if count() != 2 || kid() != first {
			t.Fatal("the successor is not shown before it signs, or twice")
		}
		h.clock.Advance(keyAhead)
		if kid() == first {
			t.Fatal("the successor does not sign")
		}
		h.clock.Advance(keyAfter)
		rotate()
		if count() != 1 || kid() == first {
			t.Fatal("the old key stays for ever")
		}
	})
}

// TestClients: two operators, good addresses, public keys, ended at once.
func TestClients(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		one, two := actorOf("operator1"), actorOf("operator2")
		g := registration(t, newP256(t))
		if _, err := h.s.RegisterClient(ctx, actorOf("mina"), g, ""); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("a resident registers: %v", err)
		}
		id, err := h.s.RegisterClient(ctx, one, g, "key")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.s.RegisterClient(ctx, one, g, "key"); err != nil || again != id {
			t.Errorf("the same key made %s, %v", again, err)
		}
		if err := h.s.ApproveClient(ctx, one, id); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("one operator is enough: %v", err)
		}
		if a := h.get("", authorizePath+"?client_id="+id); a.status != 400 {
			t.Errorf("a client that nobody approved: %d", a.status)
		}
		if err := h.s.ApproveClient(ctx, two, id); err != nil {
			t.Error(err)
		}
		if err := h.s.DeclineClient(ctx, two, id); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("declined after approval: %v", err)
		}
		for name, change := range map[string]func(*Registration){
			"plain http":       func(g *Registration) { g.RedirectURIs = []string{"http://app.example/cb"} },
			"fragment":         func(g *Registration) { g.RedirectURIs = []string{"https://app.example/cb#x"} },
			"wildcard":         func(g *Registration) { g.RedirectURIs = []string{"https://*.example/cb"} },
			"script":           func(g *Registration) { g.RedirectURIs = []string{"javascript:alert(1)"} },
			"user":             func(g *Registration) { g.RedirectURIs = []string{"https://a@app.example/"} },
			"policy injection": func(g *Registration) { g.RedirectURIs = []string{"https://app.example;script-src/"} },
			"app scheme":       func(g *Registration) { g.RedirectURIs = []string{"com.example.app:/cb"} },
			"none":             func(g *Registration) { g.RedirectURIs = nil },
			"scope":            func(g *Registration) { g.Scopes = []string{"everything"} },
			"agency":           func(g *Registration) { g.Agency = "moon" },
			"no keys":          func(g *Registration) { g.Keys = nil },
			"secret":           func(g *Registration) { g.Keys = json.RawMessage(`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`) },
			"two lines":        func(g *Registration) { g.Name.KO = "가\n나" },
		} {
			g := registration(t, newP256(t))
			change(&g)
			if _, err := h.s.RegisterClient(ctx, one, g, ""); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		p := h.client()
		a := p.tokens("mina")
		if err := h.s.EndClient(ctx, one, p.id); err != nil {
			t.Fatal(err)
		}
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, p.post(pushPath, p.params()), 401, "invalid_client")
	})
}

// TestApps: people see what they connected, and end it with all its tokens.
func TestApps(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		a := p.tokens("mina")
		page := h.get("mina", "/account/apps")
		webtestCheck(t, page)
		if !strings.Contains(page.raw, "가상앱") || strings.Contains(h.get("juno", "/account/apps").raw, "가상앱") {
			t.Error("the list of apps is not the person's own")
		}
		if to := h.agree("mina", p.start(p.push()), "yes"); to.Query().Get("code") == "" {
			t.Error("the yes was not remembered")
		}
		want(t, h.postForm("juno", "/account/apps/"+p.id+"/disconnect", nil), 404, "")
		want(t, p.call("/api/v1/who", a.str("access_token")), 200, "")
		want(t, h.postForm("mina", "/account/apps/"+p.id+"/disconnect", nil), 303, "")
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}}), 400, "invalid_grant")
		if to := h.get("mina", p.start(p.push("prompt", "none"))).header.Get("Location"); !strings.Contains(to, "error=consent_required") {
			t.Errorf("went to %s", to)
		}
	})
}

// TestRevocationAndIntrospection follow RFC 7009 and RFC 7662.
func TestRevocationAndIntrospection(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, other := h.client(), h.client()
		a := p.tokens("mina")
		access, refresh := url.Values{"token": {a.str("access_token")}}, url.Values{"token": {a.str("refresh_token")}}
		if i := p.post(introspectPath, access); i.body["active"] != true || i.str("client_id") != p.id || i.body["cnf"] == nil {
			t.Errorf("introspection %s", i.raw)
		}
		if i := other.post(introspectPath, access); i.body["active"] != false || len(i.body) != 1 {
			t.Errorf("another learns %s", i.raw)
		}
		want(t, other.post(revokePath, refresh), 200, "")
		want(t, p.call("/api/v1/who", a.str("access_token")), 200, "")
		want(t, p.post(revokePath, url.Values{"token": {"nonsense"}}), 200, "")
		want(t, p.post(revokePath, access), 200, "")
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, p.post(revokePath, refresh), 200, "")
		want(t, p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}}), 400, "invalid_grant")
		if i := p.post(introspectPath, refresh); i.body["active"] != false {
			t.Errorf("revoked: %s", i.raw)
		}
	})
}

// TestSignOut follows OpenID Connect RP-Initiated Logout 1.0: people are asked,
// and only registered addresses are followed.
func TestSignOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		id := p.tokens("mina").str("id_token")
		h.clock.Advance(time.Hour) // a hint may be over
		q := url.Values{"id_token_hint": {id}, "post_logout_redirect_uri": {"https://app.example/bye"}, "state": {"s"}}
		page := h.get("mina", logoutPath+"?"+q.Encode())
		webtestCheck(t, page)
		if h.left.Load() != 0 || !strings.Contains(page.header.Get("Content-Security-Policy"), "form-action 'self' https://app.example;") {
			t.Error("signed out without being asked, or the answer may not lead back")
		}
		a := h.postForm("mina", logoutPath, q)
		if a.header.Get("Location") != "https://app.example/bye?state=s" || h.left.Load() != 1 {
			t.Errorf("%d to %s", a.status, a.header.Get("Location"))
		}
		for _, bad := range []url.Values{
			{"id_token_hint": {id}, "post_logout_redirect_uri": {"https://evil.example/"}},
			{"client_id": {p.id}, "post_logout_redirect_uri": {"https://app.example/bye/"}},
			{"id_token_hint": {id[:len(id)-8] + "AAAAAAAA"}},
			{"id_token_hint": {id}, "client_id": {h.client().id}},
		} {
			want(t, h.get("mina", logoutPath+"?"+bad.Encode()), 400, "")
			want(t, h.postForm("mina", logoutPath, bad), 400, "")
		}
		if a := h.get("", logoutPath+"?post_logout_redirect_uri=https://evil.example/"); a.header.Get("Location") != "/" {
			t.Errorf("went to %s", a.header.Get("Location"))
		}
	})
}

// TestPurge keeps what still matters and forgets the rest.
func TestPurge(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		a := p.tokens("mina")
		count := func(table string) (n int) {
			if err := h.s.d.DB.View(context.Background(), func(tx *store.Tx) error {
				return tx.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.clock.Advance(25 * time.Hour)
		if err := h.s.purge(context.Background()); err != nil {
			t.Fatal(err)
		}
		if count("authority_replay") != 0 || count("authority_request") != 0 || count("authority_token") != 1 || count("authority_grant") != 1 {
			t.Error("the purge left or took the wrong rows")
		}
		b := p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}})
		want(t, b, 200, "")
		h.clock.Advance(grantTime + 25*time.Hour)
		if err := h.s.purge(context.Background()); err != nil {
			t.Fatal(err)
		}
		if count("authority_token")+count("authority_grant")+count("authority_code") != 0 {
			t.Error("what is over stays")
		}
	})
}
