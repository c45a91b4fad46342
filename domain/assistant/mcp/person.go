package mcp

import (
	"context"
	"encoding/json"
	"net/http"

	"maru/domain/assistant"
	"maru/kernel"
)

// Guard knows whom a program calls for, by the access token that it carries.
type Guard interface {
	// Admit returns nil where there is no token. Errors are Unauthorized for a
	// token that is not for us, and come with the header that says what to do.
	Admit(w http.ResponseWriter, r *http.Request) (*assistant.Person, error)
	// WantsToken sets the header that says where to get a token with this scope.
	WantsToken(w http.ResponseWriter, r *http.Request, scope string)
}

type personKey struct{}

// personOf is whom a request is for, nil for nobody.
func personOf(ctx context.Context) *assistant.Person {
	p, _ := ctx.Value(personKey{}).(*assistant.Person)
	return p
}

// admit finds whom a request is for, or answers it: with 401 where a token is not
// good or a call about the person comes without one, with 403 where its scopes do
// not cover the tool. Programs then know to ask the person. The tools check again
// by themselves.
func (m *Server) admit(w http.ResponseWriter, r *http.Request, body []byte) (*assistant.Person, bool) {
	if m.cfg.Guard == nil {
		return nil, true
	}
	p, err := m.cfg.Guard.Admit(w, r)
	if kernel.Is(err, kernel.Unauthorized) {
		refuse(w, http.StatusUnauthorized, "the access token is not good here")
		return nil, false
	}
	if err != nil {
		m.Refuse(w, r, err)
		return nil, false
	}
	scope := wanted(body)
	if scope == "" || p.May(scope) {
		return p, true
	}
	m.cfg.Guard.WantsToken(w, r, scope)
	status := http.StatusUnauthorized
	if p != nil {
		status = http.StatusForbidden
	}
	refuse(w, status, "the person must allow this first: scope "+scope)
	return nil, false
}

// wanted is the scope that a request needs, "" where it is not about the person.
func wanted(body []byte) string {
	var call struct {
		Method string `json:"method"`
		Params struct {
			Name      string          `json:"name"`
			Arguments json.RawMessage `json:"arguments"`
		} `json:"params"`
	}
	if json.Unmarshal(body, &call) != nil || call.Method != "tools/call" || !commonOf(call.Params.Arguments).Mine {
		return "" // the protocol's own reader says what is wrong
	}
	return assistant.ScopeFor(call.Params.Name)
}
