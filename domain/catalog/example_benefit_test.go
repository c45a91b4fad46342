package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
)

const stampExamples = `# what comes of it
benefits:
  - name: grown up
    date: 2026-03-01
    known_on: 2026-02-01
    household: {receives: [stamp-club]}
    members:
      - {id: p1, birth_date: 1990-05-01, region: "01110"}
      - id: p2
        birth_date: null
    expect: {eligible: "yes", amount: 0, missing: [], arrears: 5, members: {p2: {eligible: unknown, missing: [p2.birth_date]}}}
  - name: nothing told
    members: [{id: p1}]
    expect: {eligible: "no"}
`

// stampPack is the sample pack with a benefit rule in a service that is a
// directory entry only.
func stampPack(t *testing.T) fstest.MapFS {
	t.Helper()
	files := samplePack(t)
	edit(t, files, "services/stamp-club/service.yaml", "directions:", `benefit:
  unit: person
  period: month
  conditions:
    - {id: c1, when: "years(m.birth_date, date) >= 18", article: {name: 우표법, name_en: Stamp Act}, text: {ko: 어른이에요, en: Grown up}}
  amount: "1000"
directions:`)
	files["services/stamp-club/examples.yaml"] = &fstest.MapFile{Data: []byte(stampExamples)}
	return files
}

func TestBenefitExamples(t *testing.T) {
	p, found, err := catalog.LoadPack(stampPack(t))
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", found, err)
	}
	list := p.BenefitExamples["stamp-club"]
	if len(list) != 2 || len(p.BenefitExamples) != 1 {
		t.Fatalf("%d examples of %d services", len(list), len(p.BenefitExamples))
	}
	e := &list[0]
	if e.Name != "grown up" || e.Date != "2026-03-01" || e.KnownOn != "2026-02-01" || len(e.Household) != 1 || len(e.Members) != 2 {
		t.Errorf("%+v", e)
	}
	if m := e.Members[0]; m["id"] != "p1" || m["birth_date"] != "1990-05-01" || m["region"] != "01110" {
		t.Errorf("facts are kept as they stand: %v", m)
	}
	if v, ok := e.Members[1]["birth_date"]; !ok || v != nil {
		t.Errorf("null stays null: %v", v)
	}
	want := e.Expect
	if want.Eligible != "yes" || *want.Amount != 0 || want.Missing == nil || len(want.Missing) != 0 || *want.Arrears != 5 {
		t.Errorf("%+v", want)
	}
	if v := want.Members["p2"]; v.Eligible != "unknown" || v.Amount != nil || !slices.Equal(v.Missing, []string{"p2.birth_date"}) {
		t.Errorf("%+v", v)
	}
	if x := list[1].Expect; x.Amount != nil || x.Missing != nil || x.Arrears != nil || x.Members != nil {
		t.Errorf("what is not named is not tested: %+v", x)
	}
	for _, c := range []struct {
		line int
		path []string
	}{{3, nil}, {6, []string{"household", "receives"}}, {8, []string{"members", "0", "region"}}, {10, []string{"members", "1", "birth_date"}}, {9, []string{"members", "1", "sex"}}, {11, []string{"expect"}}} {
		if got := e.LineOf(c.path...); got != c.line {
			t.Errorf("%v stands in line %d, not %d", c.path, got, c.line)
		}
	}
	if list[1].Line != 12 {
		t.Errorf("line %d", list[1].Line)
	}
}

func TestBenefitExampleFindings(t *testing.T) {
	const file = "services/stamp-club/examples.yaml"
	for _, tt := range []struct{ name, file, old, new, want string }{
		{"no name", file, "name: nothing told", `name: ""`, file + `:12: error: example "": has no name`},
		{"no such word", file, `{eligible: "no"}`, `{eligible: never}`, file + `:12: error: example "nothing told": eligible is yes, no or unknown, not "never"`},
		{"no such word of a member", file, "{eligible: unknown,", "{eligible: perhaps,", file + `:3: error: example "grown up": eligible is yes`},
		{"no such member", file, "members: {p2:", "members: {p3:", file + `:3: error: example "grown up": expects a verdict on "p3", who is no member`},
		{"unknown key", file, "known_on:", "known:", file + ":5: error: field known not found"},
		{"unknown key of the verdict", file, "arrears: 5", "arrear: 5", file + ":11: error: field arrear not found"},
		{"no number", file, "amount: 0", "amount: none", file + ":11: error: "},
		{"members of a household", "services/stamp-club/service.yaml", "unit: person", "unit: household", file + `:3: error: example "grown up": expects verdicts on members`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := stampPack(t)
			edit(t, files, tt.file, tt.old, tt.new)
			expectFinding(t, files, tt.want)
		})
	}
	t.Run("no rule", func(t *testing.T) {
		files := samplePack(t)
		files[file] = &fstest.MapFile{Data: []byte(stampExamples)}
		expectFinding(t, files, file+":2: error: benefits: the service has no benefit rule")
	})
}

func expectFinding(t *testing.T, files fstest.MapFS, want string) {
	t.Helper()
	_, found, _ := catalog.LoadPack(files)
	if !containsPrefix(found, want) {
		var all []string
		for _, f := range found {
			all = append(all, f.String())
		}
		t.Errorf("not found: %s\nfound:\n%s", want, strings.Join(all, "\n"))
	}
}
