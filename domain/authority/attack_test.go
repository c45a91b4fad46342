package authority

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/jobs"
	"maru/platform/store"
	st "maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func liteDB(t *testing.T) *store.DB {
	return st.SQLite(t, Migrations(), audit.Migrations(), jobs.Migrations())
}

func webtestCheck(t *testing.T, a answer) {
	t.Helper()
	if a.status != 200 {
		t.Errorf("page: %d", a.status)
	}
	webtest.Check(t, []byte(a.raw))
}

func decoded(s string) string {
	b, _ := base64.RawURLEncoding.DecodeString(s)
	return string(b)
}

// TestCodeReuse: a code that comes twice ends the grant with its tokens
// (oidcc-codereuse, oidcc-codereuse-30seconds).
func TestCodeReuse(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		code := p.code("mina")
		a := p.exchange(code)
		want(t, a, 200, "")
		h.clock.Advance(30 * time.Second)
		want(t, p.exchange(code), 400, "invalid_grant")
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}}), 400, "invalid_grant")
	})
}

// TestCodeInjection: a code is of use to the client, key, address and verifier
// of its request only (fapi2-security-profile-final-ensure-authorization-code-
// is-bound-to-client, -ensure-token-endpoint-fails-without-pkce).
func TestCodeInjection(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, thief := h.client(), h.client()
		code := p.code("mina")
		want(t, thief.exchange(code), 400, "invalid_grant")
		want(t, p.exchange(code), 200, "") // which cost its owner nothing
		for name, form := range map[string]url.Values{
			"no verifier": {"redirect_uri": {p.uri}},
			"verifier":    {"redirect_uri": {p.uri}, "code_verifier": {strings.Repeat("w", 50)}},
			"address":     {"redirect_uri": {p.uri + "/"}, "code_verifier": {p.verifier}},
		} {
			form.Set("grant_type", "authorization_code")
			form.Set("code", p.code("mina"))
			a := p.post(tokenPath, form)
			if a.str("error") != "invalid_grant" {
				t.Errorf("%s: %s", name, a.raw)
			}
		}
		late := p.code("mina")
		h.clock.Advance(codeTime)
		want(t, p.exchange(late), 400, "invalid_grant")
		print, err := (&jose.JSONWebKey{Key: p.pop.Public()}).Thumbprint(sha256Hash)
		if err != nil {
			t.Fatal(err)
		}
		bound := p.code("mina", "dpop_jkt", b64(print))
		p.pop = newP256(t)
		want(t, p.exchange(bound), 400, "invalid_grant")
	})
}

// TestRefreshRace: of many that use one refresh token at once, at most one gets
// an answer, and the grant ends: nobody can tell who the thief is.
func TestRefreshRace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client(func(g *Registration) { g.Loose = true })
		a := p.tokens("mina")
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}, "client_assertion_type": {assertionType}}
		var wg sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			f := url.Values{"client_assertion": {p.assertion()}}
			for k, v := range form {
				f[k] = v
			}
			wg.Go(func() { answers[i] = (&peer{h: h}).send(tokenPath, f, "") })
		}
		wg.Wait()
		good := 0
		for _, x := range answers {
			if x.status == 200 {
				good++
				next := p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {x.str("refresh_token")}})
				want(t, next, 400, "invalid_grant")
			} else {
				want(t, x, 400, "invalid_grant")
			}
		}
		if good > 1 {
			t.Errorf("%d of one refresh token", good)
		}
	})
}

// TestRefresh rotates, narrows and is bound (oidcc-refresh-token).
func TestRefresh(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client(func(g *Registration) { g.Public = true })
		a := p.tokens("mina")
		form := func(token string, more ...string) url.Values {
			v := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
			for i := 0; i+1 < len(more); i += 2 {
				v.Set(more[i], more[i+1])
			}
			return v
		}
		want(t, p.post(tokenPath, form(a.str("refresh_token"), "scope", "desk")), 400, "invalid_scope")
		own := p.pop
		p.pop = newP256(t)
		want(t, p.post(tokenPath, form(a.str("refresh_token"))), 400, "invalid_grant")
		p.pop = own
		b := p.post(tokenPath, form(a.str("refresh_token"), "scope", "openid"))
		want(t, b, 200, "")
		if b.str("scope") != "openid" || b.str("refresh_token") == a.str("refresh_token") {
			t.Errorf("refreshed: %s", b.raw)
		}
		want(t, p.call("/api/v1/who", b.str("access_token")), 403, "")
		want(t, p.post(tokenPath, form(b.str("access_token"))), 400, "invalid_grant")
		h.clock.Advance(refreshTime)
		want(t, p.post(tokenPath, form(b.str("refresh_token"))), 400, "invalid_grant")
	})
}

// TestRequests refuses what is wrong with a request, by redirect where the
// address is registered and never elsewhere (oidcc-response-type-missing,
// oidcc-ensure-registered-redirect-uri, oidcc-redirect-uri-query-added,
// fapi2-...-ensure-request-object-... where they apply).
func TestRequests(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	loose := h.client(func(g *Registration) { g.Loose = true })
	for _, bad := range []string{"https://app.example/cb", "https://app.example/cb?a=1&b=2", "https://app.example/cb?a=1#x", "https://app.example/CB?a=1",
		"https://app.example:443/cb?a=1", "https://app.example/cb/../cb?a=1", "https://app.example.evil.example/cb?a=1", "//app.example/cb?a=1", "", "javascript:alert(1)"} {
		want(t, p.post(pushPath, p.params("redirect_uri", bad)), 400, "invalid_request")
		a := h.get("mina", authorizePath+"?"+loose.params("redirect_uri", bad).Encode())
		if a.status != 400 || a.header.Get("Location") != "" {
			t.Errorf("%q: %d to %q", bad, a.status, a.header.Get("Location"))
		}
		webtest.Check(t, []byte(a.raw))
	}
	for _, x := range [][3]string{
		{"response_type", "", "invalid_request"}, {"response_type", "code id_token", "unsupported_response_type"}, {"response_mode", "fragment", "invalid_request"},
		{"code_challenge", "", "invalid_request"}, {"code_challenge_method", "plain", "invalid_request"}, {"code_challenge_method", "", "invalid_request"},
		{"prompt", "none login", "invalid_request"}, {"prompt", "x", "invalid_request"}, {"max_age", "-1", "invalid_request"}, {"scope", "desk", "invalid_scope"},
		{"scope", "", "invalid_scope"}, {"registration", "{}", "registration_not_supported"},
	} {
		want(t, p.post(pushPath, p.params(x[0], x[1])), 400, x[2])
		to, err := url.Parse(h.get("mina", authorizePath+"?"+loose.params(x[0], x[1]).Encode()).header.Get("Location"))
		if err != nil || to.Query().Get("error") != x[2] || to.Query().Get("state") != "xyz" || to.Query().Get("iss") != h.url || to.Host != "app.example" {
			t.Errorf("%v: to %s", x, to)
		}
	}
	// oidcc-unsigned request without PAR where PAR is the policy.
	if to := h.get("mina", authorizePath+"?"+p.params().Encode()).header.Get("Location"); !strings.Contains(to, "error=invalid_request") {
		t.Errorf("an unpushed request went to %s", to)
	}
	// What cannot be read cannot be trusted to name where to go.
	want(t, p.post(pushPath, p.params("request", "eyJhbGciOiJub25lIn0.e30.")), 400, "invalid_request_object")
	if a := h.get("mina", authorizePath+"?"+loose.params("request", "x").Encode()); a.status != 400 || a.header.Get("Location") != "" {
		t.Errorf("a request object that is none: %d to %q", a.status, a.header.Get("Location"))
	}
	twice := loose.params()
	twice.Add("redirect_uri", "https://evil.example/")
	if a := h.get("mina", authorizePath+"?"+twice.Encode()); a.status != 400 {
		t.Errorf("two addresses: %d", a.status)
	}
	// Languages, and a request that was posted.
	if to := h.get("mina", authorizePath+"?"+loose.params("ui_locales", "fr en-GB ko").Encode()).header.Get("Location"); !strings.HasPrefix(to, "/en/openid/authorize/") {
		t.Errorf("went to %s", to)
	}
	a := h.postForm("", authorizePath, loose.params(), "Origin", "https://app.example", "Sec-Fetch-Site", "cross-site")
	if !strings.HasPrefix(a.header.Get("Location"), authorizePath+"/") {
		t.Errorf("a posted request: %d to %s", a.status, a.header.Get("Location"))
	}
}

// TestPushed: a pushed request opens for its client, in time and until it is
// answered (fapi2-...-par-attempt-reuse-request_uri, -par-ensure-reused-request-
// uri-prior-to-auth-completion-succeeds, -par-attempt-to-use-expired-
// request_uri, -par-attempt-to-use-request_uri-for-different-client).
func TestPushed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, other := h.client(), h.client()
		uri := p.push()
		open := func(client, uri string) int {
			return h.get("mina", authorizePath+"?"+url.Values{"client_id": {client}, "request_uri": {uri}, "redirect_uri": {"https://evil.example/"}}.Encode()).status
		}
		if open(other.id, uri) != 400 || open(p.id, uri) != 303 || open(p.id, "https://evil.example/request") != 400 {
			t.Error("a pushed request opened for another, or not at all")
		}
		// Loaded again it opens under another ticket, until there is an answer.
		first := p.start(uri)
		path := p.start(uri)
		want(t, h.get("mina", first), 400, "")
		if to := h.agree("mina", path, "yes"); to.Query().Get("code") == "" || open(p.id, uri) != 400 {
			t.Error("an answered request opened again")
		}
		uri = p.push()
		h.clock.Advance(pushedTime)
		if open(p.id, uri) != 400 {
			t.Error("a pushed request opened too late")
		}
		uri = p.push()
		if open(p.id, uri) != 303 {
			t.Error("a pushed request did not open")
		}
		h.clock.Advance(pushedTime)
		if open(p.id, uri) != 400 {
			t.Error("a pushed request opened again too late")
		}
		want(t, p.post(pushPath, p.params("request_uri", uri)), 400, "invalid_request")
	})
}

// TestConsent: only the person who was asked answers, in the session in which
// they were asked, and once.
func TestConsent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		path := p.start(p.push())
		page := h.get("mina", path)
		seal := sealField.FindStringSubmatch(page.raw)[1]
		if !strings.Contains(page.header.Get("Content-Security-Policy"), "form-action 'self' https://app.example;") {
			t.Errorf("policy %s", page.header.Get("Content-Security-Policy"))
		}
		yes := url.Values{"seal": {seal}, "answer": {"yes"}}
		// Another site's form, another person, a seal that is none.
		want(t, h.postForm("mina", path, yes, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"), 403, "")
		for who, form := range map[string]url.Values{"juno": yes, "mina": {"seal": {"x"}, "answer": {"yes"}}} {
			if a := h.postForm(who, path, form); a.header.Get("Location") != path {
				t.Errorf("%s: %d to %s", who, a.status, a.header.Get("Location"))
			}
		}
		if to := h.agree("mina", path, "no"); to.Query().Get("error") != "access_denied" || to.Query().Get("iss") != h.url {
			t.Errorf("no led to %s", to)
		}
		want(t, h.get("mina", path), 400, "")
		want(t, h.postForm("mina", path, yes), 400, "")
		for who, mandate := range map[string]kernel.ID{"an official at a counter": "", "somebody with a mandate": "m"} {
			helped := actorOf("mina")
			helped.Helper.Account, helped.Helper.Mandate = "other", mandate
			ticket := strings.TrimPrefix(p.start(p.push()), authorizePath+"/")
			if to, again, err := h.s.decide(context.Background(), helped, ticket, h.s.seal(ticket, helped), true); to != "" || !again || err != nil {
				t.Errorf("%s agrees: %s, %v, %v", who, to, again, err)
			}
			next, err := h.s.next(context.Background(), helped, ticket, "/")
			if err != nil || !strings.Contains(next.Leave, "access_denied") {
				t.Errorf("%s connects apps: %+v, %v", who, next, err)
			}
			if err := h.s.Disconnect(context.Background(), helped, p.id); !kernel.Is(err, kernel.Forbidden) {
				t.Errorf("%s disconnects apps: %v", who, err)
			}
		}
		path = p.start(p.push())
		h.clock.Advance(requestTime)
		want(t, h.get("mina", path), 400, "")
	})
}

// TestPrompt: oidcc-prompt-login, -prompt-none-not-logged-in, -prompt-none-
// logged-in, -max-age-1, -max-age-10000, -ensure-request-with-acr-values-succeeds.
func TestPrompt(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	to := func(who string, more ...string) string {
		return h.get(who, p.start(p.push(more...))).header.Get("Location")
	}
	if got := to(""); !strings.HasPrefix(got, "/sign-in?next=") {
		t.Errorf("a visitor went to %s", got)
	}
	if got := to("", "prompt", "none"); !strings.Contains(got, "error=login_required") {
		t.Errorf("none, visitor: %s", got)
	}
	if got := to("mina", "prompt", "none"); !strings.Contains(got, "error=consent_required") {
		t.Errorf("none, not agreed: %s", got)
	}
	p.code("mina")
	if got := to("mina", "prompt", "none"); !strings.Contains(got, "code=") {
		t.Errorf("none, agreed: %s", got)
	}
	if got := to("mina", "prompt", "consent"); got != "" {
		t.Errorf("consent did not ask: %s", got)
	}
	for _, more := range [][]string{{"prompt", "login"}, {"prompt", "select_account"}, {"max_age", "1"}, {"max_age", "0"}} {
		if got := to("mina", more...); !strings.HasPrefix(got, "/sign-in?again=1&next=") {
			t.Errorf("%v: %s", more, got)
		}
	}
	if got := to("mina", "max_age", "10000"); !strings.Contains(got, "code=") {
		t.Errorf("max_age: %s", got)
	}
	// After signing in anew the person sees under which name they go on.
	path := p.start(p.push("prompt", "login"))
	h.clock.Advance(time.Second)
	h.at = h.clock.Now()
	if a := h.get("mina", path); a.status != 200 || h.agree("mina", path, "yes").Query().Get("code") == "" {
		t.Errorf("after the sign-in: %d", a.status)
	}
	h.clock.Advance(time.Second)
	for acr, want := range map[string]string{"urn:maru:aal:1": "code=", "1 2 urn:of:others": "code=", "urn:maru:aal:2 urn:maru:aal:1": "code=",
		"urn:maru:aal:2": "error=unmet_authentication_requirements"} {
		if got := to("mina", "acr_values", acr); !strings.Contains(got, want) {
			t.Errorf("acr %s: %s", acr, got)
		}
	}
	h.stepp = "/account/step-up"
	if got := to("mina", "acr_values", "urn:maru:aal:2"); !strings.HasPrefix(got, "/account/step-up?next=%2Fopenid%2Fauthorize%2F") {
		t.Errorf("step-up: %s", got)
	}
	h.aal = 2
	if got := to("mina", "acr_values", "urn:maru:aal:2"); !strings.Contains(got, "code=") {
		t.Errorf("after step-up: %s", got)
	}
}

// TestAssertions: only a fresh JWT for us, signed with a registered key, proves
// a client (fapi2-...-client-assertion-..., oidcc private_key_jwt).
func TestAssertions(t *testing.T) {
	h := open(t, liteDB(t))
	p, other := h.client(), h.client()
	good := map[string]any{}
	_ = p.assertion(func(c map[string]any) { good = c })
	set := func(k string, v any) func(map[string]any) { return func(c map[string]any) { c[k] = v } }
	foreign := newP256(t)
	public := jose.JSONWebKey{Key: p.key.Public()}
	der, err := public.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	none := b64([]byte(`{"alg":"none"}`)) + "." + strings.Split(p.assertion(), ".")[1] + "."
	reused := p.assertion()
	want(t, p.post(pushPath, with(p.params(), reused)), 201, "")
	for name, a := range map[string]string{
		"reused":        reused,
		"none":          none,
		"HS256":         p.jwt(der, jose.HS256, nil, good),
		"foreign key":   p.jwt(foreign, jose.ES256, map[jose.HeaderKey]any{"kid": "k1"}, good),
		"injected key":  p.jwt(foreign, jose.ES256, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: foreign.Public()}}, good),
		"audience":      p.assertion(set("aud", "https://other.example")),
		"over":          p.assertion(set("exp", p.unix()-120)),
		"no end":        p.assertion(set("exp", nil)),
		"far end":       p.assertion(set("exp", p.unix()+1e9)),
		"not yet":       p.assertion(set("nbf", p.unix()+600)),
		"no jti":        p.assertion(set("jti", "")),
		"issuer":        p.assertion(set("iss", other.id)),
		"other subject": p.assertion(set("sub", other.id), set("iss", other.id)),
		"nonsense":      "x",
	} {
		got := p.post(pushPath, with(p.params(), a))
		if got.status != 401 || got.str("error") != "invalid_client" {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	want(t, p.send(pushPath, p.params(), ""), 401, "invalid_client") // named only
	want(t, p.send(pushPath, with(p.params("client_secret", "x"), p.assertion()), ""), 401, "invalid_client")
	pub := h.client(func(g *Registration) { g.Public = true })
	want(t, pub.post(introspectPath, url.Values{"token": {"x"}}), 401, "invalid_client")
}

func with(v url.Values, assertion string) url.Values {
	v.Set("client_assertion", assertion)
	v.Set("client_assertion_type", assertionType)
	return v
}

// TestProofs: a proof is for one request, one token, one nonce and one time
// (RFC 9449 section 4.3; fapi2-...-dpop-negative-tests).
func TestProofs(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	token := p.tokens("mina").str("access_token")
	want(t, p.call("/api/v1/who", token), 200, "")
	set := func(k string, v any) func(map[string]any) { return func(c map[string]any) { c[k] = v } }
	same := set("jti", "same")
	want(t, p.call("/api/v1/who", token, same), 200, "")
	for name, f := range map[string]func(map[string]any){
		"replayed": same, "method": set("htm", "POST"), "address": set("htu", h.url+"/api/v1/desk"), "host": set("htu", "https://evil.example/api/v1/who"),
		"token": set("ath", b64(hashOf("x"))), "no ath": set("ath", ""), "old": set("iat", p.unix()-3600), "future": set("iat", p.unix()+3600), "no iat": set("iat", nil),
		"no jti": set("jti", ""), "own nonce": set("nonce", b64(make([]byte, 24))), "no nonce": set("nonce", ""),
	} {
		if a := p.call("/api/v1/who", token, f); a.status != 401 || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "DPoP error=") || a.header.Get("DPoP-Nonce") == "" {
			t.Errorf("%s: %d %q", name, a.status, a.header.Get("WWW-Authenticate"))
		}
	}
	// With query and other spellings of the host it is the same request.
	want(t, p.call("/api/v1/who", token, set("htu", strings.Replace(h.url, "http://", "HTTP://", 1)+"/api/v1/who?x=1#y")), 200, "")
	raw := func(scheme, proof string) answer {
		r, err := http.NewRequest("GET", h.url+"/api/v1/who", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", scheme+" "+token)
		if proof != "" {
			r.Header.Set("DPoP", proof)
		}
		return h.do(r)
	}
	claims := map[string]any{"htm": "GET", "htu": h.url + "/api/v1/who", "iat": p.unix(), "nonce": p.nonce, "ath": b64(hashOf(token)), "jti": "j"}
	thief, secret := newP256(t), []byte(strings.Repeat("k", 32))
	for name, a := range map[string]answer{
		"as bearer":    raw("Bearer", ""),
		"shared key":   raw("DPoP", p.jwt(secret, jose.HS256, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: secret}}, claims)),
		"no proof":     raw("DPoP", ""),
		"thief's key":  raw("DPoP", p.jwt(thief, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: thief.Public()}}, claims)),
		"wrong key":    raw("DPoP", p.jwt(thief, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: p.pop.Public()}}, claims)),
		"private key":  raw("DPoP", p.jwt(p.pop, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: p.pop}}, claims)),
		"type":         raw("DPoP", p.jwt(p.pop, jose.ES256, map[jose.HeaderKey]any{"typ": "JWT", "jwk": jose.JSONWebKey{Key: p.pop.Public()}}, claims)),
		"no key":       raw("DPoP", p.jwt(p.pop, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt"}, claims)),
		"HS256":        raw("DPoP", p.jwt([]byte(strings.Repeat("k", 32)), jose.HS256, map[jose.HeaderKey]any{"typ": "dpop+jwt"}, claims)),
		"not a JWT":    raw("DPoP", "x"),
		"unknown word": raw("Basic", ""),
	} {
		if a.status != 401 {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	code := p.code("mina")
	form := with(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {p.uri}, "code_verifier": {p.verifier}}, p.assertion())
	want(t, p.send(tokenPath, form, ""), 400, "invalid_dpop_proof") // which cost no code
	want(t, p.exchange(code), 200, "")
	// A nonce of ours that is over, with a token that is not.
	old := p.nonce
	h.clock.Advance(nonceTime + time.Second)
	if a := p.call("/api/v1/who", token, set("nonce", old)); a.status != 401 || !strings.Contains(a.header.Get("WWW-Authenticate"), "use_dpop_nonce") {
		t.Errorf("an old nonce: %d %q", a.status, a.header.Get("WWW-Authenticate"))
	}
	want(t, p.call("/api/v1/who", token), 200, "")
	h.clock.Advance(accessTime)
	want(t, p.call("/api/v1/who", token), 401, "")
}

// TestMixUp: a program that knows several servers learns from every answer that
// it is ours, and what it was given here is of use here only (RFC 9207, RFC 9700
// section 4.4).
func TestMixUp(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	for _, answer := range []string{"yes", "no"} {
		if to := h.agree("mina", p.start(p.push()), answer).Query(); to.Get("iss") != h.url || len(to["iss"]) != 1 || to.Get("state") != "xyz" {
			t.Errorf("%s: answered by %v", answer, to)
		}
	}
	a := p.exchange(p.code("mina"))
	want(t, a, 200, "")
	var c struct {
		Iss, Aud, Nonce string
	}
	if err := json.Unmarshal([]byte(decoded(strings.Split(a.str("id_token"), ".")[1])), &c); err != nil || c.Iss != h.url || c.Aud != p.id || c.Nonce != "n-1" {
		t.Errorf("the ID token says %+v, %v", c, err)
	}
	// What a program signs for another server does not work here, and the other
	// way round: for more than us it is not taken either.
	for _, aud := range []any{"https://other.example", []string{h.url, "https://other.example"}, h.url + tokenPath, ""} {
		got := p.post(pushPath, with(p.params(), p.assertion(func(c map[string]any) { c["aud"] = aud })))
		want(t, got, 401, "invalid_client")
	}
}

// TestGrantEnds: what a person allowed an app for later ends by itself, however
// often its token is renewed.
func TestGrantEnds(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	a := p.tokens("mina")
	for left := grantTime; left > 0; left -= refreshTime / 2 {
		want(t, a, 200, "")
		h.clock.Advance(refreshTime / 2)
		a = p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}})
	}
	want(t, a, 400, "invalid_grant")
}

// TestLoose: a program that knows neither PAR nor DPoP gets plain tokens (oidcc
// basic), and an account that is gone none.
func TestLoose(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client(func(g *Registration) { g.Loose = true })
	ticket := h.get("", authorizePath+"?"+p.params().Encode()).header.Get("Location")
	a := p.exchange(h.agree("mina", ticket, "yes").Query().Get("code"))
	want(t, a, 200, "")
	call := func(path, token string) answer {
		r, err := http.NewRequest("GET", h.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		return h.do(r)
	}
	if a.str("token_type") != "Bearer" || call("/api/v1/who", a.str("access_token")).status != 200 || call(userinfoPath, a.str("access_token")).status != 200 {
		t.Errorf("bearer: %s", a.raw)
	}
	if x := call(userinfoPath, accessPrefix+"x"); x.status != 401 || !strings.Contains(x.header.Get("WWW-Authenticate"), "invalid_token") {
		t.Errorf("%d %s", x.status, x.raw)
	}
	ticket = h.get("", authorizePath+"?"+p.params().Encode()).header.Get("Location")
	gone := p.exchange(h.agree("gone", ticket, "yes").Query().Get("code")).str("access_token")
	if call("/api/v1/who", gone).status != 401 || call(userinfoPath, gone).status != 401 {
		t.Error("an account that is gone still acts")
	}
}

// TestBadBodies: what is not a form is an error in JSON, never a page.
func TestBadBodies(t *testing.T) {
	h := open(t, liteDB(t))
	for name, x := range map[string][2]string{"json": {"application/json", "{}"}, "huge": {"application/x-www-form-urlencoded", "a=" + strings.Repeat("x", maxForm)},
		"utf8": {"application/x-www-form-urlencoded", "a=%ff"}, "twice": {"application/x-www-form-urlencoded", "code=1&code=2"}, "escape": {"application/x-www-form-urlencoded", "a=%zz"},
		"nul": {"application/x-www-form-urlencoded", "a=%00"}} {
		for _, path := range []string{tokenPath, pushPath, revokePath, introspectPath} {
			r, err := http.NewRequest("POST", h.url+path, strings.NewReader(x[1]))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", x[0])
			if a := h.do(r); a.status < 400 || a.status >= 500 || a.str("error") == "" {
				t.Errorf("%s at %s: %d %s", name, path, a.status, a.raw)
			}
		}
	}
}

// TestOnce: of many at once, one is the first.
func TestOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		first := make([]bool, 8)
		for i := range first {
			wg.Go(func() {
				ok, err := h.s.once(context.Background(), "x", h.clock.Now().Add(time.Hour))
				if err != nil {
					t.Error(err)
				}
				first[i] = ok
			})
		}
		wg.Wait()
		n := 0
		for _, ok := range first {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d were the first", n)
		}
	})
}

// FuzzRead: no parameters make reading a request panic, or accept an address
// that is not registered.
func FuzzRead(f *testing.F) {
	f.Add("response_type=code&redirect_uri=https://app.example/cb&scope=openid&code_challenge=x&code_challenge_method=S256&max_age=1")
	f.Add("prompt=none+login&ui_locales=ko&acr_values=1")
	c := &Client{ID: "c", Registration: Registration{RedirectURIs: []string{"https://app.example/cb"}, Scopes: Scopes}}
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := c.read("https://maru.example", form)
		if err == nil && (q.RedirectURI != "https://app.example/cb" || len(q.Challenge) != 43 || kernel.Is(err, kernel.Internal)) {
			t.Errorf("accepted %+v", q)
		}
	})
}
