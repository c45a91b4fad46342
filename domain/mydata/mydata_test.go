package mydata_test

import (
	"context"
	"errors"
	"os"
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
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var today = kernel.MustDate("2026-11-20")

// shelf is a catalogue of two services in two versions.
type shelf map[catalog.Ref]*catalog.Service

func (s shelf) Pinned(_ context.Context, ref catalog.Ref) (*catalog.Service, error) {
	svc, ok := s[ref]
	if !ok {
		return nil, kernel.E(kernel.NotFound, "catalog.error.no_service", nil)
	}
	return svc, nil
}

func (s shelf) PackHash() string { return "v2" }

func (s shelf) Fact(id string) (*catalog.Fact, bool) {
	if id == contract.ItemHousehold || id == contract.ItemFamily {
		return nil, false
	}
	return &catalog.Fact{ID: id, Title: kernel.Text{KO: "사실 " + id, EN: "Fact " + id}, Registry: "resident register"}, true
}

func (s shelf) AgencyType(string) kernel.Text {
	return kernel.Text{KO: "구청", EN: "District office"}
}

func testShelf() shelf {
	moving := &catalog.Service{
		ID: "moving-in-report", Title: kernel.Text{KO: "전입신고", EN: "Moving-in report"},
		Agency: catalog.AgencyRule{Type: "sigungu"}, Retention: catalog.Retention{Years: 5},
		Questions: []catalog.Question{{ID: "who", From: "household"}, {ID: "address", Fact: "address"}, {ID: "phone", Fact: "phone"}},
		Outcome:   catalog.Outcome{Facts: []string{"name"}},
	}
	older := *moving
	older.Questions = moving.Questions[:2]
	pension := &catalog.Service{
		ID: "basic-pension", Title: kernel.Text{KO: "기초연금", EN: "Basic pension"},
		Agency:      catalog.AgencyRule{Type: "sigungu", By: "fact:region"},
		Eligibility: []catalog.Rule{{If: catalog.Condition{All: []catalog.Condition{{Fact: "birth_date", Age: true}, {Fact: "recognised_income_month"}}}}},
	}
	return shelf{
		{ServiceID: "moving-in-report", Pack: "v2"}: moving,
		{ServiceID: "moving-in-report", Pack: "v1"}: &older,
		{ServiceID: "basic-pension", Pack: "v2"}:    pension,
	}
}

type bench struct {
	*mydata.Service
	registry *sample.Registry
	clock    *clock.Manual
	db       *store.DB
	people   map[string]string // by situation
}

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	reg, err := sample.Open(t.Context(), db, today)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{registry: reg, clock: clock.NewManual(kernel.TimeOf(today.In(kernel.Seoul))), db: db, people: map[string]string{}}
	b.Service = mydata.New(mydata.Deps{DB: db, Clock: b.clock, Catalog: testShelf(), Provider: reg})
	for _, s := range reg.World().Situations() {
		b.people[s.ID] = s.Person
	}
	return b
}

func (b *bench) as(situation string) authz.Actor { return actor(b.people[situation]) }

func actor(person string) authz.Actor {
	return authz.Actor{Account: kernel.ID("account-of-" + person), Person: person}
}

// entries counts the rows of the access log of one act.
func (b *bench) entries(t *testing.T, act string) int {
	t.Helper()
	var n int
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit_row WHERE act = $1`, act).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newBench(t, db)) }, audit.Migrations(), sample.Migrations())
}

func key(err error) string {
	var e *kernel.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

func TestNoConsentNoData(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		req := mydata.FetchRequest{Actor: b.as("moved"), Service: "moving-in-report"}
		_, err := b.Fetch(ctx, req)
		if !kernel.Is(err, kernel.Forbidden) || key(err) != "mydata.error.consent_needed" {
			t.Fatalf("without consent: %v", err)
		}
		if _, err := b.Household(ctx, req); !kernel.Is(err, kernel.Forbidden) {
			t.Fatalf("household without consent: %v", err)
		}
		if n := b.entries(t, "mydata.fetch"); n != 0 {
			t.Errorf("%d reads logged, none happened", n)
		}
		c, err := b.Grant(ctx, req.Actor, "moving-in-report", "")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{contract.ItemHousehold, "address", "phone", "name"}; !slices.Equal(c.Items, want) {
			t.Errorf("items %v, want %v", c.Items, want)
		}
		facts, err := b.Fetch(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"address", "phone", "name"} {
			if !facts[f].Value.Known() || facts[f].Registry == "" || facts[f].AsOf.IsZero() {
				t.Errorf("%s: %+v", f, facts[f])
			}
		}
		if len(facts) != 3 {
			t.Errorf("facts %v, want the three that the definition names", facts)
		}
		members, err := b.Household(ctx, req)
		if err != nil || len(members) != 4 || members[0].Relation != "head" || members[0].Name == "" {
			t.Errorf("household %v, %v", members, err)
		}
		if n := b.entries(t, "mydata.fetch"); n != 2 {
			t.Errorf("%d reads logged, want 2", n)
		}
		if _, err := b.Withdraw(ctx, req.Actor, c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Fetch(ctx, req); !kernel.Is(err, kernel.Forbidden) {
			t.Errorf("after withdrawal: %v", err)
		}
	})
}

func TestConsentEndsByItself(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	req := mydata.FetchRequest{Actor: b.as("moved"), Service: "moving-in-report"}
	if _, err := b.Grant(t.Context(), req.Actor, req.Service, ""); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(90*24*time.Hour - time.Second)
	if _, err := b.Fetch(t.Context(), req); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	b.clock.Advance(time.Second)
	if _, err := b.Fetch(t.Context(), req); !kernel.Is(err, kernel.Forbidden) {
		t.Errorf("after 90 days: %v", err)
	}
	if _, err := b.Grant(t.Context(), req.Actor, req.Service, ""); err != nil {
		t.Errorf("agreeing again: %v", err)
	}
	if _, err := b.Fetch(t.Context(), req); err != nil {
		t.Errorf("after agreeing again: %v", err)
	}
}

func TestGrantTwice(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		me := b.as("moved")
		older, err := b.Grant(t.Context(), me, "moving-in-report", "v1")
		if err != nil {
			t.Fatal(err)
		}
		newer, err := b.Grant(t.Context(), me, "moving-in-report", "v2")
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.Grant(t.Context(), me, "moving-in-report", "v2")
		if err != nil {
			t.Fatal(err)
		}
		if newer.ID == older.ID || again.ID != newer.ID {
			t.Errorf("ids %s, %s, %s: more items are a new consent, the same are not", older.ID, newer.ID, again.ID)
		}
		all, err := b.Consents(t.Context(), me)
		if err != nil || len(all) != 2 {
			t.Fatalf("consents %v, %v", all, err)
		}
		for _, c := range all {
			if want := map[kernel.ID]string{older.ID: "replaced"}[c.ID]; c.Ended != want {
				t.Errorf("consent %s ended %q, want %q", c.ID, c.Ended, want)
			}
		}
		// The older version names fewer facts: the newer consent covers them.
		if _, err := b.Fetch(t.Context(), mydata.FetchRequest{Actor: me, Service: "moving-in-report", Pack: "v1"}); err != nil {
			t.Errorf("a draft of the older version: %v", err)
		}
	})
}

// TestAuditedAsksForTheScope: an auditor's own token for other things does not
// open everybody's consents.
func TestAuditedAsksForTheScope(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	if _, err := b.Grant(t.Context(), b.as("moved"), "moving-in-report", ""); err != nil {
		t.Fatal(err)
	}
	auditor := []authz.Grant{{Role: authz.Auditor}}
	for name, c := range map[string]struct {
		actor authz.Actor
		kind  kernel.Kind
	}{
		"a session":        {authz.Actor{Account: "a", Grants: auditor}, 0},
		"the scope":        {authz.Actor{Account: "a", Grants: auditor, Token: true, Scopes: []string{authz.ScopeAdmin}}, 0},
		"another scope":    {authz.Actor{Account: "a", Grants: auditor, Token: true, Scopes: []string{authz.ScopeApplications}}, kernel.Forbidden},
		"nobody's auditor": {authz.Actor{Account: "a"}, kernel.Forbidden},
		"a visitor":        {authz.Actor{}, kernel.Unauthorized},
	} {
		list, err := b.Audited(t.Context(), c.actor, "", 0, 10)
		if c.kind == 0 && (err != nil || len(list) != 1) || c.kind != 0 && !kernel.Is(err, c.kind) {
			t.Errorf("%s: %d, %v", name, len(list), err)
		}
	}
	if n := b.entries(t, "mydata.audited"); n != 2 {
		t.Errorf("%d looks in the log", n)
	}
}

func TestWhoMayAsk(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	ctx, service := t.Context(), "moving-in-report"
	mother := b.people["single_parent"]
	family, err := b.registry.Family(ctx, mother)
	if err != nil {
		t.Fatal(err)
	}
	child := family[slices.IndexFunc(family, func(m mydata.Member) bool { return m.Relation == "child" })].Person
	for _, a := range []authz.Actor{actor(mother), b.as("moved")} {
		if _, err := b.Grant(ctx, a, service, ""); err != nil {
			t.Fatal(err)
		}
	}
	official := authz.Actor{Account: "official", Grants: []authz.Grant{{Role: authz.Official, Agency: "sigungu-11110"}}}
	token := b.as("moved")
	token.Token, token.Scopes = true, []string{authz.ScopeDesk}
	for _, c := range []struct {
		name string
		req  mydata.FetchRequest
		kind kernel.Kind
		key  string
	}{
		{"a visitor", mydata.FetchRequest{}, kernel.Unauthorized, "error.sign_in"},
		{"a visitor with a law", mydata.FetchRequest{Basis: "법", Person: child}, kernel.Unauthorized, "error.sign_in"},
		{"an account nobody checked", mydata.FetchRequest{Actor: authz.Actor{Account: "a"}}, kernel.Forbidden, "mydata.error.prove_first"},
		{"a token without the scope", mydata.FetchRequest{Actor: token}, kernel.Forbidden, "error.scope"},
		{"a stranger", mydata.FetchRequest{Actor: b.as("moved"), Person: b.people["job_loss"]}, kernel.Forbidden, "mydata.error.consent_of_other"},
		{"a stranger's child", mydata.FetchRequest{Actor: b.as("moved"), Person: child}, kernel.Forbidden, "mydata.error.consent_of_other"},
		{"a resident with a law", mydata.FetchRequest{Actor: b.as("moved"), Basis: "법"}, kernel.Forbidden, "mydata.error.basis_for_bodies"},
		{"an official without person", mydata.FetchRequest{Actor: official, Basis: "법"}, kernel.Invalid, ""},
		{"a fact not named", mydata.FetchRequest{Actor: b.as("moved"), Facts: []string{"disability"}}, kernel.Forbidden, "mydata.error.fact_not_named"},
		{"nobody in the registers", mydata.FetchRequest{Actor: official, Basis: "법", Person: "p-99999"}, kernel.NotFound, "mydata.error.unknown_person"},
	} {
		c.req.Service = service
		if _, err := b.Fetch(ctx, c.req); !kernel.Is(err, c.kind) || key(err) != c.key {
			t.Errorf("%s: %v, want %s %s", c.name, err, c.kind, c.key)
		}
	}
	for name, req := range map[string]mydata.FetchRequest{
		"the mother for her child": {Actor: actor(mother), Person: child},
		"an official by law":       {Actor: official, Basis: "주민등록법 제29조", Person: child, Agency: "sigungu-11110"},
		"a rule by law":            {Actor: authz.Actor{System: "rule:auto"}, Basis: "주민등록법 제29조", Person: child},
	} {
		req.Service = service
		if _, err := b.Fetch(ctx, req); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Fetch(ctx, mydata.FetchRequest{Actor: b.as("moved"), Service: "no-such"}); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("unknown service: %v", err)
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	me := b.as("mokpo_67")
	if _, err := b.Grant(t.Context(), me, "basic-pension", ""); err != nil {
		t.Fatal(err)
	}
	facts, err := b.Fetch(t.Context(), mydata.FetchRequest{Actor: me, Service: "basic-pension"})
	if err != nil {
		t.Fatal(err)
	}
	f, ok := facts["recognised_income_month"]
	if !ok || f.Value.Known() {
		t.Errorf("recognised income %+v, want present and unknown", f)
	}
	if got := facts["region"].Value.Text(); got != "46110" {
		t.Errorf("region %q", got)
	}
}

// deaf is a register that does not answer.
type deaf struct {
	mydata.Provider
	asked *int
}

func (d deaf) Facts(context.Context, string, []string) (map[string]mydata.Fact, error) {
	*d.asked++
	return nil, errors.New("connection refused")
}

func TestRegisterDown(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	asked := 0
	svc := mydata.New(mydata.Deps{DB: b.db, Clock: b.clock, Catalog: testShelf(), Provider: deaf{b.registry, &asked}})
	me := b.as("moved")
	if _, err := svc.Grant(t.Context(), me, "moving-in-report", ""); err != nil {
		t.Fatal(err)
	}
	_, err := svc.Fetch(t.Context(), mydata.FetchRequest{Actor: me, Service: "moving-in-report"})
	if !kernel.Is(err, kernel.Unavailable) || key(err) != "mydata.error.register_down" || asked != 1 {
		t.Errorf("register down: %v, asked %d times", err, asked)
	}
}

func TestNoLogNoData(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	asked := 0
	svc := mydata.New(mydata.Deps{DB: b.db, Clock: b.clock, Catalog: testShelf(), Provider: deaf{b.registry, &asked}})
	me := b.as("moved")
	if _, err := svc.Grant(t.Context(), me, "moving-in-report", ""); err != nil {
		t.Fatal(err)
	}
	err := b.db.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`DROP TABLE audit_row`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := svc.Fetch(t.Context(), mydata.FetchRequest{Actor: me, Service: "moving-in-report"}); err == nil || got != nil {
		t.Errorf("without a log: %v, %v", got, err)
	}
	if asked != 0 {
		t.Error("the register was asked although the read could not be logged")
	}
}

func TestWithdrawOnlyOnes(t *testing.T) {
	b := newBench(t, storetest.SQLite(t, audit.Migrations(), sample.Migrations()))
	c, err := b.Grant(t.Context(), b.as("moved"), "moving-in-report", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Withdraw(t.Context(), b.as("job_loss"), c.ID); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("a stranger withdraws: %v", err)
	}
	for range 2 {
		got, err := b.Withdraw(t.Context(), b.as("moved"), c.ID)
		if err != nil || got.Ended != "withdrawn" {
			t.Errorf("withdraw: %+v, %v", got, err)
		}
	}
	if n := b.entries(t, "mydata.withdraw"); n != 1 {
		t.Errorf("%d withdrawals logged, want 1", n)
	}
	if n := b.entries(t, "mydata.consent"); n != 1 {
		t.Errorf("%d consents logged, want 1", n)
	}
}

func TestRegistryKeys(t *testing.T) {
	for in, want := range map[string]string{
		"resident register": "mydata.registry.resident_register",
		"self, medical":     "mydata.registry.self_medical",
	} {
		if got := mydata.RegistryKey(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if strings.Contains(mydata.RegistryKey("a b, c"), " ") {
		t.Error("a key with a space")
	}
}
