package imported

import (
	"os"
	"sync"
	"testing"

	agency "maru/domain/agency/contract"
	"maru/domain/audit"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/pack"
	"maru/platform/clock"
	"maru/platform/i18n"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// start is the day of the tests.
var start = kernel.TimeOf(kernel.MustDate("2026-10-15").In(kernel.Seoul))

// packOf is the pack of the tests; its hash can change.
type packOf struct {
	source    rule.Source
	provinces []agency.Province

	mu   sync.Mutex
	hash string
}

func (p *packOf) PackHash() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hash
}

func (p *packOf) Base() Base { return Base{p.PackHash(), p.source, p.provinces} }

func (p *packOf) change(hash string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hash = hash
}

func korea(t testing.TB) *packOf {
	t.Helper()
	var f struct {
		Provinces []agency.Province `yaml:"provinces"`
	}
	ruletest.File(t, pack.KR(), "regions.yaml", &f)
	return &packOf{source: ruletest.Pack(t, pack.KR()), provinces: f.Provinces, hash: "one"}
}

func texts(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(gov24.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func service(t testing.TB, db *pstore.DB) (*Service, *packOf, *clock.Manual) {
	t.Helper()
	p, c := korea(t), clock.NewManual(start)
	return New(Deps{DB: db, Clock: c, Texts: texts(t), Pack: p}), p, c
}

// each runs a test on both engines.
func each(t *testing.T, fn func(t *testing.T, s *Service, p *packOf, c *clock.Manual)) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		s, p, c := service(t, db)
		fn(t, s, p, c)
	}, audit.Migrations(), Migrations())
}

// madeUp is a made-up catalogue of n services.
func madeUp(t testing.TB, seed uint64, n int) gov24.Catalogue {
	t.Helper()
	pages, err := catalogue.Make(seed, n, 500, korea(t).provinces)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pages.Read()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// entry is a service of a ministry with its codes.
func entry(id string, codes ...string) (gov24.Service, gov24.Conditions) {
	return gov24.Service{ID: id, Name: "지원 " + id, Users: gov24.UserPerson, AgencyType: gov24.Ministry, Agency: "가람부"},
		gov24.Conditions{ID: id, Codes: codes, AgeFrom: -1, AgeTo: -1}
}

func catalogueWith(n int, change func(i int, s *gov24.Service)) gov24.Catalogue {
	var c gov24.Catalogue
	for i := range n {
		s, row := entry("A"+string(rune('0'+i)), "JA0328")
		if change != nil {
			change(i, &s)
		}
		c.Services, c.Conditions = append(c.Services, s), append(c.Conditions, row)
	}
	return c
}
