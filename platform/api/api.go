package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

const (
	prefix = "/api/v1"
	// SpecPath is where the OpenAPI description is served.
	SpecPath = "/api/openapi.json"
	// DefaultMaxBody is the largest request body in bytes where an operation
	// says nothing else.
	DefaultMaxBody = 64 << 10
)

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	T(l kernel.Lang, key string, args ...any) string
}

// Config is what an API needs. Title, Version, Authenticate and Catalog must
// be set; the rest has good zero values.
type Config struct {
	Title, Version string
	// Authenticate tells who holds a bearer token; it returns an Unauthorized
	// kernel.Error for tokens that are unknown, expired or revoked.
	Authenticate func(ctx context.Context, bearer string) (authz.Actor, error)
	// Access finds who an app acts for when it calls with an access token of an
	// authorisation server, and checks the proof of possession that belongs to
	// it; nil when there are no apps. ours is false for tokens of others, which
	// then go to Authenticate. With an error it may set the header
	// WWW-Authenticate.
	Access func(w http.ResponseWriter, r *http.Request, scheme, token string) (actor authz.Actor, ours bool, err error)
	// Fresh tells whether the sign-in on which a token rests suffices for an
	// operation that weighs much; nil where it always does. With an error it may
	// set the header WWW-Authenticate (RFC 9470).
	Fresh func(w http.ResponseWriter, r *http.Request, actor authz.Actor) error
	// Looked is asked before an app reads by an operation for callers: what it
	// reads is written down. An error ends the request. Nil where there are no apps.
	Looked  func(ctx context.Context, actor authz.Actor, operation string) error
	Catalog Texts
	Log     *slog.Logger
	Clock   clock.Clock // stamps problem ids
	// ActFor gives the actor of an operation that the caller asks to do for
	// somebody else (the header ActingHeader); nil: nobody acts for anybody.
	ActFor func(r *http.Request, operation string, self authz.Actor) (authz.Actor, error)
	// Limit is asked once a request, after authentication (also when that
	// failed, with the zero actor); an error, of kind Limited, ends the
	// request. Its argument "seconds" becomes Retry-After.
	Limit func(r *http.Request, a authz.Actor) error
	// MaxBody is the default limit of request bodies in bytes.
	MaxBody int64
}

// API collects operations and serves them.
type API struct {
	c    Config
	mux  *http.ServeMux
	huma huma.API
	spec func() ([]byte, error)
	ops  []Op
}

// New makes an API without operations.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	a := &API{c: c, mux: http.NewServeMux()}
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: c.Title, Version: c.Version},
		Components: &huma.Components{
			Schemas: newRegistry(),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"bearer": {Type: "http", Scheme: "bearer"},
			},
		},
	}
	a.huma = humago.NewWithPrefix(a.mux, prefix, huma.Config{
		OpenAPI: doc,
		// "json" stands for every type that ends in +json.
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	})
	// Written once: operations are registered before the first request.
	a.spec = sync.OnceValues(func() ([]byte, error) { return json.Marshal(doc) })
	a.mux.HandleFunc("GET "+SpecPath, a.serveSpec)
	return a
}

// Handler serves everything below /api. It is a web.Refuser: what the server
// refuses before it is a problem document too.
func (a *API) Handler() http.Handler { return handler{a} }

type handler struct{ api *API }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.api.serve(w, r) }

// Refuse answers r with the problem that err is.
func (h handler) Refuse(w http.ResponseWriter, r *http.Request, err error) { h.api.fail(w, r, err) }

// Spec is the OpenAPI 3.1 description as JSON, for tests and tools.
func (a *API) Spec() ([]byte, error) { return a.spec() }

// Operations are what was registered, in that order.
func (a *API) Operations() []Op { return slices.Clone(a.ops) }

func (a *API) serveSpec(w http.ResponseWriter, r *http.Request) {
	b, err := a.spec()
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(b) // the caller went away: nobody to tell
}

func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	t := &tracker{ResponseWriter: w}
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		err := &panicError{value: p, stack: debug.Stack()}
		if t.wrote {
			// Half an answer is out; only cutting the connection tells the
			// caller not to trust it.
			a.c.Log.Error("api: panic after the answer began", "path", r.Pattern, "err", err.Error(), "stack", string(err.stack))
			panic(http.ErrAbortHandler)
		}
		a.fail(w, r, err)
	}()
	h := w.Header()
	// Most answers are personal; an operation that is not says so itself.
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// ServeMux would redirect unclean paths and answer in plain text where
	// nothing matches: neither is an answer for a program.
	if p := r.URL.Path; p != path.Clean(p) {
		a.fail(w, r, kernel.E(kernel.NotFound, "api.no_path", nil))
		return
	}
	if handler, pattern := a.mux.Handler(r); pattern == "" {
		a.unrouted(t, r, handler)
		return
	}
	a.mux.ServeHTTP(t, r)
}

// unrouted answers requests that match no operation. What ServeMux would have
// said tells a wrong path from a wrong method.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request, h http.Handler) {
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status != http.StatusMethodNotAllowed {
		a.fail(w, r, kernel.E(kernel.NotFound, "api.no_path", nil))
		return
	}
	allow := probe.header.Get("Allow")
	w.Header().Set("Allow", allow)
	p := a.problem(langOf(r), w, kernel.E(kernel.Invalid, "api.no_method", nil).With("allow", allow))
	p.Status = http.StatusMethodNotAllowed
	p.write(w)
}

// fail answers r with the problem that err is.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	a.problem(langOf(r), w, err).write(w)
}

// tracker remembers whether an answer began.
type tracker struct {
	http.ResponseWriter
	wrote bool
}

func (t *tracker) WriteHeader(status int) {
	t.wrote = true
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracker) Write(b []byte) (int, error) {
	t.wrote = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// probe takes an answer's status and header and drops the rest.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }
