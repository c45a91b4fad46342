package pack_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"maru/domain/agency"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/pack"
)

// TestPack checks the Korean pack as `maru check` does and prints every
// finding with its file and line:
//
//	go test ./pack/ -run TestPack -v
func TestPack(t *testing.T) {
	p, found, err := catalog.Check(os.DirFS("kr"), catalog.Hooks{Route: route, Prove: prove})
	for _, f := range found {
		// A sentence that may hurt is marked before it is published: a warning
		// about it would be read by nobody here.
		if f.Severity == catalog.Error || strings.Contains(f.Message, " speaks of ") {
			t.Errorf("pack/kr/%s", f)
		} else {
			t.Logf("pack/kr/%s", f)
		}
	}
	if err != nil && !errors.Is(err, catalog.ErrInvalid) {
		t.Fatal(err)
	}
	t.Logf("pack %s: %d services, %d facts", p.Hash[:12], len(p.Services), len(p.Facts))
}

func route(p *catalog.Pack) catalog.RouteFunc { return agency.NewDirectory(p.Agencies).Route }

// prove: whoever lives anywhere in Korea, each service has a body in charge, on
// every day from 2024 to 2030.
func prove(p *catalog.Pack) []catalog.Finding {
	services := make([]*contract.Service, 0, len(p.Order))
	for _, id := range p.Order {
		services = append(services, p.Services[id])
	}
	var found []catalog.Finding
	for _, g := range agency.NewDirectory(p.Agencies).Prove(services, kernel.MustDate("2024-01-01"), kernel.MustDate("2030-12-31")) {
		found = append(found, catalog.Finding{Severity: catalog.Error, File: "services/" + g.Service + "/service.yaml",
			Message: "from region " + string(g.Region) + " on " + g.At.String() + ": " + g.Why})
	}
	return found
}

func korea(t *testing.T) *catalog.Pack {
	t.Helper()
	p, _, err := catalog.LoadPack(pack.KR())
	if p == nil {
		t.Fatal(err)
	}
	return p
}

// TestRegions: the table is whole on each day, and people find their office
// under the name they know.
func TestRegions(t *testing.T) {
	d := agency.NewDirectory(korea(t).Agencies)
	for _, tt := range []struct {
		day               string
		provinces, places int
	}{
		// 226 cities, counties and districts, Sejong and the two cities of Jeju,
		// with the 35 districts of twelve large cities instead of those.
		{"2024-12-31", 17, 252},
		{"2026-02-01", 17, 255}, // Hwaseong divided into four
		{"2026-07-01", 16, 256}, // Incheon redrawn, Gwangju and Jeonnam one
	} {
		groups := d.Regions(kernel.MustDate(tt.day), kernel.KO)
		n := 0
		for _, g := range groups {
			n += len(g.Regions)
		}
		if len(groups) != tt.provinces || n != tt.places {
			t.Errorf("%s: %d provinces, %d places", tt.day, len(groups), n)
		}
	}
	for id, want := range map[string]string{
		"sigungu-11110": "종로구청", "sigungu-51150": "강릉시청", "sigungu-41830": "양평군청", "sigungu-41111": "수원시 장안구청",
		"sigungu-36110": "세종특별자치시청", "sigungu-50130": "서귀포시청", "sigungu-26110": "부산광역시 중구청", "sido-11": "서울특별시청",
		"education_office-41": "경기도교육청", "sigungu-12110": "목포시청",
	} {
		if got := d.Name(id, kernel.KO); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	rule := contract.AgencyRule{Type: "sigungu", By: "fact:region"}
	for _, tt := range []struct{ code, day, want string }{
		{"42150", "2026-11-21", "sigungu-51150"}, // Gangwon before 2023
		{"45113", "2024-01-17", "sigungu-52113"}, // Jeonbuk before 2024-01-18
		{"46110", "2026-06-30", "sigungu-46110"},
		{"46110", "2026-07-01", "sigungu-12110"},
		{"28260", "2026-11-21", "sigungu-28275"},
	} {
		got, err := d.Route(rule, nil, map[string]kernel.Value{"region": kernel.TextOf(tt.code)}, kernel.MustDate(tt.day))
		if err != nil || got != tt.want {
			t.Errorf("%s on %s: %s, %v; want %s", tt.code, tt.day, got, err, tt.want)
		}
	}
}

// TestHolidays holds the table to the days that were published.
func TestHolidays(t *testing.T) {
	p := korea(t)
	cal := p.Calendar()
	for _, day := range []string{
		"2024-02-12", // Seollal on a Sunday
		"2024-04-10", "2024-05-06", "2024-10-01", "2025-01-27", "2025-03-03", "2025-05-06", "2025-06-03", "2025-10-08",
		"2026-02-16", "2026-03-02", "2026-05-01", "2026-05-25", "2026-06-03", "2026-07-17", "2026-08-17", "2026-10-05",
		"2027-02-09", "2027-05-03", "2027-07-19", "2027-08-16", "2027-10-04", "2027-10-11", "2027-12-27",
		"2028-01-26", "2028-01-27", "2028-01-28", "2028-10-05", "2029-09-24", "2030-02-05",
	} {
		if cal.Working(kernel.MustDate(day)) {
			t.Errorf("%s is a holiday", day)
		}
	}
	for _, day := range []string{
		"2024-05-01", "2025-05-01", // Labour Day was none for public offices
		"2024-07-17", "2025-07-17", // Constitution Day neither
		"2025-10-10", "2026-06-08", // Memorial Day on a Saturday has no substitute
		"2026-09-28", // Chuseok's last day on a Saturday neither
		"2028-01-25",
	} {
		if !cal.Working(kernel.MustDate(day)) {
			t.Errorf("%s is a working day", day)
		}
	}
	years := map[int16]int{}
	for _, h := range p.Holidays {
		years[h.Date.Year]++
	}
	if len(years) != 7 || years[2024] == 0 || years[2030] == 0 {
		t.Errorf("years: %v", years)
	}
}

// TestFacts: the dictionary has every fact with the members rules speak of.
func TestFacts(t *testing.T) {
	p := korea(t)
	if len(p.Facts) != 77 {
		t.Errorf("%d facts", len(p.Facts))
	}
	if f := p.Facts["region"]; f == nil || f.Of != "region" || f.Sensitivity != "personal" {
		t.Errorf("region: %+v", f)
	}
	if f := p.Facts["disability"]; f == nil || f.Labels["severe"].KO != "심한 장애" {
		t.Errorf("disability: %+v", f)
	}
}
