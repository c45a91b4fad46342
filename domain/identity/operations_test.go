package identity

import (
	"strings"
	"testing"

	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/store/storetest"
)

// call sends one request to the API over s.
func call(t *testing.T, s *Service) func(method, path, token, body string) (int, map[string]any) {
	t.Helper()
	c := apitest.NewAt(t, s.d.Clock, s.operations, func(token string) (authz.Actor, error) { return s.AuthenticateToken(t.Context(), token) }, Messages())
	return func(method, path, token, body string) (int, map[string]any) {
		return c.As(token).Call(method, path, body)
	}
}

func TestAPI(t *testing.T) {
	s, _ := newService(t, storetest.SQLite(t, allTables...))
	do := call(t, s)
	code, out := do("GET", "/demo/people?lang=en", "", "")
	people, _ := out["people"].([]any)
	if code != 200 || len(people) != 1+5*2+3 {
		t.Fatalf("%d, %d people", code, len(people))
	}
	if p, _ := people[1].(map[string]any); p["id"] != "official-gangnam" || p["agency"] != "gangnam" || p["role"] != "official" || p["name"] != "Official, Gangnam District Office" {
		t.Errorf("%v", p)
	}
	for _, id := range []string{"p-2", "official-jongno", "official2-jongno", "editor-jongno", "operator-1", "operator-2", "auditor-1", "p-2"} {
		if code, out := do("POST", "/demo/sign-in", "", `{"person":"`+id+`"}`); code != 200 || !strings.HasPrefix(out["token"].(string), "maru_") {
			t.Errorf("%s: %d %v", id, code, out)
		}
	}
	for _, id := range []string{"nobody", "official-atlantis", "operator-3", "official-"} {
		if code, out := do("POST", "/demo/sign-in", "", `{"person":"`+id+`"}`); code != 422 {
			t.Errorf("%s: %d %v", id, code, out)
		}
	}
	_, out = do("POST", "/demo/sign-in", "", `{"person":"p-1"}`)
	token := out["token"].(string)
	code, out = do("POST", "/tokens", token, `{"name":"mine","scopes":["applications"],"days":1}`)
	if code != 201 || !strings.HasPrefix(out["token"].(string), "maru_") {
		t.Fatalf("%d %v", code, out)
	}
	mine, id := out["token"].(string), out["id"].(string)
	for body, want := range map[string]int{
		`{"name":"mine","scopes":["desk"]}`:                   422, // not an official
		`{"name":"mine","scopes":["all"]}`:                    422,
		`{"name":"mine"}`:                                     422,
		`{"name":"mine","scopes":["applications"],"days":-1}`: 422,
	} {
		if code, out := do("POST", "/tokens", token, body); code != want {
			t.Errorf("%s: %d %v", body, code, out)
		}
	}
	if code, _ := do("GET", "/tokens", "", ""); code != 401 {
		t.Errorf("without a token: %d", code)
	}
	if _, out := do("GET", "/tokens", mine, ""); len(out["tokens"].([]any)) != 2 {
		t.Errorf("%v", out)
	}
	_, out = do("POST", "/demo/sign-in", "", `{"person":"p-2"}`)
	if code, _ := do("DELETE", "/tokens/"+id, out["token"].(string), ""); code != 404 {
		t.Errorf("another's token: %d", code)
	}
	if code, _ := do("DELETE", "/tokens/"+id, token, ""); code != 204 {
		t.Errorf("own token: %d", code)
	}
	if code, _ := do("GET", "/tokens", mine, ""); code != 401 {
		t.Errorf("a revoked token: %d", code)
	}
}

func TestAPIWithoutDemo(t *testing.T) {
	s, _ := newService(t, storetest.SQLite(t, allTables...))
	s.d.Demo = false
	do := call(t, s)
	if code, _ := do("GET", "/demo/people", "", ""); code != 404 {
		t.Errorf("people: %d", code)
	}
	if code, _ := do("POST", "/demo/sign-in", "", `{"person":"operator-1"}`); code != 404 {
		t.Errorf("sign-in: %d", code)
	}
}
