package app

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"maru/domain/registry/govregistries"
	"maru/kernel"
)

// TestRegisters: two operators define a register, the body's official keeps it
// through the API and through the face, and its people see each look.
func TestRegisters(t *testing.T) {
	a := openDemo(t, "2026-03-03")
	who := a.registry.World().Situations()[0].Person
	tokens := map[string]string{}
	for name, id := range map[string]string{"op1": "operator-1", "op2": "operator-2", "clerk": "official-sigungu-11110", "other": "official-sigungu-11140", "person": who} {
		var err error
		if tokens[name], err = a.identity.SignInDemo(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	call := func(name, method, path, body string) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+tokens[name])
		r.Header.Set(govregistries.ClientHeader, "INST/GOV/1/desk")
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const def = `{"code":"dogs","agency":"sigungu-11110","version":"1","name":{"ko":"동물등록대장","en":"Dogs"},"basis":"동물보호법 제15조","key":"tag","person":"owner",
		"fields":[{"id":"tag","type":"string","title":{"ko":"번호","en":"Tag"}},{"id":"owner","type":"string","title":{"ko":"소유자","en":"Owner"}},{"id":"n","type":"integer","title":{"ko":"수","en":"Number"}}]}`
	hash := ""
	record := fmt.Sprintf(`{"fields":{"tag":"T1","owner":%q,"n":9007199254740993}}`, who)
	for _, c := range []struct {
		who, method, path, body string
		status                  int
		says                    string
	}{
		{"clerk", "POST", "/api/v1/registers", def, 403, ""},
		{"op1", "POST", "/api/v1/registers", `{"code":"dogs"}`, 422, ""},
		{"op1", "POST", "/api/v1/registers", def, 200, `"state":"proposed"`},
		{"clerk", "GET", "/api/v1/registers/dogs", "", 403, ""},
		{"op2", "GET", "/api/v1/registers/dogs", "", 200, `"state":"proposed"`},
		{"op1", "POST", "/api/v1/registers/dogs/versions/1/confirmation", `{"hash":"HASH"}`, 403, ""},
		{"op2", "POST", "/api/v1/registers/dogs/versions/1/confirmation", `{}`, 422, ""},
		{"op2", "POST", "/api/v1/registers/dogs/versions/1/confirmation", `{"hash":"another"}`, 409, ""},
		{"op2", "POST", "/api/v1/registers/dogs/versions/1/confirmation", `{"hash":"HASH"}`, 200, `"state":"active"`},
		{"op1", "GET", "/api/v1/registers", "", 200, `"code":"dogs"`},
		{"clerk", "GET", "/api/v1/desk/registers", "", 200, `"code":"dogs"`},
		{"other", "GET", "/api/v1/desk/registers", "", 200, `"registers":[]`},
		{"other", "GET", "/api/v1/desk/registers/dogs", "", 404, ""},
		{"op1", "POST", "/api/v1/desk/registers/dogs/search?purpose=keep", `{}`, 403, ""},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/records?purpose=keep", record, 201, `"n":9007199254740993`},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/records?purpose=keep", record, 409, ""},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/records?purpose=keep", `{"fields":[]}`, 422, ""},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/records?purpose=keep", `{"fields":{"tag":"a","tag":"b"}}`, 422, ""},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/search", `{}`, 422, ""},
		{"clerk", "POST", "/api/v1/desk/registers/dogs/search?purpose=decide", fmt.Sprintf(`{"where":{"owner":%q}}`, who), 200, `"count":1`},
		{"clerk", "GET", "/api/v1/desk/registers/dogs/records/T1?purpose=keep", "", 200, `"rev":1`},
		{"other", "GET", "/api/v1/desk/registers/dogs/records/T1?purpose=keep", "", 404, ""},
		{"clerk", "PATCH", "/api/v1/desk/registers/dogs/records/T1?purpose=keep", `{"fields":{"n":2}}`, 200, `"rev":2`},
		{"clerk", "GET", "/api/v1/desk/registers/dogs/records/T1/past?purpose=complaint", "", 200, `"rev":1`},
		{"clerk", "POST", govregistries.Prefix + "/data/dogs/1/read", `{"query":{"content":{"tag":"T1"}}}`, 200, `"n":2`},
		{"other", "POST", govregistries.Prefix + "/data/dogs/1/read", `{"query":{"content":{"tag":"T1"}}}`, 404, ""},
		{"person", "GET", govregistries.Prefix + "/data/mypersonalDataUsage?userId=" + who + "&databaseId=dogs", "", 200, `"readerApplicationName":"INST/GOV/1/desk"`},
		{"person", "GET", "/api/v1/access-log?lang=en", "", 200, a.texts.T(kernel.EN, "registry.act.read")},
		{"person", "GET", "/api/v1/access-log?lang=en", "", 200, `"object":"Dogs"`},
		{"op1", "DELETE", "/api/v1/registers/dogs", "", 409, ""},
		{"clerk", "DELETE", "/api/v1/desk/registers/dogs/records/T1?purpose=keep", "", 204, ""},
		{"op1", "DELETE", "/api/v1/registers/dogs", "", 204, ""},
	} {
		code, out := call(c.who, c.method, c.path, strings.Replace(c.body, "HASH", hash, 1))
		if _, rest, ok := strings.Cut(out, `"hash":"`); ok {
			hash, _, _ = strings.Cut(rest, `"`) // as op2 saw it
		}
		if code != c.status || !strings.Contains(out, c.says) {
			t.Errorf("%s %s %s: %d %.500s", c.who, c.method, c.path, code, out)
		}
	}
}
