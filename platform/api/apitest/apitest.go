// Package apitest calls operations of the JSON API as a program does: without a
// network, or those of a program that runs. It is for tests only.
package apitest

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/web/webtest"
)

// Caller calls the operations below /api/v1.
type Caller struct {
	t                testing.TB
	base             string // before /api/v1
	send             func(*http.Request) (int, []byte)
	token, key, kind string
}

// New serves what register adds, in the given messages, to whoever who says that
// a token belongs to.
func New(t testing.TB, register func(*api.API), who func(token string) (authz.Actor, error), messages ...fs.FS) *Caller {
	t.Helper()
	return NewAt(t, clock.System(), register, who, messages...)
}

// NewAt is New by a clock.
func NewAt(t testing.TB, c clock.Clock, register func(*api.API), who func(token string) (authz.Actor, error), messages ...fs.FS) *Caller {
	t.Helper()
	a := api.New(api.Config{Title: "t", Version: "1", Clock: c, Catalog: webtest.Catalog(t, append(messages, api.Messages())...),
		Authenticate: func(_ context.Context, token string) (authz.Actor, error) { return who(token) }})
	register(a)
	return Of(t, a.Handler())
}

// Of calls what is served already.
func Of(t testing.TB, h http.Handler) *Caller {
	return &Caller{t: t, base: "http://localhost:8080", kind: "application/json", send: func(r *http.Request) (int, []byte) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.Bytes()
	}}
}

// Over calls the program that runs at an address.
func Over(t testing.TB, address string) *Caller {
	return &Caller{t: t, base: address, kind: "application/json", send: func(r *http.Request) (int, []byte) {
		t.Helper()
		r.RequestURI = "" // of a server's request
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, b
	}}
}

// As is a Caller with a token; "" is nobody.
func (c Caller) As(token string) *Caller { c.token = token; return &c }

// Under is a Caller with an idempotency key.
func (c Caller) Under(key string) *Caller { c.key = key; return &c }

// Sending is a Caller whose bodies are of a media type; JSON where none is said.
func (c Caller) Sending(kind string) *Caller { c.kind = kind; return &c }

// Do sends a request and gives status and body of the answer.
func (c *Caller) Do(method, path, body string) (int, []byte) {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, c.base+"/api/v1"+path, strings.NewReader(body))
	for name, value := range map[string]string{"Content-Type": c.kind, "Idempotency-Key": c.key} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.send(r)
}

// Call is Do for answers that are JSON objects; nil where there is no body.
func (c *Caller) Call(method, path, body string) (int, map[string]any) {
	c.t.Helper()
	status, b := c.Do(method, path, body)
	var out map[string]any
	if len(b) > 0 {
		c.read(method, path, b, &out)
	}
	return status, out
}

// Done is Call for what must succeed.
func (c *Caller) Done(method, path, body string) map[string]any {
	c.t.Helper()
	status, out := c.Call(method, path, body)
	if status >= http.StatusMultipleChoices {
		c.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// Read is Do into out, unless it failed or out is nil.
func (c *Caller) Read(method, path, body string, out any) int {
	c.t.Helper()
	status, b := c.Do(method, path, body)
	if out != nil && status < http.StatusMultipleChoices {
		c.read(method, path, b, out)
	}
	return status
}

func (c *Caller) read(method, path string, b []byte, out any) {
	c.t.Helper()
	if err := json.Unmarshal(b, out); err != nil {
		c.t.Fatalf("%s %s: %v: %s", method, path, err, b)
	}
}
