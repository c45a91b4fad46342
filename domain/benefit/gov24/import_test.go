package gov24_test

import (
	"slices"
	"strings"
	"testing"

	agency "maru/domain/agency/contract"
	"maru/domain/benefit/gov24"
	"maru/domain/benefit/gov24/catalogue"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/pack"
	"maru/platform/i18n"
)

func provinces(t testing.TB) []agency.Province {
	var f struct {
		Provinces []agency.Province `yaml:"provinces"`
	}
	ruletest.File(t, pack.KR(), "regions.yaml", &f)
	return f.Provinces
}

func texts(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(gov24.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// source is the pack's law without its programmes.
func source(t testing.TB) rule.Source {
	s := ruletest.Shared(t, pack.KR())
	// Formulas of the pack that ask for programmes are not of this test.
	s.Law.Formulas = slices.DeleteFunc(s.Law.Formulas, func(f contract.Formula) bool {
		return !slices.Contains([]string{"age", "gross", "median", "median_more", "threshold"}, f.ID)
	})
	return s
}

func row(codes ...string) gov24.Conditions {
	return gov24.Conditions{ID: "A1", Codes: codes, AgeFrom: -1, AgeTo: -1}
}

var bothSexes = []string{"JA0101", "JA0102"}

func service(change func(*gov24.Service)) gov24.Service {
	s := gov24.Service{ID: "A1", Name: "이름", Users: gov24.UserPerson, AgencyType: gov24.Ministry, Agency: "가람부"}
	if change != nil {
		change(&s)
	}
	return s
}

func rules(p gov24.Programme) []string {
	var out []string
	for _, c := range p.Benefit.Conditions {
		out = append(out, c.When)
	}
	return out
}

func TestConditions(t *testing.T) {
	person := []string{"JA0301", "JA0302", "JA0303", "JA0313", "JA0314", "JA0315", "JA0316", "JA0317", "JA0318", "JA0319", "JA0320", "JA0326", "JA0327", "JA0328", "JA0329", "JA0330"}
	for name, c := range map[string]struct {
		row  gov24.Conditions
		want []string
	}{
		"nothing":          {row(), []string{"true"}},
		"both sexes":       {row(bothSexes...), []string{"true"}},
		"one sex":          {row("JA0102"), []string{`m.sex == "female"`}},
		"ages":             {gov24.Conditions{ID: "A1", AgeFrom: 19, AgeTo: 34}, []string{"age(m) >= 19", "age(m) <= 34"}},
		"no bounds of age": {gov24.Conditions{ID: "A1", AgeFrom: 0, AgeTo: 120}, []string{"true"}},
		"low income":       {row("JA0201", "JA0202"), []string{"gross <= threshold(75)"}},
		"high income":      {row("JA0205"), []string{"gross > threshold(200)"}},
		"bands between":    {row("JA0202", "JA0203"), []string{"gross > threshold(50) && gross <= threshold(100)"}},
		"bands apart":      {row("JA0201", "JA0203", "JA0205"), []string{"gross <= threshold(50) || (gross > threshold(75) && gross <= threshold(100)) || gross > threshold(200)"}},
		"any income":       {row("JA0201", "JA0202", "JA0203", "JA0204", "JA0205"), []string{"true"}},
		"one code":         {row("JA0328"), []string{`m.disability != "none"`}},
		"an enum":          {row("JA0317", "JA0318", "JA0326"), []string{`m.student in ["elementary", "middle"] || m.employment == "employed"`}},
		"wildcard":         {row("JA0322", "JA0410"), []string{"true"}},
		"all codes":        {row(person...), []string{"true"}},
		"all and wildcard": {row(append([]string{"JA0322"}, person...)...), []string{"true"}},
		"block":            {row(append([]string{"JA0322"}, person[:10]...)...), []string{"true"}},
		"block alone":      {row(person[:2]...), []string{"m.planning_child || m.pregnant"}},
		"contradiction":    {row("JA0322", "JA0302", "JA0328"), []string{`m.pregnant || m.disability != "none"`}},
		"household":        {row("JA0403", "JA0404"), []string{"h.single_parent || h.grandparent_family || h.household_size == 1"}},
		"two groups":       {row("JA0328", "JA0413"), []string{`m.disability != "none"`, "date <= add_months(m.resident_since, 12)"}},
	} {
		out, report := gov24.Import(gov24.Catalogue{Services: []gov24.Service{service(nil)}, Conditions: []gov24.Conditions{c.row}}, nil, texts(t))
		if len(out) != 1 {
			t.Errorf("%s: %+v", name, report)
			continue
		}
		if got := rules(out[0]); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if (name == "contradiction") != (len(report.Contradictions) == 1) || (name == "block") != (len(report.Blocks) == 1) {
			t.Errorf("%s: %+v", name, report)
		}
		if p := out[0].Benefit; !p.Partial || p.Amount != "0" || p.Unit != "person" || p.Period != "in_kind" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestLeftOut(t *testing.T) {
	for want, c := range map[gov24.Reason]struct {
		service func(*gov24.Service)
		row     gov24.Conditions
	}{
		gov24.OtherUsers:   {func(s *gov24.Service) { s.Users = gov24.UserBusiness + gov24.UsersJoin + gov24.UserOrganisation }, row()},
		gov24.BusinessOnly: {nil, row("JA2101", "JA2201")},
		gov24.NoConditions: {nil, gov24.Conditions{ID: "B2"}},
		gov24.NoPlace:      {func(s *gov24.Service) { s.AgencyType = gov24.Municipality }, row()},
		gov24.BadAges:      {nil, gov24.Conditions{ID: "A1", AgeFrom: 40, AgeTo: 20}},
		gov24.BadID:        {func(s *gov24.Service) { s.ID = "A 1" }, row()},
		gov24.NoName:       {func(s *gov24.Service) { s.Name = " " }, row()},
	} {
		out, report := gov24.Import(gov24.Catalogue{Services: []gov24.Service{service(c.service)}, Conditions: []gov24.Conditions{c.row}}, provinces(t), texts(t))
		if len(out) != 0 || len(report.LeftOut[want]) != 1 {
			t.Errorf("%s: %d imported, %+v", want, len(out), report)
		}
	}
	twice := gov24.Catalogue{Services: []gov24.Service{service(nil), service(nil)}, Conditions: []gov24.Conditions{row()}}
	if out, report := gov24.Import(twice, nil, texts(t)); len(out) != 1 || len(report.LeftOut[gov24.Twice]) != 1 {
		t.Errorf("twice: %+v", report)
	}
}

// TestPlaces: a body's name leads to the codes of its place, those before and
// after a change of borders included.
func TestPlaces(t *testing.T) {
	for _, c := range []struct{ kind, name, want string }{
		{gov24.Municipality, "경기도 이천시", "41500"},
		{gov24.Municipality, "경기도  수원시", "41110 41111 41113 41115 41117"},
		{gov24.Municipality, "전남광주통합특별시 고흥군", "12770 46770"},
		{gov24.Municipality, "전라남도 고흥군", "12770 46770"},
		{gov24.Municipality, "강원특별자치도 화천군", "42790 51790"},
		{gov24.Municipality, "인천광역시 서구", "28260 28275 28290"},
		{gov24.Municipality, "울산광역시 남구", "31140"},
		{gov24.Municipality, "경기도 없는시", "none"},
		{gov24.ProvinceBody, "세종특별자치시", "36"},
		{gov24.ProvinceBody, "강원도", "42 51"},
		{gov24.EducationOffice, "대전광역시교육청", "30"},
		{gov24.LocalFoundation, "경상북도안동의료원", "47"},
		{gov24.LocalCorporation, "용산구시설관리공단", "11170"},
		{gov24.LocalCorporation, "평창군시설관리공단", "42760 51760"},
		{gov24.LocalCorporation, "중구시설관리공단", ""}, // many places
		{gov24.LocalCorporation, "고흥군공사", "12770 46770"},
		{gov24.PublicInstitution, "서울특별시공단", ""},
		{gov24.Ministry, "보건복지부", ""},
	} {
		s := service(func(s *gov24.Service) { s.AgencyType, s.Agency = c.kind, c.name })
		out, report := gov24.Import(gov24.Catalogue{Services: []gov24.Service{s}, Conditions: []gov24.Conditions{row()}}, provinces(t), texts(t))
		got := "none"
		if len(out) == 1 {
			got = strings.Join(out[0].Regions, " ")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%+v)", c.name, got, c.want, report)
		}
	}
}

func TestTexts(t *testing.T) {
	s := service(func(s *gov24.Service) { s.AgencyType, s.Agency = gov24.Municipality, "경기도 이천시" })
	out, _ := gov24.Import(gov24.Catalogue{Services: []gov24.Service{s}, Conditions: []gov24.Conditions{{ID: "A1", AgeFrom: 19, AgeTo: -1, Codes: []string{"JA0201", "JA0204", "JA0328", "JA0403"}}}}, provinces(t), texts(t))
	var ko, en []string
	for _, c := range out[0].Benefit.Conditions {
		ko, en = append(ko, c.Text.KO), append(en, c.Text.EN)
	}
	wantKO := "경기도 이천시에 살아요|19세 이상이에요|가구 소득이 기준 중위소득과 견주어 다음에 들어요: 50% 이하, 100% 초과 200% 이하|다음에 해당해요: 장애인|다음에 해당해요: 한부모가족이나 조손가족"
	wantEN := "Lives in Icheon-si, Gyeonggi-do|Aged 19 or over|Household income, set against the standard median income: 50% or less, above 100% and up to 200%|Is: person with a disability|Is: single-parent family or grandparents raising grandchildren"
	if got := strings.Join(ko, "|"); got != wantKO {
		t.Errorf("%s", got)
	}
	if got := strings.Join(en, "|"); got != wantEN {
		t.Errorf("%s", got)
	}
}

// TestEveryCodeCompiles: the rules made of the 48 codes pass the check against
// the pack's facts and formulas.
func TestEveryCodeCompiles(t *testing.T) {
	c := gov24.Catalogue{}
	for _, code := range gov24.Codes() {
		s := service(func(s *gov24.Service) { s.ID = code })
		c.Services = append(c.Services, s)
		c.Conditions = append(c.Conditions, gov24.Conditions{ID: code, AgeFrom: 3, AgeTo: 99, Codes: []string{code}})
	}
	out, report := gov24.Import(c, provinces(t), texts(t))
	if len(out) != 48 {
		t.Fatalf("%+v", report)
	}
	src := source(t)
	for i := range out {
		src.Programmes = append(src.Programmes, out[i].Rule())
	}
	if _, problems := rule.Compile(src); len(problems) > 0 {
		t.Fatal(problems)
	}
}

// TestGenerated: a made-up catalogue goes the whole way; its statistics are
// those of the real one.
func TestGenerated(t *testing.T) {
	p, err := catalogue.Make(7, 2000, 500, provinces(t))
	if err != nil {
		t.Fatal(err)
	}
	again, _ := catalogue.Make(7, 2000, 500, provinces(t))
	if len(p.List) != 4 || string(p.Conditions[3]) != string(again.Conditions[3]) {
		t.Error("the same seed gives another catalogue")
	}
	c, err := p.Read()
	if err != nil {
		t.Fatal(err)
	}
	out, r := gov24.Import(c, provinces(t), texts(t))
	left := 0
	for _, ids := range r.LeftOut {
		left += len(ids)
	}
	if r.Services != 2000 || r.Imported != len(out) || r.Imported+left != 2000 || r.Orphans != 0 || len(r.Strange) != 0 {
		t.Errorf("report: %+v", r)
	}
	wild, wildHouse, located := 0, 0, 0
	for _, c := range c.Conditions {
		wild += count(slices.Contains(c.Codes, "JA0322"))
		wildHouse += count(slices.Contains(c.Codes, "JA0410"))
	}
	for _, p := range out {
		located += count(len(p.Regions) > 0)
	}
	between := func(what string, n, lo, hi int) {
		if n < lo || n > hi {
			t.Errorf("%s: %d of 2000, want %d to %d", what, n, lo, hi)
		}
	}
	between("person wildcards", wild, 650, 830)
	between("household wildcards", wildHouse, 1500, 1900)
	between("imported", r.Imported, 1600, 1850)
	between("with a place", located, 1350, 1700)
	t.Logf("%d imported of 2000; left out %v; %d contradictions, %d blocks, %d open to all, %d unlocated", r.Imported, sizes(r), len(r.Contradictions), len(r.Blocks), len(r.OpenToAll), len(r.Unlocated))
}

func sizes(r gov24.Report) map[gov24.Reason]int {
	out := map[gov24.Reason]int{}
	for why, ids := range r.LeftOut {
		out[why] = len(ids)
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
