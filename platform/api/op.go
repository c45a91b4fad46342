package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"maru/kernel"
	"maru/platform/authz"
)

// Op describes an operation.
type Op struct {
	ID      string // unique, "casework.submit"; the operationId
	Method  string
	Path    string // below /api/v1: "/services/{id}"
	Summary string // one English sentence for the description
	Tag     string // group in the description; the part of ID before the dot if ""
	Status  int    // of success; 200 (204 without an output body) if 0
	Auth    bool   // only for callers with a valid token
	Scope   string // the token must cover it; implies Auth
	Fresh   bool   // an act that weighs much: Config.Fresh judges how its person signed in; implies Auth
	MaxBody int64  // bytes; Config.MaxBody if 0
}

// Call is who calls and how to talk to them.
type Call struct {
	Actor authz.Actor // the zero Actor without a token
	Lang  kernel.Lang
}

// Register adds an operation. I and O are structs whose fields carry the tags
// path, query or header, and may have a field Body with the JSON body. fn's
// errors become problems by their kernel.Kind. Register panics on operations
// that cannot be (a programming error) and must not be called after serving
// began.
func Register[I, O any](a *API, op Op, fn func(ctx context.Context, c Call, in *I) (*O, error)) {
	if op.Scope != "" || op.Fresh {
		op.Auth = true
	}
	if op.MaxBody == 0 {
		op.MaxBody = a.c.MaxBody
	}
	if op.Tag == "" {
		op.Tag, _, _ = strings.Cut(op.ID, ".")
	}
	a.ops = append(a.ops, op)
	h := huma.Operation{
		OperationID:   op.ID,
		Method:        op.Method,
		Path:          op.Path,
		Summary:       op.Summary,
		Tags:          []string{op.Tag},
		DefaultStatus: op.Status,
		// The framework refuses a body that reaches its limit; ours may be
		// reached, not exceeded.
		MaxBodyBytes: op.MaxBody + 1,
		Middlewares:  huma.Middlewares{a.guard(op)},
	}
	if op.Auth {
		h.Security = []map[string][]string{{"bearer": scopes(op.Scope)}}
	}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		s := ctx.Value(stateKey{}).(*state)
		out, err := fn(ctx, s.call, in)
		if err != nil {
			return nil, a.problem(s.call.Lang, s.w, err)
		}
		return out, nil
	})
}

func scopes(s string) []string {
	if s == "" {
		return []string{}
	}
	return []string{s}
}

// state accompanies a request through the framework.
type state struct {
	api  *API
	call Call
	w    http.ResponseWriter
}

type stateKey struct{}

// guard runs before the framework reads anything: who calls, may they, how
// often, and how much do they send.
func (a *API) guard(op Op) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		s := &state{api: a, w: w, call: Call{Lang: langOf(r)}}
		if r.ContentLength > op.MaxBody {
			// Reading it only to refuse it would help nobody but a flooder.
			w.Header().Set("Connection", "close")
			a.fail(w, r, tooLarge(op.MaxBody))
			return
		}
		actor, err := a.authenticate(w, r)
		if a.c.Limit != nil {
			if lerr := a.c.Limit(r, actor); lerr != nil {
				a.fail(w, r, lerr)
				return
			}
		}
		self := actor
		if r.Header.Get(ActingHeader) != "" && err == nil {
			actor, err = a.actFor(r, op, actor)
		}
		if err == nil && op.Auth {
			err = allowed(actor, op.Scope)
		}
		if err == nil && op.Fresh && a.c.Fresh != nil {
			err = a.c.Fresh(w, r, self)
		}
		if err == nil {
			err = checkQuery(r.URL.RawQuery)
		}
		if err == nil && op.Auth && actor.App != "" && op.Method == http.MethodGet && a.c.Looked != nil {
			err = a.c.Looked(r.Context(), actor, op.ID)
		}
		if err != nil {
			a.fail(w, r, err)
			return
		}
		s.call.Actor = actor
		next(huma.WithValue(hc, stateKey{}, s))
	}
}

func allowed(actor authz.Actor, scope string) error {
	if !actor.SignedIn() {
		return kernel.E(kernel.Unauthorized, "api.no_token", nil)
	}
	if scope != "" && !actor.Allows(scope) {
		return kernel.E(kernel.Forbidden, "api.scope", nil).With("scope", scope)
	}
	return nil
}

// authenticate reads the bearer token (RFC 6750 section 2.1). A token that is
// not valid is refused even where none is needed: the caller believes to be
// somebody.
func (a *API) authenticate(w http.ResponseWriter, r *http.Request) (authz.Actor, error) {
	h := r.Header.Get("Authorization")
	if h == "" {
		return authz.Actor{}, nil
	}
	if scheme, token, ok := strings.Cut(h, " "); ok && a.c.Access != nil {
		if actor, ours, err := a.c.Access(w, r, scheme, strings.TrimSpace(token)); ours {
			return actor, err
		}
	}
	const scheme = "bearer "
	if len(h) <= len(scheme) || !strings.EqualFold(h[:len(scheme)], scheme) {
		return authz.Actor{}, kernel.E(kernel.Unauthorized, "api.no_token", nil)
	}
	actor, err := a.c.Authenticate(r.Context(), strings.TrimSpace(h[len(scheme):]))
	if err != nil {
		return authz.Actor{}, err
	}
	if !actor.SignedIn() {
		return authz.Actor{}, kernel.E(kernel.Unauthorized, "api.bad_token", nil)
	}
	return actor, nil
}

func tooLarge(limit int64) error {
	return kernel.E(kernel.TooLarge, "api.too_large", nil).With("kb", limit>>10)
}
