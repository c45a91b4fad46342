package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

// TestCrossSite: a page that says so takes a form of another site, in each
// language, and serves whoever sent it as a visitor; no other page does.
func TestCrossSite(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Authenticate: func(*http.Request) (authz.Actor, error) {
		return authz.Actor{Account: "00000000-0000-7000-8000-000000000001"}, nil
	}})
	who := func(w http.ResponseWriter, r *web.Request) error {
		form, err := r.ParseForm()
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, form.Get("q")+" by "+string(r.Actor.Account))
		return err
	}
	site.Server.Page(web.Page{Method: "POST", Path: "/open", Name: "t.open", For: web.Public, Handler: who, CrossSite: true})
	site.Server.Page(web.Page{Method: "POST", Path: "/closed", Name: "t.closed", For: web.Public, Handler: who})
	h := site.Server.Handler()
	post := func(path, from string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("q=move"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", from)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for _, path := range []string{"/open", "/en/open"} {
		for _, from := range []string{"cross-site", "same-site"} {
			if status, body := post(path, from); status != http.StatusOK || body != "move by " {
				t.Errorf("%s from %s: %d %q", path, from, status, body)
			}
		}
		for _, from := range []string{"same-origin", "none"} {
			if status, body := post(path, from); status != http.StatusOK || body == "move by " {
				t.Errorf("%s from %s: %d %q", path, from, status, body)
			}
		}
	}
	old := httptest.NewRequest(http.MethodPost, "/open", strings.NewReader("q=move"))
	old.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	old.Header.Set("Origin", "https://portal.example")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, old); w.Code != http.StatusOK || w.Body.String() != "move by " {
		t.Errorf("an old browser: %d %q", w.Code, w.Body)
	}
	for _, path := range []string{"/closed", "/en/closed", "/open/x"} {
		if status, body := post(path, "cross-site"); status == http.StatusOK || strings.Contains(body, "move by") {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
}
