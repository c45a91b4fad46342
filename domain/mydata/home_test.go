package mydata_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"maru/domain/audit"
	catalog "maru/domain/catalog/contract"
	"maru/domain/mydata"
	"maru/domain/mydata/contract"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// standingShelf is a catalogue whose one consent serves more than an
// application; what it names can change.
type standingShelf struct {
	shelf
	names     []string
	sensitive []string
}

func (s *standingShelf) Pinned(context.Context, catalog.Ref) (*catalog.Service, error) {
	svc := &catalog.Service{ID: "benefits", Questions: []catalog.Question{{ID: "members", From: "household"}}}
	for _, n := range s.names {
		svc.Questions = append(svc.Questions, catalog.Question{ID: n, Fact: n})
	}
	return svc, nil
}

func (s *standingShelf) Fact(id string) (*catalog.Fact, bool) {
	f, ok := s.shelf.Fact(id)
	if ok && slices.Contains([]string{"debt", "tenure", "household_size"}, id) {
		f.Entity = "household"
	}
	if ok && slices.Contains(s.sensitive, id) {
		f.Sensitivity = "sensitive"
	}
	return f, ok
}

// watch is a register that writes down every fact that is read.
type watch struct {
	mydata.Provider
	read  map[string][]string // facts by person
	hook  func()              // before a household is told
	wrong error

	before  func() // before facts are read
	adult   error  // of who asks whether somebody is of age
	ageless bool   // no birth date is known
}

func (w *watch) Adult(ctx context.Context, person string, on kernel.Date) (bool, error) {
	if w.adult != nil || w.ageless {
		return false, w.adult
	}
	return w.Provider.Adult(ctx, person, on)
}

func (w *watch) Facts(ctx context.Context, person string, facts []string) (map[string]mydata.Fact, error) {
	if w.wrong != nil {
		return nil, w.wrong
	}
	if w.before != nil {
		w.before()
	}
	w.read[person] = append(w.read[person], facts...)
	return w.Provider.Facts(ctx, person, facts)
}

func (w *watch) Household(ctx context.Context, person string) ([]mydata.Member, error) {
	out, err := w.Provider.Household(ctx, person)
	if w.hook != nil {
		w.hook()
	}
	return out, err
}

type homeBench struct {
	*bench
	shelf *standingShelf
	watch *watch
	jobs  *jobs.Runner
	told  []kernel.ID // consents withdrawn
	gone  []kernel.ID // consents replaced
	other []string    // other events of consents
}

func eachHome(t *testing.T, fn func(t *testing.T, b *homeBench)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := &homeBench{bench: newBench(t, db), shelf: &standingShelf{shelf: testShelf(), names: []string{"birth_date", "region", "debt", "disability"}}}
		b.watch = &watch{Provider: b.registry, read: map[string][]string{}}
		b.jobs = jobs.New(db, b.clock, nil)
		bus := events.New(b.jobs)
		for name, list := range map[string]*[]kernel.ID{contract.Withdrawn: &b.told, contract.Replaced: &b.gone} {
			bus.Subscribe(name, "test", func(_ context.Context, e events.Event) error {
				var d contract.ConsentEvent
				if err := json.Unmarshal(e.Data, &d); err != nil {
					return err
				}
				*list = append(*list, d.Consent)
				return nil
			})
		}
		for _, name := range []string{contract.Expired, contract.Narrowed} {
			bus.Subscribe(name, "test", func(_ context.Context, e events.Event) error {
				var d contract.ConsentEvent
				if err := json.Unmarshal(e.Data, &d); err != nil {
					return err
				}
				b.other = append(b.other, name+" "+string(d.Consent))
				return nil
			})
		}
		b.Service = mydata.New(mydata.Deps{DB: db, Clock: b.clock, Catalog: b.shelf, Provider: b.watch, Events: bus,
			Terms: map[string]mydata.Terms{"benefits": {Purpose: "benefit.purpose.mine", Days: 365}}})
		fn(t, b)
	}, audit.Migrations(), jobs.Migrations(), sample.Migrations())
}

func (b *homeBench) home(t *testing.T, who authz.Actor) *mydata.Home {
	t.Helper()
	h, err := b.Home(t.Context(), mydata.HomeRequest{Actor: who, Service: "benefits"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (b *homeBench) agree(t *testing.T, who authz.Actor) mydata.Consent {
	t.Helper()
	c, err := b.Grant(t.Context(), who, "benefits", "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func member(t *testing.T, h *mydata.Home, person string) mydata.HomeMember {
	t.Helper()
	i := slices.IndexFunc(h.Members, func(m mydata.HomeMember) bool { return m.Person == person })
	if i < 0 {
		t.Fatalf("%s is not in %+v", person, h.Members)
	}
	return h.Members[i]
}

// TestHome: a couple with two children. The one who agreed sees the household
// and the children; the spouse's facts wait for the spouse's own consent.
func TestHome(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		ctx, me := t.Context(), b.as("moved")
		_, err := b.Home(ctx, mydata.HomeRequest{Actor: me, Service: "benefits"})
		if !kernel.Is(err, kernel.Forbidden) || key(err) != "mydata.error.consent_needed" || b.entries(t, "mydata.fetch") != 0 {
			t.Fatalf("without consent: %v", err)
		}
		c := b.agree(t, me)
		if c.Purpose != "benefit.purpose.mine" || c.ExpiresAt != c.GivenAt.Add(365*24*time.Hour) {
			t.Errorf("terms of %+v", c)
		}
		spouse := b.registry.World().Value(me.Person, "spouse").Text()
		h := b.home(t, me)
		if len(h.Members) != 4 || h.Members[0].Relation != "head" || len(h.New) != 0 {
			t.Fatalf("household %+v", h)
		}
		if m := member(t, h, spouse); m.Facts != nil || m.By != "" || !slices.Equal(m.Ask, []string{spouse}) {
			t.Errorf("the spouse, who did not agree: %+v", m)
		}
		if !h.Facts["debt"].Value.Known() || h.Facts["debt"].Registry == "" {
			t.Errorf("the household's facts: %v", h.Facts)
		}
		for _, m := range h.Members {
			if m.Person == spouse {
				continue
			}
			if m.By != me.Person || !m.Facts["birth_date"].Value.Known() || len(m.Facts) != 3 {
				t.Errorf("%s: %+v", m.Person, m)
			}
		}
		// One row that the household was looked at, one for each whose facts were
		// read, and one for the spouse, whose means are among the household's.
		if n := b.entries(t, "mydata.fetch"); n != 5 {
			t.Errorf("%d rows in the access log", n)
		}
		if got := b.readings(t, spouse); !slices.Equal(got, []string{`["debt"]`}) {
			t.Errorf("the spouse's access log: %v", got)
		}

		// The spouse agrees too, and is no longer to be asked.
		theirs := b.agree(t, actor(spouse))
		if m := member(t, b.home(t, me), spouse); m.By != spouse || !m.Facts["birth_date"].Value.Known() || m.Ask != nil {
			t.Errorf("the spouse agreed: %+v", m)
		}
		if _, ok := member(t, b.home(t, me), spouse).Facts["debt"]; ok {
			t.Error("the household's facts belong to nobody of it")
		}
		// And takes it back.
		if _, err := b.Withdraw(ctx, actor(spouse), theirs.ID); err != nil {
			t.Fatal(err)
		}
		if m := member(t, b.home(t, me), spouse); m.Facts != nil || m.Ask == nil {
			t.Errorf("the spouse took it back: %+v", m)
		}

		// Without a session the program reads by the same consent, and by none else.
		rule := authz.Actor{System: "benefit.recheck"}
		if _, err := b.Home(ctx, mydata.HomeRequest{Actor: rule, Person: me.Person, Service: "benefits", Purpose: "benefit.purpose.recheck"}); err != nil {
			t.Errorf("the program by itself: %v", err)
		}
		_, err = b.Home(ctx, mydata.HomeRequest{Actor: rule, Person: spouse, Service: "benefits"})
		if !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("for who took it back: %v", err)
		}
		_, err = b.Home(ctx, mydata.HomeRequest{Actor: rule, Service: "benefits"})
		if !kernel.Is(err, kernel.Invalid) {
			t.Errorf("for nobody: %v", err)
		}
		// A resident reads their own household only, whatever they name.
		h, err = b.Home(ctx, mydata.HomeRequest{Actor: me, Person: b.people["alone_80"], Service: "benefits"})
		if err != nil || !slices.ContainsFunc(h.Members, func(m mydata.HomeMember) bool { return m.Person == me.Person }) {
			t.Errorf("somebody else's household: %v", err)
		}
		for _, who := range []authz.Actor{{}, {Account: "a"}, {Account: "a", Person: me.Person, Token: true, Scopes: []string{authz.ScopeDesk}}} {
			if _, err := b.Home(ctx, mydata.HomeRequest{Actor: who, Person: me.Person, Service: "benefits"}); err == nil {
				t.Errorf("%+v may look", who)
			}
		}

		if _, err := b.Withdraw(ctx, me, c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.jobs.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		if len(b.told) != 2 || !slices.Contains(b.told, theirs.ID) || !slices.Contains(b.told, c.ID) {
			t.Errorf("told of %v, want %s and %s", b.told, theirs.ID, c.ID)
		}
		if got, err := b.Consent(ctx, c.ID); err != nil || got.Person != me.Person || got.EndedAt.IsZero() {
			t.Errorf("the consent that ended: %+v, %v", got, err)
		}
	})
}

// TestHomeOfMinor: a grandparent asks; the children's facts wait for a parent,
// and the parent's consent opens them.
func TestHomeOfMinor(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		mother := b.people["single_parent"]
		h0, err := b.registry.Household(t.Context(), mother)
		if err != nil {
			t.Fatal(err)
		}
		child := h0[slices.IndexFunc(h0, func(m mydata.Member) bool { return m.Relation == "child" })].Person
		granny := b.people["alone_80"]
		region := b.registry.World().Value(mother, "region").Text()
		if err := b.registry.Move(t.Context(), sample.Move{Movers: []string{granny}, Head: mother, On: today, Region: kernel.Region(region), Address: "같은 집"}); err != nil {
			t.Fatal(err)
		}
		b.agree(t, actor(granny))
		h := b.home(t, actor(granny))
		if m := member(t, h, child); m.Facts != nil || !slices.Equal(m.Ask, []string{mother}) {
			t.Errorf("a child whose parent did not agree: %+v", m)
		}
		b.agree(t, actor(mother))
		h = b.home(t, actor(granny))
		if m := member(t, h, child); m.By != mother || !m.Facts["birth_date"].Value.Known() {
			t.Errorf("a child whose parent agreed: %+v", m)
		}
		if m := member(t, h, granny); m.By != granny {
			t.Errorf("granny: %+v", m)
		}
	})
}

// TestHomeNeverReadsMore: whatever the definition names by now, facts read are
// among those agreed to, also where the consent goes while the reading is on.
func TestHomeNeverReadsMore(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		ctx, me := t.Context(), b.as("moved")
		c := b.agree(t, me)
		b.shelf.names = append(b.shelf.names, "earned_income_month", "tenure")
		h := b.home(t, me)
		if want := []string{"earned_income_month", "tenure"}; !slices.Equal(h.New, want) {
			t.Errorf("new %v, want %v", h.New, want)
		}
		for person, facts := range b.watch.read {
			for _, f := range facts {
				if !slices.Contains(c.Items, f) {
					t.Errorf("%s of %s was read", f, person)
				}
			}
		}
		b.shelf.names = []string{"region"} // rules read less: so do we
		clear(b.watch.read)
		b.home(t, me)
		if got := b.watch.read[me.Person]; !slices.Equal(got, []string{"region"}) {
			t.Errorf("read %v", got)
		}
		c = b.agree(t, me) // covered by what stands
		clear(b.watch.read)
		b.watch.hook = func() {
			b.watch.hook = nil
			if _, err := b.Withdraw(ctx, me, c.ID); err != nil {
				t.Error(err)
			}
		}
		if _, err := b.Home(ctx, mydata.HomeRequest{Actor: me, Service: "benefits"}); !kernel.Is(err, kernel.Forbidden) || len(b.watch.read) != 0 {
			t.Errorf("taken back meanwhile: %v, read %v", err, b.watch.read)
		}
	})
}

func TestHomeEnds(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		me := b.as("alone_80")
		c := b.agree(t, me)
		if h := b.home(t, me); len(h.Members) != 1 || h.Members[0].By != me.Person {
			t.Errorf("a household of one: %+v", h)
		}
		b.watch.wrong = errors.New("connection refused")
		_, err := b.Home(t.Context(), mydata.HomeRequest{Actor: me, Service: "benefits"})
		if !kernel.Is(err, kernel.Unavailable) || strings.Contains(key(err), "consent") {
			t.Errorf("a register that is down: %v", err)
		}
		b.watch.wrong = nil
		if got, ok, err := b.Agreed(t.Context(), me.Person, "benefits"); !ok || err != nil || got.ID != c.ID {
			t.Errorf("agreed: %v %v", ok, err)
		}
		b.clock.Advance(365 * 24 * time.Hour)
		if _, ok, _ := b.Agreed(t.Context(), me.Person, "benefits"); ok {
			t.Error("stands after a year")
		}
		if _, err := b.Home(t.Context(), mydata.HomeRequest{Actor: me, Service: "benefits"}); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("after a year: %v", err)
		}
	})
}

// readings are the facts of each reading in a person's access log, in order of
// their text. Rows name a subject by pseudonym, which a row of our own shows.
func (b *homeBench) readings(t *testing.T, person string) []string {
	t.Helper()
	var out []string
	err := b.db.Update(t.Context(), func(tx *store.Tx) error {
		return audit.Append(tx, b.clock.Now(), audit.Entry{Actor: authz.Actor{System: "test"}, Act: "test.mark", Object: "mark:" + person, Subject: person})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = b.db.View(t.Context(), func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT detail FROM audit_row WHERE act = 'mydata.fetch'
			AND subject IN (SELECT subject FROM audit_row WHERE act = 'test.mark' AND object = $1) ORDER BY detail`, "mark:"+person)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var detail string
			if err := rows.Scan(&detail); err != nil {
				return err
			}
			out = append(out, detail)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHomeAskedByMinor: a child's own consent opens the child's own facts, and
// nothing of what the household has or owes; nor does that of somebody whose
// birth date no register knows.
func TestHomeAskedByMinor(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		mother := b.people["single_parent"]
		members, err := b.registry.Household(t.Context(), mother)
		if err != nil {
			t.Fatal(err)
		}
		child := members[slices.IndexFunc(members, func(m mydata.Member) bool { return m.Relation == "child" })].Person
		b.agree(t, actor(child))
		b.agree(t, actor(mother)) // hers does not widen the child's
		h := b.home(t, actor(child))
		if len(h.Facts) != 0 || slices.Contains(b.watch.read[child], "debt") || len(b.watch.read[mother]) == 0 || slices.Contains(b.watch.read[mother], "debt") {
			t.Errorf("a minor read the household's %v; of registers %v", h.Facts, b.watch.read)
		}
		if m := member(t, h, child); m.By != child || !m.Facts["birth_date"].Value.Known() {
			t.Errorf("the minor's own: %+v", m)
		}
		for _, who := range []string{child, mother} {
			for _, detail := range b.readings(t, who) {
				if strings.Contains(detail, "debt") {
					t.Errorf("the log of %s says %s", who, detail)
				}
			}
		}

		// The mother asks: hers to read, and no minor's log tells of it.
		if h := b.home(t, actor(mother)); !h.Facts["debt"].Value.Known() {
			t.Errorf("an adult: %v", h.Facts)
		}
		for _, detail := range b.readings(t, child) {
			if strings.Contains(detail, "debt") {
				t.Errorf("the minor's log says %s", detail)
			}
		}
		if !slices.ContainsFunc(b.readings(t, mother), func(d string) bool { return strings.Contains(d, "debt") }) {
			t.Error("the mother's log does not say that debts were read")
		}
		b.watch.ageless = true
		if h := b.home(t, actor(mother)); len(h.Facts) != 0 {
			t.Errorf("without a birth date: %v", h.Facts)
		}
	})
}

// TestHomeLogged: the other adult's log tells of a reading once it is there, and
// of none while a register is down; where nobody knows who is of age, no register
// is asked for a fact, and where the log cannot be written nothing is told.
func TestHomeLogged(t *testing.T) {
	eachHome(t, func(t *testing.T, b *homeBench) {
		me := b.as("moved")
		b.agree(t, me)
		spouse := b.registry.World().Value(me.Person, "spouse").Text()
		b.watch.wrong = errors.New("connection refused")
		for range 3 {
			if _, err := b.Home(t.Context(), mydata.HomeRequest{Actor: me, Service: "benefits"}); !kernel.Is(err, kernel.Unavailable) {
				t.Error(err)
			}
		}
		if n := b.entries(t, "mydata.fetch"); n != 0 {
			t.Errorf("%d readings are logged of a register that did not answer", n)
		}
		b.watch.wrong = nil
		b.home(t, me)
		if got := b.readings(t, spouse); !slices.Equal(got, []string{`["debt"]`}) {
			t.Errorf("the spouse's log: %v", got)
		}
		clear(b.watch.read)
		b.watch.adult = errors.New("connection refused")
		if _, err := b.Home(t.Context(), mydata.HomeRequest{Actor: me, Service: "benefits"}); !kernel.Is(err, kernel.Unavailable) || len(b.watch.read) != 0 {
			t.Errorf("nobody knows who is of age: %v, read %v", err, b.watch.read)
		}
		b.watch.adult = nil
		if err := b.db.Update(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(`DROP TABLE audit_row`); return err }); err != nil {
			t.Fatal(err)
		}
		if h, err := b.Home(t.Context(), mydata.HomeRequest{Actor: me, Service: "benefits"}); err == nil || h != nil {
			t.Errorf("without a log: %+v, %v", h, err)
		}
	})
}
