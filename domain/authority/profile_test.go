package authority

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	jose "github.com/go-jose/go-jose/v4"

	identity "maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/jobs"
	"maru/platform/store"
)

// object is a signed request of a peer.
func (p *peer) object(change ...func(map[string]any)) string {
	c := map[string]any{"iss": p.id, "aud": p.h.url, "jti": string(kernel.RandomID()), "iat": p.unix(), "nbf": p.unix(), "exp": p.unix() + 300, "max_age": 10000}
	for k, v := range p.params() {
		c[k] = v[0]
	}
	for _, f := range change {
		f(c)
	}
	return p.jwt(p.key, jose.ES256, map[jose.HeaderKey]any{"typ": "oauth-authz-req+jwt", "kid": "k1"}, c)
}

func set(k string, v any) func(map[string]any) {
	return func(c map[string]any) {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
}

// TestSignedRequests: what the client signed counts and nothing else, once
// (fapi2-message-signing-id1 happy flow; -ensure-signed-request-object, -ensure-
// request-object-signature-algorithm-is-not-none, -ensure-request-object-with-
// invalid-signature-fails, -ensure-request-object-without-exp-fails, -without-
// nbf-fails, -with-exp-over-60-fails, -with-nbf-over-60-fails, -with-bad-aud-fails).
func TestSignedRequests(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client(func(g *Registration) { g.Signed = true })
	push := func(object string, more ...string) answer {
		f := url.Values{"request": {object}, "client_id": {p.id}}
		for i := 0; i+1 < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return p.post(pushPath, f)
	}
	good := p.object()
	// What stands beside the object does not count.
	a := push(good, "redirect_uri", "https://evil.example/", "scope", "desk", "state", "evil")
	want(t, a, 201, "")
	to := h.agree("mina", p.start(a.str("request_uri")), "yes").Query()
	if to.Get("state") != "xyz" || p.exchange(to.Get("code")).status != 200 {
		t.Errorf("a signed request led to %v", to)
	}
	want(t, push(good), 400, "invalid_request_object")
	want(t, p.post(pushPath, p.params()), 400, "invalid_request") // not signed

	other, foreign := h.client(), newP256(t)
	der, err := (&jose.JSONWebKey{Key: p.key.Public()}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	_ = p.object(func(c map[string]any) { claims = c })
	head := map[jose.HeaderKey]any{"typ": "oauth-authz-req+jwt", "kid": "k1"}
	for name, object := range map[string]string{
		"none":            b64([]byte(`{"alg":"none"}`)) + "." + strings.Split(good, ".")[1] + ".",
		"HS256":           p.jwt(der, jose.HS256, head, claims),
		"foreign key":     p.jwt(foreign, jose.ES256, head, claims),
		"injected key":    p.jwt(foreign, jose.ES256, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: foreign.Public()}}, claims),
		"type":            p.jwt(p.key, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt"}, claims),
		"assertion":       p.assertion(),
		"subject":         p.object(set("sub", p.id)),
		"issuer":          p.object(set("iss", other.id)),
		"client":          p.object(set("client_id", other.id)),
		"no client":       p.object(set("client_id", nil)),
		"audience":        p.object(set("aud", "https://other.example")),
		"no audience":     p.object(set("aud", nil)),
		"no beginning":    p.object(set("nbf", nil)),
		"no end":          p.object(set("exp", nil)),
		"over":            p.object(set("exp", p.unix()-120)),
		"far end":         p.object(set("exp", p.unix()+2*3600)),
		"old":             p.object(set("nbf", p.unix()-2*3600)),
		"future":          p.object(set("nbf", p.unix()+600)),
		"no jti":          p.object(set("jti", nil)),
		"request within":  p.object(set("request", "x")),
		"pushed within":   p.object(set("request_uri", "x")),
		"two addresses":   p.object(set("redirect_uri", []string{p.uri, "https://evil.example/"})),
		"no text":         p.object(set("state", true)),
		"cut":             good[:len(good)-10],
		"longer than all": strings.Repeat("x", maxObject+1),
	} {
		if got := push(object); got.status != 400 || got.str("error") != "invalid_request_object" {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	// A request object is no proof of who the client is.
	want(t, p.send(pushPath, with(p.params(), p.object()), ""), 401, "invalid_client")
	public := h.client(func(g *Registration) { g.Public = true })
	want(t, public.post(pushPath, url.Values{"request": {good}}), 400, "invalid_request_object")

	// By the browser, where the client may.
	loose := h.client(func(g *Registration) { g.Loose = true })
	query := url.Values{"client_id": {loose.id}, "request": {loose.object()}, "redirect_uri": {"https://evil.example/"}}
	if got := h.get("mina", authorizePath+"?"+query.Encode()); !strings.HasPrefix(got.header.Get("Location"), authorizePath+"/") {
		t.Errorf("by the browser: %d to %s", got.status, got.header.Get("Location"))
	}
	if got := h.get("mina", authorizePath+"?"+query.Encode()); got.status != 400 || got.header.Get("Location") != "" {
		t.Errorf("replayed by the browser: %d to %s", got.status, got.header.Get("Location"))
	}
	query.Set("request_uri", loose.push())
	if got := h.get("mina", authorizePath+"?"+query.Encode()); got.status != 400 {
		t.Errorf("both ways at once: %d", got.status)
	}
}

// TestResources: a token is for one resource (RFC 8707), and refreshing does not
// widen what the person was asked for.
func TestResources(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		tools := []string{"openid", "applications", "assistant.status", "assistant.forms", "offline_access"}
		p := h.client(func(g *Registration) { g.Scopes = tools })
		scope := strings.Join(tools, " ")
		exchange := func(code string, resource ...string) answer {
			return p.post(tokenPath, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {p.uri}, "code_verifier": {p.verifier}, "resource": resource})
		}
		api, mcp := h.url+"/api/v1", h.url+"/mcp"
		only := exchange(p.code("mina", "scope", scope, "resource", mcp))
		want(t, only, 200, "")
		if only.str("scope") != "openid assistant.status assistant.forms offline_access" {
			t.Errorf("scopes at the tools: %s", only.str("scope"))
		}
		want(t, p.call("/api/v1/who", only.str("access_token")), 401, "")
		want(t, p.call(userinfoPath, only.str("access_token")), 401, "invalid_token")
		if i := p.post(introspectPath, url.Values{"token": {only.str("access_token")}}); i.str("aud") != mcp {
			t.Errorf("audience %s", i.raw)
		}
		refresh := func(token string, resource ...string) answer {
			return p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "resource": resource})
		}
		want(t, refresh(only.str("refresh_token"), api), 400, "invalid_target") // which costs no refresh token
		want(t, refresh(only.str("refresh_token")), 200, "")

		both := exchange(p.code("mina", "scope", scope)) // none named: the first that scopes belong to
		want(t, both, 200, "")
		want(t, p.call("/api/v1/who", both.str("access_token")), 200, "")
		next := refresh(both.str("refresh_token"), mcp+"/")
		want(t, next, 200, "")
		want(t, p.call("/api/v1/who", next.str("access_token")), 401, "")
		want(t, refresh(next.str("refresh_token"), api, mcp), 400, "invalid_target")
		want(t, exchange(p.code("mina", "scope", scope, "resource", api), mcp), 400, "invalid_target")
		for _, bad := range []string{"https://evil.example/mcp", h.url, h.url + "/mcp/x", "/mcp", h.url + "/mcp#x"} {
			want(t, p.post(pushPath, p.params("resource", bad)), 400, "invalid_target")
		}
	})
}

// TestAdmit: the tools take tokens for them, with their proof, and say where to
// get one.
func TestAdmit(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client(func(g *Registration) { g.Scopes = []string{"applications", "assistant.status"} })
	mcp := h.url + "/mcp"
	token := p.exchange(p.code("mina", "scope", "applications assistant.status", "resource", mcp)).str("access_token")
	admit := func(head ...string) (*Caller, http.Header, error) {
		r := httptest.NewRequest(http.MethodPost, mcp, nil)
		for i := 0; i+1 < len(head); i += 2 {
			r.Header.Add(head[i], head[i+1])
		}
		w := httptest.NewRecorder()
		c, err := h.s.Admit(w, r)
		return c, w.Header(), err
	}
	if c, _, err := admit(); c != nil || err != nil {
		t.Errorf("without a token: %+v, %v", c, err)
	}
	c, head, err := admit("Authorization", "DPoP "+token, "DPoP", p.proof("POST", mcp, token))
	if err != nil || c.Actor.Account != "mina" || c.Client != p.id || !slices.Equal(c.Scopes, []string{"assistant.status"}) || len(c.Actor.Scopes) > 0 || !c.Actor.Token || head.Get("DPoP-Nonce") == "" {
		t.Errorf("admitted %+v, %v", c, err)
	}
	foreign := p.tokens("mina").str("access_token") // for the API
	for name, head := range map[string][]string{
		"no proof":     {"Authorization", "DPoP " + token},
		"as bearer":    {"Authorization", "Bearer " + token},
		"unknown":      {"Authorization", "Bearer " + accessPrefix + "x"},
		"for the API":  {"Authorization", "DPoP " + foreign, "DPoP", p.proof("POST", mcp, foreign)},
		"other proof":  {"Authorization", "DPoP " + token, "DPoP", p.proof("POST", h.url+"/api/v1/who", token)},
		"two tokens":   {"Authorization", "DPoP " + token, "DPoP", p.proof("POST", mcp, token), "Authorization", "DPoP " + token},
		"empty":        {"Authorization", ""},
		"other scheme": {"Authorization", "Basic x"},
	} {
		c, got, err := admit(head...)
		if c != nil || !kernel.Is(err, kernel.Unauthorized) || !strings.Contains(got.Get("WWW-Authenticate"), `resource_metadata="`+h.url+`/.well-known/oauth-protected-resource/mcp"`) {
			t.Errorf("%s: %+v, %v, %q", name, c, err, got.Get("WWW-Authenticate"))
		}
	}
	if m := h.get("", metadataPath(resourceTools)); m.str("resource") != mcp || !strings.Contains(m.raw, "assistant.forms") || strings.Contains(m.raw, `"desk"`) {
		t.Errorf("metadata %s", m.raw)
	}
}

// TestStepUpChallenge: what weighs much needs a fresh sign-in behind the token,
// and the app is told which (RFC 9470).
func TestStepUpChallenge(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	token := p.tokens("mina").str("access_token")
	want(t, p.call("/api/v1/who", token), 200, "")
	a := p.call("/api/v1/weighs", token)
	said := a.header.Get("WWW-Authenticate")
	if a.status != 401 || !strings.HasPrefix(said, "DPoP ") || !strings.Contains(said, `error="insufficient_user_authentication"`) ||
		!strings.Contains(said, `acr_values="urn:maru:aal:2"`) || !strings.Contains(said, `max_age="300"`) {
		t.Errorf("%d %q", a.status, said)
	}
	h.aal, h.at = 2, h.clock.Now()
	next := p.exchange(p.code("mina", "acr_values", "urn:maru:aal:2", "max_age", "300")).str("access_token")
	want(t, p.call("/api/v1/weighs", next), 200, "")
	h.clock.Advance(6 * time.Minute)
	want(t, p.call("/api/v1/weighs", next), 401, "")
	want(t, p.call("/api/v1/who", next), 200, "")
}

// TestReady: who connects an app for the first time shows anew who they are, also
// where the page was opened in time; who continues need not.
func TestReady(t *testing.T) {
	h := open(t, liteDB(t))
	h.stepp = "/account/confirm"
	p := h.client()
	path := p.start(p.push())
	page := h.get("mina", path)
	webtestCheck(t, page)
	form := url.Values{"seal": {sealField.FindStringSubmatch(page.raw)[1]}, "answer": {"yes"}}
	h.clock.Advance(10 * time.Minute)
	if to := h.get("mina", path).header.Get("Location"); !strings.HasPrefix(to, "/account/confirm?next=") {
		t.Errorf("led to %s", to)
	}
	if a := h.postForm("mina", path, form); a.header.Get("Location") != path {
		t.Errorf("a late yes led to %s", a.header.Get("Location"))
	}
	h.at = h.clock.Now()
	if to := h.agree("mina", path, "yes"); to.Query().Get("code") == "" {
		t.Errorf("confirmed, led to %s", to)
	}
	h.clock.Advance(10 * time.Minute)
	if to := h.agree("mina", p.start(p.push()), "yes"); to.Query().Get("code") == "" {
		t.Errorf("going on led to %s", to)
	}
}

// ended tells authority that a session ended, as identity does.
func (h *house) ended(account, session kernel.ID) {
	h.t.Helper()
	if err := h.s.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		return h.bus.Publish(tx, identity.SessionEnded, identity.Session{Account: account, Session: session})
	}); err != nil {
		h.t.Fatal(err)
	}
	h.work()
}

// work runs what waits. That a client does not answer is an error of a job, and
// no fault of the test's.
func (h *house) work() { _, _ = h.jobs.RunDue(context.Background()) }

// TestBackchannelLogout: a client hears of a session that ended by a token that it
// can verify, again when it did not answer, and nobody else does (OpenID Connect
// Back-Channel Logout 1.0; oidcc-backchannel-rp-initiated-logout).
func TestBackchannelLogout(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var mu sync.Mutex
		var heard []string
		status := http.StatusServiceUnavailable
		rp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, string(b))
			w.WriteHeader(status)
		}))
		t.Cleanup(rp.Close)
		p := h.client(func(g *Registration) { g.BackchannelURI = rp.URL + "/logout" })
		quiet := h.client()
		a, b := p.exchange(p.code("mina", "scope", "openid applications")), quiet.tokens("mina")
		later := p.tokens("mina")
		other := p.tokens("juno")
		h.ended("mina", "session-mina")
		mu.Lock()
		if len(heard) != 1 {
			t.Fatalf("heard %d times", len(heard))
		}
		status = http.StatusOK
		mu.Unlock()
		h.clock.Advance(time.Hour)
		h.work()
		h.clock.Advance(time.Hour)
		h.work()
		mu.Lock()
		defer mu.Unlock()
		if len(heard) != 2 {
			t.Fatalf("heard %d times", len(heard))
		}
		form, err := url.ParseQuery(heard[1])
		if err != nil {
			t.Fatal(err)
		}
		token := form.Get("logout_token")
		object, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
		if err != nil {
			t.Fatal(err)
		}
		if typ := object.Signatures[0].Protected.ExtraHeaders[jose.HeaderType]; typ != "logout+jwt" {
			t.Errorf("type %v", typ)
		}
		provider, err := oidc.NewProvider(t.Context(), h.url)
		if err != nil {
			t.Fatal(err)
		}
		at := h.clock.Now().Std().Add(-time.Hour)
		verified, err := provider.Verifier(&oidc.Config{ClientID: p.id, SupportedSigningAlgs: []string{"ES256"}, Now: func() time.Time { return at }}).Verify(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		var claims struct {
			SID    string                     `json:"sid"`
			JTI    string                     `json:"jti"`
			Nonce  *string                    `json:"nonce"`
			Events map[string]json.RawMessage `json:"events"`
		}
		var id struct {
			Sub string `json:"sub"`
			SID string `json:"sid"`
		}
		if err := verified.Claims(&claims); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(decoded(strings.Split(a.str("id_token"), ".")[1])), &id); err != nil {
			t.Fatal(err)
		}
		if claims.SID != id.SID || verified.Subject != id.Sub || claims.JTI == "" || claims.Nonce != nil || string(claims.Events[logoutEvent]) != "{}" {
			t.Errorf("claims %+v of %s", claims, verified.Subject)
		}
		// A logout token is no ID token.
		want(t, h.get("", logoutPath+"?"+url.Values{"id_token_hint": {token}}.Encode()), 400, "")
		refresh := func(p *peer, a answer) answer {
			return p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}})
		}
		if a.str("refresh_token") != "" {
			t.Error("a refresh token without offline_access")
		}
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, refresh(p, later), 200, "") // for later means also when signed out
		want(t, refresh(quiet, b), 200, "")
		want(t, refresh(p, other), 200, "")
	})
}

// TestSecretsChanged: with a new password or a recovery everything that was given
// out before ends; what the person agrees to afterwards stands.
func TestSecretsChanged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.client()
		a, other := p.tokens("mina"), p.tokens("juno")
		h.clock.Advance(time.Second)
		h.ended("mina", "")
		h.clock.Advance(time.Second)
		want(t, p.call("/api/v1/who", a.str("access_token")), 401, "")
		want(t, p.post(tokenPath, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.str("refresh_token")}}), 400, "invalid_grant")
		want(t, p.call("/api/v1/who", other.str("access_token")), 200, "")
		want(t, p.call("/api/v1/who", p.tokens("mina").str("access_token")), 200, "")
	})
}

// TestBackchannelInside: outside the try-out no registration makes us call our own
// machines, neither by its address nor by what its name means later.
func TestBackchannelInside(t *testing.T) {
	h := open(t, liteDB(t))
	d := h.s.d
	d.Demo, d.HTTP = false, nil
	closed := New(d)
	for uri, good := range map[string]bool{"https://rp.example/logout": true, "https://8.8.8.8/logout": true,
		"http://127.0.0.1:80/logout": false, "http://localhost/logout": false, "https://127.0.0.1/logout": false, "https://localhost/logout": false, "https://[::1]/logout": false,
		"https://10.0.0.1/logout": false, "https://169.254.169.254/latest": false, "https://[fd00::1]:8443/logout": false} {
		g := registration(t, newP256(t))
		g.BackchannelURI = uri
		if _, err := closed.RegisterClient(t.Context(), actorOf("operator1"), g, ""); (err == nil) != good {
			t.Errorf("%s: %v", uri, err)
		}
	}
	called := false
	rp := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	t.Cleanup(rp.Close)
	res, err := closed.d.HTTP.Get(strings.Replace(rp.URL, "127.0.0.1", "localhost", 1))
	if err == nil {
		res.Body.Close()
	}
	if !errors.Is(err, errInside) || called {
		t.Errorf("a name that means this machine is called: %v", err)
	}
}

// TestBackchannelNetworks: a network that operators name is open, and nothing
// beside it: its neighbours, this machine and the link stay closed, whatever stands
// in the setting.
func TestBackchannelNetworks(t *testing.T) {
	d := open(t, liteDB(t)).s.d
	d.Demo, d.HTTP = false, nil
	d.Inside = []netip.Prefix{netip.MustParsePrefix("10.7.0.0/16"), netip.MustParsePrefix("fd07::/32"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16")}
	s := New(d)
	for ip, good := range map[string]bool{"10.7.1.2": true, "::ffff:10.7.1.2": true, "fd07::1": true, "8.8.8.8": true,
		"10.8.1.2": false, "192.168.0.1": false, "fd08::1": false, "127.0.0.1": false, "::1": false, "169.254.169.254": false, "64:ff9b::a07:102": false} {
		if s.d.reaches(netip.MustParseAddr(ip)) != good {
			t.Errorf("%s is reached: %t", ip, !good)
		}
	}
	for uri, good := range map[string]bool{"https://10.7.1.2/logout": true, "http://10.7.1.2/logout": false, "https://10.8.1.2/logout": false, "https://127.0.0.1/logout": false} {
		if s.goodBackchannel(uri) != good {
			t.Errorf("%s is taken: %t", uri, !good)
		}
	}
	if _, err := s.d.HTTP.Get("https://127.0.0.1:1/"); !errors.Is(err, errInside) {
		t.Errorf("this machine is called: %v", err)
	}
}

// TestTellNobody: a client that is gone, or has no address, is not told.
func TestTellNobody(t *testing.T) {
	h := open(t, liteDB(t))
	p := h.client()
	for _, id := range []string{p.id, "none"} {
		payload, err := json.Marshal(logoutPayload{Client: id, Account: "mina"})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.s.tellLogout(t.Context(), jobs.Job{Payload: payload}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestReadyForStaff: an app that works at the desk or runs the installation goes on
// with no yes of long ago, but with the proof that those pages ask for.
func TestReadyForStaff(t *testing.T) {
	for _, scope := range []string{"desk", "admin"} {
		h := open(t, liteDB(t))
		h.stepp = "/account/confirm"
		p := h.client(func(g *Registration) { g.Scopes = append(g.Scopes, scope) })
		p.code("mina", "scope", "openid "+scope)
		if to := h.agree("mina", p.start(p.push("scope", "openid "+scope)), "yes"); to.Query().Get("code") == "" {
			t.Errorf("%s: freshly proven, led to %s", scope, to)
		}
		path := p.start(p.push("scope", "openid "+scope, "prompt", "consent"))
		page := h.get("mina", path)
		if page.status != 200 {
			t.Fatalf("%s: asked to be asked: %d", scope, page.status)
		}
		form := url.Values{"seal": {sealField.FindStringSubmatch(page.raw)[1]}, "answer": {"yes"}}
		h.clock.Advance(10 * time.Minute)
		if a := h.postForm("mina", path, form); a.header.Get("Location") != path {
			t.Errorf("%s: a late yes led to %s", scope, a.header.Get("Location"))
		}
		if to := h.get("mina", p.start(p.push("scope", "openid "+scope))).header.Get("Location"); !strings.HasPrefix(to, "/account/confirm?next=") {
			t.Errorf("%s: led to %s", scope, to)
		}
		if to := h.get("mina", p.start(p.push("scope", "openid "+scope, "prompt", "none"))).header.Get("Location"); !strings.Contains(to, "error=interaction_required") {
			t.Errorf("%s: silently led to %s", scope, to)
		}
	}
}

// TestQuietOnlyForTheClientItself: where another program on the device could ask and
// get the answer in an app's name, the person sees who asks each time (RFC 8252
// section 8.6).
func TestQuietOnlyForTheClientItself(t *testing.T) {
	h := open(t, liteDB(t))
	for _, c := range []struct {
		uri           string
		public, quiet bool
	}{
		{"https://app.example/cb?a=1", true, true}, {"https://app.example/cb?a=1", false, true}, {"http://127.0.0.1:8123/cb", false, true},
		{"http://127.0.0.1:8123/cb", true, false}, {"http://localhost:8123/cb", true, false}, {"com.example.app:/cb", true, false},
	} {
		p := h.client(func(g *Registration) { g.Public, g.RedirectURIs = c.public, []string{c.uri} })
		ask := func(more ...string) answer { return h.get("mina", p.start(p.push(more...))) }
		if to := h.agree("mina", p.start(p.push()), "yes"); to.Query().Get("code") == "" {
			t.Fatalf("%+v: yes led to %s", c, to)
		}
		said := "code="
		if !c.quiet {
			said = "error=consent_required"
		}
		if a := ask(); (a.status == 303) != c.quiet {
			t.Errorf("%+v: %d to %s", c, a.status, a.header.Get("Location"))
		}
		if to := ask("prompt", "none").header.Get("Location"); !strings.Contains(to, said) {
			t.Errorf("%+v: silently to %s", c, to)
		}
		if to := h.agree("mina", p.start(p.push()), "yes"); to.Query().Get("code") == "" {
			t.Errorf("%+v: going on led to %s", c, to)
		}
	}
}

// TestClientsPage: who agrees to a registration sees all that it can do.
func TestClientsPage(t *testing.T) {
	h := open(t, liteDB(t))
	key := newP256(t)
	g := registration(t, key)
	g.BackchannelURI, g.Signed = "https://rp.example/told", true
	if _, err := h.s.RegisterClient(t.Context(), actorOf("operator1"), g, ""); err != nil {
		t.Fatal(err)
	}
	public := registration(t, nil)
	if _, err := h.s.RegisterClient(t.Context(), actorOf("operator1"), public, ""); err != nil {
		t.Fatal(err)
	}
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(sha256Hash)
	if err != nil {
		t.Fatal(err)
	}
	page := h.get("operator2", "/en/admin/clients")
	webtestCheck(t, page)
	for _, want := range []string{b64(sum), "https://app.example/bye", "https://rp.example/told", "<dd>Yes</dd>", "<dd>No</dd>"} {
		if !strings.Contains(page.raw, want) {
			t.Errorf("the page does not show %s", want)
		}
	}
}
