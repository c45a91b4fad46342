package govregistries_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maru/domain/audit"
	"maru/domain/registry"
	"maru/domain/registry/govregistries"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store/storetest"
	"maru/platform/web"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type bodies struct{}

func (bodies) Exists(id string, _ kernel.Date) bool       { return id == "here" || id == "there" }
func (bodies) Name(id string, _ kernel.Lang) string       { return "Office of " + id }
func (bodies) T(_ kernel.Lang, k string, _ ...any) string { return k }
func (bodies) Has(string) bool                            { return true }

func official(agency string) authz.Actor {
	return authz.Actor{Account: kernel.RandomID(), Grants: []authz.Grant{{Role: authz.Official, Agency: agency}}, Token: true, Scopes: []string{authz.ScopeDesk}}
}

func staff(role authz.Role) authz.Actor {
	return authz.Actor{Account: kernel.RandomID(), Grants: []authz.Grant{{Role: role}}, Token: true, Scopes: []string{authz.ScopeAdmin}}
}

func resident(person string) authz.Actor {
	return authz.Actor{Account: kernel.RandomID(), Person: person, Token: true, Scopes: []string{authz.ScopeApplications}}
}

type house struct {
	t      *testing.T
	face   *govregistries.Face
	s      *registry.Service
	people map[string]authz.Actor
}

// open makes a face over a register of births with three records.
func open(t *testing.T) *house {
	t.Helper()
	db := storetest.SQLite(t, audit.Migrations(), registry.Migrations())
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)))
	s := registry.New(registry.Deps{DB: db, Clock: c, Keys: keys, Bodies: bodies{}})
	log := audit.New(audit.Deps{DB: db, Keys: keys, Clock: c, Texts: bodies{}, Agencies: bodies{}})
	h := &house{t: t, s: s, people: map[string]authz.Actor{"clerk": official("here"), "other": official("there"), "operator": staff(authz.Operator), "second": staff(authz.Operator),
		"auditor": staff(authz.Auditor), "p-1": resident("p-1"), "p-2": resident("p-2")}}
	h.face = govregistries.New(govregistries.Deps{Registers: s, Log: govregistries.AuditLog{Log: log}, Bodies: bodies{}, Base: "https://maru.invalid", Errors: slog.New(slog.DiscardHandler),
		Authenticate: func(_ context.Context, token string) (authz.Actor, error) {
			if a, ok := h.people[token]; ok {
				return a, nil
			}
			if token == "too often" {
				return authz.Actor{}, kernel.E(kernel.Limited, "", nil)
			}
			return authz.Actor{}, kernel.E(kernel.Unauthorized, "", nil)
		}})
	name := kernel.Text{KO: "births", EN: "births"}
	for _, code := range []string{"births", "empty"} {
		d := registry.Definition{Code: code, Agency: "here", Version: "1.0", Name: name, Basis: "Act on births art. 1", Key: "id", Person: "citizen", Unique: [][]string{{"certificate"}},
			Fields: []registry.Field{{ID: "id", Type: registry.String}, {ID: "citizen", Type: registry.String}, {ID: "firstName", Type: registry.String, Required: true},
				{ID: "certificate", Type: registry.Integer}, {ID: "child", Type: registry.Object, Fields: []registry.Field{{ID: "firstName", Type: registry.String}}}}}
		r, err := s.Propose(t.Context(), h.people["operator"], d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Confirm(t.Context(), h.people["second"], code, "1.0", r.Hash); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []string{`{"id":"B1","citizen":"p-1","firstName":"Ann","certificate":1,"child":{"firstName":"Kid"}}`, `{"id":"B2","citizen":"p-2","firstName":"Ann"}`, `{"id":"B3","firstName":"Ann Lee"}`} {
		if code, out := h.call("clerk", "POST", "/data/births/1.0/create", `{"write":{"content":`+r+`}}`); code != 200 {
			t.Fatal(code, out)
		}
		c.Advance(1e6)
	}
	return h
}

func (h *house) call(token, method, path, body string, headers ...string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequest(method, govregistries.Prefix+path, strings.NewReader(body))
	r.Header.Set(govregistries.ClientHeader, "INST/GOV/1/desk")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.face.ServeHTTP(w, r)
	if w.Body.Len() > 0 && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && (!json.Valid(w.Body.Bytes()) || w.Header().Get("Cache-Control") != "no-store") {
		h.t.Errorf("%s %s: %q", method, path, w.Body)
	}
	return w.Code, strings.TrimSpace(w.Body.String())
}

// TestOperations are the 15 operations of the two descriptions, in both
// spellings, with what each must answer.
func TestOperations(t *testing.T) {
	h := open(t)
	const none = `{"detail":"no record found"}`
	for _, o := range []struct {
		token, method, path, body string
		code                      int
		says                      string // all of it, or what it begins with or holds, up to or from "..."; "" for anything
	}{
		{"clerk", "GET", "/data/births/1.0", "", 200, `..."count":3,"results":[{`},
		{"clerk", "GET", "/data/births/1.0/", "", 200, `..."count":3`},
		{"clerk", "GET", "/data/empty/1.0", "", 200, `{"count":0,"results":[]}`},
		{"clerk", "GET", "/data/births/1.0?filter=firstName&search=Ann&ordering=ascending", "", 200, `..."count":2`},
		{"clerk", "GET", "/data/births/1.0?search=p-2", "", 200, `..."count":1,"results":[{"citizen":"p-2"`},
		{"clerk", "GET", "/data/births/1.0?query.child.firstName=Kid", "", 200, `..."count":1`},
		{"clerk", "GET", "/data/births/1.0?page=2&pageSize=2", "", 200, `{"count":3,"previous":"https://maru.invalid/govstack/registries/v1/data/births/1.0?page=1&pageSize=2","results":[{"firstName":"Ann Lee","id":"B3"}]}`},
		{"clerk", "GET", "/data/births/1.0?filter=firstName&ordering=descending&pageSize=1", "", 200, `{"count":3,"next":"https://maru.invalid/govstack/registries/v1/data/births/1.0?filter=firstName&ordering=descending&page=2&pageSize=1","results":[{"firstName":"Ann Lee"...`},
		{"clerk", "GET", "/data/births/2.0", "", 404, none},
		{"clerk", "GET", "/data/births/1.0?page=0", "", 400, `{"detail":"invalid"}`},
		{"clerk", "GET", "/data/births/1.0?ordering=DROP", "", 400, `{"detail":"invalid","reason":"query"}`},
		{"clerk", "GET", "/data/births/1.0?query.nothing=x", "", 400, `{"detail":"invalid","reason":"query"}`},
		{"clerk", "GET", "/data/births/1.0?search=Ann&ordering=descending", "", 400, `{"detail":"invalid"}`},
		{"clerk", "GET", "/data/births/1.0?ordering=descending&pageSize=1", "", 200, `..."results":[{"firstName":"Ann Lee"`},
		{"clerk", "POST", "/data/births/1.0/exists", `{"query":{"content":{"child":{}}}}`, 400, `{"detail":"invalid"}`},
		{"clerk", "GET", "/data/births/1.0?search=%zz", "", 400, `{"detail":"invalid"}`},
		{"clerk", "GET", "/data/births/1.0?firstName=Nobody", "", 400, `{"detail":"invalid"}`},
		{"clerk", "GET", "/data/births/1.0?query.firstName=Ann&query.firstName=Nobody", "", 400, `{"detail":"invalid"}`},
		{"auditor", "GET", "/data/mypersonalDataUsage?userId=p-1&databaseId=births&purpose=complaint&since=today", "", 400, `{"detail":"invalid"}`},

		{"clerk", "POST", "/data/births/1.0/exists", `{"query":{"content":{"id":"B1"}}}`, 200, `{"answer":{"message":"object found","status":true}}`},
		{"clerk", "POST", "/data/births/1.0/exists", `{"id":"B1","firstName":"Bob"}`, 200, `{"answer":{"message":"no such object","status":false}}`},
		{"clerk", "POST", "/data/births/1.0/read", `{"query":{"content":{"certificate":1}}}`, 200, `{"content":{"certificate":1,"child":{"firstName":"Kid"},"citizen":"p-1","firstName":"Ann","id":"B1"}}`},
		{"clerk", "POST", "/data/births/1.0/read", `{"query":{"content":{"firstName":"Nobody"}}}`, 404, none},
		{"clerk", "POST", "/data/births/1.0/read", `{"query":{"content":{}}}`, 400, ``},
		{"clerk", "GET", "/data/births/1.0/B1/readValue/firstName.json", "", 200, `"Ann"`},
		{"clerk", "GET", "/data/births/1.0/B1/read-value/certificate.json", "", 200, `{"value":1}`},
		{"clerk", "GET", "/data/births/1.0/B1/read-value/certificate.xml", "", 404, none},
		{"clerk", "GET", "/data/births/1.0/B3/read-value/citizen.json", "", 404, none},
		{"clerk", "GET", "/data/births/1.0/B9/read-value/firstName.json", "", 404, none},

		{"clerk", "POST", "/data/births/1.0/create", `{"write":{"content":{"id":"B1","firstName":"Twin"}}}`, 409, `{"detail":"conflict","reason":"taken"}`},
		{"clerk", "POST", "/data/births/1.0/create", `{"write":{"content":{"id":"B4"}}}`, 400, `{"detail":"invalid","fields":[{"field":"firstName","reason":"required"}],"reason":"record"}`},
		{"clerk", "POST", "/data/births/createEntries", `{"write":[{"content":{"id":"B5","firstName":"Eve"}},{"content":{"id":"B6","firstName":"Eve"}}]}`, 201, `{"receive":[{"content":{"firstName":"Eve","id":"B5"}},{"content":{"firstName":"Eve","id":"B6"}}]}`},
		{"clerk", "POST", "/data/births/create-entries", `{"write":[]}`, 400, ``},
		{"clerk", "PUT", "/data/births/1.0/update", `{"query":{"content":{"id":"B5"}},"write":{"content":{"firstName":"Eva"}}}`, 200, `{"content":{"firstName":"Eva","id":"B5"}}`},
		{"clerk", "PUT", "/data/births/1.0/update", `{"query":{"content":{"firstName":"Ann"}},"write":{"content":{"firstName":"Anna"}}}`, 409, `...several`},
		{"clerk", "PUT", "/data/births/1.0/update", `{"query":{"content":{"id":"B9"}},"write":{"content":{"firstName":"x"}}}`, 404, none},
		{"clerk", "PUT", "/data/births/1.0/update", `{"write":{"content":{"firstName":"x"}}}`, 400, ``},
		{"clerk", "PUT", "/data/births/1.0/updateEntries", `{"query":{"content":{"firstName":"Ann"}},"write":{"content":{"firstName":"Anna"}}}`, 200, `{"count":2}`},
		{"clerk", "PUT", "/data/births/1.0/update-entries", `{"query":{"content":{"firstName":"Ann"}},"write":{"content":{"firstName":"Anna"}}}`, 200, `{"count":0}`},
		{"clerk", "POST", "/data/births/1.0/updateOrCreate", `{"query":{"content":{"id":"B7"}},"write":{"content":{"id":"B7","firstName":"New"}}}`, 200, `{"content":{"firstName":"New","id":"B7"}}`},
		{"clerk", "POST", "/data/births/1.0/update-or-create", `{"query":{"content":{"id":"B7"}},"write":{"content":{"firstName":"Old"}}}`, 200, `{"content":{"firstName":"Old","id":"B7"}}`},
		{"clerk", "DELETE", "/data/births/1.0/B7/delete", "", 204, ``},
		{"clerk", "DELETE", "/data/births/1.0/B7/delete", "", 204, ``},
		{"clerk", "DELETE", "/data/births/1.0/%7Bid%7D/delete", "", 204, ``},

		{"p-1", "GET", "/data/mypersonalDataUsage?userId=p-1&databaseId=births", "", 200, `..."readerApplicationName":"INST/GOV/1/desk","readerInstitutionId":"here","readerInstitutionName":"Office of here","refrences":[{"ReferenceId":"`},
		{"p-1", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-1&DatabaseID=empty", "", 200, `[]`},
		{"p-1", "GET", "/data/MyPersonalDataUsage/1.0?userID=...&DatabaseID=births", "", 400, ``},
		{"p-1", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-1&DatabaseID=...", "", 400, ``},
		{"p-1", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-2&DatabaseID=births", "", 404, none},
		{"clerk", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-1&DatabaseID=births", "", 404, none},
		{"auditor", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-1&DatabaseID=births", "", 400, ``},
		{"auditor", "GET", "/data/MyPersonalDataUsage/1.0?userID=p-2&DatabaseID=births&purpose=complaint+of+the+person", "", 200, `...readerInstitutionId`},

		{"clerk", "GET", "/databases", "", 200, `{"code":"registers","databases":[{"description":"births","fieldsUniques":[["certificate"]],"hasLogo":false,"id":1,"institution":"Office of here",...`},
		{"other", "GET", "/databases", "", 200, `..."databases":[]`},
		{"clerk", "GET", "/database/2", "", 200, `..."name":"empty"`},
		{"other", "GET", "/database/1", "", 404, none},
		{"clerk", "GET", "/database/x", "", 400, ``},
		{"operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"Mothers","code":"MCR","schema":{"type":"object","properties":{"ID":{"type":"some string","primaryKey":true,"id":1,"triggers":[{"x":1}]},"born":{"type":"string","format":"date","id":2},"child":{"type":" some string","properties":{"ID":{"type":"some string"}}}},"required":["born"],"incrementIndex":3}}`, 200,
			`{"type":"object","properties":{"ID":{"type":"string","primaryKey":true,"id":2},"born":{"type":"string","format":"date","id":3},"child":{"type":"object","properties":{"ID":{"type":"any","id":1}},"id":1}},"required":["born"]}`},
		{"operator", "GET", "/database/3", "", 200, `..."isDraft":true`},
		{"operator", "POST", "/database/modify", `{"group_name":"nowhere","catalog_name":"x","code":"X","schema":{"properties":{"a":{"type":"string"}}}}`, 400, `{"detail":"invalid","fields":[{"field":"agency","reason":"agency"}],"reason":"definition"}`},
		{"operator", "POST", "/database/modify", `{"code":5}`, 400, ``},
		{"operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"x","code":"X","schema":{"properties":{"a":{"type":"string","primaryKey":true},"b":{"type":"string","primaryKey":true}}}}`, 400, `{"detail":"invalid"}`},
		{"operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"x","code":"X","schema":{"x-basis":"l","properties":{"a":{"type":"string","x-person":true},"b":{"type":"string","x-person":true}}}}`, 400, `{"detail":"invalid"}`},
		{"operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"x","code":"X","schema":{"properties":{"a":{"properties":{"b":{"type":"string","primaryKey":true}}}}}}`, 400, `{"detail":"invalid"}`},
		{"operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"x","code":"X","schema":{"x-basis":"l","properties":{"a":{"properties":{"b":{"type":"string","x-person":true}}}}}}`, 400, `{"detail":"invalid"}`},
		{"operator", "DELETE", "/database/1", "", 409, `{"detail":"conflict","reason":"holds_records"}`},
		{"operator", "DELETE", "/database/2", "", 200, `"Success"`},
		{"operator", "DELETE", "/database/2", "", 200, `"Success"`},
		{"clerk", "PATCH", "/databases", "", 405, ``},
	} {
		code, out := h.call(o.token, o.method, o.path, o.body)
		fits := out == o.says || o.says == ""
		if part, ok := strings.CutPrefix(o.says, "..."); ok {
			fits = strings.Contains(out, part)
		} else if part, ok := strings.CutSuffix(o.says, "..."); ok {
			fits = strings.HasPrefix(out, part)
		}
		if code != o.code || !fits {
			t.Errorf("%s %s %s: %d %s", o.token, o.method, o.path, code, out)
		}
	}
}

// TestRefused: who is nobody, another body's official, or the wrong kind of
// staff gets nothing from any operation.
func TestRefused(t *testing.T) {
	h := open(t)
	pair := `{"query":{"content":{"id":"B1"}},"write":{"content":{"firstName":"x"}}}`
	data := [][3]string{{"GET", "/data/births/1.0", ""}, {"POST", "/data/births/1.0/create", pair}, {"POST", "/data/births/createEntries", `{"write":[{"content":{"firstName":"x"}}]}`}, {"POST", "/data/births/1.0/exists", pair},
		{"POST", "/data/births/1.0/read", pair}, {"PUT", "/data/births/1.0/update", pair}, {"PUT", "/data/births/1.0/updateEntries", pair}, {"POST", "/data/births/1.0/updateOrCreate", pair},
		{"DELETE", "/data/births/1.0/B1/delete", ""}, {"GET", "/data/births/1.0/B1/readValue/firstName.json", ""}}
	definitions := [][3]string{{"POST", "/database/modify", `{"groupName":"here","catalogName":"x","code":"X","schema":{"properties":{"a":{"type":"string"}}}}`}, {"DELETE", "/database/2", ""}}
	for _, o := range data {
		absent := strings.Replace(o[1], "births", "nothing", 1)
		for token, want := range map[string]int{"": 401, "nobody": 401, "too often": 429, "other": 404, "operator": 403, "auditor": 403, "p-1": 403} {
			code, out := h.call(token, o[0], o[1], o[2])
			if code != want {
				t.Errorf("%s %s by %q: %d %s", o[0], o[1], token, code, out)
			}
			if code0, out0 := h.call(token, o[0], absent, o[2]); code0 != code || out0 != out {
				t.Errorf("%s %s by %q tells that it is there: %d %s, else %d %s", o[0], o[1], token, code, out, code0, out0)
			}
		}
	}
	for _, o := range definitions {
		for token, want := range map[string]int{"": 401, "clerk": 403, "auditor": 403, "p-1": 403} {
			if code, out := h.call(token, o[0], o[1], o[2]); code != want {
				t.Errorf("%s %s by %q: %d %s", o[0], o[1], token, code, out)
			}
		}
	}
	if code, out := h.call("clerk", "GET", "/data/births/1.0", ""); code != 200 || !strings.Contains(out, `"count":3`) {
		t.Errorf("something was changed: %d %s", code, out)
	}
	for what, headers := range map[string][]string{"no program": {govregistries.ClientHeader, ""}, "a made-up purpose": {govregistries.PurposeHeader, "curiosity"}} {
		if code, out := h.call("clerk", "GET", "/data/births/1.0", "", headers...); code != 400 {
			t.Errorf("%s: %d %s", what, code, out)
		}
	}
}

// TestRepeated: a call that comes twice is done once.
func TestRepeated(t *testing.T) {
	h := open(t)
	first := ""
	for i, body := range []string{`{"firstName":"New"}`, `{"firstName":"New"}`, `{"firstName":"Other"}`} {
		code, out := h.call("clerk", "POST", "/data/births/1.0/create", `{"write":{"content":`+body+`}}`, "Idempotency-Key", "k-1")
		switch {
		case i == 0 && code == 200:
			first = out
		case i == 1 && code == 200 && out == first:
		case i == 2 && code == 409:
		default:
			t.Errorf("call %d: %d %s", i, code, out)
		}
	}
	if code, out := h.call("clerk", "POST", "/data/births/createEntries", `{"write":[{"content":{"firstName":"New"}}]}`, "Idempotency-Key", "k-2"); code != 400 || !strings.Contains(out, `"field":"Idempotency-Key","reason":"unsupported"`) {
		t.Errorf("%d %s", code, out)
	}
	if code, out := h.call("clerk", "GET", "/data/births/1.0", ""); code != 200 || !strings.Contains(out, `"count":4`) {
		t.Errorf("%d %s", code, out)
	}
}

// TestHostileBodies: what is no request is 400 or 413, and never 500.
func TestHostileBodies(t *testing.T) {
	h := open(t)
	deep := strings.Repeat(`{"a":`, 9000) + `1` + strings.Repeat(`}`, 9000)
	for what, body := range map[string]string{"nothing": "", "no JSON": "{", "two": `{"query":{"content":{"id":"B1"}}}{}`, "a list": "[]", "null": "null", "text": `"x"`, "broken text": "{\"id\":\"\xff\"}", "no object": `{"query":5,"write":5}`,
		"lists": `{"query":{"content":{"id":["B1"]}},"write":{"content":{"firstName":["x"]}}}`, "null inside": `{"query":{"content":null},"write":{"content":null}}`,
		"deep":      `{"query":{"content":` + deep + `},"write":{"content":` + deep + `},"schema":{"properties":` + deep + `}}`,
		"too deep":  strings.Repeat(`[`, 100_000),
		"huge":      `{"query":{"content":{"id":"` + strings.Repeat("x", 2<<20) + `"}}}`,
		"prototype": `{"query":{"content":{"__proto__":{"x":1}}},"write":{"content":{"__proto__":{"x":1}}}}`} {
		for _, o := range [][3]string{{"clerk", "POST", "/data/births/1.0/create"}, {"clerk", "POST", "/data/births/createEntries"}, {"clerk", "POST", "/data/births/1.0/exists"}, {"clerk", "POST", "/data/births/1.0/read"},
			{"clerk", "PUT", "/data/births/1.0/update"}, {"clerk", "PUT", "/data/births/1.0/updateEntries"}, {"clerk", "POST", "/data/births/1.0/updateOrCreate"}, {"operator", "POST", "/database/modify"}} {
			if code, out := h.call(o[0], o[1], o[2], body); code != http.StatusBadRequest && code != http.StatusRequestEntityTooLarge {
				t.Errorf("%s to %s: %d %.200s", what, o[2], code, out)
			}
		}
	}
	for _, path := range []string{"/data/%00/1.0", "/data/births/%00", "/data/births/1.0?search=%00", "/data/births/1.0?search=%ff", "/data/births/1.0?pageSize=99999999999999999999",
		"/data/births/1.0?page=1000000&pageSize=100000", "/data/births/1.0/%00/readValue/firstName.json", "/database/99999999999999999999", "/database/-1"} {
		if code, out := h.call("clerk", "GET", path, ""); code >= 500 {
			t.Errorf("%s: %d %s", path, code, out)
		}
	}
}

// FuzzModify: whatever a schema is, it is a definition or refused.
func FuzzModify(f *testing.F) {
	f.Add([]byte(`{"groupName":"here","catalogName":"x","code":"X","schema":{"properties":{"a":{"type":"string","primaryKey":true},"b":{"properties":{"c":null}}}}}`))
	f.Add([]byte(`{"schema":{"properties":{"a":{"id":1e9,"maxLength":-1,"enum":[""]}},"required":["a"]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		face := govregistries.New(govregistries.Deps{Registers: proposals{t: t}, Errors: slog.New(slog.DiscardHandler),
			Authenticate: func(context.Context, string) (authz.Actor, error) { return staff(authz.Operator), nil }})
		r := httptest.NewRequest("POST", govregistries.Prefix+"/database/modify", bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set(govregistries.ClientHeader, "x")
		w := httptest.NewRecorder()
		face.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}

// proposals takes any definition, and any query that is one.
type room = govregistries.Registers

type proposals struct {
	room
	t *testing.T
}

func (proposals) Versions(context.Context, authz.Actor, string) ([]*registry.Register, error) {
	return nil, kernel.E(kernel.NotFound, "", nil)
}

func (proposals) Propose(_ context.Context, _ authz.Actor, d registry.Definition) (*registry.Register, error) {
	if fmt.Sprint(d) == "" {
		return nil, kernel.E(kernel.Invalid, "", nil)
	}
	return &registry.Register{Def: d}, nil
}

func (p proposals) Find(_ context.Context, _ authz.Actor, _, _ string, q registry.Query, _ registry.Look) (*registry.Found, error) {
	if q.Page < 1 || q.Size < 1 || q.Size > registry.MaxPage {
		p.t.Errorf("page %d of %d", q.Page, q.Size)
	}
	return &registry.Found{Count: 1}, nil
}

func (p proposals) Exists(_ context.Context, _ authz.Actor, _, _ string, q registry.Query, _ registry.Look) (bool, error) {
	for path, value := range q.Where {
		if value == "" {
			p.t.Errorf("%q is to be nothing", path)
		}
	}
	if len(q.Where) == 0 && q.Any == "" {
		p.t.Error("no condition, which is every record")
	}
	return false, nil
}

// FuzzQuery: whatever an address or an example asks, it is a query or refused.
func FuzzQuery(f *testing.F) {
	f.Add("page=2&pageSize=9999&filter=a&search=b&ordering=descending", []byte(`{"query":{"content":{"a":{"b":1.5e3},"c":true}}}`))
	f.Add("query.a.b=1&query.=&page=-1", []byte(`{"a.b":"","c":[null]}`))
	f.Add("page=1&page=2&%zz;a=b", []byte(`{"query":{"content":{}}}`))
	f.Add("page=9223372036854775808&search=%ff", []byte(`{"a":{"a":{"a":{"a":{"a":1}}}}}`))
	f.Fuzz(func(t *testing.T, address string, body []byte) {
		face := govregistries.New(govregistries.Deps{Registers: proposals{t: t}, Errors: slog.New(slog.DiscardHandler),
			Authenticate: func(context.Context, string) (authz.Actor, error) { return official("here"), nil }})
		for method, path := range map[string]string{"GET": "", "POST": "/exists"} {
			r := httptest.NewRequest(method, govregistries.Prefix+"/data/x/1"+path, bytes.NewReader(body))
			r.URL.RawQuery = address
			r.Header.Set("Authorization", "Bearer x")
			r.Header.Set(govregistries.ClientHeader, "x")
			w := httptest.NewRecorder()
			face.ServeHTTP(w, r)
			if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s: %d %s", method, w.Code, w.Body)
			}
		}
	})
}

// TestModifyCarries: what the interface cannot say of a register stays, and what
// it says differently is not lost in the other language.
func TestModifyCarries(t *testing.T) {
	h := open(t)
	two := func(ko, en string) kernel.Text { return kernel.Text{KO: ko, EN: en} }
	d := registry.Definition{Code: "dogs", Agency: "here", Version: "1", Name: two("동물등록대장", "Register of animals"), Basis: "동물보호법 제15조", Key: "tag", Person: "owner", Unique: [][]string{{"chip"}},
		Fields: []registry.Field{{ID: "tag", Type: registry.String, Title: two("등록번호", "Number")}, {ID: "owner", Type: registry.String, Title: two("소유자", "Owner")}, {ID: "chip", Type: registry.Integer, Title: two("장치번호", "Chip")},
			{ID: "home", Type: registry.Object, Title: two("집", "Home"), Fields: []registry.Field{{ID: "street", Type: registry.String, Title: two("길", "Street")}}}}}
	r, err := h.s.Propose(t.Context(), h.people["operator"], d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.Confirm(t.Context(), h.people["second"], "dogs", "1", r.Hash); err != nil {
		t.Fatal(err)
	}
	code, out := h.call("operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"Register of animals","code":"dogs","schema":{"properties":{"tag":{"type":"string","description":"Number","primaryKey":true,"id":1},
		"owner":{"type":"string","x-person":true,"id":2},"chip":{"type":"integer","description":"Chip number","id":3},"home":{"id":4,"properties":{"street":{"type":"string","description":"Street"}}},"fee":{"type":"integer","description":"Fee","id":5}}}}`)
	if code != 200 || !strings.Contains(out, `"x-basis":"동물보호법 제15조"`) {
		t.Fatal(code, out)
	}
	list, err := h.s.Versions(t.Context(), h.people["operator"], "dogs")
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	d.Version = "2"
	d.Fields[2].Title.EN = "Chip number"
	d.Fields = append(d.Fields, registry.Field{ID: "fee", Type: registry.Integer, Title: two("Fee", "Fee")})
	got := list[0].Def
	if list[0].State != registry.Proposed {
		got = list[1].Def
	}
	if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", d); a != b {
		t.Errorf("got  %s\nwant %s", a, b)
	}
	// One that is made here can say its basis.
	if code, out := h.call("operator", "POST", "/database/modify", `{"groupName":"here","catalogName":"Cats","code":"cats","schema":{"x-basis":"Act art. 1","properties":{"owner":{"type":"string","x-person":true}}}}`); code != 200 || !strings.Contains(out, `"x-basis":"Act art. 1"`) {
		t.Errorf("%d %s", code, out)
	}
}

// TestRefuse: what the server refuses before the interface is reached is
// answered in its words.
func TestRefuse(t *testing.T) {
	h := open(t)
	w := httptest.NewRecorder()
	web.Refuser(h.face).Refuse(w, httptest.NewRequest("GET", govregistries.Prefix+"/databases", nil), kernel.E(kernel.Limited, "", nil).With("seconds", 1))
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || strings.TrimSpace(w.Body.String()) != `{"detail":"limited"}` {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
