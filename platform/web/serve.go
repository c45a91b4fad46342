package web

import (
	"net/http"
	"net/url"

	"maru/kernel"
	"maru/platform/authz"
)

// serve is the way of every page request: who asks, may they, then the page.
func (s *Server) serve(p Page, l kernel.Lang) http.Handler {
	limit := p.MaxBody
	if limit == 0 {
		limit = DefaultMaxBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		hr.Body = http.MaxBytesReader(w, hr.Body, limit)
		r, err := s.request(hr, l)
		r.Page = p
		if p.CrossSite && crossSite(hr) {
			r.Actor = authz.Actor{} // SameSite keeps the cookie back already
		}
		if err == nil {
			err = s.standIn(r)
		}
		if err == nil {
			err = s.admit(r)
		}
		lead := ""
		if err == nil && s.cfg.Lead != nil && r.Self.SignedIn() {
			lead, err = s.lead(r)
		}
		if lead != "" {
			s.detour(w, r, lead)
			return
		}
		if err == nil {
			err = p.Handler(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// lead is where who signed in must go before the page.
func (s *Server) lead(r *Request) (string, error) {
	own := r.asSelf()
	if r.Page.FreshIf != nil {
		form, err := r.ParseForm()
		if err != nil {
			return "", err
		}
		if !r.Page.FreshIf(form) {
			own.Page.Fresh = AnyTime
		}
	}
	return s.cfg.Lead(own)
}

// crossSite tells whether another site made the browser send the request; a
// browser that does not say so names at least the origin.
func crossSite(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site != "same-origin" && site != "none"
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != r.Host
}

// request finds out who asks. On failure the request is that of a visitor, so
// that the error page can be shown.
func (s *Server) request(hr *http.Request, l kernel.Lang) (*Request, error) {
	r := &Request{Request: hr, Lang: l, Prefs: prefsOf(hr), server: s}
	if s.cfg.Authenticate == nil {
		return r, nil
	}
	actor, err := s.cfg.Authenticate(hr)
	if err != nil && !kernel.Is(err, kernel.Unauthorized) {
		return r, err
	}
	if err == nil {
		r.Actor, r.Self = actor, actor
	}
	return r, nil
}

// admit checks the page's audience and the account's rate.
func (s *Server) admit(r *Request) error {
	if err := r.Page.For.admits(r.Actor); err != nil {
		return err
	}
	if r.Self.SignedIn() && !s.byPerson.allow(string(r.Self.Account)) {
		return kernel.E(kernel.Limited, "", nil)
	}
	return nil
}

// visitor is the request of an unknown path, for its error page.
func (s *Server) visitor(hr *http.Request) *Request {
	l, _ := splitLang(hr.URL.EscapedPath())
	r, err := s.request(hr, l)
	if err != nil {
		// The page says "not found" all the same; only the header lacks a name.
		s.cfg.Log.WarnContext(hr.Context(), "authenticate", "id", r.ID(), "err", err)
		r.Actor = authz.Actor{}
		r.Self = r.Actor
	}
	return r
}
