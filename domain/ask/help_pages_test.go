package ask

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"maru/domain/ask/internal/model/replay"
	"maru/platform/web/webtest"
)

// reader answers as a model that reads what it is sent: it chooses the first
// service and says its title, or when it lies, more than its text.
func reader(t *testing.T, lies *atomic.Bool, asked *atomic.Int64) *Service {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Messages []struct{ Content string } }
		var sent struct {
			Passages []struct{ ID, Service, Text string }
		}
		if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Messages) != 2 || json.Unmarshal([]byte(in.Messages[1].Content), &sent) != nil {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		asked.Add(1)
		var out any = map[string]any{"queries": []string{"아이 돌봄"}, "facts": []any{}}
		if len(sent.Passages) > 0 {
			p := sent.Passages[0]
			text := strings.Split(p.Text, "\n")[0]
			if lies.Load() {
				text = "777 " + text
			}
			out = map[string]any{"services": []string{p.Service}, "sentences": []any{map[string]any{"text": text, "sources": []string{p.ID}}}}
		}
		object, err := json.Marshal(out)
		if err != nil {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(replay.Completion(object, "", false)) // nobody hears of a lost answer but the client
	}))
	t.Cleanup(srv.Close)
	l, err := NewLanguage(LanguageModel{URL: srv.URL + "/v1", Model: "reader-1", Record: func(context.Context, ModelUse) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Deps{Catalog: fixed(made().pack), Language: l})
	s.ix = made()
	return s
}

// TestHelpWithinAConversation: on the page of a conversation somebody may ask
// for an explanation after a reply too. It comes with the replies kept and the
// next question, no further turn asks the model by itself, and a model that
// makes something up leaves the page of the conversation as it was.
func TestHelpWithinAConversation(t *testing.T) {
	const text = "애 때문에 돈이 많이 들어요"
	var lies atomic.Bool
	var asked atomic.Int64
	s := reader(t, &lies, &asked)
	m := s.Module()
	site := webtest.New(t, m.Messages)
	m.Pages(site.Server)
	first := talk(t, s, text)
	if first.Question == nil {
		t.Fatal("nothing is asked")
	}
	reply := first.Question.ID + "=" + first.Question.Values[0]
	turn := func(help bool) string {
		t.Helper()
		form := url.Values{"q": {text}, "r": {reply}}
		if help {
			form.Set("help", "1")
		}
		return site.Post("/ask", form).Body
	}
	const offer = `name="help" value="1"`
	kept := `name="r" value="` + reply + `"`
	quiet := turn(false)
	if asked.Load() != 0 || !strings.Contains(quiet, offer) || !strings.Contains(quiet, kept) {
		t.Fatal("the page of a turn does not offer an explanation, or asked for one by itself")
	}
	told := turn(true)
	if asked.Load() != 2 || !strings.Contains(told, `id="help-title"`) || !strings.Contains(told, "reader-1") || !strings.Contains(told, kept) {
		t.Errorf("no explanation within the conversation, after %d calls", asked.Load())
	}
	if strings.Contains(told, offer) {
		t.Error("an explanation is offered beside one")
	}
	if turn(false); asked.Load() != 2 {
		t.Error("the next turn asks the model by itself")
	}
	lies.Store(true)
	refused := turn(true)
	if strings.Contains(refused, "777") || strings.Contains(refused, "reader-1") || !strings.Contains(refused, kept) {
		t.Error("what the model made up is on the page")
	}
	list := func(page string) string {
		_, after, _ := strings.Cut(page, `<ol class="listing">`)
		before, _, _ := strings.Cut(after, "</ol>")
		return before
	}
	if list(refused) == "" || list(refused) != list(quiet) {
		t.Error("without the model the services are others")
	}
	// A form on another site finds, but spends no tokens.
	r := httptest.NewRequest(http.MethodPost, "/ask", strings.NewReader(url.Values{"q": {text}, "help": {"1"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	before := asked.Load()
	if site.Do(r); asked.Load() != before {
		t.Error("another site's form asks the model")
	}
	if strings.Contains(site.Log.String(), "애 때문에") {
		t.Error("what was said is in the log")
	}
}
