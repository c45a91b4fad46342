package mydata_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"maru/domain/audit"
	"maru/domain/mydata/sample"
	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestPages(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	m := b.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	if p := site.Get("/my-data"); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", p.Status)
	}
	site.Actor = authz.Actor{Account: "a"}
	if p := site.Get("/my-data"); p.Status != http.StatusOK || !strings.Contains(p.Body, "본인 확인을 먼저") {
		t.Errorf("an account nobody checked gets %d", p.Status)
	}
	site.Actor = b.as("moved")
	if p := site.Get("/my-data"); !strings.Contains(p.Body, "지금 동의한 것이 없어요") {
		t.Error("without consents the page does not say so")
	}
	c, err := b.Grant(t.Context(), site.Actor, "moving-in-report", "")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"/my-data":    {"전입신고", "같이 사는 사람의 이름과 관계", "구청", "5년 동안", "2027년 2월 18일"},
		"/en/my-data": {"Moving-in report", "Names and relations of the people you live with", "District office", "5 years"},
	} {
		p := site.Get(path)
		for _, w := range want {
			if !strings.Contains(p.Body, w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
	}
	if p := site.Post("/my-data/withdraw", url.Values{"id": {"../etc"}}); p.Status != http.StatusNotFound {
		t.Errorf("a wrong id gets %d", p.Status)
	}
	if p := site.Post("/en/my-data/withdraw", url.Values{"id": {string(c.ID)}}); p.Status != http.StatusSeeOther || p.Location() != "/en/my-data" {
		t.Errorf("withdraw: %d %s", p.Status, p.Location())
	}
	if p := site.Get("/en/my-data"); !strings.Contains(p.Body, "Taken back") || strings.Contains(p.Body, "<dl>") {
		t.Error("after the withdrawal the consent still stands on the page")
	}
}

func TestOperations(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	m := b.Module()
	call := apitest.New(t, m.Operations, func(string) (authz.Actor, error) { return b.as("moved"), nil }, m.Messages).As("x").Call
	code, given := call("POST", "/consents", `{"service":"moving-in-report"}`)
	if code != http.StatusCreated || given["service"] != "moving-in-report" || given["status"] != "active" || given["given_at"] == nil {
		t.Fatalf("grant: %d %v", code, given)
	}
	if code, out := call("GET", "/consents", ""); code != http.StatusOK || len(out["consents"].([]any)) != 1 {
		t.Errorf("list: %d %v", code, out)
	}
	if code, out := call("POST", "/consents/"+given["id"].(string)+"/withdraw", ""); code != http.StatusOK || out["status"] != "withdrawn" {
		t.Errorf("withdraw: %d %v", code, out)
	}
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"POST", "/consents", `{"service":"no-such"}`, http.StatusNotFound},
		{"POST", "/consents", `{}`, http.StatusUnprocessableEntity},
		{"POST", "/consents/x/withdraw", "", http.StatusNotFound},
	} {
		if code, out := call(c.method, c.path, c.body); code != c.code {
			t.Errorf("%s %s: %d %v, want %d", c.method, c.path, code, out, c.code)
		}
	}
}
