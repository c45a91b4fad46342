package ask

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/ask/internal/model/replay"
	"maru/kernel"
	"maru/platform/clock"
)

// helped makes a finder with a model behind an endpoint, and keeps what it
// notes of each use.
type helpedFinder struct {
	*Service
	endpoint *replay.Endpoint
	uses     []ModelUse
	fail     error // of the next notes
}

func withModel(t testing.TB, change func(*LanguageModel), exchanges ...replay.Exchange) *helpedFinder {
	t.Helper()
	f := &helpedFinder{endpoint: replay.New(exchanges...)}
	srv := httptest.NewServer(f.endpoint)
	t.Cleanup(srv.Close)
	at := clock.NewManual(kernel.TimeOf(sunday.In(kernel.Seoul)))
	cfg := LanguageModel{URL: srv.URL + "/v1", Model: "stub-1", Key: "secret-key", Clock: at,
		Record: func(_ context.Context, u ModelUse) error { f.uses = append(f.uses, u); return f.fail }}
	if change != nil {
		change(&cfg)
	}
	f.endpoint.Tool = cfg.Format == "tool"
	l, err := NewLanguage(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.Service = New(Deps{Catalog: fixed(made().pack), Clock: at, Language: l})
	f.ix = made()
	return f
}

// made is the index of the Korean pack, made once for all tests of the model.
var made = sync.OnceValue(func() *index { return newIndex(readPack(panics{}), nil, nil) })

// panics fails where there is no test.
type panics struct{ testing.TB }

func (panics) Helper()           {}
func (panics) Fatal(args ...any) { panic(fmt.Sprint(args...)) }
func (panics) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}

func (f *helpedFinder) ask(t testing.TB, q string) Answer {
	t.Helper()
	a, err := f.AskIn(context.Background(), Query{Text: q, Help: true})
	if err != nil {
		t.Fatal(err)
	}
	if a.Help == nil {
		t.Fatal("help is not told of")
	}
	return a
}

func says(object string) replay.Exchange { return replay.Exchange{Object: json.RawMessage(object)} }

const (
	rewritten = `{"queries":["출생신고","아이 출생 등록"],"facts":[]}`
	explained = `{"services":["birth-report"],"sentences":[{"text":"[link_1]: 태어난 아이를 나라에 등록해요.","sources":["c1"]},{"text":"태어난 날을 넣어 한 달 안에 신고해요.","sources":["c1"]}]}`
)

func TestHelp(t *testing.T) {
	for _, format := range []string{"schema", "tool"} {
		f := withModel(t, func(c *LanguageModel) { c.Format = format }, says(rewritten), says(explained))
		plain, err := f.Ask(Query{Text: "아기가 태어났어요"})
		if err != nil {
			t.Fatal(err)
		}
		if plain.Help != nil || len(f.endpoint.Asked()) != 0 {
			t.Fatal("the model is asked though nobody wished it")
		}
		a := f.ask(t, "아기가 태어났어요")
		if h := a.Help; h.Without != "" || h.Model != "stub-1" || len(h.Sentences) != 2 {
			t.Fatalf("%s: %+v; %+v", format, h, f.uses)
		}
		first := a.Help.Sentences[0]
		if first.Parts[0].Service != "birth-report" || first.Parts[1].Text != ": 태어난 아이를 나라에 등록해요." || !slices.Equal(first.Services, []string{"birth-report"}) {
			t.Errorf("%+v", first)
		}
		if a.Results[0].Service.ID != "birth-report" || len(a.Results) != DefaultLimit {
			t.Errorf("%s", ids(a))
		}
		if len(f.uses) != 1 {
			t.Fatalf("%d notes", len(f.uses))
		}
		u := f.uses[0]
		if u.Outcome != "helped" || u.Model != "stub-1" || !strings.HasPrefix(u.Prompt, "read-1-") || u.Catalogue != "test" || u.Calls != 2 || u.Tokens < 1000 {
			t.Errorf("%+v", u)
		}
		if b, err := json.Marshal(u); err != nil || strings.Contains(string(b), "아기") {
			t.Errorf("the note tells what was said: %s, %v", b, err)
		}
	}
}

// What the model is sent holds no personal data, no key, and no tool but the
// one that carries the answer.
func TestWhatTheModelSees(t *testing.T) {
	f := withModel(t, func(c *LanguageModel) { c.Format = "tool" }, says(rewritten), says(explained))
	f.ask(t, "저는 김철수이고 900101-1234567, 010-1234-5678, 아기가 태어났어요. 세종대로 110")
	sent := strings.Join(f.endpoint.Asked(), "\n")
	for _, w := range []string{"김철수", "1234567", "5678", "세종대로", "secret-key", "submit"} {
		if strings.Contains(sent, w) {
			t.Errorf("the model is sent %q", w)
		}
	}
	if !strings.Contains(sent, "아기가 태어났어요") || !strings.Contains(sent, "[RESIDENT_NUMBER]") || strings.Count(sent, `"type":"function","function"`)+strings.Count(sent, `"parameters"`) == 0 {
		t.Error("the model is not sent what it needs")
	}
	var in struct{ Tools []any }
	for _, b := range f.endpoint.Asked() {
		if err := json.Unmarshal([]byte(b), &in); err != nil || len(in.Tools) != 1 {
			t.Errorf("%d tools, %v", len(in.Tools), err)
		}
	}
}

// A failed check costs one more call; the second failure leaves the answer as
// it was, marked.
func TestRetry(t *testing.T) {
	bad := strings.Replace(explained, "한 달 안에", "두 달 안에", 1)
	f := withModel(t, nil, says(rewritten), says(bad), says(explained))
	if a := f.ask(t, "아기가 태어났어요"); a.Help.Without != "" || f.uses[0].Calls != 3 {
		t.Errorf("%+v %+v", a.Help, f.uses)
	}
	if last := f.endpoint.Asked()[2]; !strings.Contains(last, "refused by this rule: number") {
		t.Error("the model does not hear which rule it broke")
	}
	f = withModel(t, nil, says(rewritten), says(bad))
	plain, err := f.Ask(Query{Text: "아기가 태어났어요"})
	if err != nil {
		t.Fatal(err)
	}
	a := f.ask(t, "아기가 태어났어요")
	if a.Help.Without != WithoutCheck || len(a.Help.Sentences) > 0 || ids(a) != ids(plain) || f.uses[0].Rule != "number" || f.uses[0].Calls != 3 {
		t.Errorf("%+v %+v; %s, want %s", a.Help, f.uses, ids(a), ids(plain))
	}
	// One retry in all, not one a call.
	f = withModel(t, nil, says(`{"queries":[]}`), says(rewritten), says(bad))
	if a := f.ask(t, "아기가 태어났어요"); a.Help.Without != WithoutCheck || f.uses[0].Calls != 3 {
		t.Errorf("%+v %+v", a.Help, f.uses)
	}
}

func TestRefusedAnswers(t *testing.T) {
	sentence := func(text, sources string) string {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return `{"services":["birth-report"],"sentences":[{"text":` + string(b) + `,"sources":` + sources + `}]}`
	}
	for name, x := range map[string]string{
		"invented id":        strings.Replace(explained, `["birth-report"]`, `["free-money"]`, 1),
		"one id twice":       strings.Replace(explained, `["birth-report"]`, `["birth-report","birth-report"]`, 1),
		"too many ids":       strings.Replace(explained, `["birth-report"]`, `["a","b","c","d","e","f"]`, 1),
		"no ids":             strings.Replace(explained, `["birth-report"]`, `[]`, 1),
		"no sentences":       `{"services":["birth-report"],"sentences":[]}`,
		"one field too many": strings.Replace(explained, `{"services"`, `{"act":"submit","services"`, 1),
		"wrong types":        `{"services":"birth-report","sentences":{}}`,
		"no source":          sentence("출생신고를 해요.", `[]`),
		"invented source":    sentence("태어난 아이를 나라에 등록해요.", `["c99"]`),
		"another service's":  sentence("태어난 아이를 나라에 등록해요.", `["c1","c2"]`),
		"invented link":      sentence("[link_9] 태어난 아이를 나라에 등록해요.", `["c1"]`),
		"unchosen link":      sentence("[link_2] 태어난 아이를 나라에 등록해요.", `["c1"]`),
		"markup":             sentence("<img src=x onerror=alert(1)>태어난 아이를 나라에 등록해요.", `["c1"]`),
		"invented number":    sentence("태어난 아이를 7일 안에 나라에 등록해요.", `["c1"]`),
		"verdict":            sentence("태어난 아이를 등록하면 돈을 받을 수 있어요.", `["c1"]`),
		"act":                sentence("태어난 아이를 나라에 등록했어요, 신청 완료했어요.", `["c1"]`),
		"turned round":       sentence("태어난 아이를\u202e 나라에 등록해요.", `["c1"]`),
		"very long":          sentence(strings.Repeat("태어난 아이를 나라에 등록해요. ", 100), `["c1"]`),
	} {
		f := withModel(t, nil, says(rewritten), says(x))
		if a := f.ask(t, "아기가 태어났어요"); a.Help.Without != WithoutCheck || len(a.Help.Sentences) > 0 || a.Results[0].Matched == "" {
			t.Errorf("%s: %+v", name, a.Help)
		}
	}
}

// An endpoint that fails in any way leaves the answer as it was, in time.
func TestModelDown(t *testing.T) {
	short := func(c *LanguageModel) { c.Timeout = 150 * time.Millisecond }
	for name, c := range map[string]struct {
		x    replay.Exchange
		want Without
	}{
		"500":       {replay.Exchange{Status: 500}, WithoutDown},
		"429":       {replay.Exchange{Status: 429}, WithoutDown},
		"hangs":     {replay.Exchange{Hang: true}, WithoutDown},
		"drips":     {replay.Exchange{Body: strings.Repeat(" ", 1<<20), Drip: 1}, WithoutDown},
		"redirects": {replay.Exchange{Status: 307, Header: map[string]string{"Location": "http://192.0.2.1/v1/chat/completions"}}, WithoutDown},
		"page":      {replay.Exchange{Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>"}, WithoutCheck},
		"malformed": {replay.Exchange{Body: `{"choices":`}, WithoutCheck},
		"endless":   {replay.Exchange{Body: strings.Repeat("a", 4096), Endless: true}, WithoutCheck},
	} {
		f := withModel(t, short, c.x)
		plain, err := f.Ask(Query{Text: "아기가 태어났어요"})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		a := f.ask(t, "아기가 태어났어요")
		if a.Help.Without != c.want || ids(a) != ids(plain) {
			// On a busy machine the time may be up before the answer is read.
			if a.Help.Without != WithoutDown || ids(a) != ids(plain) {
				t.Errorf("%s: %+v", name, a.Help)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		if f.uses[0].Outcome != string(a.Help.Without) {
			t.Errorf("%s: noted %+v", name, f.uses[0])
		}
	}
}

func TestHelpIsNotedOrNotGiven(t *testing.T) {
	f := withModel(t, nil, says(rewritten), says(explained))
	f.fail = errors.New("the store is gone")
	if a := f.ask(t, "아기가 태어났어요"); a.Help.Without != WithoutRecord || len(a.Help.Sentences) > 0 {
		t.Errorf("%+v", a.Help)
	}
}

func TestNoHelpInAnEmergency(t *testing.T) {
	f := withModel(t, nil, says(rewritten), says(explained))
	if a := f.ask(t, "죽고 싶어요"); a.Help.Without != WithoutCrisis || a.Crisis == nil || len(f.endpoint.Asked()) != 0 {
		t.Errorf("%+v", a.Help)
	}
	plain := New(Deps{Catalog: fixed(made().pack)})
	if a, err := plain.AskIn(context.Background(), Query{Text: "이사했어요", Help: true}); err != nil || a.Help.Without != WithoutNone || plain.HasModel() {
		t.Errorf("%+v, %v", a.Help, err)
	}
}

// The first service found without the model stays among the first five, and
// among fewer where fewer are asked for.
func TestNeverBelow(t *testing.T) {
	five := `{"queries":["여권 발급","운전면허 갱신"],"facts":[]}`
	probe := withModel(t, nil, says(five), says(`{}`))
	probe.ask(t, "아기가 태어났어요")
	var last struct{ Messages []struct{ Content string } }
	asked := probe.endpoint.Asked()
	if err := json.Unmarshal([]byte(asked[len(asked)-1]), &last); err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Candidates []struct{ ID string }
		Passages   []struct{ ID, Service, Text string }
	}
	if err := json.Unmarshal([]byte(last.Messages[1].Content), &sent); err != nil {
		t.Fatal(err)
	}
	if len(sent.Candidates) != helpCandidates {
		t.Fatalf("%d candidates", len(sent.Candidates))
	}
	plain, err := probe.Ask(Query{Text: "아기가 태어났어요"})
	if err != nil {
		t.Fatal(err)
	}
	top := plain.Results[0].Service.ID
	var others []string
	var source, line string
	for _, p := range sent.Passages {
		if p.Service != top && source == "" {
			others = append(others, p.Service)
			source, line = p.ID, strings.Split(p.Text, "\n")[1]
		}
	}
	for i := len(sent.Candidates) - 1; len(others) < 5; i-- {
		if id := sent.Candidates[i].ID; id != top && !slices.Contains(others, id) {
			others = append(others, id)
		}
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(map[string]any{"services": others, "sentences": []any{map[string]any{"text": strings.SplitAfter(line, ".")[0], "sources": []string{source}}}}); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1, 3, 5, 20} {
		f := withModel(t, nil, says(five), says(b.String()))
		a, err := f.AskIn(context.Background(), Query{Text: "아기가 태어났어요", Help: true, Limit: limit})
		if err != nil || a.Help.Without != "" {
			t.Fatalf("%+v %+v, %v", a.Help, f.uses, err)
		}
		at := slices.IndexFunc(a.Results, func(r Result) bool { return r.Service.ID == top })
		if at < 0 || at > 4 || len(a.Results) != limit {
			t.Errorf("limit %d: the first one stands at %d: %s", limit, at, ids(a))
		}
		if limit > 1 && a.Results[0].Service.ID != others[0] {
			t.Errorf("limit %d: the choice is not first: %s", limit, ids(a))
		}
		if !slices.IsSortedFunc(a.Results, func(x, y Result) int { return int(1e6 * (y.Score - x.Score)) }) {
			t.Error("scores do not order the results")
		}
	}
}

func TestFactsOfTheModel(t *testing.T) {
	const text = "남편이 일을 관두고 나서 우리 둘만 남았어요, 어머니는 칠순이 넘으셨고 010-1234-5678"
	f := withModel(t, nil, says(`{"queries":["실업급여"],"facts":[
		{"fact":"employment","value":"unemployed","who":"spouse","quote":"일을 관두고"},
		{"fact":"employment","value":"king","who":"self","quote":"일을 관두고"},
		{"fact":"resident_number","value":"900101-1234567","who":"self","quote":"남편이"},
		{"fact":"birth_date","value":"1900-01-01","who":"self","quote":"우리 둘만"},
		{"fact":"birth_date","value":"1900-01-01","who":"parent","quote":"지어낸 말"},
		{"fact":"birth_date","value":"1900-01-01","who":"stranger","quote":"어머니는"},
		{"fact":"invented","value":"true","who":"self","quote":"남편이"},
		{"fact":"birth_date","value":"1900-01-01","who":"other","quote":"010-1234-5678"}]}`), says(`{}`))
	got := f.index().teller.accept(mustFacts(t, f), text, "남편이 일을 관두고 나서 우리 둘만 남았어요, 어머니는 칠순이 넘으셨고 [PHONE]", sunday, nil)
	for _, x := range got {
		if x.Exact || !x.Model || !strings.Contains(text, x.Text) || x.Text == "010-1234-5678" || x.ID != "employment" || x.Value.Text() != "unemployed" {
			t.Errorf("%+v", x)
		}
	}
	if f.index().teller.facts["employment"] != nil && len(got) != 1 {
		t.Errorf("%d facts pass", len(got))
	}
	// A number must be the one that stands in the quote.
	may := f.index().teller.tellable()
	for _, fact := range may {
		switch fact.Type {
		case "int":
			if _, ok := quoted(fact, "9000000", "300만원", sunday); ok {
				t.Errorf("%s: an invented amount passes", fact.ID)
			}
			if v, ok := quoted(fact, "3000000", "월급 300만원", sunday); !ok {
				t.Errorf("%s: the amount of the quote does not pass: %v", fact.ID, v)
			}
		case "date":
			if _, ok := quoted(fact, "1900-01-01", "2026년 3월 1일", sunday); ok {
				t.Errorf("%s: an invented day passes", fact.ID)
			}
			if _, ok := quoted(fact, "2026-03-01", "2026년 3월 1일", sunday); !ok {
				t.Errorf("%s: the day of the quote does not pass", fact.ID)
			}
		}
		if fact.Sensitivity == "identifier" {
			t.Errorf("%s may be told", fact.ID)
		}
	}
	if len(may) < 5 {
		t.Errorf("%d facts may be told", len(may))
	}
}

// mustFacts asks the stub for its facts.
func mustFacts(t *testing.T, f *helpedFinder) []toldFact {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader("{}"))
	w := httptest.NewRecorder()
	f.endpoint.ServeHTTP(w, r)
	var c struct {
		Choices []struct{ Message struct{ Content string } }
	}
	var out struct{ Facts []toldFact }
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(c.Choices[0].Message.Content), &out); err != nil || len(out.Facts) < 8 {
		t.Fatal(err)
	}
	return out.Facts
}
