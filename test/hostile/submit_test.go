package hostile

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestSubmit hands in what no application can be.
func TestSubmit(t *testing.T) {
	p := somebody(t, "p-00301")
	p.apply("proper")
	const key = "Idempotency-Key"
	for name, c := range map[string]struct {
		body   string
		header []string
		status int
		field  string
	}{
		"unknown service":       {body: `{"service":"free-money","answers":{}}`, status: 404},
		"service by a path":     {body: `{"service":"../general-petition","answers":{}}`, status: 404},
		"service of a number":   {body: `{"service":7,"answers":{}}`, status: 422, field: "service"},
		"answers of a list":     {body: `{"service":"general-petition","answers":[]}`, status: 422, field: "answers"},
		"an answer of a number": {body: body(t, map[string]any{"subject": 7, "content": "x"}), status: 422, field: "subject"},
		"an answer of a list":   {body: body(t, map[string]any{"subject": []string{"a", "b"}, "content": "x"}), status: 422, field: "subject"},
		"an answer of an object": {body: body(t, map[string]any{"subject": map[string]any{"a": 1}, "content": "x"}), status: 422,
			field: "answers.subject"},
		"no answers":        {body: body(t, map[string]any{}), status: 422, field: "content"},
		"one answer short":  {body: body(t, map[string]any{"subject": "가로등"}), status: 422, field: "content"},
		"an unknown answer": {body: body(t, map[string]any{"subject": "가", "content": "나", "salary": "7"}), status: 422, field: "salary"},
		"an unknown option": {body: body(t, map[string]any{"subject": "가", "content": "나", "petition_type": "gift"}), status: 422, field: "petition_type"},
		"an unknown region": {body: body(t, map[string]any{"subject": "가", "content": "나", "place": "99999"}), status: 422, field: "place"},
		"somebody's file":   {body: body(t, map[string]any{"subject": "가", "content": "나", "files": []string{"01890000000070008000000000000000"}}), status: 422, field: "files"},
		"too long an answer": {body: body(t, map[string]any{"subject": long(101), "content": "나"}), status: 422,
			field: "subject"},
		"an unknown party": {body: `{"service":"general-petition","answers":{"subject":"가","content":"나"},"parties":{"ghost":"p-00302"}}`, status: 422, field: "parties.ghost"},
		"an unknown field": {body: `{"service":"general-petition","answers":{},"status":"decided"}`, status: 422, field: "status"},
		"escaped NUL":      {body: `{"service":"general-petition","answers":{"subject":"a\u0000b","content":"x"}}`, status: 422, field: "answers.subject"},
		"a bare NUL":       {body: "{\"service\":\"general-petition\",\"answers\":{\"subject\":\"a\x00b\",\"content\":\"x\"}}", status: 400},
		"broken UTF-8":     {body: "{\"service\":\"general-petition\",\"answers\":{\"subject\":\"a\xff\",\"content\":\"x\"}}", status: 422, field: "answers.subject"},
		"a lone surrogate": {body: `{"service":"general-petition","answers":{"subject":"a\ud800","content":"x"}}`, status: 422, field: "answers.subject"},
		"no JSON":          {body: `service=general-petition`, status: 400},
		"half of the JSON": {body: petition[:40], status: 400},
		"a list":           {body: `[]`, status: 422},
		"null":             {body: `null`, status: 422},
		"nothing":          {body: ``, header: []string{"Content-Type", "application/json"}, status: 400},
		"a deep pit":       {body: strings.Repeat("[", 100_000), status: 400},
		"a huge number":    {body: `{"service":"general-petition","answers":{"subject":1e999999,"content":"x"}}`, status: 422},
		"another type":     {body: petition, header: []string{"Content-Type", "text/plain"}, status: 415},
		"XML":              {body: `<a/>`, header: []string{"Content-Type", "application/xml"}, status: 415},
		"10 MB":            {body: body(t, map[string]any{"subject": "가", "content": strings.Repeat("x", 10<<20)}), status: 413},
		"no key":           {body: petition, header: []string{key, ""}, status: 422, field: key},
		"a key of 300":     {body: petition, header: []string{key, strings.Repeat("k", 300)}, status: 422, field: key},
		"a key in Hangul":  {body: petition, header: []string{key, "열쇠"}, status: 422, field: key},
		"a wrong token":    {body: petition, header: []string{"Authorization", "Bearer maru_wrong"}, status: 401},
		"another scheme":   {body: petition, header: []string{"Authorization", "Basic YTpi"}, status: 401},
		"nobody":           {body: petition, header: []string{"Authorization", ""}, status: 401},
	} {
		t.Run(name, func(t *testing.T) {
			unchanged(t, p, func() {
				header := append([]string{key, "hostile " + name}, c.header...)
				p.api(http.MethodPost, "/applications", c.body, header...).problem(c.status, c.field)
			})
		})
	}
}

// TestFlood sends 10 MB without saying so before.
func TestFlood(t *testing.T) {
	p := somebody(t, "p-00303")
	unchanged(t, p, func() {
		flood := io.MultiReader(strings.NewReader(`{"service":"`), strings.NewReader(strings.Repeat("x", 10<<20)), strings.NewReader(`"}`))
		p.send(http.MethodPost, "/api/v1/applications", flood, map[string]string{"Content-Type": "application/json",
			"Authorization": "Bearer " + p.token, "Idempotency-Key": "flood"}).problem(http.StatusRequestEntityTooLarge, "")
	})
}

// TestReplayedKey uses a key twice.
func TestReplayedKey(t *testing.T) {
	p := somebody(t, "p-00304")
	first := p.apply("one")
	unchanged(t, p, func() {
		if again := p.apply("one"); again != first {
			t.Errorf("the same again gave %+v, not %+v", again, first)
		}
		other := body(t, map[string]any{"subject": "다른", "content": "이야기"})
		p.api(http.MethodPost, "/applications", other, "Idempotency-Key", "one").problem(http.StatusConflict, "")
	})
	// A key is its owner's: somebody else's use of it is somebody else's.
	stranger := somebody(t, "p-00305")
	if r := stranger.apply("one"); r.ID == first.ID {
		t.Error("a stranger's key gave this person's application")
	}
}
