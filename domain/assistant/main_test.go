package assistant_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"maru/domain/assistant"
	"maru/domain/audit"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/i18n"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var (
	hana = authz.Actor{Account: "00000000-0000-7000-8000-000000000001", Person: "person-1", Name: "김하나"}
	duli = authz.Actor{Account: "00000000-0000-7000-8000-000000000002", Person: "person-2", Name: "김둘이"}
)

func both(s string) kernel.Text { return kernel.Text{KO: s, EN: s} }

// book is a catalogue with one service that is complete here, and one that is
// not.
type book struct{}

func (book) Pack() assistant.Pack {
	move := &contract.Service{ID: "move", Online: true, Title: both("이사"), Summary: both("요약"), Agency: contract.AgencyRule{Type: "sigungu", By: "question:region"}, Questions: []contract.Question{
		{ID: "on", Type: "date", Title: both("언제")},
		{ID: "region", Type: "region", Title: both("어디")},
		{ID: "address", Type: "text", Title: both("주소"), Max: 200},
		{ID: "joins", Type: "bool", Title: both("합가")},
		{ID: "kind", Type: "enum", Title: both("종류"), Options: []contract.Option{{Value: "a", Text: both("가")}, {Value: "b", Text: both("나")}}},
		{ID: "items", Type: "counts", Title: both("물건"), Options: []contract.Option{{Value: "sofa", Text: both("소파")}}},
		{ID: "rent", Type: "money", Title: both("월세"), Max: 10_000_000},
		{ID: "story", Type: "longtext", Title: both("사연")},
		{ID: "phone", Type: "text", Fact: "phone", Title: both("전화")},
		{ID: "number", Type: "text", Fact: "resident_number", Title: both("번호")},
		{ID: "ill", Type: "bool", Fact: "illness", Title: both("병")},
		{ID: "before", Type: "text", Fact: "address", Confirmed: true, Title: both("전 주소")},
		{ID: "who", Type: "persons", Title: both("누가")},
		{ID: "paper", Type: "file", Title: both("서류")},
	}}
	visit := &contract.Service{ID: "visit", Title: both("방문"), Summary: both("요약")}
	return assistant.Pack{Hash: "hash", Order: []string{"move", "visit"}, Services: map[string]*contract.Service{"move": move, "visit": visit},
		LifeEvents: []contract.LifeEvent{{ID: "moving", Title: both("이사"), Summary: both("요약"), Services: []string{"move"}}},
		Facts: map[string]*contract.Fact{"phone": {ID: "phone", Sensitivity: "personal"}, "resident_number": {ID: "resident_number", Sensitivity: "identifier"},
			"illness": {ID: "illness", Sensitivity: "sensitive"}, "address": {ID: "address", Sensitivity: "personal"}}}
}

// rules decide nothing.
type rules struct{ asked []byte }

func (*rules) Has(service string) bool { return service == "move" }

func (r *rules) Decide(situation []byte, _ kernel.Lang) ([]assistant.Verdict, error) {
	r.asked = situation
	return []assistant.Verdict{{ID: "move", Title: "이사", Eligible: "unknown", Missing: []assistant.MissingFact{{Fact: "phone"}, {Fact: "illness"}}}}, nil
}

type names struct{}

func (names) Name(string, kernel.Lang) string       { return "기관" }
func (names) TypeName(string, kernel.Lang) string   { return "시·군·구청" }
func (names) RegionName(string, kernel.Lang) string { return "종로구" }

// desk takes drafts.
type desk struct {
	mu     sync.Mutex
	drafts map[kernel.ID]map[string]kernel.Value // by account
	calls  int
	fail   error
}

func (d *desk) Begin(_ context.Context, actor authz.Actor, _ string, answers map[string]kernel.Value) (kernel.ID, []string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return "", nil, d.fail
	}
	d.calls++
	d.drafts[actor.Account] = answers
	return "draft-of-" + actor.Account, nil, nil
}

// bench is the domain in its world.
type bench struct {
	*assistant.Service
	db    *store.DB
	clock *clock.Manual
	desk  *desk
	rules *rules
	keys  *crypto.Keys
	own   *house
}

func newBench(t testing.TB, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load(assistant.Messages(), web.Messages())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{db: db, clock: clock.NewManual(kernel.TimeOf(today.In(kernel.Seoul))), desk: &desk{drafts: map[kernel.ID]map[string]kernel.Value{}}, rules: &rules{}, keys: keys, own: &house{}}
	b.Service = assistant.New(assistant.Deps{Catalog: book{}, Benefits: b.rules, Bodies: names{}, Texts: texts, Clock: b.clock, Applications: b.desk, Own: b.own,
		DB: db, Keys: keys, Site: "https://maru.example.go.kr"})
	return b
}

func each(t *testing.T, run func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { run(t, newBench(t, db)) }, audit.Migrations(), assistant.Migrations())
}
