package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestFormPostedTooLateIsKeptAndReplayed(t *testing.T) {
	var kept web.Kept
	site := webtest.NewConfig(t, web.Config{Keep: func(_ *http.Request, k web.Kept) (string, error) {
		kept = k
		return "token-1", nil
	}})
	var saved string
	site.Server.Page(web.Page{Method: "POST", Path: "/answers/{id}", Name: "t.answers", For: web.Resident, Handler: func(w http.ResponseWriter, r *web.Request) error {
		form, err := r.ParseForm()
		if err != nil {
			return err
		}
		saved = r.PathValue("id") + "=" + form.Get("text") + " by " + string(r.Actor.Account)
		return site.Server.Redirect(w, r, "/help")
	}})
	site.Server.Page(web.Page{Method: "GET", Path: "/after-sign-in", Name: "t.after", For: web.Resident, Handler: func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Replay(w, r, kept)
	}})

	p := site.Post("/en/answers/7", url.Values{"text": {"long letter"}})
	if p.Status != 303 || p.Location() != "/en/sign-in?kept=token-1" || saved != "" {
		t.Fatalf("%d %s, saved %q", p.Status, p.Location(), saved)
	}
	if kept.Path != "/en/answers/7" || kept.Form.Get("text") != "long letter" {
		t.Fatalf("kept %+v", kept)
	}
	site.Actor = authz.Actor{Account: "a"}
	p = site.Get("/after-sign-in")
	if p.Status != 303 || p.Location() != "/en/help" || saved != "7=long letter by a" {
		t.Errorf("%d %s, saved %q", p.Status, p.Location(), saved)
	}
	for _, path := range []string{"https://evil.example/x", "/nope", "/help"} {
		kept = web.Kept{Path: path}
		if p := site.Get("/after-sign-in"); p.Status < 400 {
			t.Errorf("replayed %s: %d", path, p.Status)
		}
	}
}

// Of a form with a file, on a page that asks to confirm, the text is kept.
func TestFormWithFileIsKeptWithoutIt(t *testing.T) {
	var kept web.Kept
	fresh := false
	site := webtest.NewConfig(t, web.Config{Keep: func(_ *http.Request, k web.Kept) (string, error) {
		kept = k
		return "token-1", nil
	}, Lead: func(r *web.Request) (string, error) {
		if r.Page.Fresh == web.FreshAct && !fresh {
			return "/confirm", nil
		}
		return "", nil
	}})
	var saved string
	site.Server.Page(web.Page{Method: "POST", Path: "/papers", Name: "t.papers", For: web.Resident, Fresh: web.FreshAct, Handler: func(w http.ResponseWriter, r *web.Request) error {
		files := 0
		form, err := r.ParseMultipart(func(_ url.Values, f web.File) error {
			files++
			return nil
		})
		saved = fmt.Sprintf("%s, %d files", form.Get("text"), files)
		return err
	}})
	site.Server.Page(web.Page{Method: "GET", Path: "/confirmed", Name: "t.confirmed", For: web.Resident, Handler: func(w http.ResponseWriter, r *web.Request) error {
		return site.Server.Replay(w, r, kept)
	}})
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, err := range []error{form.WriteField("text", "court order"), func() error {
		f, err := form.CreateFormFile("scan", "a.pdf")
		if err == nil {
			_, err = f.Write([]byte("%PDF"))
		}
		return err
	}(), form.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	site.Actor = authz.Actor{Account: "a"}
	r := httptest.NewRequest("POST", "/papers", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if p := site.Do(r); p.Status != 303 || p.Location() != "/confirm?kept=token-1" || len(kept.Form) != 1 {
		t.Fatalf("%d %s, kept %+v", p.Status, p.Location(), kept)
	}
	fresh = true
	if site.Get("/confirmed"); saved != "court order, 0 files" {
		t.Errorf("saved %q", saved)
	}
}

func TestKeepingFailsQuietly(t *testing.T) {
	site := webtest.NewConfig(t, web.Config{Keep: func(*http.Request, web.Kept) (string, error) {
		return "", kernel.E(kernel.Unavailable, "", nil)
	}})
	site.Server.Page(web.Page{Method: "POST", Path: "/x", Name: "t.x", For: web.Resident, Handler: func(http.ResponseWriter, *web.Request) error { return nil }})
	if p := site.Post("/x", url.Values{"a": {"b"}}); p.Location() != "/sign-in" || !strings.Contains(site.Log.String(), "keep form") {
		t.Errorf("%d %s, log %s", p.Status, p.Location(), site.Log)
	}
	if p := site.Post("/x", url.Values{"a": {strings.Repeat("x", 300<<10)}}); p.Location() != "/sign-in" {
		t.Errorf("a huge form: %d %s", p.Status, p.Location())
	}
}
