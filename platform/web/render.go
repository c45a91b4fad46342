package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"maru/kernel"
)

// Render writes a page: the view's template inside the layout. Nothing is
// written when it fails.
func (s *Server) Render(w http.ResponseWriter, r *Request, views *Views, v View) error {
	t, err := views.bind(s, r.Lang)
	if err != nil {
		return err
	}
	m := Model{Data: v.Data, Lang: r.Lang, Actor: r.Actor, Prefs: r.Prefs, Path: r.Here(), Demo: s.cfg.Demo}
	if v.Err != nil {
		m.Errors = errorsOf(s.cfg.Catalog, r.Lang, v.Err)
	}
	body, page := borrow(), borrow()
	defer buffers.Put(body)
	defer buffers.Put(page)
	if err := t.ExecuteTemplate(body, v.Template, m); err != nil {
		return fmt.Errorf("web: render: %w", err)
	}
	lay := s.layout(w, r, v, m)
	lay.Content = template.HTML(body.String()) // made by html/template just now
	if err := t.ExecuteTemplate(page, "layout", lay); err != nil {
		return fmt.Errorf("web: render layout: %w", err)
	}
	out := page.Bytes()
	if r.Acting != nil && !r.Acting.Own {
		out = markForms(out, r.Acting.ID)
	}
	respond(w, r, v.status(), v.Secret, out)
	return nil
}

func borrow() *bytes.Buffer {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

func (v View) status() int {
	switch {
	case v.Status != 0:
		return v.Status
	case v.Err != nil:
		return statuses[kernel.KindOf(v.Err)]
	}
	return http.StatusOK
}

// layout is the dot of the design system's layout template.
type layout struct {
	Model
	Title    string
	Content  template.HTML
	Nav      []NavItem
	Active   string
	Official bool
	Operator string
	Compact  bool
	Wide     bool
	Flash    string
	KO, EN   string // this page in each language
	Base     string // public URL, for the alternate links
	SignIn   string // "" on the sign-in page itself
	SignOut  string
	Session  *sessionLeft // nil for none
	// Acting is set while somebody acts for another person; ActingStop ends it.
	Acting     *Acting
	ActingStop string
}

// sessionLeft is what is left of a session when the page is made.
type sessionLeft struct {
	MS   int64 // milliseconds; at least 1
	Last bool  // no request puts the end off
	Ends kernel.Time
	Path string // where people stay
	// In is after how many minutes a page that works without script warns.
	In int
}

// warnings are the delays that the style sheet knows, in minutes.
var warnings = []int{55, 45, 35, 25, 18, 12, 8, 5, 3, 2, 1, 0}

// left tells what is left of a session. The warning comes at least two minutes
// before the end, or at once.
func (s *Server) left(ends kernel.Time, last bool) *sessionLeft {
	ms := max(ends.Sub(s.cfg.Clock.Now()).Milliseconds(), 1)
	x := &sessionLeft{MS: ms, Last: last, Ends: ends, Path: s.cfg.SessionPath}
	for _, m := range warnings {
		if x.In = m; int64(m+2)*60_000 <= ms {
			break
		}
	}
	return x
}

func (s *Server) layout(w http.ResponseWriter, r *Request, v View, m Model) layout {
	here := r.Here()
	if r.Method == http.MethodPost {
		// A page that answered a post (with errors) is not there to GET under
		// every path; the language switch then leads to what stands there.
		here = r.pageOrHome()
	}
	lay := layout{
		Model: m, Title: v.Title, Active: v.Active,
		Official: s.official, Operator: s.cfg.Operator.In(r.Lang),
		Compact: r.Page.For == Staff, Wide: v.Wide || r.Page.For == Staff,
		Flash: s.takeFlash(w, r),
		KO:    link(kernel.KO, here), EN: link(kernel.EN, here), Base: s.cfg.PublicURL,
		SignOut: s.cfg.SignOutPath,
	}
	lay.Path = here
	if s.cfg.Nav != nil {
		lay.Nav = s.cfg.Nav(r)
	}
	if r.Page.Path != s.cfg.SignInPath {
		lay.SignIn = s.cfg.SignInPath + "?" + url.Values{"next": {here}}.Encode()
	}
	if r.Acting != nil {
		lay.Acting, lay.ActingStop = r.Acting, StopPath
		lay.Actor = r.Self // the header names who signed in
	}
	if s.cfg.SessionEnds != nil && r.Self.SignedIn() {
		if ends, last := s.cfg.SessionEnds(r); !ends.IsZero() {
			lay.Session = s.left(ends, last)
		}
	}
	return lay
}

// pageOrHome is this path when a GET page answers it, else the home page.
func (r *Request) pageOrHome() string {
	get := r.Clone(r.Context())
	get.Method = http.MethodGet
	if _, pattern := r.server.mux.Handler(get); pattern == "" {
		return "/"
	}
	return r.Here()
}
