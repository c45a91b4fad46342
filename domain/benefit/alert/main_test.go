package alert_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/alert"
	"maru/domain/benefit/contract"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/i18n"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func both(s string) kernel.Text { return kernel.Text{KO: s, EN: s} }

// laws make a small law: a pension by age, an allowance for small children, rent
// support by place and means with a limit that rises in 2027, a grant whose rule
// is partial, and a card that ends once it is received.
func lawOf(hash string, change func(*rule.Source)) *benefit.Engine {
	condition := func(id, when, article string) catalog.BenefitCondition {
		return catalog.BenefitCondition{ID: id, When: when, Text: both(id), Article: catalog.Law{Name: "법", NameEN: "Act", Article: article}}
	}
	src := rule.Source{
		Facts: []catalog.Fact{
			{ID: "birth_date", Entity: "person", Type: "date", Title: both("birth")},
			{ID: "region", Entity: "person", Type: "code", Of: "region", Title: both("region")},
			{ID: "relation_to_head", Entity: "person", Type: "enum", Members: []string{"head", "spouse", "child"}, Title: both("relation")},
			{ID: "income", Entity: "household", Type: "int", Unit: "won a month", Title: kernel.Text{KO: "소득", EN: "Income"}},
			{ID: "receives", Entity: "household", Type: "set", Of: "program", Title: both("receives")},
		},
		Law: catalog.BenefitLaw{
			Parameters: []catalog.Parameter{{ID: "rent_limit", Title: both("limit"), Type: "won", Values: []catalog.ParameterValue{
				{From: kernel.MustDate("2024-01-01"), Value: 100, Article: "법 제7조"},
				{From: kernel.MustDate("2027-01-01"), Value: 200, Article: "법 제8조"},
			}}},
			Formulas: []catalog.Formula{{ID: "age", Of: []string{"m"}, Rule: "years(m.birth_date, date)"}},
		},
		Programmes: []rule.Programme{
			{ID: "pension", Benefit: catalog.Benefit{Unit: "person", Period: "month", Amount: "1000", Conditions: []catalog.BenefitCondition{condition("65세 이상", "age(m) >= 65", "제3조")}}},
			{ID: "allowance", Benefit: catalog.Benefit{Unit: "person", Period: "month", Amount: "100", Conditions: []catalog.BenefitCondition{condition("8세 미만", "age(m) < 8", "제4조")}}},
			{ID: "rent", Benefit: catalog.Benefit{Unit: "household", Period: "month", Amount: "50",
				Conditions: []catalog.BenefitCondition{condition("서울", `starts(head.region, ["11"])`, "제5조"), condition("소득", "h.income < rent_limit", "제6조")}}},
			{ID: "grant", Benefit: catalog.Benefit{Unit: "household", Period: "once", Amount: "10", Partial: true,
				Conditions: []catalog.BenefitCondition{condition("소득 없음", "h.income == 0", "제9조")}}},
			{ID: "card", Benefit: catalog.Benefit{Unit: "household", Period: "in_kind", Amount: "0",
				Conditions: []catalog.BenefitCondition{condition("부산", `starts(head.region, ["26"])`, "제10조"), condition("받지 않음", `!("card" in h.receives)`, "제11조")}}},
		},
	}
	if change != nil {
		change(&src)
	}
	titles, online := map[string]kernel.Text{}, map[string]bool{"pension": true}
	for _, p := range src.Programmes {
		titles[p.ID] = kernel.Text{KO: p.ID + "-ko", EN: p.ID}
	}
	e, err := benefit.NewEngine(benefit.Pack{Hash: hash, Source: src, Titles: titles, Online: online})
	if err != nil {
		panic(err)
	}
	return e
}

// home is what registers hold of somebody's household.
type home struct {
	household map[string]kernel.Value
	members   []member
	told      []string // refs of facts that the person told
}

type member struct {
	id    string
	facts map[string]kernel.Value
}

// world answers for the registers, the applications and the pack.
type world struct {
	mu      sync.Mutex
	clock   *clock.Manual
	engine  *benefit.Engine
	homes   map[string]*home
	closed  map[string]bool // no consent
	away    bool            // registers do not answer
	since   map[string]kernel.Date
	kept    []string // facts that people leave out of their consent
	guards  map[[2]string]bool
	applied map[kernel.ID]map[string]kernel.Time
	looks   int
	before  func(person string) // called before each look, unlocked
}

func (w *world) Known(_ context.Context, person string) (*benefit.Known, error) {
	if w.before != nil {
		w.before(person)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	switch {
	case w.away:
		return nil, kernel.E(kernel.Unavailable, "", nil)
	case w.closed[person]:
		return nil, kernel.E(kernel.Forbidden, alert.ConsentNeeded, nil)
	case w.homes[person] == nil:
		return nil, kernel.E(kernel.NotFound, "", nil)
	}
	h := w.homes[person]
	k := &benefit.Known{Persons: map[string]string{}, Told: map[string]benefit.Statement{}, Declined: w.kept}
	for _, ref := range h.told {
		k.Told[ref] = benefit.Statement{}
	}
	in := situation.Situation{Date: w.clock.Now().DateIn(kernel.Seoul), Household: maps.Clone(h.household)}
	for i, m := range h.members {
		id := fmt.Sprintf("m%d", i+1)
		in.Members = append(in.Members, situation.Member{ID: id, Facts: maps.Clone(m.facts)})
		k.Persons[id] = m.id
		if m.id == person {
			k.Self = id
		}
	}
	var err error
	k.Answer, err = w.engine.Evaluate(in)
	return k, err
}

func (w *world) Guards(_ context.Context, guardian, person string) (bool, error) {
	return w.guards[[2]string{guardian, person}], nil
}

func (w *world) Applied(_ context.Context, account kernel.ID) (map[string]kernel.Time, error) {
	return w.applied[account], nil
}

func (w *world) PackHash() string { return w.engine.Hash }

func (w *world) Since(_ context.Context, hash string) (kernel.Date, error) {
	return w.since[hash], nil
}

func (w *world) Topics() []alert.Topic {
	return []alert.Topic{
		{ID: "old-age", Title: kernel.Text{KO: "노후", EN: "Old age"}, Programmes: []string{"pension"}},
		{ID: "moving", Title: kernel.Text{KO: "이사", EN: "Moving"}, Programmes: []string{"rent", "card"}},
		{ID: "birth", Title: kernel.Text{KO: "출산", EN: "Birth"}, Programmes: []string{"allowance"}},
	}
}

func actorOf(person string) authz.Actor {
	return authz.Actor{Account: kernel.ID("account-of-" + person), Person: person}
}

// bench is the room in its world.
type bench struct {
	*alert.Service
	*world
	t     *testing.T
	db    *store.DB
	jobs  *jobs.Runner
	texts *i18n.Catalog
	keys  *crypto.Keys

	told   []contract.Alert
	refuse func(contract.Alert) error // of the inbox, nil for none
}

func migrations() []store.Migrations {
	return []store.Migrations{jobs.Migrations(), audit.Migrations(), alert.Migrations()}
}

// noon is a Tuesday.
func at(day string, hour int) kernel.Time {
	return kernel.TimeOf(kernel.MustDate(day).In(kernel.Seoul).Add(time.Duration(hour) * time.Hour))
}

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(at("2026-03-03", 12))
	w := &world{clock: c, engine: lawOf("pack-1", nil), homes: map[string]*home{}, closed: map[string]bool{}, guards: map[[2]string]bool{}, applied: map[kernel.ID]map[string]kernel.Time{}}
	b := &bench{world: w, t: t, db: db, jobs: jobs.New(db, c, nil), keys: keys, texts: webtest.Catalog(t, alert.Messages(), benefit.Messages())}
	bus := events.New(b.jobs)
	bus.Subscribe(contract.Alerted, "test", func(_ context.Context, e events.Event) error {
		var a contract.Alert
		if err := json.Unmarshal(e.Data, &a); err != nil {
			return err
		}
		if b.refuse != nil {
			if err := b.refuse(a); err != nil {
				return err
			}
		}
		b.told = append(b.told, a)
		return nil
	})
	b.Service = alert.New(alert.Deps{DB: db, Clock: c, Keys: keys, Events: bus, Jobs: b.jobs, Households: w, Guardians: w, Applications: w, Pack: w, Texts: b.texts})
	m := b.Module()
	m.Jobs(b.jobs)
	m.Subscribe(bus)
	return b
}

// single is somebody who lives alone.
func single(person, born, region string, income int64) *home {
	return &home{
		household: map[string]kernel.Value{"income": kernel.IntOf(income), "receives": kernel.SetOf()},
		members:   []member{{person, map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate(born)), "region": kernel.TextOf(region)}}},
	}
}

func open() alert.Setting { return alert.Setting{Lost: true, Likely: true} } // no quiet hours

// subscribe turns alerts on and takes delivery of the summary.
func (b *bench) subscribe(person string, s alert.Setting) {
	b.t.Helper()
	if err := b.Save(b.t.Context(), actorOf(person), s); err != nil {
		b.t.Fatal(err)
	}
	b.run()
}

// run does all that is due, errors of handlers included.
func (b *bench) run() {
	b.t.Helper()
	if _, err := b.jobs.RunDue(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// look rechecks somebody and runs what follows.
func (b *bench) look(person string) {
	b.t.Helper()
	if err := b.Recheck(b.t.Context(), person, "test"); err != nil {
		b.t.Fatal(err)
	}
	b.run()
}

// letters are the titles, or all words, of what a person was told.
func (b *bench) letters(person string, l kernel.Lang, whole bool) []string {
	b.t.Helper()
	var out []string
	for _, a := range b.told {
		if a.Person != person {
			continue
		}
		letter, err := b.Letter(b.t.Context(), a.Message, l)
		if err != nil {
			b.t.Fatal(err)
		}
		words := letter.Title
		if whole {
			words += " | " + letter.Text
			for _, i := range letter.Items {
				words += " | " + i.Title + " " + i.Href + ": " + strings.Join(i.Lines, "; ")
			}
		}
		out = append(out, words)
	}
	return out
}

// want compares a person's letters after the summary.
func (b *bench) want(person string, titles ...string) {
	b.t.Helper()
	got := b.letters(person, kernel.EN, false)
	if len(got) == 0 {
		b.t.Fatalf("%s was not told of the first look", person)
	}
	if !slices.Equal(got[1:], titles) {
		b.t.Errorf("%s was told %q, want %q", person, got[1:], titles)
	}
}

// last is all that the person's last letter says.
func (b *bench) last(person string, l kernel.Lang) string {
	b.t.Helper()
	all := b.letters(person, l, true)
	if len(all) == 0 {
		b.t.Fatalf("%s was told nothing", person)
	}
	return all[len(all)-1]
}

// count reads a number of the store.
func (b *bench) count(query string, args ...any) int {
	b.t.Helper()
	var n int
	err := b.db.View(b.t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&n) })
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// tomorrow moves to noon of the next day.
func (b *bench) tomorrow() {
	b.clock.Set(kernel.TimeOf(b.clock.Now().DateIn(kernel.Seoul).AddDays(1).In(kernel.Seoul).Add(12 * time.Hour)))
}
