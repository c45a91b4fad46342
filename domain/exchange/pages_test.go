package exchange

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"maru/platform/api/apitest"
	"maru/platform/authz"
	"maru/platform/web"
	"maru/platform/web/webtest"
)

func TestPages(t *testing.T) {
	b := lite(t)
	site := webtest.NewConfig(t, web.Config{Catalog: webtest.Catalog(t, Messages(), extra), Demo: true})
	b.Module().Pages(site.Server)
	if p := site.Get("/my-data/demands"); p.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", p.Status)
	}
	site.Actor = me("p-1")
	b.taxes.Behave(Silent)
	p := site.Get("/en/my-data/demands/new?bundle=bundle.work")
	for _, want := range []string{"Residents", "Taxes", "Name, Address", "전자정부법 제43조의2", "Every 30 days"} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	form := url.Values{"bundle": {"bundle.work"}, "version": {"1"}, "key": {"a-key-of-a-page"}, "every": {"0"}, "months": {"3"}}
	signed := site.Post("/my-data/demands", form)
	if signed.Status != http.StatusSeeOther || site.Post("/my-data/demands", form).Location() != signed.Location() {
		t.Fatalf("signed: %d %s", signed.Status, signed.Location())
	}
	here := signed.Location()
	if p := site.Get(here); !strings.Contains(p.Body, "아직 답하지 않은 기관이 있어요") || !strings.Contains(p.Body, "국세") {
		t.Error("the page does not say who is silent")
	}
	for _, c := range []struct {
		change func(url.Values)
		status int
	}{
		{func(v url.Values) { v.Set("every", "7") }, http.StatusUnprocessableEntity},
		{func(v url.Values) { v.Set("every", "x") }, http.StatusUnprocessableEntity},
		{func(v url.Values) { v.Set("version", "0") }, http.StatusConflict},
		{func(v url.Values) { v.Set("bundle", "../x") }, http.StatusNotFound},
	} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set("key", "another-key")
		c.change(bad)
		if p := site.Post("/my-data/demands", bad); p.Status != c.status {
			t.Errorf("%v: %d, want %d", bad, p.Status, c.status)
		}
	}
	site.Actor = me("p-2")
	for _, path := range []string{here, here + "/data/" + here[len(here)-36:], "/my-data/demands/x", here + "/receipt/x"} {
		if p := site.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("another person opens %s: %d", path, p.Status)
		}
	}
	for _, act := range []string{"/again", "/withdraw"} {
		if p := site.Post(here+act, nil); p.Status != http.StatusNotFound {
			t.Errorf("another person posts %s: %d", act, p.Status)
		}
	}
	if p := site.Post("/demo/registers", url.Values{"source": {"taxes"}, "mood": {"angry"}}); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("a mood that is none: %d", p.Status)
	}
}

func TestOperations(t *testing.T) {
	b := lite(t)
	call := apitest.New(t, b.Module().Operations, func(string) (authz.Actor, error) { return me("p-1"), nil }, Messages()).As("x").Under("key-of-a-call").Call
	if code, out := call("GET", "/bundles", ""); code != 200 || len(out["bundles"].([]any)) != 1 {
		t.Errorf("bundles: %d %v", code, out)
	}
	code, made := call("POST", "/demands", `{"bundle":"bundle.work","version":"1"}`)
	if code != 201 || made["status"] != "done" || made["signature"] == "" {
		t.Fatalf("%d %v", code, made)
	}
	if code, again := call("POST", "/demands", `{"bundle":"bundle.work","version":"1"}`); code != 201 || again["id"] != made["id"] {
		t.Errorf("again: %d %v", code, again)
	}
	here := "/demands/" + made["id"].(string)
	transfer := made["transfers"].([]any)[0].(map[string]any)["id"].(string)
	if code, out := call("POST", here+"/transfers/"+transfer+"/data", ""); code != 200 || !strings.Contains(out["signed"].(string), ".") {
		t.Errorf("data: %d %v", code, out)
	}
	if code, out := call("GET", "/demands", ""); code != 200 || len(out["demands"].([]any)) != 1 {
		t.Errorf("list: %d %v", code, out)
	}
	if code, out := call("POST", here+"/withdraw", ""); code != 200 || out["status"] != "withdrawn" {
		t.Errorf("withdraw: %d %v", code, out)
	}
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{"GET", "/demands/x", "", 404}, {"POST", "/demands/x/withdraw", "", 404}, {"POST", here + "/transfers/x/data", "", 404},
		{"POST", here + "/transfers/" + transfer + "/data", "", 404}, // deleted
		{"POST", "/demands", `{"bundle":"bundle.work"}`, 422},
	} {
		if code, out := call(c.method, c.path, c.body); code != c.code {
			t.Errorf("%s %s: %d %v, want %d", c.method, c.path, code, out, c.code)
		}
	}
}

// extra are words of mydata that the pages use.
var extra = fstest.MapFS{
	"messages.ko.json": {Data: []byte(`{"mydata.title":"내 정보","mydata.see_log":"기록 보기","mydata.unproven_title":"본인 확인","mydata.unproven_text":"확인해 주세요."}`)},
	"messages.en.json": {Data: []byte(`{"mydata.title":"My data","mydata.see_log":"See the log","mydata.unproven_title":"Prove it","mydata.unproven_text":"Please do."}`)},
}
