package identity

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

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

// world is a small country: two agencies, two places, one registered person
// besides the residents of the try-out world.
type world struct{}

var gangnam = Agency{"gangnam", kernel.Text{KO: "강남구청", EN: "Gangnam District Office"}}

func (world) Agencies(context.Context) ([]Agency, error) {
	return []Agency{gangnam, {"jongno", kernel.Text{KO: "종로구청", EN: "Jongno District Office"}}}, nil
}

var minsu = PersonFacts{Name: "가상민수", Birth: kernel.MustDate("1990-03-04"), Sex: "male", Region: "11680"}

func (world) MatchPerson(_ context.Context, f PersonFacts) (string, error) {
	switch f {
	case minsu:
		return "p-minsu", nil
	case PersonFacts{Name: "꺼짐", Birth: minsu.Birth, Sex: "male", Region: "11680"}:
		return "", kernel.E(kernel.Unavailable, "", errors.New("register is down"))
	}
	return "", kernel.E(kernel.NotFound, "", nil)
}

func (world) Places(kernel.Lang) []Place {
	return []Place{{"11680", "서울특별시 강남구"}, {"11110", "서울특별시 종로구"}}
}

func (world) Listed(context.Context) ([]DemoPerson, error) {
	return []DemoPerson{{"p-1", "모의하나", kernel.Text{KO: "막 이사한 사람", EN: "has just moved"}}}, nil
}

func (world) Resident(_ context.Context, id string) (DemoPerson, bool, error) {
	if id != "p-1" && id != "p-2" {
		return DemoPerson{}, false, nil
	}
	return DemoPerson{ID: id, Name: "모의 " + id}, true, nil
}

func (world) Card(_ context.Context, id string) (PersonFacts, bool, error) {
	return minsu, id == "p-minsu", nil
}

// allTables are what a service here needs.
var allTables = []store.Migrations{Migrations(), audit.Migrations()}

func newService(t testing.TB, db *store.DB) (*Service, *clock.Manual) {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(webtest.Start)
	s := New(deps(t, db, keys, c))
	s.hasher = newHasher(2, 64)
	return s, c
}

func deps(t testing.TB, db *store.DB, keys *crypto.Keys, c clock.Clock) Deps {
	return Deps{DB: db, Keys: keys, Clock: c, Texts: webtest.Catalog(t, Messages()), Agencies: world{}, People: world{}, Places: world{},
		World: world{}, Demo: true, PublicURL: "http://localhost:8080"}
}

// each runs fn on both engines.
func each(t *testing.T, fn func(t *testing.T, s *Service, c *clock.Manual)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, c := newService(t, db)
		fn(t, s, c)
	}, allTables...)
}

const goodPassword = "초록 기린이 우산을 접는다 7"

var home = Client{IP: "192.0.2.1", Agent: "Mozilla/5.0 Firefox/140.0"}

// register makes a resident's account and signs it in.
func register(t testing.TB, s *Service, login string) (secret string, actor authz.Actor) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.Register(ctx, Credentials{Login: login, Name: "주민 " + login, Password: goodPassword}, home); err != nil {
		t.Fatal(err)
	}
	return signIn(t, s, login)
}

func signIn(t testing.TB, s *Service, login string) (string, authz.Actor) {
	t.Helper()
	secret, _, err := s.SignIn(context.Background(), login, goodPassword, "", home)
	if err != nil {
		t.Fatal(err)
	}
	return secret, who(t, s, secret)
}

// who is the actor of a session; the test fails when it has ended.
func who(t testing.TB, s *Service, secret string) authz.Actor {
	t.Helper()
	a, err := s.AuthenticateSession(context.Background(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// demo is somebody of the try-out world with a session.
func demo(t testing.TB, s *Service, id string) (string, authz.Actor) {
	t.Helper()
	secret, _, err := s.DemoSession(context.Background(), id, "", home)
	if err != nil {
		t.Fatal(err)
	}
	return secret, who(t, s, secret)
}

// want fails unless err is of the kind with the key, at a field where one is
// named.
func want(t testing.TB, err error, k kernel.Kind, key string) {
	t.Helper()
	var e *kernel.Error
	if !errors.As(err, &e) || e.Kind != k {
		t.Fatalf("error %v, want %s %s", err, k, key)
	}
	if e.Key == key {
		return
	}
	for _, f := range e.Fields {
		if f.Key == key {
			return
		}
	}
	t.Fatalf("error %v, want the message %s", err, key)
}

func fine(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// acts counts what the log says was done.
func acts(t testing.TB, s *Service, act string) (n int) {
	t.Helper()
	fine(t, s.d.DB.View(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM audit_row WHERE act = $1`, act).Scan(&n)
	}))
	return n
}
