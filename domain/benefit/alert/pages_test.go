package alert_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

// TestPage turns alerts on, changes them and turns them off, in the browser's way.
func TestPage(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, migrations()...))
	b.homes["p"] = single("p", "1961-03-04", "27110", 50)
	m := b.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	if p := site.Get("/benefits/alerts"); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", p.Status)
	}
	site.Actor = authz.Actor{Account: "a"}
	if p := site.Get("/benefits/alerts"); p.Has("알림 켜기") || !p.Has("먼저 본인 확인이 필요해요") {
		t.Error("who is not proven sees the form")
	}
	if p := site.Post("/benefits/alerts", url.Values{"topic": {"birth"}, "from": {"21"}, "to": {"8"}}); p.Status != http.StatusForbidden {
		t.Errorf("who is not proven turns alerts on: %d", p.Status)
	}
	site.Actor = actorOf("p")
	for path, want := range map[string]string{"/benefits/alerts": "알림 켜기", "/en/benefits/alerts": "Turn alerts on"} {
		if p := site.Get(path); p.Status != http.StatusOK || !p.Has(want) || strings.Contains(p.Body, "/benefits/alerts/off") {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
	for name, form := range map[string]url.Values{
		"no topic":       {"from": {"21"}, "to": {"8"}},
		"a wrong hour":   {"topic": {"birth"}, "from": {"25"}, "to": {"8"}},
		"no hour at all": {"topic": {"birth"}, "from": {"x"}, "to": {"8"}},
	} {
		if p := site.Post("/benefits/alerts", form); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	if p := site.Post("/benefits/alerts", url.Values{"topic": {"birth", "forged"}, "extra": {"lost"}, "from": {"22"}, "to": {"7"}}); p.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d", p.Status)
	}
	st, err := b.Status(t.Context(), site.Actor)
	if err != nil || !st.On || st.From != 22 || st.To != 7 || !st.Lost || st.Likely || strings.Join(st.Muted, " ") != "moving old-age" || st.Looked.IsZero() {
		t.Errorf("kept %+v %v", st, err)
	}
	if p := site.Get("/benefits/alerts"); !p.Has("알림 켜짐") || !p.Has("바꾼 내용 저장하기") {
		t.Error("the page does not say that alerts are on")
	}
	b.closed["p"] = true
	b.look("p")
	if p := site.Get("/benefits/alerts"); !p.Has("아직 살펴볼 수 없어요") {
		t.Error("the page does not say that the consent is missing")
	}
	if p := site.Post("/benefits/alerts/off", nil); p.Status != http.StatusSeeOther {
		t.Errorf("off: %d", p.Status)
	}
	if st, err := b.Status(t.Context(), site.Actor); err != nil || st.On {
		t.Errorf("still on: %+v %v", st, err)
	}
}

// TestOperations does the same by the API.
func TestOperations(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, migrations()...))
	b.homes["p"] = single("p", "1961-03-04", "27110", 50)
	actor := actorOf("p")
	actor.Token, actor.Scopes = true, []string{authz.ScopeApplications}
	m := b.Module()
	caller := apitest.New(t, m.Operations, func(string) (authz.Actor, error) { return actor, nil }, m.Messages).As("x")
	call := func(method, body string, status int, want ...string) {
		t.Helper()
		code, out := caller.Do(method, "/benefits/alerts", body)
		if code != status {
			t.Fatalf("%s %s: %d %s", method, body, code, out)
		}
		says(t, string(out), want...)
	}
	call("GET", "", 200, `"on":false`, `"quiet_from":21`, `"id":"old-age"`)
	for range 2 {
		call("PUT", `{"on": true, "muted": ["birth"], "quiet_from": 0, "quiet_to": 0, "likely": false}`, 200, `"on":true`, `"likely":false`, `"lost":true`, `"looked":"2026-03-03"`)
	}
	call("PUT", `{"on": true, "muted": ["nothing"]}`, 422)
	call("PUT", `{"on": true, "quiet_from": 24}`, 422)
	call("PUT", `{"on": false}`, 200, `"on":false`)
	actor.Scopes = []string{authz.ScopeDesk}
	call("GET", "", 403)
	call("PUT", `{"on": true}`, 403)
	if n := b.count(`SELECT COUNT(*) FROM benefit_alert_person`); n != 0 {
		t.Errorf("%d subscribers", n)
	}
}
