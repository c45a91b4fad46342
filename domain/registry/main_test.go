package registry

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func acct(n string) kernel.ID { return kernel.ID("00000000-0000-7000-8000-00000000000" + n) }

var (
	clerk   = authz.Actor{Account: acct("1"), Grants: []authz.Grant{{Role: authz.Official, Agency: "seoul"}}}
	busan   = authz.Actor{Account: acct("2"), Grants: []authz.Grant{{Role: authz.Official, Agency: "busan"}}}
	ops     = authz.Actor{Account: acct("3"), Grants: []authz.Grant{{Role: authz.Operator}}}
	second  = authz.Actor{Account: acct("4"), Grants: []authz.Grant{{Role: authz.Operator}}}
	auditor = authz.Actor{Account: acct("5"), Grants: []authz.Grant{{Role: authz.Auditor}}}
	manager = authz.Actor{Account: acct("6"), Grants: []authz.Grant{{Role: authz.Manager, Agency: "seoul"}}}
	person  = authz.Actor{Account: acct("7"), Person: "p-1"}
	scope   = authz.Actor{Account: acct("1"), Grants: clerk.Grants, Token: true, Scopes: []string{authz.ScopeApplications}}
	helped  = authz.Actor{Account: acct("1"), Grants: clerk.Grants, Helper: authz.Helper{Account: acct("7"), Mandate: acct("9")}}
)

var keep = Look{Purpose: "keep", App: "test"}

type bodies struct{}

func (bodies) Exists(id string, _ kernel.Date) bool { return id == "seoul" || id == "busan" }
func (bodies) Name(id string, _ kernel.Lang) string { return id }

type bench struct {
	*Service
	t     *testing.T
	db    *store.DB
	log   *audit.Log
	clock *clock.Manual
}

func migrations() []store.Migrations { return []store.Migrations{audit.Migrations(), Migrations()} }

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)))
	b := &bench{t: t, db: db, clock: c, Service: New(Deps{DB: db, Clock: c, Keys: keys, Bodies: bodies{}})}
	b.log = audit.New(audit.Deps{DB: db, Keys: keys, Clock: c, Log: slog.New(slog.DiscardHandler), Texts: webtest.Catalog(t, audit.Messages(), Messages()), Agencies: bodies{}})
	return b
}

func text(ko string) kernel.Text { return kernel.Text{KO: ko, EN: ko} }

// dogs is a register of a kind that small bodies keep.
func dogs() Definition {
	return Definition{Code: "dogs", Agency: "seoul", Version: "1", Name: text("dogs"), Basis: "Animal Protection Act art. 15", Key: "tag", Person: "owner", Unique: [][]string{{"chip"}, {"name", "born"}},
		Fields: []Field{{ID: "tag", Type: String, Max: 50}, {ID: "owner", Type: String}, {ID: "name", Type: String, Required: true}, {ID: "chip", Type: Integer}, {ID: "born", Type: Date},
			{ID: "size", Type: String, Enum: []string{"small", "large"}}, {ID: "bites", Type: Boolean}, {ID: "weight", Type: Number},
			{ID: "home", Type: Object, Fields: []Field{{ID: "street", Type: String}, {ID: "flat", Type: Object, Fields: []Field{{ID: "floor", Type: Integer}}}}}, {ID: "notes", Type: Any}}}
}

// defined puts a register into force.
func (b *bench) defined(d Definition) {
	b.t.Helper()
	r, err := b.Propose(b.t.Context(), ops, d)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.Confirm(b.t.Context(), second, d.Code, d.Version, r.Hash); err != nil {
		b.t.Fatal(err)
	}
}

// values reads a record as callers send it.
func values(t testing.TB, text string) Values {
	t.Helper()
	var v Values
	if err := Decode([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *bench) keep(text string) *Record {
	b.t.Helper()
	b.clock.Advance(time.Millisecond) // ids of one moment have no order
	r, err := b.Create(b.t.Context(), clerk, "", "dogs", "", values(b.t, text), keep)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// acts are what a person's log says, the newest first.
func (b *bench) acts(who authz.Actor) []string {
	b.t.Helper()
	list, _, err := b.log.Mine(b.t.Context(), who, kernel.EN, "")
	if err != nil {
		b.t.Fatal(err)
	}
	out := []string{}
	for _, a := range list {
		out = append(out, a.Act+" by "+a.Actor+" for "+a.Purpose)
	}
	return out
}

func want(t *testing.T, what string, err error, kind kernel.Kind) {
	t.Helper()
	if !kernel.Is(err, kind) {
		t.Errorf("%s: got %v, want %v", what, err, kind)
	}
}
