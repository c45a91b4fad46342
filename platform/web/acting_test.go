package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

var actingViews = web.NewViews(fstest.MapFS{"look.html": {Data: []byte(`<h1>x</h1>
<form method="post" action="/act"><button type="submit">a</button></form>
<form class="f" method="post" action="/other?y=2&amp;x=1"><button type="submit">b</button></form>
<form method="get" action="/search"><button type="submit">d</button></form>`)}})

// A form does for one person only what was typed for that person: another tab
// may have changed for whom somebody acts, or ended it.
func TestFormsSayForWhom(t *testing.T) {
	mother := &web.Acting{ID: "m-1", Name: "김어머니", Actor: authz.Actor{Account: "mother", Helper: authz.Helper{Account: "me", Mandate: "m-1"}}}
	var acting *web.Acting
	var denied error
	site := webtest.NewConfig(t, web.Config{Acting: func(r *web.Request) (*web.Acting, error) {
		if acting != nil && r.Page.Name == "t.own" {
			own := *acting
			own.Actor, own.Own = r.Self, true
			return &own, nil
		}
		return acting, denied
	}})
	var did string
	page := func(method, path, name string, h web.Handler) {
		site.Server.Page(web.Page{Method: method, Path: path, Name: name, For: web.Resident, Handler: h})
	}
	do := func(w http.ResponseWriter, r *web.Request) error {
		did = string(r.Actor.Account) + " by " + string(r.Self.Account)
		return site.Server.Redirect(w, r, "/help")
	}
	page("POST", "/act", "t.act", do)
	page("POST", "/own", "t.own", do)
	page("GET", "/look", "t.look", func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Render(w, r, actingViews, web.View{Template: "look", Title: "x"})
	})
	site.Actor = authz.Actor{Account: "me", Name: "나"}

	post := func(path string) int {
		did = ""
		return site.Post(path, url.Values{"a": {"b"}}).Status
	}
	// For oneself.
	if got := post("/act"); got != 303 || did != "me by me" {
		t.Errorf("for oneself: %d, %s", got, did)
	}
	if got := post("/act?acting=m-1"); got != 409 || did != "" {
		t.Errorf("a form of somebody for whom one acts no more: %d, did it for %q", got, did)
	}
	// For the mother.
	acting = mother
	if got := post("/act?acting=m-1"); got != 303 || did != "mother by me" {
		t.Errorf("for the mother: %d, %s", got, did)
	}
	for _, path := range []string{"/act", "/act?acting=m-2", "/act?acting="} {
		if got := post(path); got != 409 || did != "" {
			t.Errorf("%s while acting for the mother: %d, did it for %q", path, got, did)
		}
	}
	if got := post("/own"); got != 303 || did != "me by me" {
		t.Errorf("one's own page: %d, %s", got, did)
	}
	// Pages say for whom, and so do their forms.
	p := site.Get("/look")
	for _, want := range []string{`action="/act?acting=m-1"`, `action="/other?acting=m-1&amp;x=1&amp;y=2"`, "김어머니"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(p.Body, `action="/search?acting`) {
		t.Error("a search form was marked")
	}
	if !strings.Contains(p.Body, `action="`+web.StopPath) {
		t.Error("no way back to one's own matters")
	}
	// What is not for that says so, and does nothing.
	denied = kernel.E(kernel.Forbidden, "error.acting", nil)
	if got := post("/act?acting=m-1"); got != 403 || did != "" {
		t.Errorf("a closed page: %d, %s", got, did)
	}
}
