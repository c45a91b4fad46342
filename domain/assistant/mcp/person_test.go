package mcp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"maru/domain/assistant"
	"maru/kernel"
	"maru/platform/authz"
)

// door lets in whoever names themselves, with one scope.
type door struct{}

func (door) Admit(_ http.ResponseWriter, r *http.Request) (*assistant.Person, error) {
	switch who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); who {
	case "":
		return nil, nil
	case "bad":
		return nil, kernel.E(kernel.Unauthorized, "", nil)
	case "broken":
		return nil, kernel.E(kernel.Internal, "", nil)
	default:
		return &assistant.Person{Actor: authz.Actor{Account: kernel.ID(who)}, Scopes: []string{authz.ScopeToolStatus}}, nil
	}
}

func (door) WantsToken(w http.ResponseWriter, _ *http.Request, scope string) {
	w.Header().Set("WWW-Authenticate", "Bearer scope="+scope)
}

func TestAdmit(t *testing.T) {
	m := New(assistant.New(assistant.Deps{}), Config{Guard: door{}})
	call := func(tool, mine string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + tool + `","arguments":{"mine":` + mine + `}}}`
	}
	for _, c := range []struct {
		name, who, body string
		status          int // 0: goes on
		scope           string
	}{
		{"nobody, anonymous", "", call("get_status", "false"), 0, ""},
		{"nobody, about a person", "", call("get_status", "true"), 401, authz.ScopeToolStatus},
		{"somebody", "hana", call("get_status", "true"), 0, ""},
		{"somebody, another scope", "hana", call("check_eligibility", "true"), 403, authz.ScopeToolBenefits},
		{"a tool that is never about a person", "", call("find_services", "true"), 0, ""},
		{"a bad token, anonymous call", "bad", call("get_status", "false"), 401, ""},
		{"a bad token, no call", "bad", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, 401, ""},
		{"a fault of ours", "broken", call("get_status", "true"), 500, ""},
		{"no arguments", "", `{"method":"tools/call"}`, 0, ""},
		{"no JSON", "", `{`, 0, ""},
	} {
		r := httptest.NewRequest(http.MethodPost, "/mcp", nil)
		if c.who != "" {
			r.Header.Set("Authorization", "Bearer "+c.who)
		}
		w := httptest.NewRecorder()
		p, ok := m.admit(w, r, []byte(c.body))
		if ok != (c.status == 0) || !ok && w.Code != c.status || !strings.HasSuffix(w.Header().Get("WWW-Authenticate"), c.scope) {
			t.Errorf("%s: %t, %d %q %s", c.name, ok, w.Code, w.Header().Get("WWW-Authenticate"), w.Body)
		}
		if ok && (p == nil) != (c.who == "") {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

// TestPersonOfCall: a tool sees the person of its own request.
func TestPersonOfCall(t *testing.T) {
	m := New(assistant.New(assistant.Deps{Catalog: empty{}}), Config{Guard: door{}, Site: "http://localhost", Extend: func(s *sdk.Server) {
		sdk.AddTool(s, &sdk.Tool{Name: "who"}, func(ctx context.Context, _ *sdk.CallToolRequest, _ struct{}) (*sdk.CallToolResult, struct{}, error) {
			who := "nobody"
			if p := personOf(ctx); p != nil {
				who = string(p.Actor.Account)
			}
			return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: "it is " + who}}}, struct{}{}, nil
		})
	}})
	for _, version := range []string{"2025-06-18", "2025-11-25"} {
		for _, who := range []string{"hana", "", "duli"} {
			r := httptest.NewRequest(http.MethodPost, "/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"who","arguments":{}}}`))
			r.Host = "localhost"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			r.Header.Set("Mcp-Protocol-Version", version)
			want := "it is nobody"
			if who != "" {
				r.Header.Set("Authorization", "Bearer "+who)
				want = "it is " + who
			}
			w := httptest.NewRecorder()
			m.ServeHTTP(w, r)
			if w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s %q: %d %s", version, who, w.Code, w.Body)
			}
		}
	}
}

type empty struct{}

func (empty) Pack() assistant.Pack { return assistant.Pack{Hash: "x"} }
