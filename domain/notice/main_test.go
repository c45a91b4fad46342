package notice

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	casework "maru/domain/casework/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// titles and agencies know one service and one body.
type titles struct{}

func (titles) Title(service, pack string, l kernel.Lang) string {
	if service == "moving-in-report" && pack == "p1" {
		return kernel.Text{KO: "전입신고", EN: "Moving-in report"}.In(l)
	}
	return service
}

func (titles) Step(topic string, l kernel.Lang) string {
	return map[string]kernel.Text{"birth/report": {KO: "출생신고", EN: "Birth report"}}[topic].In(l)
}

func (titles) Says(service, pack, act string, l kernel.Lang) []string {
	if service == "moving-in-report" && pack == "p1" && act == "accepted" {
		return []string{kernel.Text{KO: "차 번호판도 바꿔 주세요.", EN: "Change your number plate too."}.In(l)}
	}
	return nil
}

type agencies struct{}

func (agencies) Name(id string, l kernel.Lang) string {
	if id != "gangnam" {
		return ""
	}
	return kernel.Text{KO: "강남구청", EN: "Gangnam District Office"}.In(l)
}

var (
	owner    = authz.Actor{Account: "acc-1", Person: "p-1"}
	stranger = authz.Actor{Account: "acc-2", Person: "p-2"}
	unproven = authz.Actor{Account: "acc-3"}
)

// bench is an inbox on a database of the test's own, with the events that lead
// to it.
type bench struct {
	*Service
	t     testing.TB
	clock *clock.Manual
	jobs  *jobs.Runner
	bus   *events.Bus
}

func newBench(t testing.TB, db *store.DB) *bench {
	t.Helper()
	c := clock.NewManual(webtest.Start)
	b := &bench{t: t, clock: c, jobs: jobs.New(db, c, nil)}
	b.bus = events.New(b.jobs)
	b.Service = New(Deps{DB: db, Clock: c, Texts: webtest.Catalog(t, Messages()), Titles: titles{}, Agencies: agencies{}, Alerts: alerts{}})
	b.Subscribe(b.bus)
	return b
}

// tell publishes an event and lets the inbox receive it.
func (b *bench) tell(event string, e casework.Event) {
	b.t.Helper()
	b.clock.Advance(1e6) // a millisecond, so that the order is known
	err := b.db.Update(context.Background(), func(tx *store.Tx) error { return b.bus.Publish(tx, event, e) })
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.jobs.RunDue(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// list is the actor's first page.
func (b *bench) list(actor authz.Actor, l kernel.Lang) []Letter {
	b.t.Helper()
	out, _, err := b.List(context.Background(), actor, l, "", pageMost)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// about is the event of the owner's application.
func about(decision, document string) casework.Event {
	return casework.Event{
		Application: kernel.ID("01960000-0000-7000-8000-000000000001"), Number: "M26-AAAA-BBBB", Service: "moving-in-report",
		Pack: "p1", Agency: "gangnam", Account: owner.Account, Person: owner.Person, Decision: decision, Document: document,
		Due: webtest.Start.Add(48 * 3600e9),
	}
}

func event(t testing.TB, id kernel.ID, kind string, data any) events.Event {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return events.Event{ID: id, Type: kind, At: webtest.Start, Data: raw}
}
