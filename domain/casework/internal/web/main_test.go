package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/domain/casework/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/blob"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// site is casework's pages in its world, read in one language.
type site struct {
	*webtest.Site
	t    *testing.T
	w    *casetest.World
	lang kernel.Lang
	seen map[string]bool // "GET /applications/{id}"
}

// inBoth runs fn in a fresh world for each language.
func inBoth(t *testing.T, fn func(s *site)) {
	t.Helper()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) { fn(newSite(t, l)) })
	}
}

func newSite(t *testing.T, l kernel.Lang) *site {
	s := &site{Site: webtest.New(t, casework.Messages, blob.Messages()), t: t, w: casetest.SQLite(t), lang: l, seen: map[string]bool{}}
	web.Register(s.Server, s.w.Service, "http://localhost:8080")
	return s
}

func (s *site) path(p string) string {
	if s.lang == kernel.EN {
		return "/en" + p
	}
	return p
}

// say is a message in the site's language.
func (s *site) say(key string, args ...any) string { return s.w.Texts.T(s.lang, key, args...) }

// get opens a page as somebody and holds it to a status.
func (s *site) get(who authz.Actor, path string, status int) *webtest.Page {
	s.t.Helper()
	s.Actor = who
	p := s.Get(s.path(path))
	return s.held("GET", path, p, status)
}

// post sends a form.
func (s *site) post(who authz.Actor, path string, form url.Values, status int) *webtest.Page {
	s.t.Helper()
	s.Actor = who
	return s.held("POST", path, s.Post(s.path(path), form), status)
}

// send uploads a file.
func (s *site) send(who authz.Actor, path, name string, content []byte, status int) *webtest.Page {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	f, err := m.CreateFormFile("file", name)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		s.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, s.path(path), &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	s.Actor = who
	return s.held("POST", path, s.Do(r), status)
}

func (s *site) held(method, path string, p *webtest.Page, status int) *webtest.Page {
	s.t.Helper()
	if p.Status != status {
		s.t.Errorf("%s %s: status %d, want %d; %s %s", method, path, p.Status, status, p.Text("h1"), p.Text("main"))
	}
	if s.lang == kernel.EN && p.Status == 200 && strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		if !strings.Contains(p.Body, `<html lang="en"`) {
			s.t.Errorf("%s %s is not in English", method, path)
		}
	}
	path, _, _ = strings.Cut(path, "?")
	for _, row := range s.Server.Pages() {
		// The literal path wins over one with a wildcard, as in the server.
		if row.Method == method && (row.Path == path || regexp.MustCompile("^"+regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(row.Path, "[^/]+")+"$").MatchString(path)) {
			s.seen[method+" "+row.Path] = true
			if row.Path == path {
				break
			}
		}
	}
	return p
}

// leads fails unless a post led to path.
func (s *site) leads(p *webtest.Page, path string) {
	s.t.Helper()
	if got := p.Location(); got != s.path(path) {
		s.t.Errorf("leads to %s, want %s", got, s.path(path))
	}
}

// has fails where a page lacks one of the texts.
func (s *site) has(p *webtest.Page, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !p.Has(text) {
			s.t.Errorf("the page %q lacks %q: %s", p.Text("h1"), text, p.Text("main"))
		}
	}
}

// lacks fails where a page shows one of the texts.
func (s *site) lacks(p *webtest.Page, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if p.Has(text) {
			s.t.Errorf("the page %q shows %q", p.Text("h1"), text)
		}
	}
}

// start begins a draft and gives its path.
func (s *site) start(who authz.Actor, service string) string {
	s.t.Helper()
	s.w.Clock.Advance(time.Minute) // the newest is the newest
	s.post(who, "/applications/start", url.Values{"service": {service}}, http.StatusSeeOther)
	return "/applications/" + string(s.newest(who).ID)
}

// newest is the newest application of somebody.
func (s *site) newest(who authz.Actor) *casework.Application {
	s.t.Helper()
	l, err := s.w.Mine(s.t.Context(), who, 0, 1)
	if err != nil || len(l) == 0 {
		s.t.Fatalf("nothing of %s, %v", who.Name, err)
	}
	return l[0]
}

func answer(values ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		v.Add(values[i], values[i+1])
	}
	return v
}

var pdf = []byte("%PDF-1.7\n%%EOF")
