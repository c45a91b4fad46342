package journeys

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"maru/kernel"
)

// handover has an assistant fill in a form, as any program would, and gives the
// path of the link for the person.
func handover(t *testing.T, l kernel.Lang, service string, facts map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": "start_application",
		"arguments": map[string]any{"id": service, "lang": string(l), "facts": facts}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, town.trial.URL+"/mcp", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	r.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	r.Header.Set("User-Agent", "Sample-Assistant/2.0 (of a journey)")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, answer, _ := strings.Cut(string(b), "data: ")
	var out struct {
		Result struct {
			StructuredContent struct{ URL string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &out); err != nil || out.Result.StructuredContent.URL == "" {
		t.Fatalf("%d %s: %v", resp.StatusCode, b, err)
	}
	return local(t, out.Result.StructuredContent.URL)
}

// TestHandover: an assistant filled in a form. The person signs in on the way,
// sees what was filled in, confirms, and goes on with the draft; an answer of
// their own stays; nobody else can use the link.
func TestHandover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, who string
		how       []how
		lang      kernel.Lang
	}{
		{"ko", "disability", nil, kernel.KO},
		{"en", "foreigner", []how{in(kernel.EN)}, kernel.EN},
		{"no script", "single_parent", []how{withoutScript}, kernel.KO},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := c.lang
			link := handover(t, l, "general-petition", map[string]any{
				"subject": map[kernel.Lang]string{kernel.KO: "놀이터 그네가 부서졌어요", kernel.EN: "The swing at the playground is broken"}[l],
				"content": map[kernel.Lang]string{kernel.KO: "줄이 끊어져서 아이들이 다칠 수 있어요.", kernel.EN: "A rope is torn and children may get hurt."}[l],
			})
			v := visit(t, c.how...)
			v.open(link)
			v.press(v.T("identity.sign_in.demo_go"))
			v.signInAs(c.who)
			v.reads(v.T("assistant.handover.title"))
			v.reads(map[kernel.Lang]string{kernel.KO: "그네가 부서졌어요", kernel.EN: "The swing at the playground"}[l])
			v.reads(v.T("assistant.handover.by", "client", "Sample-Assistant 2.0"))
			v.snap("handover")
			v.press(v.T("assistant.handover.confirm"))
			v.reads(v.T("assistant.handover.taken"))

			// The link leads back to the draft, and somebody else nowhere.
			v.open(link)
			if at := eval[string](v, "location.pathname"); !strings.Contains(at, "/applications/") {
				t.Errorf("the link leads to %s", at)
			}
			other := resident(t, "job_loss", in(l))
			other.openFor(409, link)
			other.reads(other.T("assistant.error.used"))
			other.openFor(404, "/handover/"+strings.Repeat("A", 200))
			other.reads(other.T("assistant.error.no_handover"))

			// What the person wrote stays.
			second := handover(t, l, "general-petition", map[string]any{"subject": "other words"})
			v.open(second)
			v.press(v.T("assistant.handover.confirm"))
			v.reads(v.T("assistant.handover.taken_in_part"))
			if strings.Contains(v.text("main"), "other words") {
				t.Error("somebody else's words took the place of the person's")
			}
		})
	}
}

// TestWidget: the page for partners, and the box itself, which leads to the
// answer.
func TestWidget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		how  []how
		lang kernel.Lang
	}{
		{"ko", nil, kernel.KO},
		{"en", []how{in(kernel.EN)}, kernel.EN},
		{"no script", []how{withoutScript}, kernel.KO},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := c.lang
			v := visit(t, c.how...)
			v.open("/partners/widget")
			v.reads(`<form class="maru-ask" action="` + town.trial.URL)
			v.snap("widget")
			v.write("q", map[kernel.Lang]string{kernel.KO: "지난주에 이사했어요", kernel.EN: "I moved house last week"}[l])
			v.press(v.T("assistant.widget.button"))
			v.reads(map[kernel.Lang]string{kernel.KO: "전입신고", kernel.EN: "Moving-in report"}[l])
		})
	}
}
