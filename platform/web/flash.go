package web

import (
	"net/http"
	"time"
)

const flashCookie = "maru_done"

// Flash shows the message of key once, on the page that the following redirect
// leads to: "저장했어요". It takes no values, so that nothing personal gets into
// a cookie.
func (s *Server) Flash(w http.ResponseWriter, key string) {
	s.SetCookie(w, flashCookie, key, time.Minute)
}

// takeFlash is the message to show, and removes it.
func (s *Server) takeFlash(w http.ResponseWriter, r *Request) string {
	c, err := r.Cookie(flashCookie)
	if err != nil {
		return ""
	}
	s.ClearCookie(w, flashCookie)
	if !s.cfg.Catalog.Has(c.Value) {
		return ""
	}
	return r.T(c.Value)
}
