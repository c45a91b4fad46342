package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

type in struct {
	ID    string `path:"id" minLength:"3"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"10"`
	Key   string `header:"Idempotency-Key"`
	Body  struct {
		Service string                  `json:"service" minLength:"2" maxLength:"5"`
		Kind    string                  `json:"kind,omitempty" enum:"a,b"`
		Answers map[string]kernel.Value `json:"answers,omitempty"`
		On      kernel.Date             `json:"on,omitempty"`
		At      kernel.Time             `json:"at,omitempty"`
		Parties []struct {
			Name string `json:"name"`
		} `json:"parties,omitempty" maxItems:"2"`
	}
}

type out struct {
	Location string `header:"Location"`
	Body     struct {
		Service string                  `json:"service"`
		Answers map[string]kernel.Value `json:"answers"`
		At      kernel.Time             `json:"at"`
		On      kernel.Date             `json:"on"`
		Who     kernel.ID               `json:"who"`
	}
}

type nothing struct{}

// testAPI has one operation of each sort.
func testAPI(t testing.TB, c Config) (*API, *bytes.Buffer) {
	t.Helper()
	catalog, err := i18n.Load(Messages())
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	c.Title, c.Version, c.Catalog = "Test", "1", catalog
	c.Log = slog.New(slog.NewTextHandler(log, nil))
	c.Authenticate = func(_ context.Context, bearer string) (authz.Actor, error) {
		switch bearer {
		case "good":
			return authz.Actor{Account: "a1", Token: true, Scopes: []string{"desk"}}, nil
		case "broken":
			return authz.Actor{}, errors.New("the store is away")
		}
		return authz.Actor{}, kernel.E(kernel.Unauthorized, "api.bad_token", nil)
	}
	a := New(c)
	Register(a, Op{ID: "test.put", Method: http.MethodPost, Path: "/things/{id}", Summary: "Put a thing", Status: http.StatusCreated},
		func(_ context.Context, c Call, in *in) (*out, error) {
			o := &out{Location: "/api/v1/things/" + in.ID}
			o.Body.Service, o.Body.Answers, o.Body.Who = in.Body.Service, in.Body.Answers, c.Actor.Account
			o.Body.At, o.Body.On = in.Body.At, in.Body.On
			return o, nil
		})
	Register(a, Op{ID: "test.desk", Method: http.MethodGet, Path: "/desk", Scope: "desk"}, func(context.Context, Call, *nothing) (*nothing, error) { return nil, nil })
	Register(a, Op{ID: "test.admin", Method: http.MethodGet, Path: "/admin", Scope: "admin"}, func(context.Context, Call, *nothing) (*nothing, error) { return nil, nil })
	Register(a, Op{ID: "test.large", Method: http.MethodPost, Path: "/large", MaxBody: 1 << 20}, func(_ context.Context, _ Call, in *struct{ Body map[string]string }) (*nothing, error) {
		return nil, nil
	})
	Register(a, Op{ID: "test.fail", Method: http.MethodGet, Path: "/fail/{kind}"}, func(_ context.Context, _ Call, in *struct {
		Kind string `path:"kind"`
	}) (*nothing, error) {
		switch in.Kind {
		case "panic":
			panic("the secret cause")
		case "plain":
			return nil, errors.New("the secret cause")
		case "limited":
			return nil, kernel.E(kernel.Limited, "", nil).With("seconds", 7)
		case "fields":
			return nil, kernel.E(kernel.Invalid, "", nil).Field("answers.x", "api.field.min", map[string]any{"value": 3})
		}
		for k := kernel.Internal; k <= kernel.TooLarge; k++ {
			if k.String() == in.Kind {
				return nil, kernel.E(k, "", errors.New("the secret cause"))
			}
		}
		return nil, nil
	})
	return a, log
}

type request struct {
	method, path, body, token, lang, ctype string
}

func send(a *API, q request) (*httptest.ResponseRecorder, Problem) {
	var body io.Reader
	if q.body != "" {
		body = strings.NewReader(q.body)
	}
	r := httptest.NewRequest(q.method, q.path, body)
	if q.ctype == "" {
		q.ctype = "application/json"
	}
	r.Header.Set("Content-Type", q.ctype)
	if q.token != "" {
		r.Header.Set("Authorization", q.token)
	}
	if q.lang != "" {
		r.Header.Set("Accept-Language", q.lang)
	}
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	var p Problem
	_ = json.Unmarshal(w.Body.Bytes(), &p) // not every answer is a problem
	return w, p
}

// Each request is wrong in one way and must be told so, at its field.
func TestProblems(t *testing.T) {
	a, _ := testAPI(t, Config{})
	const things = "/api/v1/things/abc"
	long := strings.Repeat("x", DefaultMaxBody)
	for _, tc := range []struct {
		name    string
		q       request
		status  int
		kind    string
		field   string
		message string
	}{
		{"unknown path", request{method: "GET", path: "/api/v1/nothing"}, 404, "not_found", "", ""},
		{"unknown path outside v1", request{method: "GET", path: "/api/nothing"}, 404, "not_found", "", ""},
		{"path below an operation", request{method: "POST", path: things + "/more"}, 404, "not_found", "", ""},
		{"trailing slash", request{method: "POST", path: things + "/"}, 404, "not_found", "", ""},
		{"double slash", request{method: "GET", path: "/api/v1//desk"}, 404, "not_found", "", ""},
		{"dots", request{method: "GET", path: "/api/v1/x/../desk"}, 404, "not_found", "", ""},
		{"wrong method", request{method: "PUT", path: things}, 405, "invalid", "", ""},
		{"not JSON", request{method: "POST", path: things, body: "{\n\"service\": \"abc\",\n oops}"}, 400, "invalid", "body", "This is not JSON. Check line 3."},
		{"cut off", request{method: "POST", path: things, body: `{"service":"ab`}, 400, "invalid", "body", "This is not JSON. Check line 1."},
		{"no body", request{method: "POST", path: things}, 400, "invalid", "", ""},
		{"two values", request{method: "POST", path: things, body: `{"service":"abc"} {}`}, 400, "invalid", "body", ""},
		{"not an object", request{method: "POST", path: things, body: `[1]`}, 422, "invalid", "body", "This must be an object."},
		{"another type", request{method: "POST", path: things, body: "service=abc", ctype: "application/x-www-form-urlencoded"}, 415, "invalid", "", ""},
		{"missing field", request{method: "POST", path: things, body: `{}`}, 422, "invalid", "service", "This is needed."},
		{"missing field inside", request{method: "POST", path: things, body: `{"service":"abc","parties":[{"name":"a"},{}]}`}, 422, "invalid", "parties[1].name", "This is needed."},
		{"unknown field", request{method: "POST", path: things, body: `{"service":"abc","admin":true}`}, 422, "invalid", "admin", "There is no such name here. Check it or leave it out."},
		{"unknown by case", request{method: "POST", path: things, body: `{"Service":"abc","service":"abc"}`}, 422, "invalid", "Service", ""},
		{"wrong type", request{method: "POST", path: things, body: `{"service":7}`}, 422, "invalid", "service", "This must be text."},
		{"too short", request{method: "POST", path: things, body: `{"service":"a"}`}, 422, "invalid", "service", "This needs at least 2 characters."},
		{"too long", request{method: "POST", path: things, body: `{"service":"abcdef"}`}, 422, "invalid", "service", "This may have up to 5 characters."},
		{"not one of", request{method: "POST", path: things, body: `{"service":"abc","kind":"c"}`}, 422, "invalid", "kind", "This must be one of: a, b"},
		{"too many", request{method: "POST", path: things, body: `{"service":"abc","parties":[{"name":"a"},{"name":"a"},{"name":"a"}]}`}, 422, "invalid", "parties", "This may have up to 2 items."},
		{"value of no type", request{method: "POST", path: things, body: `{"service":"abc","answers":{"x":{}}}`}, 422, "invalid", "answers.x", ""},
		{"value with a fraction", request{method: "POST", path: things, body: `{"service":"abc","answers":{"x":1.5}}`}, 422, "invalid", "answers.x", ""},
		{"no date", request{method: "POST", path: things, body: `{"service":"abc","on":"2026-02-30"}`}, 422, "invalid", "on", "Write a date like 2026-01-31."},
		{"no instant", request{method: "POST", path: things, body: `{"service":"abc","at":"yesterday"}`}, 422, "invalid", "at", ""},
		{"path parameter", request{method: "POST", path: "/api/v1/things/x", body: `{"service":"abc"}`}, 422, "invalid", "id", ""},
		{"query not a number", request{method: "POST", path: things + "?limit=x", body: `{"service":"abc"}`}, 422, "invalid", "limit", "This must be a whole number."},
		{"query too large", request{method: "POST", path: things + "?limit=101", body: `{"service":"abc"}`}, 422, "invalid", "limit", "This must be 100 or less."},
		{"NUL", request{method: "POST", path: things, body: `{"service":"a\u0000b"}`}, 422, "invalid", "service", "This holds a character that cannot be used (NUL). Take it out and send again."},
		{"NUL deep", request{method: "POST", path: things, body: `{"service":"abc","parties":[{"name":"x"},{"name":"\\\u0000"}]}`}, 422, "invalid", "parties[1].name", ""},
		{"NUL in a key", request{method: "POST", path: things, body: `{"service":"abc","answers":{"x\u0000":"y"}}`}, 422, "invalid", "answers", ""},
		{"a name twice", request{method: "POST", path: things, body: `{"service":"abc","answers":{"x":1},"service":"abd"}`}, 422, "invalid", "service", "This name is there twice. Send it once."},
		{"a name twice, written differently", request{method: "POST", path: things, body: `{"service":"abc","answers":{"x":1,"\u0078":2}}`}, 422, "invalid", "answers.x", ""},
		{"a name twice, deep", request{method: "POST", path: things, body: `{"service":"abc","parties":[{"name":"a"},{"name":"b","name":"c"}]}`}, 422, "invalid", "parties[1].name", ""},
		{"broken UTF-8", request{method: "POST", path: things, body: "{\"service\":\"ab\xff\"}"}, 422, "invalid", "service", "This holds broken characters. Send it as UTF-8."},
		{"lone surrogate", request{method: "POST", path: things, body: `{"service":"ab\ud800"}`}, 422, "invalid", "service", ""},
		{"too large", request{method: "POST", path: things, body: `{"service":"` + long + `"}`}, 413, "too_large", "", ""},
		{"no token", request{method: "GET", path: "/api/v1/desk"}, 401, "unauthorized", "", ""},
		{"bad token", request{method: "GET", path: "/api/v1/desk", token: "Bearer bad"}, 401, "unauthorized", "", ""},
		{"bad token where none is needed", request{method: "POST", path: things, token: "Bearer bad", body: `{"service":"abc"}`}, 401, "unauthorized", "", ""},
		{"another scheme", request{method: "GET", path: "/api/v1/desk", token: "Basic Z29vZDo="}, 401, "unauthorized", "", ""},
		{"empty token", request{method: "GET", path: "/api/v1/desk", token: "Bearer "}, 401, "unauthorized", "", ""},
		{"wrong scope", request{method: "GET", path: "/api/v1/admin", token: "Bearer good"}, 403, "forbidden", "", ""},
		{"authentication fails", request{method: "GET", path: "/api/v1/desk", token: "Bearer broken"}, 500, "internal", "", ""},
		{"fields of a domain", request{method: "GET", path: "/api/v1/fail/fields"}, 422, "invalid", "answers.x", "This must be 3 or more."},
		{"panic", request{method: "GET", path: "/api/v1/fail/panic"}, 500, "internal", "", ""},
		{"plain error", request{method: "GET", path: "/api/v1/fail/plain"}, 500, "internal", "", ""},
		{"not found", request{method: "GET", path: "/api/v1/fail/not_found"}, 404, "not_found", "", ""},
		{"conflict", request{method: "GET", path: "/api/v1/fail/conflict"}, 409, "conflict", "", ""},
		{"forbidden", request{method: "GET", path: "/api/v1/fail/forbidden"}, 403, "forbidden", "", ""},
		{"unavailable", request{method: "GET", path: "/api/v1/fail/unavailable"}, 503, "unavailable", "", ""},
		{"limited", request{method: "GET", path: "/api/v1/fail/limited"}, 429, "limited", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.lang = "en"
			w, p := send(a, tc.q)
			if w.Code != tc.status || p.Status != tc.status || p.Kind != tc.kind {
				t.Fatalf("%d %s: %s; want %d %s", w.Code, p.Kind, w.Body, tc.status, tc.kind)
			}
			if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("type %q", ct)
			}
			if p.Title == "" || p.Detail == "" || p.ID == "" || p.Type != "urn:maru:problem:"+p.Kind {
				t.Errorf("incomplete: %s", w.Body)
			}
			if strings.Contains(w.Body.String(), "secret cause") || strings.Contains(w.Body.String(), "⟨") || strings.Contains(w.Body.String(), mark) {
				t.Errorf("tells what it should not: %s", w.Body)
			}
			if tc.field != "" && !slices.ContainsFunc(p.Errors, func(f FieldError) bool {
				return f.Field == tc.field && (tc.message == "" || f.Message == tc.message)
			}) {
				t.Errorf("errors %+v, want %q at %s", p.Errors, tc.message, tc.field)
			}
		})
	}
}

func TestHeadersOfProblems(t *testing.T) {
	a, log := testAPI(t, Config{})
	if w, _ := send(a, request{method: "PUT", path: "/api/v1/things/abc"}); w.Header().Get("Allow") != "POST" {
		t.Errorf("Allow %q", w.Header().Get("Allow"))
	}
	if w, _ := send(a, request{method: "GET", path: "/api/v1/desk"}); w.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("WWW-Authenticate %q", w.Header().Get("WWW-Authenticate"))
	}
	if w, _ := send(a, request{method: "GET", path: "/api/v1/fail/limited"}); w.Header().Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	log.Reset()
	_, p := send(a, request{method: "GET", path: "/api/v1/fail/panic"})
	if !strings.Contains(log.String(), p.ID) || !strings.Contains(log.String(), "the secret cause") || !strings.Contains(log.String(), "api_test.go") {
		t.Errorf("the log lacks id, cause or place: %s", log)
	}
}

func TestSuccess(t *testing.T) {
	a, _ := testAPI(t, Config{})
	body := `{"service":"전입신고","on":"2026-11-21","at":"2026-11-21T09:00:00+09:00","answers":{"a":"한\ud83d\ude00\\u0000","b":3,"c":true,"d":["x"],"e":null}}`
	w, _ := send(a, request{method: "POST", path: "/api/v1/things/abc", body: body, token: "bearer good", ctype: "application/json; charset=utf-8"})
	want := `{"service":"전입신고","answers":{"a":"한😀\\u0000","b":3,"c":true,"d":["x"],"e":null},"at":"2026-11-21T00:00:00Z","on":"2026-11-21","who":"a1"}` + "\n"
	if w.Code != 201 || w.Body.String() != want || w.Header().Get("Location") != "/api/v1/things/abc" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w, _ := send(a, request{method: "GET", path: "/api/v1/desk", token: "Bearer good"}); w.Code != 204 && w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	exact := `{"x":"` + strings.Repeat("y", 1<<20-8) + `"}`
	if w, _ := send(a, request{method: "POST", path: "/api/v1/large", body: exact}); w.Code >= 300 {
		t.Errorf("a body of exactly the limit: %d %s", w.Code, w.Body)
	}
	if w, _ := send(a, request{method: "POST", path: "/api/v1/large", body: exact + " "}); w.Code != 413 {
		t.Errorf("one byte more: %d", w.Code)
	}
}

// What the server refuses before an operation is reached is a problem too.
func TestRefuse(t *testing.T) {
	a, _ := testAPI(t, Config{})
	h, ok := a.Handler().(web.Refuser)
	if !ok {
		t.Fatal("the handler does not word refusals")
	}
	w := httptest.NewRecorder()
	h.Refuse(w, httptest.NewRequest("GET", "/api/v1/desk", nil), kernel.E(kernel.Limited, "", nil).With("seconds", 1))
	if w.Code != 429 || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), `"kind":"limited"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// A body of unknown length is cut off where the limit is.
func TestStreamTooLarge(t *testing.T) {
	a, _ := testAPI(t, Config{})
	r := httptest.NewRequest("POST", "/api/v1/things/abc", io.MultiReader(strings.NewReader(`{"service":"`), strings.NewReader(strings.Repeat("x", 10<<20))))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	if w.Code != 413 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestLimitHook(t *testing.T) {
	var asked []kernel.ID
	a, _ := testAPI(t, Config{Limit: func(_ *http.Request, who authz.Actor) error {
		asked = append(asked, who.Account)
		if len(asked) > 2 {
			return kernel.E(kernel.Limited, "", nil).With("seconds", 1)
		}
		return nil
	}})
	for i, want := range []int{204, 401, 429} {
		if w, _ := send(a, request{method: "GET", path: "/api/v1/desk", token: []string{"Bearer good", "Bearer bad", "Bearer good"}[i]}); w.Code != want && (want != 204 || w.Code != 200) {
			t.Errorf("request %d: %d, want %d", i, w.Code, want)
		}
	}
	if !slices.Equal(asked, []kernel.ID{"a1", "", "a1"}) {
		t.Errorf("asked about %v", asked)
	}
}

func TestLang(t *testing.T) {
	for _, tc := range []struct {
		query, header string
		want          kernel.Lang
	}{
		{"", "", kernel.KO},
		{"", "en", kernel.EN},
		{"", "en-GB,en;q=0.9", kernel.EN},
		{"", "fr, en;q=0.5, ko;q=0.7", kernel.KO},
		{"", "fr", kernel.KO},
		{"", "ko;q=0, en;q=0.1", kernel.EN},
		{"", "en;q=x", kernel.KO},
		{"", ";;,,q=", kernel.KO},
		{"?lang=en", "ko", kernel.EN},
		{"?lang=ko", "en", kernel.KO},
		{"?lang=", "en", kernel.EN},
		{"?slang=1", "en", kernel.EN},
		{"?lang=%zz", "en", kernel.EN},
	} {
		r := httptest.NewRequest("GET", "/"+tc.query, nil)
		r.Header.Set("Accept-Language", tc.header)
		if got := langOf(r); got != tc.want {
			t.Errorf("%q with %q: %s", tc.query, tc.header, got)
		}
	}
	a, _ := testAPI(t, Config{})
	if _, p := send(a, request{method: "GET", path: "/api/v1/nothing"}); p.Title != "찾을 수 없어요" {
		t.Errorf("title %q", p.Title)
	}
}

func TestSpec(t *testing.T) {
	a, _ := testAPI(t, Config{})
	w, _ := send(a, request{method: "GET", path: SpecPath})
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			OperationID string
			Security    []map[string][]string
			Responses   map[string]any
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Servers[0].URL != "/api/v1" || doc.Paths["/things/{id}"]["post"].OperationID != "test.put" {
		t.Errorf("%+v", doc)
	}
	if s := doc.Paths["/desk"]["get"].Security; len(s) != 1 || !slices.Equal(s[0]["bearer"], []string{"desk"}) {
		t.Errorf("security %v", s)
	}
	if doc.Components.Schemas["Problem"] == nil {
		t.Error("problems are not described")
	}
	if strings.Contains(w.Body.String(), `\u0001`) {
		t.Error("a coded message shows")
	}
	for _, what := range []string{"/api/v1/openapi.json", "/api/docs", "/api/schemas/Problem.json"} {
		if w, _ := send(a, request{method: "GET", path: what}); w.Code != 404 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
}

func FuzzBody(f *testing.F) {
	a, _ := testAPI(f, Config{})
	for _, s := range []string{`{"service":"abc"}`, `{"service":"a\u0000"}`, "{\"service\":\"\xff\"}", `{"answers":{"x":[1]}}`, `[`, `"\ud800\udc00"`, `{"at":"2026-11-21T00:00:00Z","on":""}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest("POST", "/api/v1/things/abc", bytes.NewReader(body))
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w.Code < 300 && bytes.ContainsRune(w.Body.Bytes(), 0) {
			t.Errorf("NUL came through: %q", w.Body)
		}
	})
}

func FuzzAcceptLanguage(f *testing.F) {
	f.Add("en-GB,en;q=0.9, ko;q=0.8")
	f.Fuzz(func(t *testing.T, h string) {
		if l := acceptLang(h); l != kernel.KO && l != kernel.EN {
			t.Errorf("%q", l)
		}
	})
}

func BenchmarkPost(b *testing.B) {
	a, _ := testAPI(b, Config{})
	h := a.Handler()
	const body = `{"service":"abcde","answers":{"new_address":"서울특별시 강남구 테헤란로 1","moved_on":"2026-11-21","members":["p-1","p-2"]}}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/api/v1/things/abc", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer good")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 201 {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkWire is BenchmarkPost with client and server on a loopback
// connection, as the casework benchmark drives it.
func BenchmarkWire(b *testing.B) {
	a, _ := testAPI(b, Config{})
	srv := httptest.NewServer(a.Handler())
	defer srv.Close()
	const body = `{"service":"abcde","answers":{"new_address":"서울특별시 강남구 테헤란로 1","moved_on":"2026-11-21","members":["p-1","p-2"]}}`
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequest("POST", srv.URL+"/api/v1/things/abc", strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer good")
			res, err := srv.Client().Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
	})
}
