package benefit

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/pack"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"

	"maru/domain/benefit/internal/ruletest"
)

var today = kernel.MustDate("2026-03-03")

// shelf is the Korean pack, at a version of its own.
type shelf struct {
	pack Pack
}

func (s *shelf) Benefits() Pack   { return s.pack }
func (s *shelf) PackHash() string { return s.pack.Hash }

// bare gives keys for texts, and has no places.
type bare struct{}

func (bare) T(_ kernel.Lang, key string, _ ...any) string { return key }
func (bare) Regions(kernel.Lang) []Place                  { return nil }

// office is a register that holds one household and keeps account of readings.
type office struct {
	home    *Home
	consent kernel.ID // of who asks, "" without
	down    bool
	reads   []authz.Actor
	ended   map[kernel.ID]kernel.Time
	person  string
	asked   func() // called before each look whether a consent stands
}

func (o *office) Home(_ context.Context, by authz.Actor, _ string) (*Home, error) {
	switch {
	case o.consent == "":
		return nil, kernel.E(kernel.Forbidden, "mydata.error.consent_needed", nil)
	case o.down:
		return nil, kernel.E(kernel.Unavailable, "mydata.error.register_down", errors.New("no answer"))
	}
	o.reads = append(o.reads, by)
	return o.home, nil
}

func (o *office) Agreed(context.Context, string) (kernel.ID, error) {
	if o.asked != nil {
		o.asked()
	}
	return o.consent, nil
}
func (o *office) Offer(context.Context, authz.Actor) (Offer, error)      { return Offer{}, nil }
func (o *office) Agree(context.Context, authz.Actor, string, bool) error { return nil }
func (o *office) Narrowed(_ context.Context, id kernel.ID) (string, kernel.Time, []string, error) {
	if at, ok := o.ended[id]; ok {
		return o.person, at, []string{"disability"}, nil
	}
	return "", 0, nil, nil
}
func (o *office) Registry(id string, _ kernel.Lang) string { return id }
func (o *office) Withdrawn(_ context.Context, id kernel.ID) (string, kernel.Time, error) {
	if at, ok := o.ended[id]; ok {
		return o.person, at, nil
	}
	return "", 0, nil
}

type bench struct {
	*Service
	t      *testing.T
	office *office
	clock  *clock.Manual
	shelf  *shelf
	db     *store.DB
	hana   authz.Actor
}

func newBench(t *testing.T, db *store.DB, home *Home) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, db: db, clock: clock.NewManual(kernel.TimeOf(today.In(kernel.Seoul))),
		office: &office{home: home, consent: "c1", person: "hana", ended: map[kernel.ID]kernel.Time{}},
		shelf:  &shelf{Pack{Hash: "v1", Source: ruletest.Pack(t, pack.KR())}},
		hana:   authz.Actor{Account: "a", Person: "hana"}}
	b.Service = New(Deps{DB: db, Keys: keys, Catalog: b.shelf, Clock: b.clock, Texts: bare{}, Places: bare{}, Registers: b.office})
	return b
}

func tables() []store.Migrations { return []store.Migrations{audit.Migrations(), Migrations()} }

func (b *bench) known() *Known {
	b.t.Helper()
	k, err := b.Service.known(b.t.Context(), b.hana, "hana")
	if err != nil {
		b.t.Fatal(err)
	}
	return k
}

func text(s string) Held { return Held{Value: kernel.TextOf(s), Registry: "resident register"} }
func won(n int64) Held   { return Held{Value: kernel.IntOf(n)} }
func on(s string) Held   { return Held{Value: kernel.DateValueOf(kernel.MustDate(s))} }

func one(person, relation string, facts map[string]Held) HomeMember {
	m := HomeMember{Person: person, Name: person, Relation: relation, Facts: facts, Open: facts != nil}
	if facts == nil {
		m.Ask = []string{person}
	}
	return m
}

// elder is somebody of 71 of whom registers know what the basic pension asks.
func elder() map[string]Held {
	no := Held{Value: kernel.BoolOf(false)}
	return map[string]Held{
		"birth_date": on("1955-01-01"), "nationality": text("citizen"), "region": text("11110"), "marital_status": text("single"),
		"public_occupational_pension": no, "earned_income_month": won(0), "business_income_month": won(0), "other_income_month": won(0),
	}
}

func means() map[string]Held {
	return map[string]Held{"household_size": won(1), "property_general": won(0), "property_financial": won(0), "debt": won(0), "luxury_vehicle_value": won(0),
		"receives": {Value: kernel.SetOf()}}
}

func (k *Known) of(t *testing.T, programme string) *Result {
	t.Helper()
	i := slices.IndexFunc(k.Answer.Results, func(r Result) bool { return r.Programme.ID == programme })
	if i < 0 {
		t.Fatalf("no programme %s", programme)
	}
	return &k.Answer.Results[i]
}

func (b *bench) tell(ref string, v kernel.Value) error {
	return b.Tell(b.t.Context(), b.hana, b.known(), ref, v)
}

func wants(t *testing.T, err error, kind kernel.Kind, key string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Key != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

// TestKnownOfOne: a household of one is decided from registers alone, by the
// program itself as well as for the person.
func TestKnownOfOne(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, tables()...), &Home{Members: []HomeMember{one("hana", "head", elder())}, Facts: means()})
	k, err := b.Known(t.Context(), "hana")
	if err != nil {
		t.Fatal(err)
	}
	if r := k.of(t, "basic-pension"); r.Eligible != situation.Yes || r.Amount == nil || *r.Amount == 0 {
		t.Errorf("basic pension %+v", r.Verdict)
	}
	if k.Self != "p1" || k.Persons["p1"] != "hana" || !k.Members[0].Open {
		t.Errorf("self %s, persons %v", k.Self, k.Persons)
	}
	if b.office.reads[0].System == "" || PurposeFor(b.office.reads[0]) != purposeRecheck {
		t.Errorf("read by %+v", b.office.reads[0])
	}
	b.known()
	if PurposeFor(b.office.reads[1]) != purposeMine {
		t.Error("the person's own look is for another purpose")
	}
}

func TestKnownErrors(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, tables()...), &Home{Members: []HomeMember{one("duli", "head", elder())}})
	_, err := b.Known(t.Context(), "hana")
	wants(t, err, kernel.NotFound, "benefit.error.not_at_home")
	b.office.down = true
	_, err = b.Known(t.Context(), "hana")
	wants(t, err, kernel.Unavailable, "mydata.error.register_down")
	b.office.consent = ""
	_, err = b.Known(t.Context(), "hana")
	wants(t, err, kernel.Forbidden, "benefit.error.consent_needed")
}

// TestKnownFamily: the head is somebody else who did not agree. What only they
// could open is unknown, never no; relations come from the list, the region from
// the address that all share, and whoever agreed is counted.
func TestKnownFamily(t *testing.T) {
	hana := elder()
	hana["relation_to_head"], hana["marital_status"] = text("head"), text("divorced") // a register of persons says otherwise: the list counts
	child := map[string]Held{"birth_date": on("2024-05-05"), "nationality": text("citizen"), "region": text("nowhere"), "fetus_count": won(-1)}
	b := newBench(t, storetest.SQLite(t, tables()...), &Home{Facts: means(), Members: []HomeMember{
		one("hana", "parent", hana), one("head", "head", nil), one("kid", "child", child), one("odd", "lodger", nil),
	}})
	k := b.known()
	m := k.Answer.Situation.Members
	if k.Persons["p1"] != "head" || k.Self != "p2" {
		t.Fatalf("persons %v, self %s", k.Persons, k.Self)
	}
	for i, want := range []string{"", "parent", "child", ""} {
		if got := m[i].Facts["relation_to_head"].Text(); got != want {
			t.Errorf("relation of %s is %q, want %q", k.Persons[m[i].ID], got, want)
		}
	}
	if got := m[0].Facts["region"].Text(); got != "11110" {
		t.Errorf("region of the head %q", got)
	}
	for _, id := range []string{"region", "fetus_count"} {
		if v := m[2].Facts[id]; v.Known() {
			t.Errorf("%s = %s was taken, which the fact cannot be", id, v.Text())
		}
	}
	if got := m[1].Facts["marital_status"].Text(); got != "divorced" {
		t.Errorf("marital status %q", got)
	}
	pension := k.of(t, "basic-pension")
	if v := pension.Members[0]; v.Eligible != situation.Unknown || !slices.Contains(v.Missing, "p1.birth_date") {
		t.Errorf("who did not agree: %+v", v)
	}
	// A parent of the head may be married to another parent only: nothing that the
	// head keeps for themselves stands in the way.
	if v := pension.Members[1]; v.Eligible == situation.No {
		t.Errorf("hana: %+v", v)
	}
	if k.Members[0].Open || !slices.Equal(k.Members[0].Ask, []string{"head"}) || !k.Members[2].Open {
		t.Errorf("members %+v", k.Members)
	}
}

// TestKnownWithoutHead: where registers name no head, who asks stands in front
// and no relation is known.
func TestKnownWithoutHead(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, tables()...), &Home{Facts: means(), Members: []HomeMember{one("kid", "child", nil), one("hana", "spouse", elder())}})
	k := b.known()
	if k.Persons["p1"] != "hana" || k.Self != "p1" {
		t.Errorf("persons %v", k.Persons)
	}
	if v := k.Answer.Situation.Members[1].Facts["relation_to_head"]; v.Known() {
		t.Errorf("relation to nobody: %s", v.Text())
	}
}

// TestTold: what is told counts until registers know better, is kept sealed,
// changed, deleted, and too old after a year.
func TestTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		hana := elder()
		delete(hana, "public_occupational_pension")
		b := newBench(t, db, &Home{Members: []HomeMember{one("hana", "head", hana)}, Facts: means()})
		ctx := t.Context()
		const ref = "p1.public_occupational_pension"
		if got := b.known().of(t, "basic-pension").Eligible; got != situation.Unknown {
			t.Fatalf("before: %v", got)
		}
		for _, v := range []kernel.Value{kernel.BoolOf(true), {}, kernel.BoolOf(false), kernel.BoolOf(false)} {
			if err := b.tell(ref, v); err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(time.Minute)
		}
		k := b.known()
		if k.of(t, "basic-pension").Eligible != situation.Yes || len(k.Statements) != 1 || k.Told[ref].On != today {
			t.Errorf("told: %v, %+v", k.of(t, "basic-pension").Verdict, k.Statements)
		}
		var stored []byte
		must(t, db.View(ctx, func(tx *store.Tx) error { return tx.QueryRow(`SELECT value FROM benefit_statement`).Scan(&stored) }))
		if len(stored) < 30 || slices.Contains([]string{"true", "false"}, string(stored)) {
			t.Errorf("stored in the clear: %q", stored)
		}

		// What a register holds nobody can tell, nor what the fact cannot be, nor
		// of anybody else.
		wants(t, b.tell("p1.birth_date", kernel.DateValueOf(today)), kernel.Conflict, "benefit.error.held")
		wants(t, b.tell("p1.disability", kernel.TextOf("very")), kernel.Invalid, "benefit.error.answer")
		wants(t, b.tell("p1.earned", kernel.IntOf(1)), kernel.Invalid, "benefit.error.name")
		wants(t, b.tell("p2.disability", kernel.TextOf("none")), kernel.Invalid, "benefit.error.name")

		// The register learns it: it counts, and the statement does not.
		hana["public_occupational_pension"] = Held{Value: kernel.BoolOf(true)}
		if k = b.known(); k.of(t, "basic-pension").Eligible != situation.No || len(k.Told) != 0 || len(k.Statements) != 1 {
			t.Errorf("told beside a register: %+v, %+v", k.Told, k.Statements)
		}
		delete(hana, "public_occupational_pension")

		// Another person's hand does not reach it.
		id := k.Statements[0].ID
		must(t, b.Forget(ctx, authz.Actor{Account: "b", Person: "duli"}, id))
		if k = b.known(); len(k.Told) != 1 {
			t.Error("somebody else deleted it")
		}
		wants(t, b.Forget(ctx, authz.Actor{Account: "b"}, id), kernel.Forbidden, "mydata.error.prove_first")
		must(t, b.Forget(ctx, b.hana, id))
		must(t, b.Forget(ctx, b.hana, id)) // once more changes nothing
		if k = b.known(); len(k.Statements) != 0 {
			t.Error("not deleted")
		}

		must(t, b.tell(ref, kernel.BoolOf(false)))
		b.clock.Advance(keptFor + time.Minute)
		if k = b.known(); len(k.Statements) != 0 {
			t.Error("counts after a year")
		}
		if n, err := b.Purge(ctx); n != 1 || err != nil {
			t.Errorf("purged %d, %v", n, err)
		}
	}, tables()...)
}

// TestNarrowed: taking the sensitive part of the consent back deletes what was
// told of those facts before, and nothing else.
func TestNarrowed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db, &Home{Members: []HomeMember{one("hana", "head", map[string]Held{})}})
		must(t, b.tell("p1.disability", kernel.TextOf("none")))
		must(t, b.tell("p1.student", kernel.TextOf("none")))
		b.clock.Advance(time.Hour)
		b.office.ended["c2"] = b.clock.Now()
		for range 2 {
			must(t, b.Narrowed(t.Context(), "c2"))
		}
		if k := b.known(); len(k.Statements) != 1 || k.Statements[0].Fact != "student" {
			t.Errorf("left: %+v", k.Statements)
		}
		b.clock.Advance(time.Hour)
		must(t, b.tell("p1.disability", kernel.TextOf("none")))
		must(t, b.Narrowed(t.Context(), "c2")) // delivered again, late
		must(t, b.Narrowed(t.Context(), "of another service"))
		if k := b.known(); len(k.Statements) != 2 {
			t.Errorf("told afterwards: %+v", k.Statements)
		}
	}, tables()...)
}

// TestWithdrawn: taking the consent back deletes what was told before, not what
// is told after agreeing again; without consent nothing can be told.
func TestWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db, &Home{Members: []HomeMember{one("hana", "head", map[string]Held{})}})
		ctx := t.Context()
		must(t, b.tell("p1.disability", kernel.TextOf("none")))
		k := b.known()
		b.clock.Advance(time.Hour)
		b.office.consent, b.office.ended["c1"] = "", b.clock.Now()
		wants(t, b.Tell(ctx, b.hana, k, "p1.pregnant", kernel.BoolOf(false)), kernel.Forbidden, "benefit.error.consent_needed")

		b.clock.Advance(time.Hour) // agreed again before the event arrives
		b.office.consent = "c2"
		must(t, b.tell("p1.student", kernel.TextOf("none")))
		for range 2 {
			must(t, b.Withdrawn(ctx, "c1"))
			must(t, b.Withdrawn(ctx, "another"))
		}
		if k = b.known(); len(k.Statements) != 1 || k.Statements[0].Fact != "student" {
			t.Errorf("left: %+v", k.Statements)
		}
	}, tables()...)
}

// TestWithdrawnMeanwhile: a consent that goes while something is told, and whose
// event comes before that is kept, leaves nothing behind.
func TestWithdrawnMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db, &Home{Members: []HomeMember{one("hana", "head", map[string]Held{})}})
		ctx := t.Context()
		must(t, b.tell("p1.disability", kernel.TextOf("none")))
		k := b.known()
		times := 0
		b.office.asked = func() {
			if times++; times == 2 { // the transaction in which it is kept lies between
				b.office.consent, b.office.ended["c1"] = "", b.clock.Now()-1
				must(t, b.Withdrawn(ctx, "c1"))
			}
		}
		wants(t, b.Tell(ctx, b.hana, k, "p1.pregnant", kernel.BoolOf(false)), kernel.Forbidden, "benefit.error.consent_needed")
		if got, err := b.statements(ctx, "hana"); err != nil || len(got) != 0 {
			t.Errorf("kept without consent: %+v, %v", got, err)
		}
	}, tables()...)
}

// TestReading: one reading serves the questions of a page for a while, for its
// person, under the same consent and pack; whatever else is carried is read anew.
func TestReading(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, tables()...), &Home{Members: []HomeMember{one("hana", "head", elder()), one("duli", "spouse", nil)}, Facts: means(), New: []string{"x"}})
	ctx := t.Context()
	first, carry, err := b.take(ctx, b.hana, "")
	must(t, err)
	again, _, err := b.take(ctx, b.hana, carry)
	must(t, err)
	if len(b.office.reads) != 1 {
		t.Fatalf("read %d times", len(b.office.reads))
	}
	each(again, func(ref string, v kernel.Value) kernel.Value { return v })
	for id, held := range first.Members[0].Facts {
		if got := again.Members[0].Facts[id]; !got.Value.Equal(held.Value) || got.Value.Kind() != held.Value.Kind() {
			t.Errorf("%s was %v, is %v", id, held, got)
		}
	}
	if v := again.Facts["receives"].Value; v.Kind() != kernel.SetValue {
		t.Errorf("the empty set became %v", v)
	}
	if again.Members[1].Open || again.New[0] != "x" {
		t.Errorf("household %+v", again)
	}
	stale := func(name string, actor authz.Actor, carried string) {
		t.Helper()
		before := len(b.office.reads)
		_, _, err := b.take(ctx, actor, carried)
		must(t, err)
		if len(b.office.reads) != before+1 {
			t.Errorf("%s: not read anew", name)
		}
	}
	stale("nonsense", b.hana, "@@")
	stale("cut", b.hana, carry[:len(carry)-3])
	stale("another person", authz.Actor{Account: "b", Person: "duli"}, carry)
	b.office.consent = "c2"
	stale("another consent", b.hana, carry)
	b.office.consent = "c1"
	b.shelf.pack.Hash = "v2"
	stale("another pack", b.hana, carry)
	b.shelf.pack.Hash = "v1"
	b.clock.Advance(readingLife)
	stale("too old", b.hana, carry)
	b.office.consent = ""
	_, _, err = b.take(ctx, b.hana, carry)
	wants(t, err, kernel.Forbidden, "benefit.error.consent_needed")
}

// TestWanted: a consent names what rules read and registers hold, and nothing
// else.
func TestWanted(t *testing.T) {
	e := koreanEngine(t)
	wanted := e.wanted()
	for _, id := range []string{"birth_date", "region", "household_size", "disability", "receives", "recognised_income_month"} {
		if !slices.Contains(wanted, id) {
			t.Errorf("%s is missing", id)
		}
	}
	for _, id := range []string{"name", "resident_number", "phone", "bank_account", "address", "crisis", "region_class", "passport_until", "driving_licence_class"} {
		if slices.Contains(wanted, id) {
			t.Errorf("%s is of no use to any rule, or no register holds it", id)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(wanted)))) != len(wanted) {
		t.Errorf("twice in %v", wanted)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
