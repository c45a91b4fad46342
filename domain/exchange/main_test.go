package exchange

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/exchange/jws"
	"maru/domain/exchange/wire"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var start = kernel.TimeOf(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC))

// bench is an exchange with two registers inside and what it needs of others.
type bench struct {
	*Service
	clock            *clock.Manual
	db               *store.DB
	residents, taxes *Inner
	fresh            error

	mu       sync.Mutex
	consents map[kernel.ID]*consent
}

type consent struct {
	person string
	until  kernel.Time
	ended  bool
}

func newBench(t testing.TB, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{clock: clock.NewManual(start), db: db, consents: map[kernel.ID]*consent{}}
	b.Service = New(Deps{DB: db, Clock: b.clock, Keys: keys, Bundles: shelf{}, Consents: withdrawing{b}, Prover: b, Words: plain{}, Name: "here.test", CallTimeout: time.Second})
	b.residents = b.Inner("residents", kernel.Text{KO: "주민등록", EN: "Residents"}, holder{})
	b.taxes = b.Inner("taxes", kernel.Text{KO: "국세", EN: "Taxes"}, holder{})
	b.Add(b.residents, "resident register")
	b.Add(b.taxes, "national tax")
	return b
}

func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, newBench(t, db)) }, audit.Migrations(), Migrations())
}

func lite(t *testing.T) *bench {
	t.Helper()
	return newBench(t, storetest.SQLite(t, audit.Migrations(), Migrations()))
}

func (b *bench) Give(_ context.Context, a authz.Actor, bundle Bundle) (kernel.ID, kernel.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, until := kernel.ID("consent-"+a.Person+"-"+bundle.ID), b.clock.Now().Add(365*24*time.Hour)
	b.consents[id] = &consent{a.Person, until, false}
	return id, until, nil
}

func (b *bench) Stands(_ context.Context, id kernel.ID) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.consents[id]
	return c != nil && !c.ended && b.clock.Now() < c.until, nil
}

func (b *bench) endConsent(id kernel.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.consents[id].ended = true
}

// withdrawing is mydata to the exchange, whose own Withdraw hides that of bench.
type withdrawing struct{ *bench }

func (w withdrawing) Withdraw(_ context.Context, a authz.Actor, id kernel.ID) error {
	if w.consents[id].person != a.Person {
		return errors.New("another's consent")
	}
	w.endConsent(id)
	return nil
}

func (b *bench) Fresh(context.Context, authz.Actor) (Proof, error) {
	return Proof{Level: 2, Methods: []string{"swk", "user"}}, b.fresh
}

// shelf has two bundles.
type shelf struct{}

func (shelf) Bundle(_ context.Context, id, _ string) (Bundle, error) {
	fields := []Field{{"name", kernel.Text{KO: "성명", EN: "Name"}, "resident register"}, {"address", kernel.Text{KO: "주소", EN: "Address"}, "resident register"},
		{"earned_income_month", kernel.Text{KO: "월 근로소득", EN: "Earned income"}, "national tax"}}
	switch id {
	case "bundle.work":
		return Bundle{ID: id, Version: "1", Title: kernel.Text{KO: "일과 소득", EN: "Work"}, Summary: kernel.Text{KO: "일", EN: "Work"}, Purpose: kernel.Text{KO: "보여 주려고", EN: "To show"},
			Basis: "전자정부법 제43조의2", Fields: fields, Receiver: kernel.Text{KO: "나", EN: "You"}, KeepDays: 30, Every: []int{30}}, nil
	case "service.pension":
		return Bundle{ID: id, Version: "7", Title: kernel.Text{KO: "연금", EN: "Pension"}, Summary: kernel.Text{KO: "연금", EN: "Pension"}, Purpose: kernel.Text{KO: "신청", EN: "To apply"}, Basis: "민원처리법 제10조의2",
			Fields: append(fields, Field{"passport_until", kernel.Text{KO: "여권", EN: "Passport"}, "passport register"}), Service: "pension", KeepDays: 30, Receiver: kernel.Text{KO: "구청", EN: "Office"}}, nil
	}
	return Bundle{}, kernel.E(kernel.NotFound, "exchange.error.no_bundle", nil)
}

func (s shelf) Offered(ctx context.Context) ([]Bundle, error) {
	b, err := s.Bundle(ctx, "bundle.work", "")
	return []Bundle{b}, err
}

type plain struct{}

func (plain) Fact(_ string, v kernel.Value, _ kernel.Lang) string { return v.Text() }

// holder knows everybody but "p-nobody", and tells everything at once, asked
// for or not.
type holder struct{}

func (holder) Facts(_ context.Context, person string, _ []string) (map[string]mydata.Fact, error) {
	if person == "p-nobody" {
		return nil, kernel.E(kernel.NotFound, "", nil)
	}
	day := kernel.MustDate("2026-11-20")
	return map[string]mydata.Fact{"name": {Value: kernel.TextOf("표본 " + person), AsOf: day}, "address": {Value: kernel.TextOf("표본로 1"), AsOf: day},
		"earned_income_month": {Value: kernel.IntOf(2_100_000), AsOf: day}}, nil
}

func me(person string) authz.Actor {
	return authz.Actor{Account: kernel.ID("account-" + person), Person: person}
}

var keys int

func ask(bundle string) Ask {
	keys++
	version := "1"
	if bundle == "service.pension" {
		version = "7"
	}
	return Ask{Bundle: bundle, Version: version, Key: fmt.Sprintf("test-key-%d", keys)}
}

// sign makes a demand and returns it as it stands.
func (b *bench) sign(t *testing.T, person string, a Ask) (*Demand, []*Transfer) {
	t.Helper()
	d, err := b.Demand(t.Context(), me(person), a)
	if err != nil {
		t.Fatal(err)
	}
	return b.look(t, person, d.ID)
}

func (b *bench) look(t *testing.T, person string, id kernel.ID) (*Demand, []*Transfer) {
	t.Helper()
	d, ts, err := b.Show(t.Context(), me(person), id)
	if err != nil {
		t.Fatal(err)
	}
	return d, ts
}

// logged counts rows of one act.
func (b *bench) rows(t *testing.T, act string) (n int) {
	t.Helper()
	err := b.db.View(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit_row WHERE act = $1`, act).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantKind(t *testing.T, err error, k kernel.Kind) {
	t.Helper()
	if !kernel.Is(err, k) {
		t.Errorf("%v, want %v", err, k)
	}
}

// outer is a source outside, whose answers a test makes up.
type outer struct {
	id   string
	keys jws.Keys
	ask  func(ctx context.Context, query string, q wire.Query) (string, error)
	own  jws.Keys // the asking installation's
	at   func() kernel.Time
}

func (o *outer) ID() string                             { return o.id }
func (o *outer) Title() kernel.Text                     { return kernel.Text{KO: "밖", EN: "Outside"} }
func (o *outer) Keys(context.Context) (Verifier, error) { return o.keys, nil }
func (o *outer) Ask(ctx context.Context, query string) (string, error) {
	q, err := readQuery(o.own, query, o.id, o.at())
	if err != nil {
		return "", err
	}
	return o.ask(ctx, query, q)
}
