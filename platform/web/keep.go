package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"maru/kernel"
)

// maxKept bounds a form that is kept through a sign-in, in encoded bytes.
const maxKept = 256 << 10

// keep puts the posted form aside when Config.Keep can tell whose it is. It
// never stands in the way of the sign-in page.
func (s *Server) keep(r *Request) string {
	if s.cfg.Keep == nil || r.Page.Name == "" {
		return ""
	}
	form, err := r.ParseForm()
	if err != nil && r.Page.Fresh != AnyTime {
		// Of a form with files the text is kept, so that whoever had to confirm
		// chooses the file anew and types nothing twice.
		form, err = r.ParseMultipart(func(_ url.Values, f File) error {
			_, err := io.Copy(io.Discard, f.Body)
			return err
		})
	}
	if err != nil || len(form.Encode()) > maxKept {
		return ""
	}
	token, err := s.cfg.Keep(r.Request, Kept{Path: actingPath(r), Form: form})
	if err != nil {
		s.cfg.Log.ErrorContext(r.Context(), "keep form", "id", r.ID(), "page", r.Page.Name, "err", err)
		return ""
	}
	return token
}

// Replay posts a kept form again, now with the session that r carries, and
// answers as that page does. The caller has made sure that the person who
// signed in is the one who posted it.
func (s *Server) Replay(w http.ResponseWriter, r *Request, k Kept) error {
	if LocalPath(k.Path) != k.Path {
		return kernel.E(kernel.Invalid, "error.form", nil)
	}
	body := k.Form.Encode()
	again, err := http.NewRequestWithContext(r.Context(), http.MethodPost, k.Path, bytes.NewReader([]byte(body)))
	if err != nil {
		return kernel.E(kernel.Invalid, "error.form", err)
	}
	again.Header = r.Header.Clone()
	again.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	again.Host, again.RemoteAddr, again.TLS = r.Host, r.RemoteAddr, r.TLS
	_, pattern := s.mux.Handler(again)
	if !strings.HasPrefix(pattern, http.MethodPost+" ") {
		return kernel.E(kernel.NotFound, "", nil)
	}
	s.mux.ServeHTTP(w, again)
	return nil
}
