package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestSecurityHeaders(t *testing.T) {
	site := webtest.New(t)
	for _, path := range []string{"/help", "/nope"} {
		h := site.Get(path).Header
		want := map[string]string{
			"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "",
		}
		for k, v := range want {
			if h.Get(k) != v {
				t.Errorf("%s: %s = %q, want %q", path, k, h.Get(k), v)
			}
		}
	}
	secure := webtest.NewConfig(t, web.Config{PublicURL: "https://maru.example"})
	if h := secure.Get("/help").Header; h.Get("Strict-Transport-Security") == "" {
		t.Error("https without HSTS")
	}
}

func TestPanicShowsAnIDThatTheLogKnows(t *testing.T) {
	site := webtest.New(t)
	site.Server.Page(web.Page{Method: "GET", Path: "/boom", Name: "t.boom", For: web.Public, Handler: func(http.ResponseWriter, *web.Request) error { panic("secret detail") }})
	p := site.Get("/en/boom")
	id := p.Header.Get("X-Request-Id")
	if p.Status != 500 || id == "" || !p.Has(id) || !p.Has("Something went wrong") {
		t.Errorf("%d, id %q:\n%s", p.Status, id, p.Body)
	}
	if p.Has("secret detail") || !strings.Contains(site.Log.String(), "secret detail") || !strings.Contains(site.Log.String(), id) {
		t.Errorf("log: %s", site.Log)
	}
}

func TestErrorPagesByKind(t *testing.T) {
	tests := []struct {
		err    error
		status int
		says   string
	}{
		{kernel.E(kernel.NotFound, "", nil), 404, "찾는 화면이 없어요"},
		{kernel.E(kernel.Conflict, "", nil), 409, "그사이 내용이 바뀌었어요"},
		{kernel.E(kernel.Forbidden, "error.staff_only", nil), 403, "공무원이 쓰는 화면이에요"},
		{kernel.E(kernel.Forbidden, "error.scope", nil).With("scope", "desk"), 403, "desk 범위"},
		{kernel.E(kernel.Limited, "", nil), 429, "요청이 너무 많아요"},
		{kernel.E(kernel.Unavailable, "", nil), 503, "연결한 기관이 답하지 않아요"},
		{kernel.E(kernel.TooLarge, "", nil), 413, "너무 커요"},
		{kernel.E(kernel.Invalid, "no.such.key", nil).Field("x", "error.required", nil), 422, "답을 적거나 골라 주세요"},
		{errors.New("disk on fire"), 500, "잠시 문제가 생겼어요"},
	}
	for _, tt := range tests {
		site := webtest.New(t)
		site.Server.Page(web.Page{Method: "GET", Path: "/x", Name: "t.x", For: web.Public, Handler: func(http.ResponseWriter, *web.Request) error { return tt.err }})
		p := site.Get("/x")
		if p.Status != tt.status || !p.Has(tt.says) {
			t.Errorf("%v: %d %q", tt.err, p.Status, p.Text("main"))
		}
		if p.Has("disk on fire") {
			t.Error("the page shows the cause")
		}
		if strings.Count(site.Log.String(), "\n") != 1 {
			t.Errorf("%v: logged %q", tt.err, site.Log)
		}
		if (tt.status >= 500) != p.Has(p.Header.Get("X-Request-Id")) {
			t.Errorf("%v: id on the page only when it is our fault", tt.err)
		}
	}
}

func TestAuthenticateFails(t *testing.T) {
	fail := kernel.E(kernel.Unavailable, "", errors.New("store is away"))
	site := webtest.NewConfig(t, web.Config{Authenticate: func(*http.Request) (authz.Actor, error) { return authz.Actor{}, fail }})
	if p := site.Get("/help"); p.Status != 503 {
		t.Errorf("%d", p.Status)
	}
	if p := site.Get("/nope"); p.Status != 404 {
		t.Errorf("%d", p.Status)
	}
	fail = kernel.E(kernel.Unauthorized, "", nil)
	if p := site.Get("/help"); p.Status != 200 {
		t.Errorf("an expired session: %d", p.Status)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	site := webtest.New(t)
	r := httptest.NewRequest("POST", "/preferences", strings.NewReader("size=122"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	p := site.Do(r)
	if p.Status != 403 || len(p.Header.Values("Set-Cookie")) > 0 || !p.Has("다른 누리집에서 보낸 요청") {
		t.Errorf("%d %v", p.Status, p.Header)
	}
}

func TestRateLimitByAddress(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{
		Limits:         web.Limits{IP: web.Rate{PerMinute: 60, Burst: 3}},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	})
	ask := func(remote, forwarded string) int {
		r := httptest.NewRequest("GET", "/help", nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return site.Do(r).Status
	}
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := ask("192.0.2.1:1000", ""); got != want {
			t.Errorf("request %d: %d, want %d", i, got, want)
		}
	}
	if got := ask("192.0.2.2:1000", ""); got != 200 {
		t.Errorf("another address: %d", got)
	}
	if got := ask("192.0.2.1:1000", "203.0.113.9"); got != 429 {
		t.Errorf("a forged X-Forwarded-For: %d", got)
	}
	if got := ask("10.0.0.1:1000", "203.0.113.9, 192.0.2.1"); got != 429 {
		t.Errorf("behind the proxy: %d", got)
	}
	if got := ask("10.0.0.1:1000", "192.0.2.1, 203.0.113.9"); got != 200 {
		t.Errorf("behind the proxy, another person: %d", got)
	}
	site.Clock.Advance(2 * time.Second)
	for i, want := range []int{200, 200, 429} {
		if got := ask("192.0.2.1:1000", ""); got != want {
			t.Errorf("after two seconds, request %d: %d, want %d", i, got, want)
		}
	}
	// Networks of one IPv6 household share a bucket.
	for i, want := range []int{200, 200, 200, 429} {
		if got := ask([]string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8:0:0:ff::3]:1", "[2001:db8::4]:1"}[i], ""); got != want {
			t.Errorf("IPv6 request %d: %d, want %d", i, got, want)
		}
	}
}

func TestRateLimitByAccount(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Limits: web.Limits{Account: web.Rate{PerMinute: 60, Burst: 2}, IP: web.Rate{PerMinute: -1}}})
	site.Actor = authz.Actor{Account: "a"}
	for i, want := range []int{200, 200, 429} {
		if p := site.Get("/help"); p.Status != want {
			t.Errorf("request %d: %d, want %d", i, p.Status, want)
		} else if want == 429 && p.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	site.Actor.Account = "b"
	if p := site.Get("/help"); p.Status != 200 {
		t.Errorf("another account: %d", p.Status)
	}
}

func TestCompressionAndETag(t *testing.T) {
	site := webtest.New(t)
	get := func(header, value string) *webtest.Page {
		r := httptest.NewRequest("GET", "/help", nil)
		r.Header.Set(header, value)
		return site.Do(r)
	}
	plain := site.Get("/help")
	tag := plain.Header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || plain.Header.Get("Cache-Control") != "private, no-cache" || plain.Header.Get("Vary") == "" {
		t.Errorf("headers %v", plain.Header)
	}
	zipped := get("Accept-Encoding", "br, gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(strings.NewReader(zipped.Body))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || !bytes.Equal(b, []byte(plain.Body)) {
		t.Errorf("compressed page differs: %v", err)
	}
	if p := get("If-None-Match", tag); p.Status != 304 || p.Body != "" {
		t.Errorf("known page: %d", p.Status)
	}
	if p := get("Accept-Encoding", "gzip;q=0"); p.Header.Get("Content-Encoding") != "" {
		t.Error("compressed although refused")
	}
	site.Actor = authz.Actor{Account: "a"}
	if p := site.Get("/help"); p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
		t.Errorf("signed in: %v", p.Header)
	}
}

func TestSecretPagesAreNotCompressed(t *testing.T) {
	site := webtest.New(t)
	site.Server.Page(web.Page{Method: "GET", Path: "/secret", Name: "t.secret", For: web.Public, Handler: func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Render(w, r, views, web.View{Template: "hello", Title: "x", Data: "x", Secret: true})
	}})
	r := httptest.NewRequest("GET", "/secret", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if p := site.Do(r); p.Header.Get("Content-Encoding") != "" || p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
		t.Errorf("headers %v", p.Header)
	}
}

func TestHeadHasNoSurprises(t *testing.T) {
	site := webtest.New(t)
	if p := site.Do(httptest.NewRequest("HEAD", "/help", nil)); p.Status != 200 {
		t.Errorf("%d", p.Status)
	}
}

// program is a raw handler that words its own refusals.
type program struct{}

func (program) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }

func (program) Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, "program: "+kernel.KindOf(err).String(), http.StatusTeapot)
}

func TestRefusersWordRefusals(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Limits: web.Limits{IP: web.Rate{PerMinute: 1, Burst: 2}}})
	site.Server.Handle("/api/", program{})
	foreign := httptest.NewRequest("POST", "/api/v1/ask", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := site.Do(foreign); p.Status != 418 || !strings.Contains(p.Body, "program: forbidden") {
		t.Errorf("from another site: %d %s", p.Status, p.Body)
	}
	if p := site.Get("/api/v1/ping"); p.Status != 204 {
		t.Errorf("within the limit: %d", p.Status)
	}
	if p := site.Get("/api/v1/ping"); p.Status != 418 || !strings.Contains(p.Body, "program: limited") {
		t.Errorf("over the limit: %d %s", p.Status, p.Body)
	}
	if p := site.Get("/help"); p.Status != 429 {
		t.Errorf("a page over the limit: %d", p.Status)
	}
}

func TestRawHandlersPassTheMiddleware(t *testing.T) {
	site := webtest.New(t)
	site.Server.Handle("GET /api/v1/ping", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if web.RequestID(r.Context()) == "" {
			t.Error("no request id")
		}
		w.WriteHeader(204)
	}))
	if p := site.Get("/api/v1/ping"); p.Status != 204 || p.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%d %v", p.Status, p.Header)
	}
}
