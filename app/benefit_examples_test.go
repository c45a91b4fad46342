package app

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
	"maru/pack"
)

// changed is a pack with one file's content put in the place of its own.
type changed struct {
	fs.FS
	name string
	data []byte
}

func (c changed) Open(name string) (fs.File, error) {
	if name == c.name {
		return fstest.MapFS{name: {Data: c.data}}.Open(name)
	}
	return c.FS.Open(name)
}

func (c changed) ReadFile(name string) ([]byte, error) {
	if name == c.name {
		return c.data, nil
	}
	return fs.ReadFile(c.FS, name)
}

// families are examples that are right, by name.
var families = map[string]string{
	"two children": `    date: 2026-04-24
    members:
      - {id: p1, birth_date: 1985-03-02, nationality: citizen, region: "26350"}
      - {id: p2, birth_date: 2017-05-01, nationality: citizen, relation_to_head: child}
      - {id: p3, birth_date: 2020-05-05, relation_to_head: child}
    expect: {eligible: "yes", missing: [p3.nationality], members: {p2: {eligible: "yes", amount: 105000, missing: []}}}
`,
	"one child": `    date: 2026-04-24
    members:
      - {id: p1, birth_date: 1985-03-02, nationality: citizen, region: "26350"}
      - {id: p2, birth_date: 2017-05-01, nationality: citizen, relation_to_head: child}
    expect: {amount: 105000, arrears: 315000}
`,
}

// TestBenefitExamples: an example is held to what the rules decide, and what
// comes out otherwise is found with its file and line.
func TestBenefitExamples(t *testing.T) {
	const file = "services/child-allowance/examples.yaml"
	tests := []struct {
		name, of, old, new string
		line               int // after that of the example
		want               string
	}{
		{"two children", "two children", "", "", 0, ""},
		{"one child", "one child", "", "", 0, ""},
		{"amount", "one child", "amount: 105000", "amount: 105001", 5, "the amount is 105000, not 105001"},
		{"arrears", "one child", "arrears: 315000", "arrears: 300000", 5, "the arrears are 315000, not 300000"},
		{"unknown arrears", "one child", `nationality: citizen, region: "26350"`, "nationality: citizen", 5, "the amount is unknown for want of p1.region, not 105000"},
		{"no arrears", "one child", "2026-04-24", "2026-05-01", 5, "no arrears are paid, not 315000"},
		{"known before", "one child", "date: 2026-04-24", "date: 2026-02-15\n    known_on: 2026-03-19", 6, "the amount is 0, not 105000"},
		{"eligible", "two children", `expect: {eligible: "yes"`, `expect: {eligible: "no"`, 6, "eligible is yes for want of p3.nationality, not no"},
		{"unknown amount", "two children", "missing: [p3.nationality]", "amount: 1", 6, "the amount is unknown for want of p3.nationality, not 1"},
		{"missing", "two children", "missing: [p3.nationality]", "missing: [p3.nationality, p3.region]", 6, "missing is [p3.nationality], not [p3.nationality p3.region]"},
		{"member", "two children", `{eligible: "yes", amount: 105000, missing: []}`, `{eligible: unknown, missing: []}`, 6, "p2: eligible is yes, not unknown"},
		{"wrong fact", "two children", "birth_date: 2020-05-05", "birth_date: 2020-05-32", 5, "members[2].birth_date: Send a day of the calendar"},
		{"no such fact", "two children", "birth_date: 2020-05-05", "born: 2020-05-05", 5, "members[2].born: There is no such name here."},
		{"number for a text", "one child", `region: "26350"`, "region: 26350", 3, "members[0].region: Send the five-digit code"},
		{"no day", "one child", "date: 2026-04-24", "date: 2023-04-24", 1, "date: We can only work with days from 2024-01-01"},
		{"two the same", "two children", "id: p3", "id: p2", 5, "members[2].id: The same id is there twice."},
	}
	kr := pack.KR()
	whole, err := fs.ReadFile(kr, file)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(whole), "\nbenefits:\n")
	text += "\nbenefits:\n"
	lines := make([]int, len(tests))
	for i, tt := range tests {
		body := strings.Replace(families[tt.of], tt.old, tt.new, 1)
		if body == families[tt.of] && tt.want != "" {
			t.Fatalf("%s: nothing changed", tt.name)
		}
		lines[i] = strings.Count(text, "\n") + 1 + tt.line
		text += "  - name: " + tt.name + "\n" + body
	}
	p, found, err := catalog.LoadPack(changed{kr, file, []byte(text)})
	if err != nil {
		t.Fatalf("%v %v", found, err)
	}
	of := map[string][]catalog.Finding{}
	for _, f := range checkBenefits(p) {
		_, rest, _ := strings.Cut(f.Message, `"`)
		name, _, _ := strings.Cut(rest, `"`)
		of[name] = append(of[name], f)
	}
	for i, tt := range tests {
		got := of[tt.name]
		switch {
		case tt.want == "" && len(got) > 0:
			t.Errorf("%s: %v", tt.name, got)
		case tt.want == "":
		case len(got) == 0, got[0].File != file, got[0].Line != lines[i], !strings.Contains(got[0].Message, tt.want):
			t.Errorf("%s: found %v, want %q in line %d", tt.name, got, tt.want, lines[i])
		}
	}
}
