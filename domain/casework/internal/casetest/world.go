package casetest

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/blob"
	"maru/platform/calendar"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	"maru/platform/jobs"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/strictyaml"
	"maru/platform/web/webtest"
)

// Start is when the world begins: a Tuesday morning in Seoul.
var Start = kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)).Add(10 * time.Hour)

//go:embed world.yaml
var worldYAML []byte

type person struct {
	ID          string `yaml:"id"`
	Name        string `yaml:"name"`
	Household   string `yaml:"household"`
	BirthDate   string `yaml:"birth_date"`
	Address     string `yaml:"address"`
	Phone       string `yaml:"phone"`
	Region      string `yaml:"region"`
	Income      int64  `yaml:"income"`
	Nationality string `yaml:"nationality"`
}

type agency struct {
	ID     string      `yaml:"id"`
	Type   string      `yaml:"type"`
	Region string      `yaml:"region"`
	Name   kernel.Text `yaml:"name"`
}

type file struct {
	People   []person          `yaml:"people"`
	Agencies []agency          `yaml:"agencies"`
	Services []catalog.Service `yaml:"services"`
}

// World is casework in its world.
type World struct {
	*casework.Service
	Clock     *clock.Manual
	Catalog   *Catalog
	Agencies  *Agencies
	Registers *Registers
	Cashier   *Cashier
	Staff     *Staff
	Jobs      *jobs.Runner

	mu     sync.Mutex
	events []Event
}

// Event is an event that casework published.
type Event struct {
	Type string
	At   kernel.Time
	contract.Event
}

// Migrations are the tables of the world.
func Migrations() []pstore.Migrations {
	return []pstore.Migrations{jobs.Migrations(), blob.Migrations(), audit.Migrations(), store.Migrations()}
}

// Each runs fn in a fresh world on each engine. Worlds share nothing, so the
// tests run beside each other: most of their time they wait for a disk.
func Each(t *testing.T, fn func(t *testing.T, w *World)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *pstore.DB) { fn(t, New(t, db)) }, Migrations()...)
}

// SQLite is a fresh world on SQLite.
func SQLite(t testing.TB) *World { return New(t, storetest.SQLite(t, Migrations()...)) }

// New makes a world on a migrated database.
func New(t testing.TB, db *pstore.DB) *World {
	t.Helper()
	var f file
	if _, problems := strictyaml.Into(worldYAML, nil, &f); problems != nil {
		t.Fatal(problems)
	}
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Clock: clock.NewManual(Start), Catalog: newCatalog(f.Services), Agencies: &Agencies{list: f.Agencies},
		Registers: newRegisters(f.People), Cashier: newCashier(), Staff: &Staff{}}
	log := slog.New(slog.DiscardHandler)
	w.Jobs = jobs.New(db, w.Clock, log)
	bus := events.New(w.Jobs)
	for _, name := range contract.All {
		bus.Subscribe(name, "test", func(_ context.Context, e events.Event) error {
			got := Event{Type: e.Type, At: e.At}
			if err := json.Unmarshal(e.Data, &got.Event); err != nil {
				return err
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, got)
			return nil
		})
	}
	bus.Subscribe(casework.SpreadWaits, "casework", func(ctx context.Context, e events.Event) error { return w.OnSpread(ctx, e) })
	blobs := blob.New(db, keys, w.Clock, nil)
	w.Service = casework.New(casework.Deps{DB: db, Clock: w.Clock, Keys: keys, Blobs: blobs, Events: bus, Catalog: w.Catalog, Agencies: w.Agencies,
		Registers: w.Registers, Calendar: office{calendar.New([]calendar.Holiday{{Date: kernel.MustDate("2026-05-05")}}, kernel.Seoul)},
		Cashier: w.Cashier, Officials: w.Staff, Counter: visitors{w.Registers}, Texts: webtest.Catalog(t, casework.Messages), Log: log})
	blobs.UsedBy(w.UsesFile)
	return w
}

// Events delivers what was published so far and gives all of it, oldest first,
// and in the order of a case's life where the clock stood still.
func (w *World) Events(t testing.TB) []Event {
	t.Helper()
	if _, err := w.Jobs.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortFunc(w.events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(slices.Index(contract.All, a.Type), slices.Index(contract.All, b.Type)))
	})
	return slices.Clone(w.events)
}

// Today is the day it is in the world.
func (w *World) Today() kernel.Date { return w.Clock.Now().DateIn(kernel.Seoul) }

// Resident is the account of a person of the register ("person-1").
func (w *World) Resident(id string) authz.Actor {
	return authz.Actor{Account: account(id), Person: id, Name: w.Registers.people[id].Name}
}

// Official is a civil servant of an agency whose own person is not known here.
func (w *World) Official(name, agency string) authz.Actor {
	return authz.Actor{Account: account(name), Name: name, Grants: []authz.Grant{{Role: authz.Official, Agency: agency}}}
}

// Hire is Official, and the agency's directory knows them.
func (w *World) Hire(name, agency string) authz.Actor {
	o := w.Official(name, agency)
	w.Staff.hire(casework.Official{Account: o.Account, Name: name}, agency)
	return o
}

// HireRelative has somebody of the register work at an agency.
func (w *World) HireRelative(person, agency string) authz.Actor {
	o := w.Resident(person)
	o.Grants = []authz.Grant{{Role: authz.Official, Agency: agency}}
	w.Staff.hire(casework.Official{Account: o.Account, Name: o.Name, Person: person}, agency)
	return o
}

// Manager sets up the desk of an agency.
func (w *World) Manager(name, agency string) authz.Actor {
	m := authz.Actor{Account: account(name), Name: name, Grants: []authz.Grant{{Role: authz.Manager, Agency: agency}}}
	w.Staff.appoint(m.Account, agency)
	return m
}

// Leave ends somebody's role, as identity tells it.
func (w *World) Leave(t testing.TB, o authz.Actor) {
	t.Helper()
	agency := o.Agencies(authz.Official)[0]
	w.Staff.fire(o.Account, agency)
	if err := w.Reconcile(t.Context(), agency, o.Account); err != nil {
		t.Error(err)
	}
}

// account is an id that a name always gets.
func account(name string) kernel.ID {
	h := sha256.Sum256([]byte(name))
	return kernel.ID(fmt.Sprintf("00000000-0000-7000-8000-%012x", h[:6]))
}

// office counts limits as the real calendar does.
type office struct{ c *calendar.Calendar }

func limit(l catalog.Limit) calendar.Limit {
	return calendar.Limit{Value: l.Value, Unit: l.Unit, Rule: l.Rule}
}

func (o office) Due(start kernel.Time, l catalog.Limit) kernel.Time {
	return o.c.Due(start, limit(l))
}

func (o office) Further(due kernel.Time, l catalog.Limit) kernel.Time {
	return o.c.Further(due, limit(l))
}

func (o office) LastDay(day kernel.Date, d *catalog.Deadline) kernel.Date {
	return o.c.LastDay(day, calendar.Limit{Value: d.Value, Unit: d.Unit, Rule: calendar.Civil}, d.From)
}

func (o office) Close(d kernel.Date) kernel.Time { return o.c.Close(d) }

func (o office) Resume(due, pausedAt, now kernel.Time, l catalog.Limit) kernel.Time {
	return o.c.Resume(due, pausedAt, now, limit(l))
}

func (o office) Working(d kernel.Date) bool { return o.c.Working(d) }
