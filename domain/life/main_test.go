package life_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/life"
	"maru/domain/life/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/calendar"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var (
	hana = authz.Actor{Account: "00000000-0000-7000-8000-000000000001", Person: "person-1", Name: "김하나"}
	duli = authz.Actor{Account: "00000000-0000-7000-8000-000000000002", Person: "person-2", Name: "김둘이"}
)

// book is a catalogue with one life event: report within a month, the day
// included; pay within six months from the end of the month; call whenever.
type book struct{ gone bool }

func both(s string) kernel.Text { return kernel.Text{KO: s, EN: s} }

func (b book) LifeEvent(id string) (catalog.LifeEvent, bool) {
	due := func(n int, unit, from string) *catalog.Deadline {
		return &catalog.Deadline{Value: n, Unit: unit, From: from, Law: "법 제1조", Note: both("기한")}
	}
	return catalog.LifeEvent{ID: "birth", Title: both("출산"), Summary: both("요약"), Services: []string{"report", "grant"},
		Day: &catalog.LifeDay{Title: both("태어난 날"), Share: "child.born_on"},
		Steps: []catalog.LifeStep{
			{ID: "call", Title: both("전화하기"), Text: both("전화해요."), Who: both("본인")},
			{ID: "report", Service: "report", Who: both("부모"), Due: due(1, "months", "day"), Together: true},
			{ID: "grant", Service: "grant", Who: both("부모"), Due: due(14, "days", ""), Together: true},
			{ID: "pay", Title: both("내기"), Text: both("내요."), Who: both("본인"), Due: due(6, "months", "month_end"), Later: true},
		}}, id == "birth" && !b.gone
}

func (book) Service(id string) (*catalog.Service, bool) {
	return &catalog.Service{ID: id, Online: true, Title: both(id), Summary: both("요약")}, id == "report" || id == "grant"
}

func (book) Calendar() *calendar.Calendar { return calendar.New(nil, kernel.Seoul) }

// desk tells how far applications are.
type desk struct {
	mu    sync.Mutex
	state map[string]life.Application
	since kernel.Time
}

func (d *desk) Latest(_ context.Context, _ kernel.ID, since kernel.Time) (map[string]life.Application, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.since = since
	return d.state, nil
}

// bench is the domain in its world.
type bench struct {
	*life.Service
	t     *testing.T
	db    *store.DB
	clock *clock.Manual
	jobs  *jobs.Runner
	desk  *desk
	told  []contract.Due
}

func migrations() []store.Migrations {
	return []store.Migrations{jobs.Migrations(), audit.Migrations(), life.Migrations()}
}

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)))
	b := &bench{t: t, db: db, clock: c, jobs: jobs.New(db, c, slog.New(slog.DiscardHandler)), desk: &desk{}}
	bus := events.New(b.jobs)
	bus.Subscribe(contract.StepDue, "test", func(_ context.Context, e events.Event) error {
		var d contract.Due
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return err
		}
		b.told = append(b.told, d)
		return nil
	})
	b.Service = life.New(life.Deps{DB: db, Clock: c, Keys: keys, Events: bus, Catalog: book{}, Applications: b.desk})
	return b
}

// remind runs the reminders of now and gives what was told so far.
func (b *bench) remind() []contract.Due {
	b.t.Helper()
	if _, err := b.RemindDue(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.jobs.RunDue(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return b.told
}

func (b *bench) save(who authz.Actor, c life.Change) {
	b.t.Helper()
	if err := b.Save(b.t.Context(), who, "birth", c); err != nil {
		b.t.Fatal(err)
	}
}

// steps are the states and last days of somebody's steps.
func (b *bench) steps(who authz.Actor) map[string]string {
	b.t.Helper()
	g, _, err := b.Guide(b.t.Context(), who, "birth", kernel.Date{})
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]string{}
	for i := range g.Steps {
		s := &g.Steps[i]
		out[s.ID] = s.State
		if !s.Last.IsZero() {
			out[s.ID] += " " + s.Last.String()
		}
		if s.Hidden {
			out[s.ID] += " hidden"
		}
	}
	return out
}
