package authority

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"unicode/utf8"

	"maru/kernel"
	"maru/platform/web"
)

const maxForm = 64 << 10

// endpoint is one that programs call: it answers in JSON, also what the web
// server refuses before it.
type endpoint struct {
	s *Service
	h func(r *http.Request, form url.Values) (body any, status int, err error)
	// open answers may be read by programs in browsers, and be kept.
	open bool
}

func (s *Service) endpoints(srv *web.Server) {
	type form = url.Values
	posted := func(path string, h func(r *http.Request, f form) (any, int, error)) {
		srv.Handle("POST "+path, endpoint{s: s, h: h})
	}
	posted(pushPath, func(r *http.Request, f form) (any, int, error) {
		uri, err := s.push(r, f)
		return map[string]any{"request_uri": uri, "expires_in": int64(pushedTime.Seconds())}, http.StatusCreated, err
	})
	posted(tokenPath, func(r *http.Request, f form) (any, int, error) {
		t, err := s.token(r, f)
		return t, http.StatusOK, err
	})
	posted(revokePath, func(r *http.Request, f form) (any, int, error) {
		return nil, http.StatusOK, s.end(r, f)
	})
	posted(introspectPath, func(r *http.Request, f form) (any, int, error) {
		m, err := s.introspect(r, f)
		return m, http.StatusOK, err
	})
	read := func(path string, open bool, h func(ctx context.Context, r *http.Request) (any, error)) {
		srv.Handle("GET "+path, endpoint{s: s, open: open, h: func(r *http.Request, _ form) (any, int, error) {
			v, err := h(r.Context(), r)
			return v, http.StatusOK, err
		}})
	}
	user := func(_ context.Context, r *http.Request) (any, error) { return s.userinfo(r) }
	read(userinfoPath, false, user)
	srv.Handle("POST "+userinfoPath, endpoint{s: s, h: func(r *http.Request, f form) (any, int, error) {
		// RFC 6750 section 2.2: a token that is bound to no key may stand in the body.
		if token := f.Get("access_token"); token != "" && r.Header.Get("Authorization") == "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		v, err := s.userinfo(r)
		return v, http.StatusOK, err
	}})
	read(keysPath, true, func(ctx context.Context, _ *http.Request) (any, error) { return s.KeySet(ctx) })
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		read(path, true, func(context.Context, *http.Request) (any, error) { return s.metadata(), nil })
	}
	for _, resource := range resources {
		read(metadataPath(resource), true, func(context.Context, *http.Request) (any, error) { return s.resource(resource), nil })
	}
}

// ServeHTTP answers a program.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var form url.Values
	if r.Method == http.MethodPost && (r.URL.Path != userinfoPath || r.Header.Get("Content-Type") != "" && r.Header.Get("Authorization") == "") {
		var err error
		if form, err = readForm(w, r); err != nil {
			e.Refuse(w, r, err)
			return
		}
	}
	body, status, err := e.h(r, form)
	if err != nil {
		e.Refuse(w, r, err)
		return
	}
	h := w.Header()
	if e.open {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Cache-Control", "public, max-age=300")
	} else {
		h.Set("Cache-Control", "no-store")
		if r.Header.Get("DPoP") != "" {
			h.Set("DPoP-Nonce", e.s.nonce())
		}
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	answerJSON(w, status, body)
}

// Refuse words an error as RFC 6749 section 5.2 asks for.
func (e endpoint) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	var f *Fault
	if !errors.As(err, &f) {
		switch kernel.KindOf(err) {
		case kernel.Limited, kernel.Unavailable:
			w.Header().Set("Retry-After", "1")
			f = fault(http.StatusServiceUnavailable, "temporarily_unavailable", "try again later")
		case kernel.Forbidden, kernel.Invalid, kernel.TooLarge:
			f = fault(http.StatusBadRequest, "invalid_request", "the request is not one that this endpoint takes")
		default:
			e.s.d.Log.ErrorContext(r.Context(), "authority: request failed", "id", web.RequestID(r.Context()), "path", r.URL.Path, "err", err)
			f = fault(http.StatusInternalServerError, "server_error", "something went wrong here: "+web.RequestID(r.Context()))
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	if f.nonce || r.Header.Get("DPoP") != "" {
		w.Header().Set("DPoP-Nonce", e.s.nonce())
	}
	if r.URL.Path == userinfoPath {
		e.s.challenge(w, resourceAPI, f)
	}
	answerJSON(w, f.Status, map[string]string{"error": f.Code, "error_description": f.Text})
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away: nobody to tell
}

// readForm reads a posted form; parameters in the query are not looked at.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, fault(http.StatusBadRequest, "invalid_request", "the body is not a form")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, fault(http.StatusRequestEntityTooLarge, "invalid_request", "the body is too long or was cut")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !utf8.ValidString(form.Encode()) {
		return nil, fault(http.StatusBadRequest, "invalid_request", "the body is not a form")
	}
	for _, v := range form {
		for _, x := range v {
			if !utf8.ValidString(x) {
				return nil, fault(http.StatusBadRequest, "invalid_request", "the body is not UTF-8")
			}
		}
	}
	return form, single(form)
}
