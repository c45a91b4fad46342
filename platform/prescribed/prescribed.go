package prescribed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"maru/kernel"
	"maru/platform/authz"
)

// MaxBody is the largest request body in bytes.
const MaxBody = 1 << 20

// Config is what an interface is. All but Slash and Statuses must be set.
type Config struct {
	Prefix string // of all paths: /govstack/x/v1
	Slash  bool   // the description ends its paths with one
	// Authenticate tells who holds a bearer token.
	Authenticate func(ctx context.Context, token string) (authz.Actor, error)
	// Statuses are those that the interface answers another error with than the
	// usual one.
	Statuses map[kernel.Kind]int
	// Word is the body that tells of an error. Where the fault is ours, it must
	// not tell which.
	Word func(status int, err error) any
	Log  *slog.Logger
}

// Face serves an interface. It is a web.Refuser.
type Face struct {
	c   Config
	mux *http.ServeMux
}

// New makes an interface without operations.
func New(c Config) *Face { return &Face{c: c, mux: http.NewServeMux()} }

// A Handler answers a status and a body, nil for none.
type Handler func(r *http.Request) (status int, out any, err error)

// Handle adds an operation: its method, and its path below the prefix, as the
// description spells it.
func (f *Face) Handle(method, path string, h Handler) {
	pattern := method + " " + f.c.Prefix + path
	if f.c.Slash {
		pattern += "{$}"
	}
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
		status, out, err := h(r)
		if err != nil {
			f.Refuse(w, r, err)
			return
		}
		answer(w, status, out)
	})
}

// ServeHTTP takes paths with and without a slash at the end.
func (f *Face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/") != f.c.Slash {
		r = r.Clone(r.Context())
		for _, path := range []*string{&r.URL.Path, &r.URL.RawPath} {
			switch {
			case !f.c.Slash:
				*path = strings.TrimSuffix(*path, "/")
			case *path != "":
				*path += "/"
			}
		}
	}
	f.mux.ServeHTTP(w, r)
}

// usual are the statuses of errors; everything else is ours.
var usual = map[kernel.Kind]int{kernel.Invalid: http.StatusBadRequest, kernel.NotFound: http.StatusNotFound, kernel.Conflict: http.StatusConflict,
	kernel.Forbidden: http.StatusForbidden, kernel.Unauthorized: http.StatusUnauthorized, kernel.Limited: http.StatusTooManyRequests,
	kernel.Unavailable: http.StatusServiceUnavailable, kernel.TooLarge: http.StatusRequestEntityTooLarge}

// Refuse answers an error.
func (f *Face) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	kind := kernel.KindOf(err)
	status, ok := f.c.Statuses[kind]
	if !ok {
		status, ok = usual[kind]
	}
	if !ok {
		status = http.StatusInternalServerError
		f.c.Log.ErrorContext(r.Context(), "prescribed interface", "path", r.Pattern, "err", err)
	}
	var e *kernel.Error
	switch {
	case status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case kind == kernel.Limited && errors.As(err, &e):
		if s, ok := e.Args["seconds"]; ok {
			w.Header().Set("Retry-After", fmt.Sprint(s))
		}
	}
	answer(w, status, f.c.Word(status, err))
}

func answer(w http.ResponseWriter, status int, out any) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if out == nil {
		w.WriteHeader(status)
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // no answer is read as HTML: its type is JSON, and nosniff is set for all
	_ = e.Encode(out)      // the caller went away: nobody to tell
}

// Caller is who makes a request (RFC 6750 section 2.1); nobody is Unauthorized.
func (f *Face) Caller(r *http.Request) (authz.Actor, error) {
	const scheme = "bearer "
	h := r.Header.Get("Authorization")
	if len(h) <= len(scheme) || !strings.EqualFold(h[:len(scheme)], scheme) {
		return authz.Actor{}, kernel.E(kernel.Unauthorized, "", nil)
	}
	actor, err := f.c.Authenticate(r.Context(), strings.TrimSpace(h[len(scheme):]))
	if err == nil && !actor.SignedIn() {
		err = kernel.E(kernel.Unauthorized, "", nil)
	}
	if err != nil {
		return authz.Actor{}, err
	}
	return actor, nil
}

// Body reads a request's body, which is one JSON value, into a value. Numbers
// that go into an any keep their digits as json.Number.
func Body(r *http.Request, into any) error {
	b, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return kernel.E(kernel.TooLarge, "", err)
	case err != nil:
		return kernel.E(kernel.Invalid, "", err)
	case !utf8.Valid(b): // the reader would replace what is broken, and nobody would know
		return kernel.E(kernel.Invalid, "", errors.New("broken UTF-8"))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return kernel.E(kernel.Invalid, "", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return kernel.E(kernel.Invalid, "", errors.New("more than one value"))
	}
	return nil
}
