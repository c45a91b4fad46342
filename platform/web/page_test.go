package web_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"maru/design"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// views of the pages that tests register.
var views = web.NewViews(fstest.MapFS{
	"hello.html": {Data: []byte(`<h1>{{.Data}}</h1><p><a href="{{link "/help"}}">{{t "ui.help"}}</a></p>`)},
	"form.html": {Data: []byte(`<h1>form</h1><form method="post" action="{{link "/form"}}">
{{template "text" (dict "Name" "email" "Label" "e-mail" "Error" (.Errors.For "email") "Value" .Data)}}
{{template "date-input" (dict "Name" "born" "Legend" "born" "Error" (.Errors.ForDate "born") "Bad" (.Errors.BadParts "born"))}}
</form>`)},
	"broken.html": {Data: []byte(`<h1>{{t "no.such.key"}}</h1>`)},
})

func page(site *webtest.Site, text string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Render(w, r, views, web.View{Template: "hello", Title: text, Data: text})
	}
}

func TestPageInEveryLanguage(t *testing.T) {
	site := webtest.New(t)
	site.Server.Page(web.Page{Method: "GET", Path: "/", Name: "t.home", For: web.Public, Handler: page(site, "home")})
	site.Server.Page(web.Page{Method: "GET", Path: "/things/{id}", Name: "t.thing", For: web.Public, Handler: page(site, "thing")})
	tests := []struct{ path, lang, other, h1 string }{
		{"/", "ko", `hreflang="en" href="http://localhost:8080/en"`, "home"},
		{"/en", "en", `hreflang="ko" href="http://localhost:8080/"`, "home"},
		{"/things/7?q=a%26b", "ko", `href="/en/things/7?q=a%26b"`, "thing"},
		{"/en/things/7", "en", `href="/things/7"`, "thing"},
	}
	for _, tt := range tests {
		p := site.Get(tt.path)
		if p.Status != 200 || p.Text("h1") != tt.h1 || !strings.Contains(p.Body, `<html lang="`+tt.lang+`"`) {
			t.Errorf("%s: %d %q", tt.path, p.Status, p.Text("h1"))
		}
		if !strings.Contains(p.Body, tt.other) {
			t.Errorf("%s does not lead to its other language by %s", tt.path, tt.other)
		}
		if got := p.Header.Get("Content-Language"); got != tt.lang {
			t.Errorf("%s: Content-Language %q", tt.path, got)
		}
	}
	if p := site.Get("/en/"); p.Status != http.StatusMovedPermanently || p.Location() != "/en" {
		t.Errorf("/en/: %d %s", p.Status, p.Location())
	}
}

func TestAudience(t *testing.T) {
	resident := authz.Actor{Account: "a1"}
	official := authz.Actor{Account: "a2", Grants: []authz.Grant{{Role: authz.Official, Agency: "x"}}}
	site := webtest.New(t)
	for _, a := range []web.Audience{web.Public, web.Resident, web.Staff, web.Demo} {
		site.Server.Page(web.Page{Method: "GET", Path: "/for/" + string(a), Name: "t." + string(a), For: a, Handler: page(site, "ok")})
	}
	tests := []struct {
		who    authz.Actor
		path   string
		status int
		leads  string
	}{
		{authz.Actor{}, "/for/public", 200, ""},
		{authz.Actor{}, "/for/demo", 200, ""},
		{authz.Actor{}, "/for/resident", 303, "/sign-in?next=%2Ffor%2Fresident"},
		{authz.Actor{}, "/en/for/staff?a=1", 303, "/en/sign-in?next=%2Ffor%2Fstaff%3Fa%3D1"},
		{resident, "/for/resident", 200, ""},
		{resident, "/for/staff", 403, ""},
		{official, "/for/staff", 200, ""},
	}
	for _, tt := range tests {
		site.Actor = tt.who
		if p := site.Get(tt.path); p.Status != tt.status || p.Location() != tt.leads {
			t.Errorf("%s as %q: %d %q, want %d %q", tt.path, tt.who.Account, p.Status, p.Location(), tt.status, tt.leads)
		}
	}
}

func TestDemoPagesDoNotExistInServe(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{})
	site.Server.Page(web.Page{Method: "GET", Path: "/demo-only", Name: "t.demo", For: web.Demo, Handler: page(site, "ok")})
	for _, path := range []string{"/demo-only", "/_ui", "/en/_ui"} {
		if p := site.Get(path); p.Status != 404 {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
	for _, p := range site.Server.Pages() {
		if p.For == web.Demo {
			t.Errorf("route table holds %s", p.Name)
		}
	}
}

func TestPageRefuses(t *testing.T) {
	ok := web.Page{Method: "GET", Path: "/x", Name: "t.x", For: web.Public, Handler: func(http.ResponseWriter, *web.Request) error { return nil }}
	tests := map[string]func(*web.Page){
		"same name":        func(p *web.Page) { p.Path = "/y" },
		"same path":        func(p *web.Page) { p.Name = "t.y" },
		"method":           func(p *web.Page) { p.Method, p.Path, p.Name = "PUT", "/z", "t.z" },
		"language in path": func(p *web.Page) { p.Path, p.Name = "/en/z", "t.z" },
		"relative path":    func(p *web.Page) { p.Path, p.Name = "z", "t.z" },
		"no name":          func(p *web.Page) { p.Path, p.Name = "/z", "" },
		"no handler":       func(p *web.Page) { p.Path, p.Name, p.Handler = "/z", "t.z", nil },
		"no audience":      func(p *web.Page) { p.Path, p.Name, p.For = "/z", "t.z", "" },
		"forms of nothing": func(p *web.Page) {
			p.Method, p.Path, p.Name, p.FreshIf = "POST", "/z", "t.z", func(url.Values) bool { return true }
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			site := webtest.New(t)
			site.Server.Page(ok)
			second := ok
			change(&second)
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			site.Server.Page(second)
		})
	}
}

// Some forms of a page weigh more than others.
func TestFreshIf(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Lead: func(r *web.Request) (string, error) {
		if r.Page.Fresh == web.FreshAct {
			return "/confirm", nil
		}
		return "", nil
	}})
	site.Actor = authz.Actor{Account: "me"}
	site.Server.Page(web.Page{Method: "POST", Path: "/receive", Name: "t.receive", For: web.Resident, Fresh: web.FreshAct, Handler: page(site, "done"),
		FreshIf: func(form url.Values) bool { return form.Get("code") != "" }})
	for code, want := range map[string]int{"": 200, "ABCD2345": 303} {
		if p := site.Post("/receive", url.Values{"code": {code}}); p.Status != want || want == 303 && !strings.HasPrefix(p.Location(), "/confirm") {
			t.Errorf("code %q: %d %s", code, p.Status, p.Location())
		}
	}
}

func TestRouteTable(t *testing.T) {
	site := webtest.New(t)
	names := map[string]bool{}
	for _, p := range site.Server.Pages() {
		names[p.Name] = true
	}
	for _, want := range []string{"web.preferences", "web.help", "web.privacy", "web.accessibility", "web.gallery"} {
		if !names[want] {
			t.Errorf("no page %s", want)
		}
	}
	for _, path := range []string{"/help", "/privacy", "/accessibility", "/en/help", "/en/privacy", "/en/accessibility"} {
		if p := site.Get(path); p.Status != 200 {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
}

func TestUnknownPathAndMethod(t *testing.T) {
	site := webtest.New(t)
	tests := []struct {
		path   string
		status int
		says   string
	}{
		{"/nope", 404, "찾는 화면이 없어요"},
		{"/en/nope", 404, "There is no such page"},
		{"/%ff", 404, "찾는 화면이 없어요"},
		{"/preferences", 405, "그렇게 요청할 수 없어요"},
		{"/static/absent.css", 404, ""},
	}
	for _, tt := range tests {
		p := site.Get(tt.path)
		if p.Status != tt.status || tt.says != "" && !p.Has(tt.says) {
			t.Errorf("%s: %d", tt.path, p.Status)
		}
		if tt.status == 405 && p.Header.Get("Allow") != "POST" {
			t.Errorf("Allow %q", p.Header.Get("Allow"))
		}
	}
}

// A path that begins with two slashes must not become a link to another site.
func TestDoubleSlashLeadsNowhereElse(t *testing.T) {
	site := webtest.New(t)
	for _, path := range []string{"//evil.example", "/en//evil.example", "/en///evil.example/x"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		p := site.Do(r)
		if p.Status != 404 || strings.Contains(p.Body, `"//`) || strings.Contains(p.Body, "%2F%2F") {
			t.Errorf("%s: %d\n%s", path, p.Status, p.Body)
		}
	}
}

func TestNavShowsWhereWeAre(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Nav: func(r *web.Request) []web.NavItem {
		return []web.NavItem{{Name: "home", Text: r.T("ui.help"), Path: "/"}, {Name: "inbox", Text: "inbox", Path: "/inbox", Count: 3}}
	}})
	site.Actor = authz.Actor{Account: "a", Name: "김마루"}
	site.Server.Page(web.Page{Method: "GET", Path: "/inbox", Name: "t.inbox", For: web.Public, Handler: func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Render(w, r, views, web.View{Template: "hello", Title: "x", Data: "x", Active: "inbox"})
	}})
	p := site.Get("/en/inbox")
	for _, want := range []string{`<a href="/en/inbox" aria-current="page">inbox`, `<a href="/en">Help</a>`, "김마루", `action="/en/sign-out"`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("page lacks %s", want)
		}
	}
}

func TestSessionWarning(t *testing.T) {
	ends, last := webtest.Start.Add(30*time.Minute), false
	site := webtest.NewConfig(t, web.Config{SessionEnds: func(*web.Request) (kernel.Time, bool) { return ends, last }})
	site.Server.Page(web.Page{Method: "GET", Path: "/x", Name: "t.x", For: web.Public, Handler: page(site, "x")})
	if p := site.Get("/x"); strings.Contains(p.Body, "maru-session") {
		t.Error("a visitor has a session")
	}
	site.Actor = authz.Actor{Account: "a"}
	if p := site.Get("/x"); !strings.Contains(p.Body, `<meta name="maru-session" content="1800000">`) || !strings.Contains(p.Body, "<dialog") {
		t.Error("no warning before the session ends")
	}
	// Without script the style sheet shows the warning in time, with a way to stay.
	for left, class := range map[time.Duration]string{30 * time.Minute: "soon-25", time.Hour: "soon-55", 15 * time.Minute: "soon-12", 4*time.Minute - 1: "soon-1",
		4 * time.Minute: "soon-2", time.Minute: "soon-0", -time.Minute: "soon-0"} {
		ends = webtest.Start.Add(left)
		if p := site.Get("/en/x"); !strings.Contains(p.Body, `class="session-soon `+class+`"`) || !strings.Contains(p.Body, `href="/en/account/session"`) {
			t.Errorf("%s before the end there is no %s", left, class)
		}
		css, _ := fs.ReadFile(design.Static, "maru.css")
		if class != "soon-0" && !strings.Contains(string(css), "."+class+"{animation-delay:") {
			t.Errorf("the style sheet knows no %s", class)
		}
	}
	if last = true; strings.Contains(site.Get("/x").Body, "data-extend") {
		t.Error("offers to put off what cannot be put off")
	}
}
