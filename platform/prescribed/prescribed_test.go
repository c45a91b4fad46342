package prescribed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/prescribed"
	"maru/platform/web"
)

var _ web.Refuser = (*prescribed.Face)(nil)

// open makes an interface with operations that tell what came.
func open(slash bool, log *strings.Builder) *prescribed.Face {
	f := prescribed.New(prescribed.Config{Prefix: "/x/v1", Slash: slash, Statuses: map[kernel.Kind]int{kernel.Conflict: http.StatusTeapot}, Log: slog.New(slog.NewTextHandler(log, nil)),
		Word: func(status int, err error) any {
			return map[string]any{"was": kernel.KindOf(err).String(), "status": status}
		},
		Authenticate: func(_ context.Context, token string) (authz.Actor, error) {
			if token == "nobody" {
				return authz.Actor{}, nil
			}
			return authz.Actor{Account: kernel.ID(token)}, nil
		}})
	end := ""
	if slash {
		end = "/"
	}
	f.Handle("GET", "/things/{id}"+end, func(r *http.Request) (int, any, error) { return 200, r.PathValue("id"), nil })
	f.Handle("GET", "/who"+end, func(r *http.Request) (int, any, error) {
		a, err := f.Caller(r)
		return 200, a.Account, err
	})
	f.Handle("POST", "/body"+end, func(r *http.Request) (int, any, error) {
		var in map[string]any
		if err := prescribed.Body(r, &in); err != nil {
			return 0, nil, err
		}
		return 201, in, nil
	})
	f.Handle("DELETE", "/kind/{kind}"+end, func(r *http.Request) (int, any, error) {
		for k := kernel.Internal; k <= kernel.TooLarge; k++ {
			if k.String() == r.PathValue("kind") {
				return 0, nil, kernel.E(k, "", errors.New("the secret cause")).With("seconds", 7)
			}
		}
		return 204, nil, nil
	})
	return f
}

func send(f http.Handler, method, path, auth, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func TestPaths(t *testing.T) {
	for _, slash := range []bool{false, true} {
		f := open(slash, &strings.Builder{})
		for path, want := range map[string]string{"/x/v1/things/a": `"a"`, "/x/v1/things/a/": `"a"`, "/x/v1/things/a%2Fb": `"a/b"`, "/x/v1/things/a%2Fb/": `"a/b"`} {
			if w := send(f, "GET", path, "", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != want || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("slash %v, %s: %d %s", slash, path, w.Code, w.Body)
			}
		}
	}
}

func TestCaller(t *testing.T) {
	f := open(false, &strings.Builder{})
	for auth, want := range map[string]int{"Bearer one": 200, "bearer one": 200, "BEARER  one ": 200, "": 401, "Bearer": 401, "Bearer ": 401, "Basic one": 401, "Bearerone": 401, "Bearer nobody": 401} {
		w := send(f, "GET", "/x/v1/who", auth, "")
		if w.Code != want || want == 200 && strings.TrimSpace(w.Body.String()) != `"one"` || want == 401 && w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q: %d %s", auth, w.Code, w.Body)
		}
	}
}

func TestBodies(t *testing.T) {
	f := open(false, &strings.Builder{})
	exact := `{"a":"` + strings.Repeat("x", prescribed.MaxBody-8) + `"}`
	for what, c := range map[string]struct {
		body string
		want int
	}{"an object": {`{"a":1}`, 201}, "space around": {" {} \n", 201}, "the limit": {exact, 201}, "one more": {exact + " ", 413}, "nothing": {"", 400}, "cut off": {"{", 400}, "two": {"{}{}", 400}, "a list": {"[]", 400},
		"broken text": {"{\"a\":\"\xff\"}", 400}, "broken text behind": {"{}\xff", 400}} {
		if w := send(f, "POST", "/x/v1/body", "", c.body); w.Code != c.want || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %.100s", what, w.Code, w.Body)
		}
	}
	if w := send(f, "POST", "/x/v1/body", "", `{"n":12345678901234567890.10}`); strings.TrimSpace(w.Body.String()) != `{"n":12345678901234567890.10}` {
		t.Errorf("digits were lost: %s", w.Body)
	}
}

// TestStatuses: each kind of error, by an operation and by the server before it.
func TestStatuses(t *testing.T) {
	log := &strings.Builder{}
	f := open(false, log)
	for kind, want := range map[kernel.Kind]int{kernel.Internal: 500, kernel.Invalid: 400, kernel.NotFound: 404, kernel.Conflict: 418, kernel.Forbidden: 403, kernel.Unauthorized: 401, kernel.Limited: 429,
		kernel.Unavailable: 503, kernel.TooLarge: 413} {
		body := fmt.Sprintf(`{"status":%d,"was":%q}`, want, kind)
		refused := httptest.NewRecorder()
		f.Refuse(refused, httptest.NewRequest("GET", "/x/v1/who", nil), kernel.E(kind, "", errors.New("the secret cause")).With("seconds", 7))
		for by, w := range map[string]*httptest.ResponseRecorder{"operation": send(f, "DELETE", "/x/v1/kind/"+kind.String(), "", ""), "server": refused} {
			if w.Code != want || strings.TrimSpace(w.Body.String()) != body || w.Header().Get("Content-Type") != "application/json" || (w.Header().Get("Retry-After") == "7") != (kind == kernel.Limited) {
				t.Errorf("%s by the %s: %d %v %s", kind, by, w.Code, w.Header(), w.Body)
			}
		}
	}
	if n := strings.Count(log.String(), "the secret cause"); n != 2 {
		t.Errorf("%d faults of ours in the log, want 2: %s", n, log)
	}
	if w := send(f, "DELETE", "/x/v1/kind/none", "", ""); w.Code != 204 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
