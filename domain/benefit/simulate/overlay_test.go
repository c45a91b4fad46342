package simulate

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/i18n"
)

// TestWrongOverlays name line and reason.
func TestWrongOverlays(t *testing.T) {
	base, err := NewBase(tinySource(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text, want string
		line       int
	}{
		"empty":              {"", "file is empty", 1},
		"nothing":            {"title: x\n", "changes nothing", 1},
		"unknown key":        {"title: x\nparametres: []\n", "parametres", 2},
		"twice":              {"parameters:\n  - {id: floor_won, values: [{from: 2026-01-01, value: 1}]}\n  - {id: floor_won, values: [{from: 2026-01-01, value: 2}]}\n", "stands twice", 3},
		"anchor":             {"parameters: &x []\n", "anchors", 1},
		"no such parameter":  {"\nparameters:\n  - id: floor_wonn\n    values: [{from: 2026-01-01, value: 1}]\n", "no parameter", 3},
		"no value":           {"parameters:\n  - id: floor_won\n", "no value", 2},
		"type":               {"parameters:\n  - id: floor_won\n    type: rate\n    values: [{from: 2026-01-01, value: 4%}]\n", "stays so", 2},
		"bad value":          {"parameters:\n  - id: child_won\n    values: [{from: 2026-01-01, value: much}]\n", "much", 2},
		"bad date":           {"parameters:\n  - id: child_won\n    values: [{from: 2026-13-01, value: 1}]\n", "2026-13-01", 3},
		"bad rule":           {"programmes:\n  - id: floor\n    benefit:\n      conditions:\n        - {id: c1, when: \"nonsense > 1\"}\n", "nonsense", 5},
		"bad amount":         {"programmes:\n  - id: card\n    benefit: {amount: \"true\"}\n", "amount", 2},
		"condition id":       {"programmes:\n  - id: card\n    benefit:\n      conditions: [{id: first, when: \"true\"}]\n", "c and a number", 4},
		"drops nothing":      {"programmes:\n  - id: card\n    benefit: {drop: [c9]}\n", "to drop", 2},
		"period":             {"programmes:\n  - id: card\n    benefit: {period: fortnight}\n", "fortnight", 2},
		"ends nothing":       {"programmes:\n  - {id: none, end: true}\n", "to end", 2},
		"ends and changes":   {"programmes:\n  - {id: card, end: true, benefit: {amount: \"1\"}}\n", "nothing else", 2},
		"not whole":          {"programmes:\n  - {id: fresh, benefit: {amount: \"1\"}}\n", "a new one needs", 2},
		"bad name":           {"programmes:\n  - {id: \"<b>\", benefit: {amount: \"1\"}}\n", "small letters", 2},
		"unit":               {"programmes:\n  - id: card\n    benefit: {unit: household, conditions: [{id: c1, when: \"true\"}]}\n", "unit cannot change", 2},
		"circular":           {"programmes:\n  - id: floor\n    benefit: {conditions: [{id: c1, when: 'eligible(\"fuel\")'}]}\n", "ircular", 3},
		"circular formula":   {"formulas:\n  - {id: f, rule: g}\n  - {id: g, rule: f}\n", "circular", 2},
		"elsewhere it hurts": {"parameters:\n  - {id: new_codes, type: codes, values: [{from: 2026-01-01, value: [\"11\"]}]}\nprogrammes:\n  - id: card\n    benefit: {conditions: [{id: c1, when: \"new_codes > 3\"}]}\n", "", 5},
	} {
		o, problems := Decode([]byte(c.text))
		if len(problems) == 0 {
			var p *Pair
			if p, problems = base.With(o, testDay); p != nil {
				t.Errorf("%s passes", name)
				continue
			}
		}
		if len(problems) == 0 || !strings.Contains(problems[0].Message, c.want) {
			t.Errorf("%s: %v, want %q", name, problems, c.want)
		} else if problems[0].Line != c.line {
			t.Errorf("%s: line %d, want %d: %s", name, problems[0].Line, c.line, problems[0].Message)
		}
	}
	if _, problems := Decode(bytes.Repeat([]byte("#"), MaxOverlay+1)); len(problems) == 0 {
		t.Error("an overlay of any size passes")
	}
}

// TestSet: values as people type them, written as a file and read again.
func TestSet(t *testing.T) {
	src := tinySource(t)
	src.Law.Parameters = append(src.Law.Parameters,
		contract.Parameter{ID: "share", Type: "rate", Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: "4%"}, {From: kernel.MustDate("2026-01-01"), Value: "7/10"}}},
		contract.Parameter{ID: "table", Type: "won", By: []string{"int"}, Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: []any{1, 2}}}},
		contract.Parameter{ID: "map", Type: "int", By: []string{"text"}, Values: []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: map[string]any{"a": 1, "b": 2}}}})
	for set, want := range map[string]string{
		"floor_won=900,000":    "{from: 2024-01-01, value: 900000}",
		"share = 3/10":         `{from: 2026-01-01, value: "3/10"}`,
		"share=30%":            `{from: 2026-01-01, value: "30%"}`,
		"table=[10, 20]":       "{from: 2024-01-01, value: [10, 20]}",
		"map={b: 5, \"a\": 6}": `{from: 2024-01-01, value: {"a": 6, "b": 5}}`,
	} {
		var o Overlay
		if err := o.Set(src, set, testDay); err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		text := o.YAML()
		if !strings.Contains(text, want) {
			t.Errorf("%s is written as %s", set, text)
		}
		again, problems := Decode([]byte(text))
		if len(problems) > 0 || again.YAML() != text {
			t.Errorf("%s: read again %v: %s", set, problems, again.YAML())
		}
		base, err := NewBase(src)
		if err != nil {
			t.Fatal(err)
		}
		one, problems := base.With(o, testDay)
		two, more := base.With(again, testDay)
		if one == nil || two == nil {
			t.Errorf("%s: %v %v", set, problems, more)
		} else if one.Overlay.Hash() != two.Overlay.Hash() {
			t.Errorf("%s: the file has another hash", set)
		}
	}
	for _, set := range []string{"", "floor_won", "floor_won=", "=5", "none=5", "floor_won=a lot", "floor_won=1.5", "table=[1, 2", "table=1\nparameters: []"} {
		var o Overlay
		if err := o.Set(src, set, testDay); err == nil {
			t.Errorf("%q passes", set)
		}
	}
	var o Overlay
	if err := o.Set(src, "floor_won=1", testDay); err != nil {
		t.Fatal(err)
	}
	if err := o.Set(src, "floor_won=2", testDay); err == nil {
		t.Error("set twice")
	}
}

// FuzzOverlay: no text makes decoding or compiling fall over, and what passes
// compiles to a law.
func FuzzOverlay(f *testing.F) {
	f.Add([]byte("parameters:\n  - id: floor_won\n    values: [{from: 2026-01-01, value: 900000}]\n"))
	f.Add([]byte("programmes:\n  - id: floor\n    benefit: {conditions: [{id: c1, when: \"head.region == \\\"11110\\\"\"}], drop: [c1]}\n"))
	f.Add([]byte("formulas:\n  - {id: f, of: [m], rule: \"years(m.birth_date, date)\"}\n"))
	f.Add([]byte("title: [\n"))
	base, err := NewBase(tinySource(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o, problems := Decode(text)
		if len(problems) > 0 {
			return
		}
		if again, _ := Decode(text); o.Hash() != again.Hash() {
			t.Error("two hashes of one overlay")
		}
		p, problems := base.With(o, testDay)
		if (p == nil) == (len(problems) == 0) {
			t.Errorf("%v and %v", p, problems)
		}
	})
}

func testWords(t testing.TB, l kernel.Lang) *Words {
	t.Helper()
	texts, err := i18n.Load(messages)
	if err != nil {
		t.Fatal(err)
	}
	return &Words{Texts: texts, Lang: l, Titles: map[string]kernel.Text{"child": {KO: "=cmd|' /C calc'!A0", EN: "@SUM(A1)"}, "floor": {KO: "가, \"나\"\n다", EN: "+1"}},
		Regions: map[string]kernel.Text{"11": {KO: "-서울", EN: "\tSeoul"}}}
}

// TestCSV: fields come back as they were, and none begins a formula.
func TestCSV(t *testing.T) {
	p := pair(t, tinySource(t), "parameters:\n  - id: floor_won\n    values: [{from: 2026-01-01, value: 100000}]\n  - id: child_won\n    values: [{from: 2026-01-01, value: 1}]\n")
	r := sheet(t, p, writeTiny(t, p.Base.Law())).result(1, "test", true)
	for _, l := range kernel.Langs {
		var b bytes.Buffer
		if err := testWords(t, l).CSV(&b, r, true); err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(b.String(), "\ufeff")
		if !ok {
			t.Error("no mark")
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		negative := false
		for i, row := range rows[1:] {
			if len(row) != len(columns) {
				t.Errorf("row %d has %d fields", i, len(row))
			}
			for k, field := range row {
				if field != "" && k < 6 && strings.ContainsAny(field[:1], "=+-@\t\r|") {
					t.Errorf("row %d: the text %q is a formula", i, field)
				}
				if k >= 6 && strings.Trim(field, "-0123456789") != "" {
					t.Errorf("row %d: %q is no number", i, field)
				}
				negative = negative || k >= 6 && strings.HasPrefix(field, "-")
			}
		}
		if !negative {
			t.Error("no cost falls: the test sees nothing")
		}
		var plain bytes.Buffer
		if err := testWords(t, l).CSV(&plain, r, false); err != nil || plain.String() != text {
			t.Error("the mark changes more than the beginning")
		}
		var printed bytes.Buffer
		if err := testWords(t, l).Print(&printed, r); err != nil || strings.Contains(printed.String(), "simulate.") {
			t.Errorf("%v: %s", err, printed.String())
		}
		for _, c := range testWords(t, l).Charts(r) {
			if strings.Contains(c.SVG, "simulate.") {
				t.Errorf("%s: a word is missing: %s", c.Name, c.SVG)
			}
		}
	}
}

// TestTurnedRound: what one way gains the other way loses.
func TestTurnedRound(t *testing.T) {
	src := tinySource(t)
	path := ""
	for _, set := range [][2]int64{{800_000, 900_000}, {800_000, 100_000}, {0, 5_000_000}} {
		at := func(from, to int64) *Sheet {
			s := src
			s.Law.Parameters = append([]contract.Parameter{}, src.Law.Parameters...)
			s.Law.Parameters[2] = won("floor_won", from)
			var o Overlay
			if err := o.Set(s, "floor_won="+i18n.Number(kernel.EN, to), testDay); err != nil {
				t.Fatal(err)
			}
			base, err := NewBase(s)
			if err != nil {
				t.Fatal(err)
			}
			p, problems := base.With(o, testDay)
			if p == nil {
				t.Fatal(problems)
			}
			if path == "" {
				path = writeTiny(t, base.Law())
			}
			return sheet(t, p, path)
		}
		a, b := at(set[0], set[1]), at(set[1], set[0])
		for i := range a.Programmes {
			x, y := a.Programmes[i].All, b.Programmes[i].All
			turned := Count{Units: y.Units, Before: y.After, After: y.Before, New: y.Lost, Lost: y.New, More: y.Less, Less: y.More, Same: y.Same, Unknown: y.Unknown, CostBefore: y.CostAfter, CostAfter: y.CostBefore}
			if x != turned {
				t.Errorf("%v, programme %d:\n%+v\n%+v", set, i, x, turned)
			}
		}
		if a.Overall.Gained != b.Overall.Lost || a.Overall.PeopleBetter != b.Overall.PeopleWorse || a.Overall.All.More != b.Overall.All.Less {
			t.Errorf("%v: together %+v and %+v", set, a.Overall.All, b.Overall.All)
		}
		sums(t, a)
	}
}
