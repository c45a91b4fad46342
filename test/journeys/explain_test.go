package journeys

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"maru/app"
	"maru/kernel"
	"maru/platform/clock"
)

// TestExplained: where the operator has a language model, somebody asks it to
// explain. The page says that a machine wrote it and from where; when the model
// makes something up, the answer stands without it.
func TestExplained(t *testing.T) {
	t.Parallel()
	var lies atomic.Bool
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answerAsModel(w, r, lies.Load())
	}))
	t.Cleanup(model.Close)
	h, err := openHouse(t.TempDir(), app.Config{AskLLM: model.URL + "/v1", AskLLMModel: "try-out-model"}, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.trial.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := visit(t, in(l), at(h), withoutScript)
			lies.Store(false)
			v.open("/")
			v.write("q", map[kernel.Lang]string{kernel.KO: "아기가 태어났어요. 010-1234-5678", kernel.EN: "our baby was born, call 010-1234-5678"}[l])
			v.press(v.T("ask.find"))
			v.reads(v.T("ask.help.offer"), v.T("ask.help.offer_text"))
			v.snap("explain-offer")
			v.press(v.T("ask.help.button"))
			v.reads(v.T("ask.help.title"), v.T("ask.help.tag"), v.T("ask.help.note", "model", "try-out-model"),
				map[kernel.Lang]string{kernel.KO: "태어난 아이를 나라에 등록해요", kernel.EN: "Register your newborn child"}[l])
			v.snap("explained")
			// Within the conversation too: after a reply nothing is explained until
			// somebody asks again, and the reply stays.
			v.press(v.T("ask.reply.skip"))
			v.reads(v.T("ask.help.offer"))
			v.press(v.T("ask.help.button"))
			v.reads(v.T("ask.help.title"), v.T("ask.reply.undo"))
			v.snap("explained-after-a-reply")
			lies.Store(true)
			v.open("/ask")
			v.write("q", map[kernel.Lang]string{kernel.KO: "아기가 태어났어요", kernel.EN: "our baby was born"}[l])
			v.press(v.T("ask.find"))
			v.press(v.T("ask.help.button"))
			v.reads(v.T("ask.help.without"), map[kernel.Lang]string{kernel.KO: "출생신고", kernel.EN: "Birth registration"}[l])
			v.snap("explain-without")
		})
	}
}

// answerAsModel answers as a language model would: it chooses the first service
// and says what its text says, or lies about it.
func answerAsModel(w http.ResponseWriter, r *http.Request, lies bool) {
	var in struct {
		Messages []struct{ Content string }
		Format   struct {
			Schema struct{ Name string } `json:"json_schema"`
		} `json:"response_format"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Messages) != 2 || strings.Contains(in.Messages[1].Content, "5678") {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	var out any = map[string]any{"queries": []string{"출생신고", "birth registration"}, "facts": []any{}}
	if in.Format.Schema.Name == "explain_services" {
		var sent struct {
			Passages []struct{ ID, Service, Text string }
		}
		if err := json.Unmarshal([]byte(in.Messages[1].Content), &sent); err != nil {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		p := sent.Passages[0]
		lines := strings.Split(p.Text, "\n")
		says := func(text string) map[string]any {
			return map[string]any{"text": text, "sources": []string{p.ID}}
		}
		sentences := []any{says(lines[1]), says(lines[2] + " [link_1]")}
		if lies {
			sentences = append(sentences, says("777 "+lines[1]))
		}
		out = map[string]any{"services": []string{p.Service}, "sentences": sentences}
	}
	object, err := json.Marshal(out)
	if err != nil {
		http.Error(w, "no", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"choices":[{"finish_reason":"stop","message":{"content":%s}}]}`, quote(string(object)))
}
