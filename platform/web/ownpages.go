package web

import "net/http"

// ownPages are the pages that every installation has.
func (s *Server) ownPages() {
	s.Page(Page{Method: http.MethodPost, Path: "/preferences", Name: "web.preferences", For: Public, Handler: s.setPreferences})
	for _, name := range []string{"help", "accessibility", "privacy"} {
		s.Page(Page{Method: http.MethodGet, Path: "/" + name, Name: "web." + name, For: Public, Handler: s.plainPage(name)})
	}
	s.Page(Page{Method: http.MethodGet, Path: "/_ui", Name: "web.gallery", For: Demo, Handler: s.gallery})
}

// plainPage is a page of text alone.
func (s *Server) plainPage(name string) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		return s.Render(w, r, s.own, View{Template: name, Title: r.T("web." + name + ".title")})
	}
}
