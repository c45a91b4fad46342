package ask

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/embeddings"
)

// endpoint is a stub of an embeddings endpoint: texts that speak of a window
// or of an address lie together, all others elsewhere. It keeps the last query in
// heard.
func endpoint(t *testing.T, down *atomic.Bool, asked *atomic.Int64, heard *atomic.Value) *embeddings.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		asked.Add(1)
		if heard != nil && len(in.Input) == 1 {
			heard.Store(in.Input[0])
		}
		if down.Load() {
			select { // an endpoint that hangs
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
			return
		}
		var data []string
		for i, text := range in.Input {
			v := "[0,1]"
			if strings.Contains(text, "창문") || strings.Contains(text, "전입") {
				v = "[1,0]"
			}
			data = append(data, fmt.Sprintf(`{"index":%d,"embedding":%s}`, i, v))
		}
		fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(data, ","))
	}))
	t.Cleanup(s.Close)
	return &embeddings.Client{URL: s.URL, Model: "m"}
}

// TestSemantic: the endpoint's vectors rank once the catalogue is known; an
// endpoint that hangs costs its time-out once, and the answer comes without it,
// marked.
func TestSemantic(t *testing.T) {
	var down atomic.Bool
	var asked atomic.Int64
	var heard atomic.Value
	client := endpoint(t, &down, &asked, &heard)
	at := clock.NewManual(kernel.TimeOf(sunday.In(kernel.Seoul)))
	s := New(Deps{Catalog: fixed(readPack(t)), Clock: at, Semantic: &Semantic{Query: client, Catalogue: &embeddings.Cache{Client: client}, Timeout: 300 * time.Millisecond}})
	ask := func(q string) Answer {
		a, err := s.AskIn(context.Background(), Query{Text: q})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := ask("창문이 예뻐요"); !a.Fallback {
		t.Error("the catalogue cannot be known yet")
	}
	s.meaning.loads.Wait()
	a := ask("창문이 예뻐요")
	if a.Fallback || len(a.Results) == 0 || !strings.Contains(ids(a), "moving-in-report") {
		t.Fatalf("fallback %v, %s", a.Fallback, ids(a))
	}
	heard.Store("")
	ask("저는 김철수이고 900101-1234567, 010-1234-5678인데 창문이 예뻐요")
	if got := heard.Load().(string); got == "" || strings.Contains(got, "김철수") || strings.Contains(got, "1234567") || strings.Contains(got, "5678") || !strings.Contains(got, "창문이 예뻐요") {
		t.Errorf("the endpoint hears %q", got)
	}
	before := asked.Load()
	if c := ask("죽고 싶어요 창문"); c.Crisis == nil || asked.Load() != before {
		t.Error("the endpoint hears of an emergency")
	}
	down.Store(true)
	if a := ask("지난주에 이사했어요"); !a.Fallback || !strings.Contains(ids(a), "moving-in-report") {
		t.Errorf("endpoint down: fallback %v, %s", a.Fallback, ids(a))
	}
	before = asked.Load()
	if a := ask("지난주에 이사했어요"); !a.Fallback || asked.Load() != before {
		t.Error("an endpoint that is down is asked again at once")
	}
	down.Store(false)
	at.Advance(patience)
	if a := ask("지난주에 이사했어요"); a.Fallback {
		t.Error("an endpoint that is back is not asked")
	}
}

// TestSemanticGoneAway: whoever leaves before the endpoint answers takes its help
// from nobody else.
func TestSemanticGoneAway(t *testing.T) {
	var down atomic.Bool
	var asked atomic.Int64
	client := endpoint(t, &down, &asked, nil)
	s := New(Deps{Catalog: fixed(readPack(t)), Clock: clock.NewManual(kernel.TimeOf(sunday.In(kernel.Seoul))), Semantic: &Semantic{Query: client, Catalogue: &embeddings.Cache{Client: client}, Timeout: 5 * time.Second}})
	if _, err := s.Ask(Query{Text: "창문이 예뻐요"}); err != nil { // asks for the catalogue
		t.Fatal(err)
	}
	s.meaning.loads.Wait()
	if a, err := s.Ask(Query{Text: "창문이 예뻐요"}); err != nil || a.Fallback {
		t.Fatalf("the catalogue is not there: %v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if a, err := s.AskIn(gone, Query{Text: "창문이 예뻐요"}); err != nil || !a.Fallback {
		t.Errorf("%v, %v", a.Fallback, err)
	}
	if a, err := s.Ask(Query{Text: "창문이 예뻐요"}); err != nil || a.Fallback {
		t.Errorf("the next one: fallback %v, %v", a.Fallback, err)
	}
}

// TestSemanticOnePackAtATime: a pack that comes into force while the vectors of
// the one before are asked for waits; the cache is for one at a time.
func TestSemanticOnePackAtATime(t *testing.T) {
	release := make(chan struct{})
	var asked atomic.Int64
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		<-release
		http.Error(w, "not now", http.StatusServiceUnavailable)
	}))
	defer h.Close()
	client := &embeddings.Client{URL: h.URL, Model: "m"}
	p := readPack(t)
	m := &semantic{Semantic: Semantic{Query: client, Catalogue: &embeddings.Cache{Client: client}}, clock: clock.System()}
	for _, hash := range []string{"one", "two", "three"} {
		p.Hash = hash
		m.prepare(&index{pack: p})
	}
	close(release)
	m.loads.Wait()
	if asked.Load() != 1 {
		t.Errorf("%d packs at once", asked.Load())
	}
}
