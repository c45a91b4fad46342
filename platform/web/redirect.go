package web

import "net/http"

// Redirect answers 303 to path in the request's language: the way every
// successful post ends.
func (s *Server) Redirect(w http.ResponseWriter, r *Request, path string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, r.Link(path), http.StatusSeeOther)
	return nil
}
