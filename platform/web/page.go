package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
)

// Audience says who may open a page.
type Audience string

// The audiences. Finer rules (which agency, whose case) are the handler's.
const (
	Public   Audience = "public"   // everybody
	Resident Audience = "resident" // signed in
	Staff    Audience = "staff"    // signed in with any role in government
	Demo     Audience = "demo"     // everybody, and only in the try-out world
)

// Freshness is what a page asks of the proof of who acts; Config.Lead judges.
type Freshness string

// The weights of acts. What weighs most are acts for which others' sessions
// are stolen; settings are what a person needs to get an account back too.
const (
	AnyTime       Freshness = ""
	FreshSettings Freshness = "settings" // ways to sign in and to recover
	FreshAct      Freshness = "act"      // consent, tokens, roles, export
)

// Handler answers a request for a page. It either writes the whole answer or
// returns an error and writes nothing.
type Handler func(w http.ResponseWriter, r *Request) error

// Page is one row of the route table.
type Page struct {
	Method  string   // GET (answers HEAD too) or POST
	Path    string   // "/services/{id}", without language prefix
	Name    string   // unique: "catalog.service"
	For     Audience // who may open it
	Handler Handler
	Fresh   Freshness
	// FreshIf asks for Fresh only of the forms of which it is true; nil: of all.
	FreshIf func(url.Values) bool
	MaxBody int64 // of a posted body, in bytes; 0 means 1 MB
	// CrossSite lets a form on another site post here. Only for a page that
	// changes nothing; whoever comes that way is served as a visitor.
	CrossSite bool
}

// DefaultMaxBody is the largest posted body of a page that names no other.
const DefaultMaxBody = 1 << 20

// Page adds a page in every language. It panics on a page that is incomplete
// or whose name or path is taken: the program must not start with it. Pages
// for Demo are left out unless the server runs the try-out world.
func (s *Server) Page(p Page) {
	if err := p.check(); err != nil {
		panic(fmt.Sprintf("web: page %q: %v", p.Name, err))
	}
	if p.For == Demo && !s.cfg.Demo {
		return
	}
	if slices.ContainsFunc(s.pages, func(o Page) bool { return o.Name == p.Name }) {
		panic(fmt.Sprintf("web: page name %q is taken", p.Name))
	}
	s.pages = append(s.pages, p)
	for _, l := range kernel.Langs {
		// ServeMux panics when two patterns collide.
		s.mux.Handle(p.Method+" "+pattern(l, p.Path), s.serve(p, l))
	}
}

// Pages is the route table in order of registration.
func (s *Server) Pages() []Page { return slices.Clone(s.pages) }

func (p Page) check() error {
	switch {
	case p.Method != http.MethodGet && p.Method != http.MethodPost:
		return fmt.Errorf("method %q is neither GET nor POST", p.Method)
	case !strings.HasPrefix(p.Path, "/") || p.Path == "/en" || strings.HasPrefix(p.Path, "/en/"):
		return fmt.Errorf("path %q must begin with / and have no language", p.Path)
	case p.Name == "" || p.Handler == nil:
		return fmt.Errorf("needs a name and a handler")
	case !slices.Contains([]Freshness{AnyTime, FreshSettings, FreshAct}, p.Fresh) || p.Fresh != AnyTime && (p.For == Public || p.For == Demo):
		return fmt.Errorf("freshness %q for %s", p.Fresh, p.For)
	case p.FreshIf != nil && (p.Fresh == AnyTime || p.Method != http.MethodPost):
		return fmt.Errorf("forms of %s to ask for %q of", p.Method, p.Fresh)
	case !slices.Contains([]Audience{Public, Resident, Staff, Demo}, p.For):
		return fmt.Errorf("audience %q is unknown", p.For)
	}
	return nil
}

// pattern is the path under which p is served in l. The home page is "/" and
// "/en" exactly, not everything below.
func pattern(l kernel.Lang, path string) string {
	switch {
	case l == kernel.EN && path == "/":
		return "/en"
	case l == kernel.EN:
		return "/en" + path
	case path == "/":
		return "/{$}"
	}
	return path
}

// admits tells whether the actor belongs to the audience.
func (a Audience) admits(actor authz.Actor) error {
	switch {
	case a == Public || a == Demo:
		return nil
	case !actor.SignedIn():
		return kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	case a == Staff && !actor.Staff():
		return kernel.E(kernel.Forbidden, "error.staff_only", nil)
	}
	return nil
}
