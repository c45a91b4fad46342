package ask

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"maru/platform/api/apitest"
	"maru/platform/web/webtest"
)

func TestPages(t *testing.T) {
	m := full(t).Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	for path, want := range map[string]string{
		"/": "무슨 일이 있으세요?", "/en": "What is going on?", "/ask": "무슨 일이 있으세요?", "/en/ask": "What is going on?",
	} {
		p := site.Get(path)
		if p.Status != http.StatusOK || !strings.Contains(p.Text("h1"), want) {
			t.Errorf("%s: %d %q", path, p.Status, p.Text("h1"))
		}
	}
	ask := func(path, q string) *webtest.Page {
		t.Helper()
		return site.Post(path, url.Values{"q": {q}})
	}
	p := ask("/ask", "지난주에 새집으로 이사했어요")
	for _, w := range []string{`href="/services/moving-in-report"`, "비슷해서 골랐어요", `href="/life-events/moving"`, "찾는 것이 없나요?", "tel:110", `value="지난주에 새집으로 이사했어요"`} {
		if !strings.Contains(p.Body, w) {
			t.Errorf("the answer does not hold %q", w)
		}
	}
	if p := ask("/en/ask", "I moved to a new flat"); !strings.Contains(p.Body, `href="/en/services/moving-in-report"`) || !strings.Contains(p.Body, "None of these?") {
		t.Error("the English answer lacks the service or the way out")
	}
	if p := ask("/ask", "죽고 싶어요"); !strings.Contains(p.Body, "tel:109") || strings.Index(p.Body, "tel:109") > strings.Index(p.Body, `href="/services/`) {
		t.Error("the emergency number does not come first")
	}
	if p := ask("/ask", "dltk"); !strings.Contains(p.Body, "“이사”") {
		t.Error("the page does not say how it read the mistyped query")
	}
	if p := ask("/ask", "뷁"); p.Status != http.StatusOK || !strings.Contains(p.Body, "찾지 못했어요") || !strings.Contains(p.Body, "tel:110") {
		t.Errorf("nothing found: %d", p.Status)
	}
	for name, q := range map[string]string{"empty": " ", "too long": strings.Repeat("가", 100_000)} {
		if p := ask("/ask", q); p.Status != http.StatusUnprocessableEntity || len(p.Body) > 40_000 {
			t.Errorf("%s: %d, %d bytes", name, p.Status, len(p.Body))
		}
	}
	if p := ask("/ask", `"><script>alert(1)</script>`); strings.Contains(p.Body, "<script>alert") {
		t.Error("the query comes back as markup")
	}
	if strings.Contains(site.Log.String(), "이사") {
		t.Error("a query is in the log")
	}
}

func TestOperation(t *testing.T) {
	m := full(t).Module()
	caller := apitest.New(t, m.Operations, nil, m.Messages)
	call := func(body string) (int, map[string]any) { return caller.Call("POST", "/ask", body) }
	code, out := call(`{"q":"이사했어요","limit":3}`)
	if code != http.StatusOK || out["lang"] != "ko" || len(out["results"].([]any)) != 3 || out["crisis"] != nil {
		t.Fatalf("%d %v", code, out)
	}
	first := out["results"].([]any)[0].(map[string]any)
	if first["service"] != "moving-in-report" || first["title"] != "전입신고" || first["matched"] == "" {
		t.Errorf("first result %v", first)
	}
	if b := out["bundle"].(map[string]any); b["id"] != "moving" || len(b["services"].([]any)) < 3 {
		t.Errorf("bundle %v", b)
	}
	if _, out := call(`{"q":"이사했어요","lang":"en"}`); out["lang"] != "en" || out["results"].([]any)[0].(map[string]any)["title"] != "Moving-in report" {
		t.Errorf("in English: %v", out)
	}
	if _, out := call(`{"q":"죽고 싶어요"}`); out["crisis"].(map[string]any)["phone"] != "109" {
		t.Errorf("crisis: %v", out)
	}
	if code, out := call(`{"q":"뷁"}`); code != http.StatusOK || len(out["results"].([]any)) != 0 {
		t.Errorf("nothing found: %d %v", code, out)
	}
	for _, body := range []string{`{"q":""}`, `{}`, `{"q":"이사","limit":0.5}`, `{"q":"이사","lang":"fr"}`, `{"q":"` + strings.Repeat("가", 100_000) + `"}`, `{"q":"a\u0000"}`} {
		if code, out := call(body); code != http.StatusUnprocessableEntity || len(out["errors"].([]any)) == 0 {
			t.Errorf("%.40s: %d %v", body, code, out)
		}
	}
}
