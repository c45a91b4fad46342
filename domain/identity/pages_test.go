package identity

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/store/storetest"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// elsewhere is another browser at the same house.
func elsewhere(t *testing.T, s *Service, w *webtest.Site) *webtest.Site {
	t.Helper()
	out := webtest.NewConfig(t, web.Config{Catalog: webtest.Catalog(t, Messages()), Clock: w.Clock, Demo: true, PublicURL: "http://localhost:8080",
		Authenticate: s.Authenticate, Keep: s.Keep})
	s.pages(out.Server)
	return out
}

// site is the domain's pages over a service, with real sessions.
func site(t *testing.T, demo bool) (*Service, *webtest.Site) {
	t.Helper()
	s, c := newService(t, storetest.SQLite(t, allTables...))
	s.d.Demo = demo
	w := webtest.NewConfig(t, web.Config{Catalog: webtest.Catalog(t, Messages()), Clock: c, Demo: demo, PublicURL: "http://localhost:8080",
		Authenticate: s.Authenticate, Keep: s.Keep})
	s.pages(w.Server)
	w.Server.Page(web.Page{Method: http.MethodGet, Path: "/", Name: "home", For: web.Public, Handler: func(w http.ResponseWriter, r *web.Request) error {
		_, err := w.Write([]byte("home of " + r.Actor.Name))
		return err
	}})
	w.Server.Page(web.Page{Method: http.MethodPost, Path: "/answer", Name: "answer", For: web.Resident, Handler: func(w http.ResponseWriter, r *web.Request) error {
		form, err := r.ParseForm()
		if err != nil {
			return err
		}
		_, err = w.Write([]byte(r.Actor.Name + " answers " + form.Get("answer") + " at " + r.Prefs.Size + " %"))
		return err
	}})
	w.Clock = c
	return s, w
}

// status fails unless the page has it.
func status(t *testing.T, p *webtest.Page, want int) *webtest.Page {
	t.Helper()
	if p.Status != want {
		t.Fatalf("status %d, want %d: %s", p.Status, want, p.Body)
	}
	return p
}

func TestRegisterAndSignInPages(t *testing.T) {
	_, w := site(t, true)
	for _, lang := range []string{"", "/en"} {
		status(t, w.Get(lang+"/register"), 200)
		status(t, w.Get(lang+"/sign-in?next=/account&kept=x"), 200)
		p := status(t, w.Post(lang+"/register", url.Values{"login": {"x"}, "name": {""}, "password": {"short"}}), 422)
		if !strings.Contains(p.Body, "login") {
			t.Error("no field is named")
		}
	}
	p := status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	if p.Location() != "/account" {
		t.Fatalf("leads to %q", p.Location())
	}
	cookie := p.Header.Get("Set-Cookie")
	for _, part := range []string{"maru_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(strings.Join(p.Header.Values("Set-Cookie"), "\n"), part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	if p := status(t, w.Get("/account"), 200); !p.Has("김민수") || !p.Has("번호 받기") {
		t.Error("account page lacks name or counter code")
	}
	status(t, w.Get("/sign-in"), 303)
	if p := status(t, w.Post("/sign-out", nil), 303); p.Location() != "/" {
		t.Errorf("sign-out leads to %q", p.Location())
	}
	status(t, w.Get("/account"), 303)
	status(t, w.Post("/sign-in", url.Values{"login": {"minsu"}, "password": {"wrong wrong wrong wrong"}}), 422)
	for next, to := range map[string]string{"/account": "/account", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "/sign-out": "/", "/en/account": "/en/account"} {
		p := status(t, w.Post("/sign-in", url.Values{"login": {"minsu"}, "password": {goodPassword}, "next": {next}}), 303)
		if p.Location() != to {
			t.Errorf("next %q leads to %q", next, p.Location())
		}
	}
}

func TestAccountPages(t *testing.T) {
	_, w := site(t, true)
	status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
	status(t, w.Get("/en/account"), 200)
	if p := status(t, w.Post("/account/code", nil), 200); !regexp.MustCompile(`[2-9A-Z]{4} [2-9A-Z]{4}`).MatchString(p.Body) {
		t.Error("no code shown")
	}
	status(t, w.Post("/account/tokens", url.Values{"name": {""}, "days": {"x"}}), 422)
	p := status(t, w.Post("/account/tokens", url.Values{"name": {"가계부"}, "days": {"30"}, "scopes": {"applications"}}), 200)
	if !strings.Contains(p.Text("#secret"), tokenPrefix) || p.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("the token is not shown, or may be kept by a cache")
	}
	p = status(t, w.Get("/account"), 200)
	if strings.Contains(p.Body, "maru_"+"A") || !p.Has("가계부") {
		t.Error("the token is shown again, or not listed")
	}
	revoke := regexp.MustCompile(`/account/tokens/[0-9a-f-]+/revoke`).FindString(p.Body)
	status(t, w.Post(revoke, nil), 303)
	status(t, w.Post(revoke, nil), 404)
	status(t, w.Post("/account/password", url.Values{"current": {"no"}, "password": {"short"}}), 422)
	status(t, w.Post("/account/password", url.Values{"current": {goodPassword}, "password": {"파란 고래가 기타를 배운다 9"}}), 303)
	end := regexp.MustCompile(`/account/sessions/[0-9a-f-]+/end`).FindString(w.Get("/account").Body)
	status(t, w.Post(end, nil), 303)
	status(t, w.Get("/account"), 303)
}

// The whole beginning of an installation, by page.
func TestSetUpAndRolesPages(t *testing.T) {
	s, w := site(t, false)
	path, err := s.FirstRun(t.Context())
	fine(t, err)
	status(t, w.Get(path), 200)
	status(t, w.Get("/en"+path), 200)
	status(t, w.Get(setupPath+"never-was"), 404)
	status(t, w.Post(path, url.Values{"login": {"first"}, "name": {"첫째"}, "password": {"short"}}), 422)
	if p := status(t, w.Post(path, url.Values{"login": {"first"}, "name": {"첫째"}, "password": {goodPassword}}), 303); p.Location() != "/admin/roles" {
		t.Fatalf("leads to %q", p.Location())
	}
	status(t, w.Get(path), 404)
	status(t, w.Post("/admin/roles/invite", url.Values{"name": {""}}), 422)
	p := status(t, w.Post("/admin/roles/invite", url.Values{"name": {"둘째"}}), 200)
	link := strings.TrimPrefix(p.Text("#invitation"), "http://localhost:8080")
	status(t, w.Post("/sign-out", nil), 303)
	status(t, w.Post(link, url.Values{"login": {"second"}, "name": {"둘째"}, "password": {goodPassword}}), 303)
	status(t, w.Get("/en/admin/roles"), 200)
	status(t, w.Post("/admin/roles", url.Values{"login": {"first"}, "role": {"official"}, "reason": {"x"}}), 422)
	status(t, w.Post("/admin/roles", url.Values{"login": {"first"}, "role": {"official"}, "agency": {"gangnam"}, "reason": {"전입"}, "until-year": {"2027"}, "until-month": {"13"}, "until-day": {"1"}}), 422)
	status(t, w.Post("/admin/roles", url.Values{"login": {"first"}, "role": {"auditor"}, "reason": {"감사"}, "until-year": {"2027"}, "until-month": {"1"}, "until-day": {"31"}}), 303)
	p = status(t, w.Get("/admin/roles"), 200)
	if strings.Contains(p.Body, "/approve") || !p.Has("다른 운영자가 승인해야 해요") {
		t.Error("who asked is offered to approve")
	}
	decline := regexp.MustCompile(`/admin/roles/[0-9a-f-]+/decline`).FindString(p.Body)
	status(t, w.Post(strings.Replace(decline, "decline", "approve", 1), nil), 403)
	status(t, w.Post(decline, nil), 303)
	status(t, w.Post(decline, nil), 409)
	revoke := regexp.MustCompile(`/admin/roles/[0-9a-f-]+/revoke`).FindString(p.Body)
	status(t, w.Post(revoke, nil), 409) // two must remain
	status(t, w.Get("/counter/proofing"), 403)
}

func TestProofingPage(t *testing.T) {
	s, w := site(t, true)
	_, me := register(t, s, "minsu")
	status(t, w.Get("/counter/proofing"), 303)
	status(t, w.Post("/demo/sign-in", url.Values{"person": {"official-gangnam"}}), 303)
	status(t, w.Get("/counter/proofing"), 200)
	status(t, w.Get("/en/counter/proofing"), 200)
	status(t, w.Post("/counter/proofing", url.Values{"birth-year": {"x"}}), 422)
	form := url.Values{"code": {"AAAAAAAA"}, "name": {minsu.Name}, "birth-year": {"1990"}, "birth-month": {"3"}, "birth-day": {"4"}, "sex": {"male"}, "region": {"11680"}}
	status(t, w.Post("/counter/proofing", form), 422)
	code, _, err := s.CounterCode(t.Context(), me)
	fine(t, err)
	form.Set("code", code)
	status(t, w.Post("/counter/proofing", form), 303)
	status(t, w.Get("/admin/roles"), 403)
}

func TestDemoPages(t *testing.T) {
	_, w := site(t, true)
	p := status(t, w.Get("/demo/sign-in?next=/account"), 200)
	if !p.Has("막 이사한 사람") || !p.Has("강남구청 두 번째 담당 공무원") {
		t.Error("people are missing")
	}
	status(t, w.Get("/en/demo/sign-in"), 200)
	if p := status(t, w.Post("/demo/sign-in", url.Values{"person": {"p-1"}, "next": {"/account"}}), 303); p.Location() != "/account" {
		t.Errorf("leads to %q", p.Location())
	}
	if p := status(t, w.Get("/account"), 200); p.Has("비밀번호 바꾸기") || p.Has("계정을 연결") {
		t.Error("somebody invented is offered a password or proofing")
	}
	status(t, w.Post("/demo/sign-in", url.Values{"person": {"nobody"}}), 422)
}

// In serve the try-out world is not there: not the pages, not the links.
func TestNoDemoInServe(t *testing.T) {
	s, w := site(t, false)
	status(t, w.Get("/demo/sign-in"), 404)
	status(t, w.Post("/demo/sign-in", url.Values{"person": {"p-1"}}), 404)
	if p := status(t, w.Get("/sign-in"), 200); strings.Contains(p.Body, "/demo/") {
		t.Error("sign-in mentions the try-out world")
	}
	_, err := s.SignInDemo(t.Context(), "operator-1")
	want(t, err, kernel.NotFound, "")
	_, _, err = s.DemoSession(t.Context(), "operator-1", "", home)
	want(t, err, kernel.NotFound, "")
}

// Over TLS a session planted by a sister host of the domain does not count.
func TestPlantedSession(t *testing.T) {
	s, w := site(t, false)
	secret, _ := register(t, s, "attacker")
	s.d.PublicURL = "https://maru.example.go.kr"
	r := httptest.NewRequest(http.MethodGet, "/account", nil)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: secret})
	status(t, w.Do(r), 303)
	r = httptest.NewRequest(http.MethodGet, "/account", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-" + Cookie, Value: secret})
	status(t, w.Do(r), 200)
	p := status(t, w.Post("/sign-in", url.Values{"login": {"attacker"}, "password": {goodPassword}}), 303)
	if c := p.Header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-"+Cookie+"=") || strings.Contains(c, "Domain") {
		t.Errorf("cookie %q", c)
	}
}

// An answer posted with an ended session is there after the same person signs
// in again, and nobody else's sign-in brings it out.
func TestAnswerSurvivesSignIn(t *testing.T) {
	for _, back := range []string{"minsu", "other"} {
		_, w := site(t, true)
		status(t, w.Post("/register", url.Values{"login": {"other"}, "name": {"다른이"}, "password": {goodPassword}}), 303)
		status(t, w.Post("/sign-out", nil), 303)
		status(t, w.Post("/register", url.Values{"login": {"minsu"}, "name": {"김민수"}, "password": {goodPassword}}), 303)
		status(t, w.Post("/preferences", url.Values{"size": {"156"}}), 303)
		w.Clock.Advance(residentIdle)
		p := status(t, w.Post("/answer", url.Values{"answer": {"서울"}}), 303)
		u, err := url.Parse(p.Location())
		fine(t, err)
		if u.Path != "/sign-in" || u.Query().Get("kept") == "" {
			t.Fatalf("leads to %q", p.Location())
		}
		if p := status(t, w.Get(p.Location()), 200); !p.Has("쓰던 내용은 안전해요") {
			t.Error("the person is not told that the answer is safe")
		}
		p = w.Post("/sign-in", url.Values{"login": {back}, "password": {goodPassword}, "kept": {u.Query().Get("kept")}})
		if back == "minsu" && p.Body != "김민수 answers 서울 at 156 %" {
			t.Errorf("minsu got %d %q", p.Status, p.Body)
		}
		if back == "other" && (p.Status != 303 || strings.Contains(p.Body, "서울")) {
			t.Errorf("another person got %d %q", p.Status, p.Body)
		}
		if p := w.Get("/"); !strings.HasPrefix(p.Body, "home of ") || p.Body == "home of " {
			t.Errorf("not signed in afterwards: %q", p.Body)
		}
	}
}
