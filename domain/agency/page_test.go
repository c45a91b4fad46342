package agency_test

import (
	"testing"

	"maru/domain/agency"
	"maru/domain/agency/contract"
	"maru/platform/web/webtest"
)

type packs struct{ version *string }

func (p packs) Agencies() (string, contract.Data) { return *p.version, small }

func TestPage(t *testing.T) {
	version := "1"
	site := webtest.New(t, agency.Messages())
	s := agency.New(agency.Deps{Packs: packs{&version}, Clock: site.Clock})
	s.Module().Pages(site.Server)
	for path, want := range map[string]string{
		"/agencies/sigungu-11110":    "서울특별시 종로구",
		"/en/agencies/sigungu-11110": "Jongno-gu, Seoul",
		"/agencies/new":              "전국",
		"/agencies/old":              "2025년 9월 30일(화)까지 있었어요. 지금은 새 부가",
		"/en/agencies/old":           "New Ministry is in charge now",
	} {
		if page := site.Get(path); page.Status != 200 || !page.Has(want) {
			t.Errorf("%s: %d, no %q in %s", path, page.Status, want, page.Body)
		}
	}
	if page := site.Get("/agencies/gone"); page.Status != 404 {
		t.Errorf("unknown body: %d", page.Status)
	}
	before := s.Directory()
	if s.Directory() != before {
		t.Error("built again for the same pack")
	}
	version = "2"
	if s.Directory() == before {
		t.Error("another pack, the old directory")
	}
	if all := s.All(); len(all) == 0 || all[0] != "new" {
		t.Errorf("bodies of today: %v", all)
	}
}
