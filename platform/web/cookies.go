package web

import (
	"net/http"
	"strings"
	"time"
)

// SetCookie sets a cookie that scripts cannot read, that other sites' forms do
// not carry, and that travels only over TLS when the installation has it. age 0
// makes it end with the browser session.
func (s *Server) SetCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	http.SetCookie(w, s.cookie(name, value, int(age/time.Second)))
}

// ClearCookie removes a cookie.
func (s *Server) ClearCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, s.cookie(name, "", -1))
}

func (s *Server) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(s.cfg.PublicURL, "https://"),
	}
}
