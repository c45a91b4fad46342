package life_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/life"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func day(s string) *kernel.Date { d := kernel.MustDate(s); return &d }
func on() *bool                 { yes := true; return &yes }

func want(t *testing.T, got map[string]string, pairs ...string) {
	t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if got[pairs[i]] != pairs[i+1] {
			t.Errorf("%s is %q, want %q", pairs[i], got[pairs[i]], pairs[i+1])
		}
	}
}

// TestProgress keeps a day, marks and hidden steps; applications are read anew.
func TestProgress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		want(t, b.steps(hana), "call", "todo", "report", "todo")
		// 15 February and a month with the day itself is 14 March, a Saturday.
		b.save(hana, life.Change{Day: day("2026-02-15")})
		want(t, b.steps(hana), "report", "todo 2026-03-16", "grant", "todo 2026-03-02", "pay", "todo 2026-08-31")
		if since := kernel.TimeOf(kernel.MustDate("2026-02-15").In(kernel.Seoul)); b.desk.since != since {
			t.Errorf("applications since %v, want %v", b.desk.since, since)
		}
		b.save(hana, life.Change{Done: map[string]bool{"call": true}, Hidden: map[string]bool{"pay": true}})
		b.desk.state = map[string]life.Application{"report": {ID: "a", State: life.HandedIn}, "grant": {ID: "b", State: life.Draft}}
		want(t, b.steps(hana), "call", "done", "report", "handed_in 2026-03-16", "grant", "draft 2026-03-02", "pay", "todo 2026-08-31 hidden")
		b.save(hana, life.Change{Done: map[string]bool{"call": false}, Hidden: map[string]bool{"pay": false}})
		want(t, b.steps(hana), "call", "todo", "pay", "todo 2026-08-31")

		// Nobody reads another's; who is not signed in keeps nothing.
		b.desk.state = nil
		want(t, b.steps(duli), "report", "todo")
		g, _, err := b.Guide(t.Context(), authz.Actor{}, "birth", kernel.MustDate("2026-02-15"))
		if err != nil || g.Steps[1].Last.String() != "2026-03-16" {
			t.Errorf("without an account: %v %v", g, err)
		}
		if err := b.Save(t.Context(), authz.Actor{}, "birth", life.Change{Day: day("2026-02-15")}); !kernel.Is(err, kernel.Unauthorized) {
			t.Errorf("without an account: %v", err)
		}
		for _, c := range []life.Change{{Day: day("1999-01-01")}, {Done: map[string]bool{"nothing": true}}, {Hidden: map[string]bool{"nothing": true}}} {
			if err := b.Save(t.Context(), hana, "birth", c); !kernel.Is(err, kernel.Invalid) {
				t.Errorf("%+v: %v", c, err)
			}
		}
		if err := b.Save(t.Context(), hana, "nothing", life.Change{}); !kernel.Is(err, kernel.NotFound) {
			t.Error(err)
		}
		// What is stored tells nothing to who cannot open it.
		var state []byte
		if err := db.View(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT state FROM life_progress WHERE account = $1`, hana.Account).Scan(&state)
		}); err != nil || strings.Contains(string(state), "2026") {
			t.Errorf("%q %v", state, err)
		}
		if err := b.Reset(t.Context(), hana, "birth"); err != nil {
			t.Fatal(err)
		}
		want(t, b.steps(hana), "report", "todo")
	}, migrations()...)
}

// TestRemind: three days before, once, and not what is done.
func TestRemind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		b.save(hana, life.Change{Day: day("2026-03-03"), Remind: on()}) // grant until 17 March, report until 2 April
		b.save(duli, life.Change{Day: day("2026-03-03")})               // does not want to hear
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-03-14").In(kernel.Seoul)).Add(8 * time.Hour))
		if told := b.remind(); len(told) != 0 {
			t.Errorf("too early: %v", told)
		}
		b.clock.Advance(2 * time.Hour)
		var wg sync.WaitGroup
		for range 4 { // several copies of the program at once
			wg.Go(func() {
				if _, err := b.RemindDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if told := b.remind(); len(told) != 1 || told[0].Step != "grant" || told[0].Account != hana.Account || told[0].Last.String() != "2026-03-17" {
			t.Fatalf("told %v", told)
		}
		b.clock.Advance(24 * time.Hour)
		if told := b.remind(); len(told) != 1 {
			t.Errorf("twice: %v", told)
		}
		// Handed in meanwhile: nothing to remind of.
		b.desk.state = map[string]life.Application{"report": {ID: "a", State: life.HandedIn}}
		b.clock.Set(kernel.TimeOf(kernel.MustDate("2026-03-31").In(kernel.Seoul)).Add(12 * time.Hour))
		if told := b.remind(); len(told) != 1 {
			t.Errorf("of what is done: %v", told)
		}
		// Another day counts anew; long over is not told of.
		b.desk.state = nil
		b.save(hana, life.Change{Day: day("2026-03-19")})
		if told := b.remind(); len(told) != 2 || told[1].Last.String() != "2026-04-02" {
			t.Errorf("another day: %v", told)
		}
		b.clock.Advance(900 * 24 * time.Hour)
		if told := b.remind(); len(told) != 2 {
			t.Errorf("long over: %v", told)
		}
		if n, err := b.Purge(t.Context()); err != nil || n != 2 {
			t.Errorf("purged %d, %v", n, err)
		}
	}, migrations()...)
}

// TestPages reads the guide without an account and keeps progress with one.
func TestPages(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, migrations()...))
	site := webtest.New(t, life.Messages())
	b.Module().Pages(site.Server)
	for _, l := range []string{"", "/en"} {
		site.Actor = authz.Actor{}
		path := l + "/life-events/birth"
		p := site.Get(path + "?day-year=2026&day-month=2&day-day=15")
		if p.Status != 200 || !strings.Contains(p.Body, "2026-03-16") || !strings.Contains(p.Body, "/sign-in?next=") {
			t.Errorf("%d %s", p.Status, p.Text("main"))
		}
		if p := site.Get(path + "?day-year=2026&day-month=13&day-day=15"); !strings.Contains(p.Body, `href="#day-month"`) {
			t.Errorf("a month that does not exist: %d %s", p.Status, p.Text("main"))
		}
		if p := site.Get(l + "/life-events/gone"); p.Status != 404 {
			t.Errorf("a life event that does not exist: %d", p.Status)
		}
		site.Actor = hana
		post := func(rest string, status int, pairs ...string) {
			t.Helper()
			form := map[string][]string{}
			for i := 0; i+1 < len(pairs); i += 2 {
				form[pairs[i]] = []string{pairs[i+1]}
			}
			if p := site.Post(path+rest, form); p.Status != status {
				t.Errorf("%s: %d %s", rest, p.Status, p.Text("main"))
			}
		}
		post("/day", 303, "day-year", "2026", "day-month", "3", "day-day", "2")
		post("/day", 422, "day-year", "1850", "day-month", "3", "day-day", "2")
		post("/steps/call", 303, "act", "done")
		post("/steps/pay", 303, "act", "hide")
		post("/steps/call", 422, "act", "nonsense")
		post("/steps/none", 422, "act", "done")
		post("/remind", 303, "on", "yes")
		b.desk.state = map[string]life.Application{"report": {ID: "a1", State: life.Draft}}
		p = site.Get(path)
		for _, s := range []string{`action="` + l + `/bundles/start"`, `value="report" checked`, "2026-04-01", l + "/applications/a1"} {
			if !strings.Contains(p.Body, s) {
				t.Errorf("%s lacks %s: %s", path, s, p.Text("main"))
			}
		}
		// With one left there is nothing to put together.
		b.desk.state["grant"] = life.Application{ID: "a2", State: life.Decided}
		if p := site.Get(path); strings.Contains(p.Body, "/bundles/start") {
			t.Error("one service is put together with nothing")
		}
		b.desk.state = nil
		post("/steps/call", 303, "act", "undo")
		post("/steps/pay", 303, "act", "show")
		post("/remind", 303, "on", "no")
		post("/reset", 303)
	}
}
