package mcp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/domain/assistant"
	"maru/kernel"
)

func TestHosts(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{Site: "https://maru.example.go.kr"})
	for host, want := range map[string]bool{
		"maru.example.go.kr": true, "localhost": true, "localhost:8080": true, "127.0.0.1:80": true, "[::1]:8080": true, "[::1]": true, "127.9.9.9": true,
		"": false, "evil.example": false, "maru.example.go.kr.evil.example": false, "maru.example.go.kr:8443": false, "localhost.evil.example:80": false,
		"10.0.0.1": false, "0.0.0.0:80": false, "127.0.0.1.evil.example": false,
	} {
		if got := m.ours(host); got != want {
			t.Errorf("host %q: %t", host, got)
		}
	}
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"maru.example.go.kr", "https://maru.example.go.kr", true},
		{"maru.example.go.kr", "http://maru.example.go.kr", false},
		{"maru.example.go.kr", "http://localhost:3000", false}, // a page on the person's own machine, of whomever
		{"localhost:8080", "http://localhost:3000", true},
		{"localhost:8080", "https://evil.example", false},
		{"localhost:8080", "null", false},
		{"localhost:8080", "", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/mcp", nil)
		r.Host = c.host
		r.Header.Set("Origin", c.origin)
		if got := m.origin(r); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestTooOften(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{Allow: func(*http.Request) bool { return false }})
	r := httptest.NewRequest(http.MethodPost, "/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"jsonrpc":"2.0"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestRefuse(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{})
	for kind, want := range map[kernel.Kind]int{kernel.Limited: 429, kernel.Forbidden: 403, kernel.Internal: 500} {
		w := httptest.NewRecorder()
		m.Refuse(w, nil, kernel.E(kind, "", errors.New("of the inside")))
		if w.Code != want || strings.Contains(w.Body.String(), "inside") {
			t.Errorf("%v: %d %s", kind, w.Code, w.Body)
		}
	}
}

// TestPanic: what breaks in one request ends that request only, and tells
// nothing.
func TestPanic(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{})
	broken := m.guard(func(context.Context, string, sdk.Request) (sdk.Result, error) { panic("of the inside") })
	result, err := broken(t.Context(), "tools/list", &sdk.ListToolsRequest{})
	if result != nil || !errors.Is(err, errFailed) || strings.Contains(err.Error(), "inside") {
		t.Errorf("%v, %v", result, err)
	}
}

// TestSlowBodies: callers who send slowly take nobody's turn.
func TestSlowBodies(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{})
	for range maxAtOnce {
		body, hold := io.Pipe()
		defer hold.CloseWithError(errors.New("broke off")) //nolint:errcheck // never fails
		r := httptest.NewRequest(http.MethodPost, "/mcp", body)
		r.Host = "localhost"
		go m.ServeHTTP(httptest.NewRecorder(), r)
		if _, err := hold.Write([]byte("{")); err != nil { // read, so that the request has come as far as its body
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/mcp", strings.NewReader("[]"))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(m.slot) > 0 {
		t.Errorf("%d turns are taken", len(m.slot))
	}
}
