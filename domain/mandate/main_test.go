package mandate

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func acct(n string) kernel.ID { return kernel.ID("00000000-0000-7000-8000-00000000000" + n) }

var (
	mother = authz.Actor{Account: acct("1"), Person: "p-mother", Name: "김어머니", Session: acct("a")}
	friend = authz.Actor{Account: acct("2"), Person: "p-friend", Name: "이벗"}
	other  = authz.Actor{Account: acct("3"), Person: "p-other", Name: "박남"}
	desk   = authz.Actor{Account: acct("4"), Person: "p-desk", Name: "최공무", Grants: []authz.Grant{{Role: authz.Official, Agency: "seoul"}}}
	desk2  = authz.Actor{Account: acct("5"), Name: "정공무", Grants: []authz.Grant{{Role: authz.Official, Agency: "seoul"}}}
	busan  = authz.Actor{Account: acct("6"), Name: "한공무", Grants: []authz.Grant{{Role: authz.Official, Agency: "busan"}}}
)

// town is a register and the accounts of its people.
type town struct {
	mu     sync.Mutex
	people map[string]Person
	guards map[string]string // child: parent
	homes  map[string]string
	kept   map[[2]string]bool // papers, from somebody of somebody
	down   bool
}

func newTown() *town {
	return &town{people: map[string]Person{
		"p-mother": {ID: "p-mother", Name: "김어머니", Birth: kernel.MustDate("1984-05-01"), Alive: true},
		"p-friend": {ID: "p-friend", Name: "이벗", Birth: kernel.MustDate("1985-06-02"), Alive: true},
		"p-other":  {ID: "p-other", Name: "박남", Birth: kernel.MustDate("1970-01-01"), Alive: true},
		"p-desk":   {ID: "p-desk", Name: "최공무", Birth: kernel.MustDate("1980-01-01"), Alive: true},
		"p-child":  {ID: "p-child", Name: "김아이", Birth: kernel.MustDate("2007-03-10"), Alive: true},
		"p-ward":   {ID: "p-ward", Name: "오어른", Birth: kernel.MustDate("1940-03-10"), Alive: true},
	}, guards: map[string]string{"p-child": "p-mother"}, homes: map[string]string{"p-mother": "1", "p-child": "1", "p-desk": "2"}, kept: map[[2]string]bool{}}
}

func (t *town) change(id string, fn func(*Person)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.people[id]
	fn(&p)
	t.people[id] = p
}

func (t *town) Person(_ context.Context, id string) (Person, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down {
		return Person{}, kernel.E(kernel.Unavailable, "x", nil)
	}
	p, ok := t.people[id]
	if !ok {
		return p, kernel.E(kernel.NotFound, "x", nil)
	}
	return p, nil
}

func (t *town) Children(_ context.Context, person string) ([]string, error) {
	return []string{"p-child", "p-friend", "p-nobody"}, nil
}

func (t *town) Guards(_ context.Context, guardian, person string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.guards[person] == guardian, nil
}

func (t *town) Household(_ context.Context, person string) ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for p, home := range t.homes {
		if home != "" && home == t.homes[person] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (t *town) Withheld(_ context.Context, from, person string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept[[2]string{from, person}], nil
}

func (t *town) keeps(from, person string, kept bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept[[2]string{from, person}] = kept
}

func (t *town) moves(person, home string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.homes[person] = home
}

func (t *town) SameHousehold(_ context.Context, a, b string) (bool, error) {
	return t.homes[a] != "" && t.homes[a] == t.homes[b], nil
}

func (t *town) Represented(_ context.Context, _ authz.Actor, person, name string) (authz.Actor, error) {
	return authz.Actor{Account: map[string]kernel.ID{"p-child": acct("7"), "p-ward": acct("8"), "p-friend": acct("2")}[person], Person: person, Name: name}, nil
}

func (t *town) PersonOf(_ context.Context, _ authz.Actor, c Card) (string, error) {
	for id, p := range t.people {
		if p.Name == c.Name && p.Birth == c.Birth {
			return id, nil
		}
	}
	return "", kernel.E(kernel.Invalid, "x", nil).Field("name", "x", nil)
}

func (t *town) Service(id string, _ kernel.Lang) string { return id }
func (t *town) Agency(id string, _ kernel.Lang) string  { return id }
func (t *town) Regions(kernel.Lang) []Region            { return []Region{{"11110", "종로구"}} }

type bench struct {
	*Service
	t     *testing.T
	db    *store.DB
	clock *clock.Manual
	town  *town
	log   *audit.Log
}

func migrations() []store.Migrations {
	return []store.Migrations{jobs.Migrations(), audit.Migrations(), Migrations()}
}

type agencies struct{}

func (agencies) Name(id string, _ kernel.Lang) string { return id }

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-03-03").In(kernel.Seoul)))
	b := &bench{t: t, db: db, clock: c, town: newTown()}
	b.Service, err = New(Deps{DB: db, Clock: c, Keys: keys, Register: b.town, Accounts: b.town, Names: b.town})
	if err != nil {
		t.Fatal(err)
	}
	b.log = audit.New(audit.Deps{DB: db, Keys: keys, Clock: c, Log: slog.New(slog.DiscardHandler), Texts: webtest.Catalog(t, audit.Messages(), Messages()), Agencies: agencies{}, Mandates: b.Service})
	return b
}

// offer is what the mother offers the friend.
func offer() Offer {
	return Offer{Theme: "civil-documents", Name: "이 벗", Birth: kernel.MustDate("1985-06-02"), Last: kernel.MustDate("2026-03-31")}
}

// given is a mandate of the mother's that the friend has accepted.
func (b *bench) given() *Mandate {
	b.t.Helper()
	m, err := b.Give(b.t.Context(), mother, "", offer())
	if err != nil {
		b.t.Fatal(err)
	}
	if m, err = b.Accept(b.t.Context(), friend, b.Code(m)); err != nil {
		b.t.Fatal(err)
	}
	return m
}

// may tells whether somebody may read applications under a mandate.
func (b *bench) may(who authz.Actor, id kernel.ID) bool {
	b.t.Helper()
	_, _, err := b.As(b.t.Context(), who, id, Use{Action: authz.ReadApplications, What: "test"})
	if err != nil && err.Error() != errDenied.Error() {
		b.t.Fatalf("denied with a reason: %v", err)
	}
	return err == nil
}

// acts are what a person's log says was done, the newest first, as ACT by ACTOR.
func (b *bench) acts(who authz.Actor) []string {
	b.t.Helper()
	l, _, err := b.log.Mine(b.t.Context(), who, kernel.EN, "")
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, a := range l {
		out = append(out, a.Act+" by "+a.Actor)
	}
	return out
}

func want(t *testing.T, err error, kind kernel.Kind) {
	t.Helper()
	if !kernel.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
	}
}
