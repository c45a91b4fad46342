package authority

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/clock"
	keyfile "maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// house is a running server whose people sign in by naming themselves.
type house struct {
	t     *testing.T
	s     *Service
	clock *clock.Manual
	url   string
	at    kernel.Time // when sessions began
	aal   int
	stepp string
	left  atomic.Int32 // sign-outs
	jobs  *jobs.Runner
	bus   *events.Bus
}

func (h *house) Signed(_ context.Context, a authz.Actor) (Signed, error) {
	return Signed{At: h.at, AAL: h.aal, AMR: []string{"pwd"}}, nil
}
func (h *house) Levels() []int { return []int{1, 2} }
func (h *house) StepUp(_ context.Context, _ authz.Actor, _ int, next string) (string, error) {
	if h.stepp == "" {
		return "", nil
	}
	return h.stepp + "?next=" + url.QueryEscape(next), nil
}

// Ready asks for a proof of the last five minutes once there is a page to step up.
func (h *house) Ready(_ context.Context, _ authz.Actor, next string) (string, error) {
	if h.stepp == "" || h.clock.Now() < h.at.Add(5*time.Minute) {
		return "", nil
	}
	return h.stepp + "?next=" + url.QueryEscape(next), nil
}

func (h *house) Enough(_ context.Context, a authz.Actor) (int, time.Duration, error) {
	if a.Proof.Level == 2 && h.clock.Now() < a.Proof.At.Add(5*time.Minute) {
		return 0, 0, nil
	}
	return 2, 5 * time.Minute, nil
}

func (h *house) Actor(_ context.Context, account kernel.ID) (authz.Actor, error) {
	if account == "gone" {
		return authz.Actor{}, kernel.E(kernel.NotFound, "", nil)
	}
	return actorOf(string(account)), nil
}

func (h *house) SignOut(http.ResponseWriter, *http.Request, authz.Actor) error {
	h.left.Add(1)
	return nil
}

func (h *house) ClientAgencies(context.Context) ([]Agency, error) {
	return []Agency{{"gangnam", kernel.Text{KO: "강남구청", EN: "Gangnam District Office"}}}, nil
}

func actorOf(name string) authz.Actor {
	a := authz.Actor{Account: kernel.ID(name), Name: "가상" + name, Session: kernel.ID("session-" + name)}
	if strings.HasPrefix(name, "operator") {
		a.Grants = []authz.Grant{{Role: authz.Operator}}
	}
	return a
}

// open starts a house on db.
func open(t *testing.T, db *store.DB) *house {
	t.Helper()
	keys, err := keyfile.LoadOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, clock: clock.NewManual(webtest.Start), aal: 1}
	h.at = h.clock.Now().Add(-time.Minute)
	server := httptest.NewUnstartedServer(nil)
	h.url = "http://" + server.Listener.Addr().String()
	h.jobs = jobs.New(db, h.clock, nil)
	h.bus = events.New(h.jobs)
	h.s = New(Deps{DB: db, Keys: keys, Clock: h.clock, Sessions: h, Agencies: h, Issuer: h.url, Jobs: h.jobs, Demo: true})
	texts := webtest.Catalog(t, Messages(), api.Messages())
	srv := web.New(web.Config{Catalog: texts, Clock: h.clock, PublicURL: h.url, Limits: web.Limits{IP: web.Rate{PerMinute: -1}, Account: web.Rate{PerMinute: -1}},
		Authenticate: func(r *http.Request) (authz.Actor, error) {
			c, err := r.Cookie("who")
			if err != nil {
				return authz.Actor{}, kernel.E(kernel.Unauthorized, "error.sign_in", nil)
			}
			return actorOf(c.Value), nil
		}})
	a := api.New(api.Config{Title: "t", Version: "1", Catalog: texts, Clock: h.clock, Access: h.s.Authenticate, Fresh: h.s.Fresh,
		Authenticate: func(context.Context, string) (authz.Actor, error) {
			return authz.Actor{}, kernel.E(kernel.Unauthorized, "api.bad_token", nil)
		}})
	type who struct {
		Body struct {
			Account string   `json:"account"`
			Scopes  []string `json:"scopes"`
		}
	}
	tell := func(_ context.Context, c api.Call, _ *none) (*who, error) {
		var w who
		w.Body.Account, w.Body.Scopes = string(c.Actor.Account), c.Actor.Scopes
		return &w, nil
	}
	api.Register(a, api.Op{ID: "test.who", Method: http.MethodGet, Path: "/who", Scope: authz.ScopeApplications, Summary: "who"}, tell)
	api.Register(a, api.Op{ID: "test.desk", Method: http.MethodGet, Path: "/desk", Scope: authz.ScopeDesk, Summary: "desk"}, tell)
	api.Register(a, api.Op{ID: "test.tokens", Method: http.MethodGet, Path: "/tokens", Auth: true, Summary: "tokens"}, tell)
	api.Register(a, api.Op{ID: "test.weighs", Method: http.MethodGet, Path: "/weighs", Scope: authz.ScopeApplications, Fresh: true, Summary: "weighs"}, tell)
	m := h.s.Module()
	m.Pages(srv)
	m.Jobs(h.jobs)
	m.Subscribe(h.bus)
	m.Operations(a)
	srv.Handle("/api/", a.Handler())
	server.Config.Handler = srv.Handler()
	server.Start()
	t.Cleanup(server.Close)
	return h
}

// each runs fn on both engines.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) }, Migrations(), audit.Migrations(), jobs.Migrations())
}

// peer is a client program.
type peer struct {
	h        *house
	id       string
	key, pop *ecdsa.PrivateKey // its own, nil for a public one; and that of its proofs
	uri      string
	verifier string
	nonce    string // of the server's last answer
	n        int
	loose    bool
}

func newP256(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func registration(t *testing.T, key *ecdsa.PrivateKey) Registration {
	g := Registration{Name: kernel.Text{KO: "가상앱", EN: "Sample app"}, Purpose: kernel.Text{KO: "신청을 도와요.", EN: "Helps you apply."}, Reason: "시험",
		RedirectURIs: []string{"https://app.example/cb?a=1"}, LogoutURIs: []string{"https://app.example/bye"}, Scopes: []string{"openid", "profile", "applications", "offline_access"}}
	if key == nil {
		g.Public = true
		return g
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	g.Keys = set
	return g
}

// client registers a program and approves it.
func (h *house) client(change ...func(*Registration)) *peer {
	h.t.Helper()
	ctx := context.Background()
	p := &peer{h: h, key: newP256(h.t), pop: newP256(h.t), verifier: strings.Repeat("v", 50)}
	g := registration(h.t, p.key)
	for _, c := range change {
		c(&g)
	}
	if g.Public {
		p.key = nil
	}
	p.uri, p.loose = g.RedirectURIs[0], g.Loose
	var err error
	if p.id, err = h.s.RegisterClient(ctx, actorOf("operator1"), g, ""); err != nil {
		h.t.Fatal(err)
	}
	if err := h.s.ApproveClient(ctx, actorOf("operator2"), p.id); err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (p *peer) jwt(key any, alg jose.SignatureAlgorithm, head map[jose.HeaderKey]any, claims map[string]any) string {
	p.h.t.Helper()
	o := &jose.SignerOptions{ExtraHeaders: head}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, o)
	if err != nil {
		p.h.t.Fatal(err)
	}
	b, err := json.Marshal(claims)
	if err != nil {
		p.h.t.Fatal(err)
	}
	object, err := signer.Sign(b)
	if err != nil {
		p.h.t.Fatal(err)
	}
	out, err := object.CompactSerialize()
	if err != nil {
		p.h.t.Fatal(err)
	}
	return out
}

func (p *peer) unix() float64 { return float64(p.h.clock.Now()) / 1e6 }

func (p *peer) assertion(change ...func(map[string]any)) string {
	p.n++
	c := map[string]any{"iss": p.id, "sub": p.id, "aud": p.h.url, "jti": "a" + string(kernel.RandomID()), "iat": p.unix(), "exp": p.unix() + 60}
	for _, f := range change {
		f(c)
	}
	return p.jwt(p.key, jose.ES256, map[jose.HeaderKey]any{"kid": "k1"}, c)
}

func (p *peer) proof(method, u, token string, change ...func(map[string]any)) string {
	c := map[string]any{"jti": string(kernel.RandomID()), "htm": method, "htu": u, "iat": p.unix(), "nonce": p.nonce}
	if token != "" {
		c["ath"] = b64(hashOf(token))
	}
	for _, f := range change {
		f(c)
	}
	return p.jwt(p.pop, jose.ES256, map[jose.HeaderKey]any{"typ": "dpop+jwt", "jwk": jose.JSONWebKey{Key: p.pop.Public()}}, c)
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) str(k string) string { s, _ := a.body[k].(string); return s }

func (h *house) do(r *http.Request) answer {
	h.t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(b)}
	_ = json.Unmarshal(b, &a.body) // pages are none
	return a
}

// post calls an endpoint with the client's own proof of who it is, and a proof
// of possession unless it is a loose one; a wanted nonce is learnt and used.
func (p *peer) post(path string, form url.Values) answer {
	p.h.t.Helper()
	for range 2 {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		if p.key == nil {
			f.Set("client_id", p.id)
		} else if !f.Has("client_assertion") {
			f.Set("client_assertion", p.assertion())
			f.Set("client_assertion_type", assertionType)
		}
		proof := ""
		if !p.loose && path == tokenPath {
			proof = p.proof("POST", p.h.url+path, "")
		}
		a := p.send(path, f, proof)
		if a.str("error") != "use_dpop_nonce" {
			return a
		}
	}
	p.h.t.Fatal("no nonce is good enough")
	return answer{}
}

func (p *peer) send(path string, form url.Values, proof string) answer {
	p.h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.h.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if proof != "" {
		r.Header.Set("DPoP", proof)
	}
	a := p.h.do(r)
	if n := a.header.Get("DPoP-Nonce"); n != "" {
		p.nonce = n
	}
	return a
}

// params are those of a good request.
func (p *peer) params(more ...string) url.Values {
	v := url.Values{"client_id": {p.id}, "response_type": {"code"}, "redirect_uri": {p.uri}, "scope": {"openid profile applications offline_access"},
		"state": {"xyz"}, "nonce": {"n-1"}, "code_challenge": {b64(hashOf(p.verifier))}, "code_challenge_method": {"S256"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
		if more[i+1] == "" {
			v.Del(more[i])
		}
	}
	return v
}

// push pushes a request and returns its URI.
func (p *peer) push(more ...string) string {
	p.h.t.Helper()
	a := p.post(pushPath, p.params(more...))
	if a.status != http.StatusCreated {
		p.h.t.Fatalf("push: %d %s", a.status, a.raw)
	}
	return a.str("request_uri")
}

// get opens a page as somebody ("" for a visitor).
func (h *house) get(who, path string) answer {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	return h.do(r)
}

func (h *house) postForm(who, path string, form url.Values, head ...string) answer {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, h.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	return h.do(r)
}

// start takes a pushed request to the browser and returns the ticket's path.
func (p *peer) start(uri string) string {
	p.h.t.Helper()
	a := p.h.get("", authorizePath+"?"+url.Values{"client_id": {p.id}, "request_uri": {uri}}.Encode())
	to := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(to, authorizePath+"/") {
		p.h.t.Fatalf("authorize: %d to %q: %s", a.status, to, a.raw)
	}
	return to
}

var sealField = regexp.MustCompile(`name="seal" value="([^"]+)"`)

// agree opens the consent page as somebody and answers; it returns where the
// browser is sent.
func (h *house) agree(who, path, answer string) *url.URL {
	h.t.Helper()
	a := h.get(who, path)
	if a.status == http.StatusOK {
		m := sealField.FindStringSubmatch(a.raw)
		if m == nil {
			h.t.Fatalf("there is no consent form: %s", a.raw)
		}
		webtest.Check(h.t, []byte(a.raw))
		a = h.postForm(who, path, url.Values{"seal": {html.UnescapeString(m[1])}, "answer": {answer}})
	}
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther {
		h.t.Fatalf("consent: %d %v %s", a.status, err, a.raw)
	}
	return to
}

// code goes through it all and returns a code for somebody.
func (p *peer) code(who string, more ...string) string {
	p.h.t.Helper()
	to := p.h.agree(who, p.start(p.push(more...)), "yes")
	q := to.Query()
	if q.Get("code") == "" || q.Get("state") != "xyz" || q.Get("iss") != p.h.url || q.Get("a") != "1" || to.Host != "app.example" {
		p.h.t.Fatalf("the answer went to %s", to)
	}
	return q.Get("code")
}

func (p *peer) exchange(code string) answer {
	return p.post(tokenPath, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {p.uri}, "code_verifier": {p.verifier}})
}

func (p *peer) tokens(who string) answer {
	p.h.t.Helper()
	a := p.exchange(p.code(who))
	if a.status != http.StatusOK {
		p.h.t.Fatalf("token: %d %s", a.status, a.raw)
	}
	return a
}

// call calls a protected resource with the token and its proof.
func (p *peer) call(path, token string, change ...func(map[string]any)) answer {
	p.h.t.Helper()
	for range 2 {
		r, err := http.NewRequest(http.MethodGet, p.h.url+path, nil)
		if err != nil {
			p.h.t.Fatal(err)
		}
		r.Header.Set("Authorization", "DPoP "+token)
		r.Header.Set("DPoP", p.proof("GET", p.h.url+path, token, change...))
		a := p.h.do(r)
		if n := a.header.Get("DPoP-Nonce"); n != "" {
			p.nonce = n
		}
		if !strings.Contains(a.header.Get("WWW-Authenticate"), "use_dpop_nonce") || len(change) > 0 {
			return a
		}
	}
	p.h.t.Fatal("no nonce is good enough")
	return answer{}
}

func want(t *testing.T, a answer, status int, code string) {
	t.Helper()
	if a.status != status || code != "" && a.str("error") != code {
		t.Errorf("answer %d %s, want %d %s", a.status, a.raw, status, code)
	}
}
