package web

import (
	"errors"
	"net/http"
	"net/url"

	"maru/kernel"
)

// statuses maps kinds to answers.
var statuses = map[kernel.Kind]int{
	kernel.Internal:     http.StatusInternalServerError,
	kernel.Invalid:      http.StatusUnprocessableEntity,
	kernel.NotFound:     http.StatusNotFound,
	kernel.Conflict:     http.StatusConflict,
	kernel.Forbidden:    http.StatusForbidden,
	kernel.Unauthorized: http.StatusUnauthorized,
	kernel.Limited:      http.StatusTooManyRequests,
	kernel.Unavailable:  http.StatusServiceUnavailable,
	kernel.TooLarge:     http.StatusRequestEntityTooLarge,
}

// fail answers a handler's error: the sign-in page for a visitor, else the
// page of its kind. It is the one place that logs them.
func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	kind := kernel.KindOf(err)
	if kind == kernel.Unauthorized && r.Acting != nil {
		// Signing in again would not help: this is nobody's to do for another.
		kind, err = kernel.Forbidden, kernel.E(kernel.Forbidden, "error.acting", err)
	}
	if kind == kernel.Unauthorized && !r.Actor.SignedIn() {
		s.detour(w, r, s.cfg.SignInPath)
		return
	}
	s.failStatus(w, r, statuses[kind], err)
}

func (s *Server) failStatus(w http.ResponseWriter, r *Request, status int, err error) {
	level := s.cfg.Log.InfoContext
	if status >= 500 {
		level = s.cfg.Log.ErrorContext
	}
	level(r.Context(), "request failed", "id", r.ID(), "page", r.Page.Name, "status", status, "err", err)
	var e *kernel.Error
	if !errors.As(err, &e) {
		e = kernel.E(kernel.Internal, "", err)
	}
	s.errorPageStatus(w, r, status, e)
}

// detour leads to a page that must come first, sign-in above all, and remembers
// where from. A form that came too early or too late is kept for its owner.
func (s *Server) detour(w http.ResponseWriter, r *Request, path string) {
	q := url.Values{}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		q.Set("next", r.Here())
	} else if token := s.keep(r); token != "" {
		q.Set("kept", token)
	}
	target := r.Link(path)
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, target, http.StatusSeeOther)
}

func (s *Server) errorPage(w http.ResponseWriter, r *Request, e *kernel.Error) {
	s.errorPageStatus(w, r, statuses[e.Kind], e)
}

// errorView is what the error page says: what happened, why, what to do.
type errorView struct {
	Title, Text, Action string
	ID                  string // for the human who helps; only when it is our fault
	Fields              Errors
}

func (s *Server) errorPageStatus(w http.ResponseWriter, r *Request, status int, e *kernel.Error) {
	c, kind := s.cfg.Catalog, e.Kind.String()
	v := errorView{
		Title:  c.T(r.Lang, "error."+kind+".title"),
		Text:   message(c, r.Lang, e),
		Action: c.T(r.Lang, "error."+kind+".action"),
	}
	if len(e.Fields) > 0 {
		v.Fields = errorsOf(c, r.Lang, e)
	}
	if status >= 500 {
		v.ID = r.ID()
	}
	if e.Kind == kernel.Limited {
		w.Header().Set("Retry-After", "60")
	}
	if err := s.Render(w, r, s.own, View{Template: "error", Title: v.Title, Status: status, Data: v}); err != nil {
		// The layout itself is broken: a bare sentence is all that is left.
		s.cfg.Log.ErrorContext(r.Context(), "error page", "id", r.ID(), "err", err)
		http.Error(w, v.Title+" ("+r.ID()+")", status)
	}
}
