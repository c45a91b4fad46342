package pack_test

import (
	"testing"

	"maru/domain/agency"
	"maru/domain/audit"
	"maru/domain/catalog"
	"maru/pack"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

// TestPagesOfEveryService opens each service, life event and named body in both
// languages; webtest holds them to the page contract, size included.
func TestPagesOfEveryService(t *testing.T) {
	site := webtest.New(t, catalog.Messages(), agency.Messages())
	s := catalog.New(catalog.Deps{DB: storetest.SQLite(t, catalog.Migrations(), audit.Migrations()), Clock: site.Clock, Pack: pack.KR()})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	bodies := agency.New(agency.Deps{Packs: s, Clock: site.Clock})
	s.UseBodies(bodies)
	s.Module().Pages(site.Server)
	bodies.Module().Pages(site.Server)

	paths := []string{"/services", "/life-events"}
	p := s.Active()
	for _, id := range p.Order {
		paths = append(paths, "/services/"+id)
	}
	for _, b := range p.Agencies.Bodies {
		paths = append(paths, "/agencies/"+b.ID)
	}
	for _, path := range paths {
		for _, l := range []string{"", "/en"} {
			if page := site.Get(l + path); page.Status != 200 {
				t.Errorf("%s%s: %d", l, path, page.Status)
			}
		}
	}
}
