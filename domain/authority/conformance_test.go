package authority

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// TestOIDCCBasic goes through the modules of the OpenID Foundation's plan
// oidcc-basic-certification-test-plan, each under its name, with a program that
// knows neither PAR nor DPoP. The plan proves clients by secrets, of which there
// are none here: private_key_jwt stands in, and oidcc-server-client-secret-post is
// left out. The suite itself was not run.
func TestOIDCCBasic(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client(func(g *Registration) { g.Loose = true })
	// ask takes a request to the browser and returns where that is sent; who is
	// signed in, and agrees where asked.
	ask := func(who string, more ...string) *url.URL {
		t.Helper()
		a := h.get(who, authorizePath+"?"+p.params(more...).Encode())
		path := a.header.Get("Location")
		if strings.Contains(path, authorizePath+"/") {
			return h.agree(who, path, "yes")
		}
		to, err := url.Parse(path)
		if err != nil || path == "" {
			t.Fatalf("%d to %q", a.status, path)
		}
		return to
	}
	claims := func(a answer) (c struct {
		Iss, Sub, Aud, Nonce, ACR, Name string
		Exp, Iat                        int64
		AuthTime                        *int64 `json:"auth_time"`
	}) {
		t.Helper()
		parts := strings.Split(a.str("id_token"), ".")
		if len(parts) != 3 || json.Unmarshal([]byte(decoded(parts[1])), &c) != nil {
			t.Fatalf("no ID token: %s", a.raw)
		}
		return c
	}
	flow := func(more ...string) answer {
		t.Helper()
		a := p.exchange(ask("mina", more...).Query().Get("code"))
		want(t, a, 200, "")
		return a
	}
	info := func(method, token string, form url.Values) answer {
		t.Helper()
		r, err := http.NewRequest(method, h.url+userinfoPath, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return h.do(r)
	}
	fails := func(code string, more ...string) func(*testing.T) {
		return func(t *testing.T) {
			if to := ask("mina", more...); to.Query().Get("error") != code {
				t.Errorf("to %s", to)
			}
		}
	}
	works := func(more ...string) func(*testing.T) {
		return func(t *testing.T) {
			a := flow(more...)
			if u := info("GET", a.str("access_token"), nil); u.status != 200 || u.str("sub") != claims(a).Sub {
				t.Errorf("userinfo %d %s", u.status, u.raw)
			}
		}
	}
	first := flow()
	for _, m := range []struct {
		name string
		test func(*testing.T)
	}{
		{"oidcc-server", func(t *testing.T) {
			c := claims(first)
			now := h.clock.Now().Std().Unix()
			if c.Iss != h.url || c.Aud != p.id || c.Nonce != "n-1" || c.Sub == "" || len(c.Sub) > 255 || c.Exp <= now || c.Iat > now || first.str("token_type") != "Bearer" {
				t.Errorf("%+v", c)
			}
		}},
		{"oidcc-response-type-missing", fails("invalid_request", "response_type", "")},
		{"oidcc-idtoken-signature", func(t *testing.T) {
			object, err := jose.ParseSignedCompact(first.str("id_token"), []jose.SignatureAlgorithm{jose.ES256})
			if err != nil {
				t.Fatal(err)
			}
			var set jose.JSONWebKeySet
			if err := json.Unmarshal([]byte(h.get("", keysPath).raw), &set); err != nil {
				t.Fatal(err)
			}
			keys := set.Key(object.Signatures[0].Protected.KeyID)
			if len(keys) != 1 || !keys[0].IsPublic() {
				t.Fatalf("%d keys", len(keys))
			}
			if _, err := object.Verify(keys[0].Key); err != nil {
				t.Error(err)
			}
		}},
		{"oidcc-idtoken-unsigned", func(t *testing.T) {
			if strings.Contains(h.get("", "/.well-known/openid-configuration").raw, `"id_token_signing_alg_values_supported":["ES256","none"`) {
				t.Error("unsigned ID tokens are offered")
			}
		}},
		{"oidcc-userinfo-get", works()},
		{"oidcc-userinfo-post-header", func(t *testing.T) { want(t, info("POST", first.str("access_token"), nil), 200, "") }},
		{"oidcc-userinfo-post-body", func(t *testing.T) {
			want(t, info("POST", "", url.Values{"access_token": {first.str("access_token")}}), 200, "")
			want(t, info("POST", "", url.Values{"access_token": {"x"}}), 401, "invalid_token")
		}},
		{"oidcc-ensure-request-without-nonce-succeeds-for-code-flow", func(t *testing.T) {
			if c := claims(flow("nonce", "")); c.Nonce != "" {
				t.Errorf("a nonce out of nowhere: %q", c.Nonce)
			}
		}},
		{"oidcc-scope-profile", func(t *testing.T) {
			if u := info("GET", flow("scope", "openid profile").str("access_token"), nil); u.str("name") != "가상mina" {
				t.Errorf("userinfo %s", u.raw)
			}
			if u := info("GET", flow("scope", "openid").str("access_token"), nil); u.body["name"] != nil {
				t.Errorf("without the scope: %s", u.raw)
			}
		}},
		// Scopes that we know nothing for are left out.
		{"oidcc-scope-email", works("scope", "openid email")},
		{"oidcc-scope-address", works("scope", "openid address")},
		{"oidcc-scope-phone", works("scope", "openid phone")},
		{"oidcc-scope-all", works("scope", "openid profile email address phone")},
		{"oidcc-ensure-other-scope-order-succeeds", works("scope", "profile openid")},
		{"oidcc-display-page", works("display", "page")},
		{"oidcc-display-popup", works("display", "popup")},
		{"oidcc-prompt-login", func(t *testing.T) {
			path := h.get("mina", authorizePath+"?"+p.params("prompt", "login").Encode()).header.Get("Location")
			if to := h.get("mina", path).header.Get("Location"); !strings.HasPrefix(to, "/sign-in?again=1") {
				t.Fatalf("to %s", to)
			}
			h.clock.Advance(time.Second)
			h.at = h.clock.Now()
			if c := claims(p.exchange(h.agree("mina", path, "yes").Query().Get("code"))); *c.AuthTime <= *claims(first).AuthTime {
				t.Errorf("auth_time %d", *c.AuthTime)
			}
		}},
		{"oidcc-prompt-none-not-logged-in", func(t *testing.T) {
			path := h.get("", authorizePath+"?"+p.params("prompt", "none").Encode()).header.Get("Location")
			if to := h.get("", path).header.Get("Location"); !strings.Contains(to, "error=login_required") {
				t.Errorf("to %s", to)
			}
		}},
		{"oidcc-prompt-none-logged-in", func(t *testing.T) {
			h.clock.Advance(time.Second)
			if a := flow("prompt", "none"); claims(a).Sub != claims(first).Sub {
				t.Error("another subject")
			}
		}},
		{"oidcc-max-age-1", func(t *testing.T) {
			h.clock.Advance(2 * time.Second)
			path := h.get("mina", authorizePath+"?"+p.params("max_age", "1").Encode()).header.Get("Location")
			if to := h.get("mina", path).header.Get("Location"); !strings.HasPrefix(to, "/sign-in?again=1") {
				t.Fatalf("to %s", to)
			}
			h.at = h.clock.Now()
			if c := claims(p.exchange(h.agree("mina", path, "yes").Query().Get("code"))); c.AuthTime == nil || c.Iat-*c.AuthTime > 1 {
				t.Errorf("auth_time %v", c.AuthTime)
			}
		}},
		{"oidcc-max-age-10000", func(t *testing.T) {
			h.clock.Advance(time.Second)
			if c := claims(flow("max_age", "10000")); c.AuthTime == nil || *c.AuthTime != h.at.Std().Unix() {
				t.Errorf("auth_time %v", c.AuthTime)
			}
		}},
		{"oidcc-ensure-request-with-unknown-parameter-succeeds", works("extra", "foobar")},
		{"oidcc-id-token-hint", func(t *testing.T) {
			hint := first.str("id_token")
			if a := flow("prompt", "none", "id_token_hint", hint); claims(a).Sub != claims(first).Sub {
				t.Error("another subject")
			}
			// Somebody else is signed in: not silently, and not after signing in anew.
			if to := ask("juno", "prompt", "none", "id_token_hint", hint); to.Query().Get("error") != "login_required" {
				t.Errorf("to %s", to)
			}
			h.clock.Advance(time.Second)
			path := h.get("juno", authorizePath+"?"+p.params("id_token_hint", hint).Encode()).header.Get("Location")
			if to := h.get("juno", path).header.Get("Location"); !strings.HasPrefix(to, "/sign-in?again=1") {
				t.Errorf("to %s", to)
			}
			h.at = h.clock.Now()
			if to := h.get("juno", path).header.Get("Location"); !strings.Contains(to, "error=login_required") {
				t.Errorf("to %s", to)
			}
			fails("invalid_request", "id_token_hint", hint[:len(hint)-9]+"AAAAAAAAA")(t)
			other := h.client(func(g *Registration) { g.Loose = true })
			if to := h.get("mina", authorizePath+"?"+other.params("id_token_hint", hint).Encode()).header.Get("Location"); !strings.Contains(to, "error=invalid_request") {
				t.Errorf("another client's hint: to %s", to)
			}
			h.clock.Advance(time.Second)
		}},
		{"oidcc-login-hint", works("login_hint", "buffy@example.com")},
		{"oidcc-ui-locales", works("ui_locales", "se en")},
		{"oidcc-claims-locales", works("claims_locales", "se")},
		{"oidcc-ensure-request-with-acr-values-succeeds", func(t *testing.T) {
			if c := claims(flow("acr_values", "1 2")); c.ACR != "urn:maru:aal:1" {
				t.Errorf("acr %s", c.ACR)
			}
		}},
		{"oidcc-codereuse", func(t *testing.T) {
			code := ask("mina").Query().Get("code")
			want(t, p.exchange(code), 200, "")
			want(t, p.exchange(code), 400, "invalid_grant")
		}},
		{"oidcc-codereuse-30seconds", func(t *testing.T) {
			code := ask("mina").Query().Get("code")
			a := p.exchange(code)
			h.clock.Advance(30 * time.Second)
			want(t, p.exchange(code), 400, "invalid_grant")
			want(t, info("GET", a.str("access_token"), nil), 401, "")
		}},
		{"oidcc-ensure-registered-redirect-uri", func(t *testing.T) {
			a := h.get("mina", authorizePath+"?"+p.params("redirect_uri", "https://app.example/cb?a=1&x").Encode())
			if a.status != 400 || a.header.Get("Location") != "" {
				t.Errorf("%d to %s", a.status, a.header.Get("Location"))
			}
		}},
		{"oidcc-ensure-post-request-succeeds", func(t *testing.T) {
			a := h.postForm("", authorizePath, p.params())
			want(t, p.exchange(h.agree("mina", a.header.Get("Location"), "yes").Query().Get("code")), 200, "")
		}},
		{"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", func(t *testing.T) {
			want(t, h.get("mina", authorizePath+"?"+p.params("request_uri", "https://app.example/request.jwt").Encode()), 400, "")
		}},
		{"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", func(t *testing.T) {
			object := b64([]byte(`{"alg":"none"}`)) + "." + b64([]byte(`{"nonce":"n-2"}`)) + "."
			want(t, h.get("mina", authorizePath+"?"+p.params("request", object).Encode()), 400, "")
		}},
		{"oidcc-claims-essential", works("claims", `{"userinfo":{"name":{"essential":true}}}`)},
		{"oidcc-ensure-request-object-with-redirect-uri", func(t *testing.T) {
			q := url.Values{"client_id": {p.id}, "request": {p.object(set("redirect_uri", "https://evil.example/"))}, "redirect_uri": {p.uri}}
			want(t, h.get("mina", authorizePath+"?"+q.Encode()), 400, "")
		}},
		{"oidcc-refresh-token", func(t *testing.T) {
			a := flow()
			b := p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}})
			want(t, b, 200, "")
			other := h.client(func(g *Registration) { g.Loose = true })
			want(t, other.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {b.str("refresh_token")}}), 400, "invalid_grant")
		}},
		{"oidcc-ensure-request-with-valid-pkce-succeeds", works()},
	} {
		t.Run(m.name, m.test)
	}
}

// TestFAPI2 goes through modules of the plans fapi2-security-profile-final and
// fapi2-message-signing-final that are about an authorisation server with
// private_key_jwt, DPoP and OpenID Connect, where no other test here carries their
// name; the names follow the modules' without that of the plan.
func TestFAPI2(t *testing.T) {
	h := open(t, liteDB(t))
	p, other := h.client(), h.client()
	pushed := func(code string, more ...string) func(*testing.T) {
		return func(t *testing.T) { want(t, p.post(pushPath, p.params(more...)), 400, code) }
	}
	redirect := func(who string, query url.Values) string {
		return h.get(who, authorizePath+"?"+query.Encode()).header.Get("Location")
	}
	for _, m := range []struct {
		name string
		test func(*testing.T)
	}{
		{"discovery-end-point-verification", func(t *testing.T) {
			d := h.get("", "/.well-known/openid-configuration")
			for key, value := range map[string]string{"token_endpoint_auth_methods_supported": "private_key_jwt", "code_challenge_methods_supported": "S256", "grant_types_supported": "authorization_code",
				"response_types_supported": "code", "dpop_signing_alg_values_supported": "ES256", "request_object_signing_alg_values_supported": "ES256"} {
				list, _ := d.body[key].([]any)
				if !slices.Contains(list, any(value)) {
					t.Errorf("%s: %v", key, list)
				}
			}
			if d.body["authorization_response_iss_parameter_supported"] != true || d.str("pushed_authorization_request_endpoint") == "" || d.body["backchannel_logout_session_supported"] != true {
				t.Errorf("%s", d.raw)
			}
		}},
		{"user-rejects-authentication", func(t *testing.T) {
			if q := h.agree("mina", p.start(p.push()), "no").Query(); q.Get("error") != "access_denied" || q.Get("iss") != h.url || q.Get("state") != "xyz" || q.Get("code") != "" {
				t.Errorf("%v", q)
			}
		}},
		{"ensure-different-nonce-inside-and-outside-request-object", func(t *testing.T) {
			uri := p.push("nonce", "inside")
			path := redirect("mina", url.Values{"client_id": {p.id}, "request_uri": {uri}, "nonce": {"outside"}, "state": {"outside"}})
			q := h.agree("mina", path, "yes").Query()
			if a := p.exchange(q.Get("code")); q.Get("state") != "xyz" || !strings.Contains(decoded(strings.Split(a.str("id_token"), ".")[1]), `"nonce":"inside"`) {
				t.Errorf("%v %s", q, a.raw)
			}
		}},
		{"ensure-request-without-state-success", func(t *testing.T) {
			if q := h.agree("mina", p.start(p.push("state", "")), "yes").Query(); q.Has("state") || q.Get("code") == "" {
				t.Errorf("%v", q)
			}
		}},
		{"ensure-unsigned-authorization-request-without-using-par-fails", func(t *testing.T) {
			if to := redirect("mina", p.params()); !strings.Contains(to, "error=invalid_request") || strings.Contains(to, "code=") {
				t.Errorf("to %s", to)
			}
		}},
		{"ensure-redirect-uri-in-authorization-request", pushed("invalid_request", "redirect_uri", "")},
		{"ensure-response-type-token-fails", pushed("unsupported_response_type", "response_type", "token")},
		{"par-ensure-pkce-required", pushed("invalid_request", "code_challenge", "")},
		{"par-plain-pkce-rejected", pushed("invalid_request", "code_challenge_method", "plain")},
		{"par-without-duplicate-parameters", func(t *testing.T) {
			f := p.params()
			f.Add("state", "twice")
			want(t, p.post(pushPath, f), 400, "invalid_request")
		}},
		{"par-authorization-request-containing-request_uri", func(t *testing.T) {
			want(t, p.post(pushPath, p.params("request_uri", p.push())), 400, "invalid_request")
		}},
		{"par-attempt-to-use-request_uri-for-different-client", func(t *testing.T) {
			if a := h.get("mina", authorizePath+"?"+url.Values{"client_id": {other.id}, "request_uri": {p.push()}}.Encode()); a.status != 400 || a.header.Get("Location") != "" {
				t.Errorf("%d to %s", a.status, a.header.Get("Location"))
			}
		}},
		{"par-incorrect-http-method", func(t *testing.T) {
			if a := h.get("", pushPath); a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
				t.Errorf("GET: %d", a.status)
			}
		}},
		{"ensure-token-endpoint-fails-with-mismatched-dpop-jkt", func(t *testing.T) {
			code := p.code("mina", "dpop_jkt", b64(hashOf("another key")))
			want(t, p.exchange(code), 400, "invalid_grant")
		}},
		{"ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt", func(t *testing.T) {
			token, own := p.tokens("mina").str("access_token"), p.pop
			p.pop = newP256(t)
			want(t, p.call("/api/v1/who", token), 401, "")
			p.pop = own
			want(t, p.call("/api/v1/who", token), 200, "")
		}},
		{"access-token-type-header-case-sensitivity", func(t *testing.T) {
			token := p.tokens("mina").str("access_token")
			r, err := http.NewRequest("GET", h.url+"/api/v1/who", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "dPoP "+token)
			r.Header.Set("DPoP", p.proof("GET", h.url+"/api/v1/who", token))
			want(t, h.do(r), 200, "")
		}},
		{"ensure-holder-of-key-required", func(t *testing.T) {
			form := with(url.Values{"grant_type": {"authorization_code"}, "code": {p.code("mina")}, "redirect_uri": {p.uri}, "code_verifier": {p.verifier}}, p.assertion())
			want(t, p.send(tokenPath, form, ""), 400, "invalid_dpop_proof")
		}},
		{"ensure-authorization-code-is-bound-to-client", func(t *testing.T) {
			want(t, other.exchange(p.code("mina")), 400, "invalid_grant")
		}},
		{"attempt-reuse-authorization-code-after-one-second", func(t *testing.T) {
			code := p.code("mina")
			a := p.exchange(code)
			h.clock.Advance(time.Second)
			want(t, p.exchange(code), 400, "invalid_grant")
			want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		}},
		{"refresh-token", func(t *testing.T) {
			a := p.tokens("mina")
			// A client that proves itself may refresh with another key, and none else may.
			p.pop = newP256(t)
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}}
			want(t, other.post(tokenPath, form), 400, "invalid_grant")
			want(t, p.post(tokenPath, form), 200, "")
		}},
		{"par-ensure-jwt-client-assertion-with-iat-nbf-8-seconds-in-the-future-is-accepted", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("iat", p.unix()+8), set("nbf", p.unix()+8)))), 201, "")
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("nbf", p.unix()+70)))), 401, "invalid_client")
		}},
		{"par-endpoint-as-audience-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("aud", h.url+pushPath)))), 401, "invalid_client")
		}},
		{"par-endpoint-as-array-audience-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("aud", []string{h.url, h.url + pushPath})))), 401, "invalid_client")
		}},
		{"par-token-endpoint-as-audience-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("aud", h.url+tokenPath)))), 401, "invalid_client")
		}},
		{"ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("exp", p.unix()-300)))), 401, "invalid_client")
		}},
		{"ensure-dpop-proof-with-iat-10seconds-before-and-after-succeeds", func(t *testing.T) {
			token := p.tokens("mina").str("access_token")
			want(t, p.call("/api/v1/who", token, set("iat", p.unix()-10)), 200, "")
			want(t, p.call("/api/v1/who", token, set("iat", p.unix()+10)), 200, "")
		}},
		{"ensure-authorization-request-with-long-state", func(t *testing.T) {
			long := strings.Repeat("s", 1000)
			if q := h.agree("mina", p.start(p.push("state", long)), "yes").Query(); q.Get("state") != long || q.Get("code") == "" {
				t.Errorf("%v", q)
			}
		}},
		{"par-incorrect-pkce-code-verifier-rejected", func(t *testing.T) {
			code, own := p.code("mina"), p.verifier
			p.verifier = strings.Repeat("w", 50)
			want(t, p.exchange(code), 400, "invalid_grant")
			p.verifier = own
		}},
		{"attempt-to-use-expired-auth-code", func(t *testing.T) {
			code := p.code("mina")
			h.clock.Advance(codeTime)
			want(t, p.exchange(code), 400, "invalid_grant")
		}},
		{"ensure-client-assertion-with-wrong-aud-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("aud", h.url+".evil.example")))), 401, "invalid_client")
		}},
		{"ensure-client-assertion-with-no-sub-fails", func(t *testing.T) {
			want(t, p.post(pushPath, with(p.params(), p.assertion(set("sub", nil)))), 401, "invalid_client")
		}},
		{"ensure-signed-client-assertion-with-RS256-fails", func(t *testing.T) {
			if slices.Contains(signatures, jose.RS256) {
				t.Error("RS256 is taken")
			}
		}},
	} {
		t.Run(m.name, m.test)
	}
}
