package web

import "net/http"

// gallery shows every partial of the design system in every state: what the
// accessibility and picture tests look at, and what page authors copy from.
func (s *Server) gallery(w http.ResponseWriter, r *Request) error {
	return s.Render(w, r, s.own, View{Template: "gallery", Title: r.T("web.gallery.title")})
}
