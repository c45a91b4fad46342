package hostile

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// petition is a proper application.
const petition = `{"service":"general-petition","answers":{"subject":"가로등","content":"가로등이 꺼져 있어요."}}`

// receipt is what answers tell of an application.
type receipt struct {
	ID, Number, Status string
}

// apply hands in a proper application.
func (p *person) apply(key string) receipt {
	p.t.Helper()
	var r receipt
	p.api(http.MethodPost, "/applications", petition, "Idempotency-Key", key).is(http.StatusCreated).read(&r)
	return r
}

// saved is everything of a person that a refused request could have touched,
// for comparing: the applications, each whole.
func (p *person) saved() string {
	p.t.Helper()
	list := p.api(http.MethodGet, "/applications?limit=100", "").is(http.StatusOK)
	var page struct{ Applications []receipt }
	list.read(&page)
	out := list.body
	for _, a := range page.Applications {
		out += p.api(http.MethodGet, "/applications/"+a.ID, "").is(http.StatusOK).body
	}
	return out
}

// unchanged runs refuse and sees that nothing of the person's changed.
func unchanged(t *testing.T, p *person, refuse func()) {
	t.Helper()
	before := p.saved()
	refuse()
	if after := p.saved(); after != before {
		t.Errorf("a refused request left something behind\nbefore: %s\nafter:  %s", before, after)
	}
}

// body makes an application's JSON with these answers.
func body(t *testing.T, answers map[string]any) string {
	t.Helper()
	b, err := json.Marshal(map[string]any{"service": "general-petition", "answers": answers})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// long is a text of n characters.
func long(n int) string { return strings.Repeat("가", n) }
