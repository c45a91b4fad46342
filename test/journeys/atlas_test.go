package journeys

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"maru/platform/web"
)

// atlas is the route table and what of it was seen. A page counts as seen when
// it answered with what it is for: not with an error, not with the way to the
// sign-in page.
type atlas struct {
	mu    sync.Mutex
	mux   *http.ServeMux
	names map[string]string // pattern -> name of the page
	seen  map[string]bool   // by name
	order []string
}

// learn takes a route table in; every house has the same.
func (a *atlas) learn(pages []web.Page) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mux != nil {
		return
	}
	a.mux, a.names, a.seen = http.NewServeMux(), map[string]string{}, map[string]bool{}
	for _, p := range pages {
		path := p.Path
		if path == "/" {
			path = "/{$}"
		}
		pattern := p.Method + " " + path
		a.mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
		a.names[pattern] = p.Name
		a.order = append(a.order, p.Name)
	}
}

// name is the page that answers a request, "" when no row of the table does.
func (a *atlas) name(method, path string) string {
	if path == "/en" {
		path = "/"
	}
	path = strings.TrimPrefix(path, "/en/")
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	_, pattern := a.mux.Handler(httptest.NewRequest(method, path, nil))
	return a.names[pattern]
}

func (a *atlas) mark(method, path string, status int, location string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := a.name(method, path)
	if name == "" || status >= 400 {
		return
	}
	if strings.HasPrefix(strings.TrimPrefix(location, "/en"), "/sign-in") && !strings.HasPrefix(name, "identity.") {
		return
	}
	a.seen[name] = true
}

// unseen lists the pages that no journey saw.
func (a *atlas) unseen() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.order), func(name string) bool { return a.seen[name] })
}
