package agency_test

import (
	"strings"
	"testing"

	"maru/domain/agency"
	"maru/domain/agency/contract"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

func day(s string) kernel.Date { return kernel.MustDate(s) }

// small is a country in which everything that can happen has happened: a
// province that changed its code, one that merged, districts that split and a
// city that was divided.
var small = contract.Data{
	Types: []contract.Type{
		{ID: "sigungu", Per: contract.PerRegion, Title: kernel.Text{KO: "시·군·구청", EN: "Office"}},
		{ID: "sido", Per: contract.PerProvince},
		{ID: "labour_office", Per: contract.PerCovers},
		{ID: "ministry", Per: contract.PerNation},
	},
	Rules: []contract.NameRule{{Type: "sigungu", KO: "{region}청", EN: "{region} Office"}, {Type: "sido", KO: "{region}청", EN: "{region} Government"}},
	Bodies: []contract.Body{
		{ID: "old", Type: "ministry", Name: kernel.Text{KO: "옛 부", EN: "Old Ministry"}, Until: day("2025-09-30"), Successor: "new"},
		{ID: "new", Type: "ministry", Name: kernel.Text{KO: "새 부", EN: "New Ministry"}, From: day("2025-10-01"), Phone: "110"},
		{ID: "labour-seoul", Type: "labour_office", Name: kernel.Text{KO: "서울노동청", EN: "Seoul Labour"}, Covers: []kernel.Region{"11"}},
		{ID: "labour-rest", Type: "labour_office", Name: kernel.Text{KO: "나머지노동청", EN: "Other Labour"}, Covers: []kernel.Region{"52", "29", "12", "41", "28"}},
	},
	Provinces: []contract.Province{
		{Code: "11", Name: kernel.Text{KO: "서울특별시", EN: "Seoul"}, Regions: []contract.Region{
			{Code: "11110", KO: "종로구", EN: "Jongno-gu"}, {Code: "11140", KO: "중구", EN: "Jung-gu"}}},
		{Code: "28", Name: kernel.Text{KO: "인천광역시", EN: "Incheon"}, Regions: []contract.Region{
			{Code: "28110", KO: "중구", EN: "Jung-gu", Until: day("2026-06-30"), Successors: []kernel.Region{"28125", "28155"}},
			{Code: "28125", KO: "제물포구", EN: "Jemulpo-gu", From: day("2026-07-01")},
			{Code: "28155", KO: "영종구", EN: "Yeongjong-gu", From: day("2026-07-01")}}},
		{Code: "29", Name: kernel.Text{KO: "광주광역시", EN: "Gwangju"}, Until: day("2026-06-30"), Successor: "12", Regions: []contract.Region{
			{Code: "29200", KO: "광산구", EN: "Gwangsan-gu", Until: day("2026-06-30"), Successors: []kernel.Region{"12300"}}}},
		{Code: "41", Name: kernel.Text{KO: "경기도", EN: "Gyeonggi-do"}, Regions: []contract.Region{
			{Code: "41590", KO: "화성시", EN: "Hwaseong-si", Districts: true, DistrictsFrom: day("2026-02-01"), Successors: []kernel.Region{"41591"}},
			{Code: "41591", KO: "만세구", EN: "Manse-gu", City: "41590", From: day("2026-02-01")}}},
		{Code: "52", Name: kernel.Text{KO: "전북특별자치도", EN: "Jeonbuk State"}, From: day("2024-01-18"),
			Former:  []contract.Former{{Code: "45", Name: kernel.Text{KO: "전라북도", EN: "Jeollabuk-do"}, Until: day("2024-01-17")}},
			Regions: []contract.Region{{Code: "52130", KO: "군산시", EN: "Gunsan-si"}}},
		{Code: "12", Name: kernel.Text{KO: "전남광주통합특별시", EN: "Jeonnam-Gwangju"}, From: day("2026-07-01"), Regions: []contract.Region{
			{Code: "12300", KO: "광산구", EN: "Gwangsan-gu", From: day("2026-07-01")}}},
	},
}

func TestRoute(t *testing.T) {
	d := agency.NewDirectory(small)
	byRegion := catalog.AgencyRule{Type: "sigungu", By: "fact:region"}
	tests := []struct {
		name  string
		rule  catalog.AgencyRule
		place string
		at    string
		want  string
		kind  kernel.Kind
	}{
		{"by fact", byRegion, "11110", "2026-01-05", "sigungu-11110", 0},
		{"unknown place", byRegion, "", "2026-01-05", "", kernel.Invalid},
		{"no such place", byRegion, "99999", "2026-01-05", "", kernel.Invalid},
		{"fallback", catalog.AgencyRule{Type: "sigungu", By: "fact:region", Body: "new"}, "", "2026-01-05", "new", 0},
		{"nationwide", catalog.AgencyRule{Type: "ministry", By: "nationwide", Body: "new"}, "", "2026-01-05", "new", 0},
		{"a body that ended", catalog.AgencyRule{Type: "ministry", By: "nationwide", Body: "old"}, "", "2025-10-01", "new", 0},
		{"its last day", catalog.AgencyRule{Type: "ministry", By: "nationwide", Body: "old"}, "", "2025-09-30", "old", 0},
		{"province", catalog.AgencyRule{Type: "sido", By: "fact:region"}, "52130", "2026-01-05", "sido-52", 0},
		{"covers", catalog.AgencyRule{Type: "labour_office", By: "fact:region"}, "11140", "2026-01-05", "labour-seoul", 0},
		{"covers by old code", catalog.AgencyRule{Type: "labour_office", By: "fact:region"}, "29200", "2026-07-01", "labour-rest", 0},
		{"district before it ended", byRegion, "28110", "2026-06-30", "sigungu-28110", 0},
		{"district after it ended", byRegion, "28110", "2026-07-01", "sigungu-28125", 0},
		{"new district before it began", byRegion, "28155", "2026-06-30", "sigungu-28110", 0},
		{"merged province", byRegion, "29200", "2026-07-01", "sigungu-12300", 0},
		{"former code of a province", byRegion, "45130", "2026-01-05", "sigungu-52130", 0},
		{"divided city still has its hall", byRegion, "41590", "2026-02-01", "sigungu-41590", 0},
		{"district of the city before it was divided", byRegion, "41591", "2026-01-31", "sigungu-41590", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			facts := map[string]kernel.Value{}
			if tt.place != "" {
				facts["region"] = kernel.TextOf(tt.place)
			}
			got, err := d.Route(tt.rule, nil, facts, day(tt.at))
			if got != tt.want || (err != nil) != (tt.want == "") || err != nil && kernel.KindOf(err) != tt.kind {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestRouteByAnswer(t *testing.T) {
	d := agency.NewDirectory(small)
	rule := catalog.AgencyRule{Type: "ministry", By: "question:to"}
	for place, want := range map[string]string{"old": "new", "sigungu-11140": "sigungu-11140"} {
		got, err := d.Route(rule, map[string]kernel.Value{"to": kernel.TextOf(place)}, nil, day("2026-01-05"))
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", place, got, err, want)
		}
	}
	if !d.Takes(rule, "sigungu-11140") || d.Takes(rule, "nobody") {
		t.Error("an applicant may choose any body, and only bodies")
	}
	if d.Takes(catalog.AgencyRule{Type: "sigungu", By: "fact:region"}, "new") {
		t.Error("a ministry takes no case of the districts")
	}
}

func TestName(t *testing.T) {
	d := agency.NewDirectory(small)
	tests := []struct{ id, ko, en string }{
		{"sigungu-11110", "종로구청", "Jongno-gu Office"},
		{"sigungu-11140", "서울특별시 중구청", "Jung-gu Office (Seoul)"},
		{"sigungu-12300", "광산구청", "Gwangsan-gu Office"}, // its predecessor had the name before
		{"sigungu-41591", "화성시 만세구청", "Manse-gu Office (Hwaseong-si)"},
		{"sido-52", "전북특별자치도청", "Jeonbuk State Government"},
		{"new", "새 부", "New Ministry"},
		{"sigungu-99999", "", ""},
		{"nobody", "", ""},
	}
	for _, tt := range tests {
		if ko, en := d.Name(tt.id, kernel.KO), d.Name(tt.id, kernel.EN); ko != tt.ko || en != tt.en {
			t.Errorf("%s: %q, %q", tt.id, ko, en)
		}
	}
	if got := d.RegionName("41591", kernel.KO); got != "경기도 화성시 만세구" {
		t.Error(got)
	}
	if got := d.RegionName("41591", kernel.EN); got != "Manse-gu, Hwaseong-si, Gyeonggi-do" {
		t.Error(got)
	}
}

func TestRegions(t *testing.T) {
	d := agency.NewDirectory(small)
	list := func(at string) string {
		var codes []string
		for _, g := range d.Regions(day(at), kernel.KO) {
			for _, r := range g.Regions {
				codes = append(codes, r.ID)
			}
		}
		return strings.Join(codes, " ")
	}
	if got := list("2026-01-31"); got != "11110 11140 28110 29200 41590 52130" {
		t.Error(got)
	}
	if got := list("2026-07-01"); got != "11110 11140 28125 28155 41591 52130 12300" {
		t.Error(got)
	}
}

func TestProve(t *testing.T) {
	services := []*catalog.Service{
		{ID: "a", Agency: catalog.AgencyRule{Type: "sigungu", By: "fact:region"}},
		{ID: "b", Agency: catalog.AgencyRule{Type: "labour_office", By: "question:place"}},
		{ID: "c", Agency: catalog.AgencyRule{Type: "ministry", By: "nationwide", Body: "old"}},
	}
	if gaps := agency.NewDirectory(small).Prove(services, day("2024-01-01"), day("2030-12-31")); len(gaps) > 0 {
		t.Errorf("%d gaps, first %v", len(gaps), gaps[0])
	}
	holed := small
	holed.Bodies = small.Bodies[:3] // nobody covers the rest
	gaps := agency.NewDirectory(holed).Prove(services, day("2024-01-01"), day("2024-01-01"))
	if len(gaps) == 0 || gaps[0].Service != "b" || gaps[0].Region != "28110" {
		t.Errorf("gaps: %v", gaps)
	}
}

func TestSuccessionEnds(t *testing.T) {
	ring := contract.Data{Types: small.Types, Bodies: []contract.Body{
		{ID: "x", Type: "ministry", Until: day("2024-01-01"), Successor: "y"},
		{ID: "y", Type: "ministry", Until: day("2024-01-01"), Successor: "x"},
	}}
	if id, ok := agency.NewDirectory(ring).Current("x", day("2025-01-01")); ok {
		t.Errorf("got %q", id)
	}
}
