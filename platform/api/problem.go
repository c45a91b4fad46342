package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"maru/kernel"
)

// Problem is the answer to every failed request (RFC 9457).
type Problem struct {
	Type   string       `json:"type" doc:"urn:maru:problem: followed by the kind"`
	Title  string       `json:"title" doc:"the kind in plain words"`
	Status int          `json:"status" doc:"HTTP status"`
	Detail string       `json:"detail" doc:"what happened, why and what to do"`
	Kind   string       `json:"kind" doc:"stable name for programs" enum:"internal,invalid,not_found,conflict,forbidden,unauthorized,limited,unavailable,too_large"`
	Errors []FieldError `json:"errors,omitempty" doc:"the inputs that are wrong"`
	ID     string       `json:"id" doc:"names this failure in the log"`

	header http.Header
}

// FieldError says what is wrong with one input.
type FieldError struct {
	Field   string `json:"field" doc:"name of the path, query or header parameter, or path in the body"`
	Message string `json:"message"`
}

// Error makes a Problem an error; the framework hands errors through.
func (p *Problem) Error() string { return p.Kind + ": " + p.Detail }

// GetStatus tells the framework the status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells the framework the headers.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType tells the framework the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func (p *Problem) write(w http.ResponseWriter) {
	var b bytes.Buffer
	if err := marshalJSON(&b, p); err != nil { // strings and a number: cannot fail
		panic(err)
	}
	h := w.Header()
	maps.Copy(h, p.header)
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(b.Bytes()) // the caller went away: nobody to tell
}

var statuses = [...]int{
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

// problem turns err into words in l, and logs it where it is ours to mend.
func (a *API) problem(l kernel.Lang, w http.ResponseWriter, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	e := &kernel.Error{Err: err}
	if errors.As(err, &e) {
		p = a.blank(l, e.Kind, e.Key, e.Args)
	} else {
		p = a.blank(l, kernel.Internal, "", nil)
	}
	p.ID = a.requestID(w)
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldError{Field: f.Field, Message: a.c.Catalog.T(l, f.Key, pairs(f.Args)...)})
	}
	switch e.Kind {
	case kernel.Unauthorized:
		if w.Header().Get("Www-Authenticate") == "" { // else somebody knew better
			p.header = http.Header{"Www-Authenticate": {"Bearer"}}
		}
	case kernel.Limited:
		if s, ok := e.Args["seconds"]; ok {
			p.header = http.Header{"Retry-After": {fmt.Sprint(s)}}
		}
	case kernel.Internal:
		a.logInternal(p.ID, err)
	case kernel.Unavailable:
		a.c.Log.Warn("api: unavailable", "id", p.ID, "err", err.Error())
	}
	return p
}

func (a *API) logInternal(id string, err error) {
	if errors.Is(err, context.Canceled) {
		a.c.Log.Info("api: caller went away", "id", id)
		return
	}
	var pe *panicError
	if errors.As(err, &pe) {
		a.c.Log.Error("api: panic", "id", id, "err", pe.Error(), "stack", string(pe.stack))
		return
	}
	a.c.Log.Error("api: internal error", "id", id, "err", err.Error())
}

// blank is a problem of kind k without fields; key "" stands for the kind's
// general message.
func (a *API) blank(l kernel.Lang, k kernel.Kind, key string, args map[string]any) *Problem {
	name := k.String()
	if key == "" {
		key = "api.detail." + name
	}
	status := http.StatusInternalServerError
	if int(k) < len(statuses) {
		status = statuses[k]
	}
	return &Problem{
		Type:   "urn:maru:problem:" + name,
		Title:  a.c.Catalog.T(l, "api.title."+name),
		Status: status,
		Detail: a.c.Catalog.T(l, key, pairs(args)...),
		Kind:   name,
	}
}

// requestID is the id that the outer server gave the request, or a new one.
func (a *API) requestID(w http.ResponseWriter) string {
	if id := w.Header().Get("X-Request-Id"); id != "" {
		return id
	}
	return string(kernel.NewID(a.c.Clock.Now()))
}

// pairs flattens message arguments in a stable order.
func pairs(m map[string]any) []any {
	if len(m) == 0 {
		return nil
	}
	out := make([]any, 0, 2*len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k, m[k])
	}
	return out
}

type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// lineOf is the line (from 1) of the byte offset in data.
func lineOf(data []byte, offset int64) string {
	offset = max(0, min(offset, int64(len(data))))
	return strconv.Itoa(1 + bytes.Count(data[:offset], []byte("\n")))
}
