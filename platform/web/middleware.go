package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"runtime/debug"
	"strings"

	"maru/kernel"
)

// csp lets pages load their own style and script and nothing else: no inline
// code, no third party, no framing, and no text turned into markup by script.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// Handler is the whole site.
func (s *Server) Handler() http.Handler {
	var h http.Handler = http.HandlerFunc(s.route)
	h = s.crossOrigin(h)
	h = s.limitByIP(h)
	h = s.recover(h)
	return s.prepare(h)
}

// prepare names the request and sets the headers that every answer carries.
func (s *Server) prepare(next http.Handler) http.Handler {
	secure := strings.HasPrefix(s.cfg.PublicURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails on the platforms Go supports
	return hex.EncodeToString(b[:])
}

// recover turns a panic into the error page, with the stack in the log.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.cfg.Log.ErrorContext(r.Context(), "panic", "id", RequestID(r.Context()), "value", v, "stack", string(debug.Stack()))
			l, _ := splitLang(r.URL.EscapedPath())
			// Without Authenticate: it may be what panicked.
			s.errorPage(w, &Request{Request: r, Lang: l, Prefs: prefsOf(r), server: s}, kernel.E(kernel.Internal, "", nil))
		}()
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses forms that another site made the browser send.
func (s *Server) crossOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	if s.cfg.PublicURL != "" {
		if err := p.AddTrustedOrigin(strings.TrimSuffix(s.cfg.PublicURL, "/")); err != nil {
			panic("web: public URL: " + err.Error())
		}
	}
	for _, page := range s.pages {
		if page.CrossSite {
			for _, l := range kernel.Langs {
				p.AddInsecureBypassPattern(page.Method + " " + pattern(l, page.Path))
			}
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, kernel.E(kernel.Forbidden, "error.cross_origin", nil))
	}))
	return p.Handler(next)
}

// refuse answers a request that does not get as far as its handler.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	h, _ := s.mux.Handler(r)
	if raw, ok := h.(Refuser); ok {
		raw.Refuse(w, r, err)
		return
	}
	s.fail(w, s.visitor(r), err)
}

// limitByIP slows down an address that asks too fast. Static files are free:
// they cost nothing and a page needs them to be readable.
func (s *Server) limitByIP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/static/") && !s.byIP.allow(clientKey(r, s.cfg.TrustedProxies)) {
			s.refuse(w, r, kernel.E(kernel.Limited, "", nil).With("seconds", 1))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// route finds the handler; unknown paths and wrong methods get our own pages.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/en/" {
		http.Redirect(w, r, "/en", http.StatusMovedPermanently)
		return
	}
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r) // again, because it sets the path values
		return
	}
	var probe statusProbe
	h.ServeHTTP(&probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.Header().Get("Allow"))
		s.failStatus(w, s.visitor(r), http.StatusMethodNotAllowed, kernel.E(kernel.Invalid, "error.method", nil))
		return
	}
	s.fail(w, s.visitor(r), kernel.E(kernel.NotFound, "", nil))
}

// statusProbe learns what ServeMux would answer.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}
func (p *statusProbe) WriteHeader(status int)      { p.status = status }
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
