package webtest

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"maru/design"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/i18n"
	"maru/platform/web"
)

// Start is when the clock of a Site stands: a Saturday afternoon in Seoul.
var Start = kernel.TimeOf(kernel.MustDate("2026-11-21").In(kernel.Seoul)).Add(15 * 3600 * 1e9)

// Site is a server for handler tests with a clock that stands still.
type Site struct {
	Server *web.Server
	Clock  *clock.Manual
	Actor  authz.Actor // who asks; the zero Actor is a visitor
	Log    *bytes.Buffer

	t       testing.TB
	handler http.Handler
	cookies map[string]string
}

// Catalog loads the messages of the design system, of the server and the given
// ones.
func Catalog(t testing.TB, messages ...fs.FS) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(append([]fs.FS{design.Messages, web.Messages()}, messages...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// New makes a try-out site that speaks the given messages.
func New(t testing.TB, messages ...fs.FS) *Site {
	t.Helper()
	return NewConfig(t, web.Config{Catalog: Catalog(t, messages...), Demo: true, PublicURL: "http://localhost:8080"})
}

// NewConfig makes a site of cfg; an absent catalogue, clock, log or
// authentication is the Site's own.
func NewConfig(t testing.TB, cfg web.Config) *Site {
	t.Helper()
	s := &Site{t: t, Clock: clock.NewManual(Start), Log: &bytes.Buffer{}, cookies: map[string]string{}}
	if cfg.Catalog == nil {
		cfg.Catalog = Catalog(t)
	}
	if cfg.Clock == nil {
		cfg.Clock = s.Clock
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(s.Log, nil))
	}
	if cfg.Authenticate == nil {
		cfg.Authenticate = func(*http.Request) (authz.Actor, error) { return s.Actor, nil }
	}
	s.Server = web.New(cfg)
	return s
}

// Page is an answer.
type Page struct {
	Status int
	Header http.Header
	Body   string

	doc *html.Node
}

// Get asks for a page, holds it to the page contract when it is HTML, and
// keeps its cookies for the next request.
func (s *Site) Get(path string) *Page {
	s.t.Helper()
	return s.Do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Post sends a form.
func (s *Site) Post(path string, form url.Values) *Page {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.Do(r)
}

// Do sends any request.
func (s *Site) Do(r *http.Request) *Page {
	s.t.Helper()
	if s.handler == nil {
		s.handler = s.Server.Handler()
	}
	for k, v := range s.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(s.cookies, c.Name)
			continue
		}
		s.cookies[c.Name] = c.Value
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &Page{Status: res.StatusCode, Header: res.Header, Body: string(b)}
	isHTML := strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && res.Header.Get("Content-Encoding") == ""
	if isHTML && p.redirect() == "" && r.Method != http.MethodHead && p.Status != http.StatusNotModified {
		for _, problem := range Problems(b) {
			s.t.Errorf("%s %s: %s", r.Method, r.URL.Path, problem)
		}
	}
	return p
}

func (p *Page) redirect() string { return p.Header.Get("Location") }

// Location is where a redirect leads, "" for none.
func (p *Page) Location() string { return p.redirect() }

// Text is the text of the first element of that tag, or with that id when tag
// begins with #; "" when there is none.
func (p *Page) Text(tag string) string {
	if n := p.find(tag); n != nil {
		return text(n)
	}
	return ""
}

// Has tells whether the page's text holds s.
func (p *Page) Has(s string) bool {
	n := p.find("body")
	return n != nil && strings.Contains(text(n), s)
}

func (p *Page) find(tag string) *html.Node {
	if p.doc == nil {
		d, err := html.Parse(strings.NewReader(p.Body))
		if err != nil {
			return nil
		}
		p.doc = d
	}
	id, byID := strings.CutPrefix(tag, "#")
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if v, _ := attr(n, "id"); byID && v == id || !byID && n.Data == tag {
			return n
		}
	}
	return nil
}
