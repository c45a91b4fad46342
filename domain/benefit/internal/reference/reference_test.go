package reference

import (
	"fmt"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// source is a law with one formula x over m, of the text.
func source(text string) rule.Source {
	param := func(id, kind string, by []string, values ...any) contract.Parameter {
		p := contract.Parameter{ID: id, Type: kind, By: by}
		for i, v := range values {
			p.Values = append(p.Values, contract.ParameterValue{From: kernel.MustDate([]string{"2024-01-01", "2025-01-01", "2026-01-01"}[i]), Value: v})
		}
		return p
	}
	late := param("late", "won", nil, 8, 9)
	late.Values[1].KnownFrom = kernel.MustDate("2025-03-20")
	return rule.Source{
		Facts: []contract.Fact{
			{ID: "birth_date", Entity: "person", Type: "date"},
			{ID: "region", Entity: "person", Type: "code", Of: "region"},
			{ID: "relation_to_head", Entity: "person", Type: "enum", Members: []string{"head", "spouse", "child"}},
			{ID: "student", Entity: "person", Type: "enum", Members: []string{"none", "middle", "high"}},
			{ID: "earned", Entity: "person", Type: "int", Unit: "won a month"},
			{ID: "pregnant", Entity: "person", Type: "bool"},
			{ID: "size", Entity: "household", Type: "int", Unit: "persons"},
			{ID: "debt", Entity: "household", Type: "int", Unit: "won"},
			{ID: "single_parent", Entity: "household", Type: "bool"},
			{ID: "receives", Entity: "household", Type: "set", Of: "program"},
			{ID: "class", Entity: "household", Type: "enum", Members: []string{"seoul", "other"}},
			{ID: "opened_on", Entity: "household", Type: "date"},
		},
		Law: contract.BenefitLaw{
			Parameters: []contract.Parameter{
				param("wage", "won", nil, 10, 20, 30),
				param("share", "rate", nil, "4%", "1/3"),
				param("opened", "date", nil, "2024-02-29", "2025-03-01"),
				param("season", "month_day", nil, "02-29"),
				param("capital", "codes", nil, []any{"11", "4812"}, []any{"41"}),
				param("median", "won", []string{"int"}, []any{100, 200, 300}, []any{110, 220, 330}),
				param("base", "won", []string{"text"}, map[string]any{"seoul": 99, "other": 53}),
				param("grid", "rate", []string{"text", "int"}, map[string]any{"seoul": []any{"1/2", "2"}, "other": []any{"3", "4"}}),
				late,
			},
			Lists: []contract.RuleList{{
				ID: "declarations", Fields: map[string]string{"from": "date", "to": "date", "regions": "codes", "each": "won", "class": "text"},
				Records: []map[string]any{
					{"from": "2025-01-01", "to": "2025-03-31", "regions": []any{"47"}, "each": 7, "class": "seoul"},
					{"from": "2025-03-01", "to": "2025-04-30", "regions": []any{"11"}, "each": 5, "class": "other"},
				},
			}},
			Formulas: []contract.Formula{
				{ID: "age", Of: []string{"m"}, Rule: "years(m.birth_date, date)"},
				{ID: "part", Of: []string{"percent int"}, Rule: "median[min(h.size, 3)] * percent / 100"},
				{ID: "pair", Of: []string{"m", "n"}, Rule: `m == head && n.relation_to_head == "spouse" || n == head && m.relation_to_head == "spouse"`},
				{ID: "open", Of: []string{"d declarations"}, Rule: "d.from <= date && date <= d.to"},
				{ID: "x", Of: []string{"m"}, Rule: text},
			},
		},
		Programmes: []rule.Programme{
			programme("single", "household", "h.debt", "h.single_parent", "h.size > 1"),
			programme("each", "person", "m.earned / 1", "m.pregnant"),
		},
	}
}

func programme(id, unit, amount string, conditions ...string) rule.Programme {
	p := rule.Programme{ID: id, Benefit: contract.Benefit{Unit: unit, Amount: amount}}
	for i, c := range conditions {
		p.Benefit.Conditions = append(p.Benefit.Conditions, contract.BenefitCondition{ID: fmt.Sprintf("c%d", i+1), When: c})
	}
	return p
}

func compile(t *testing.T, s rule.Source) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return law
}

// people is three members of whom is known what facts say: "p2.student=high
// household.debt=5 date=2025-01-01".
func people(facts string) situation.Situation {
	s := situation.Situation{Date: kernel.MustDate("2025-02-28"), Household: map[string]kernel.Value{}}
	for _, id := range []string{"p1", "p2", "p3"} {
		s.Members = append(s.Members, situation.Member{ID: id, Facts: map[string]kernel.Value{}})
	}
	for _, f := range strings.Fields(facts) {
		ref, text, _ := strings.Cut(f, "=")
		who, id, _ := strings.Cut(ref, ".")
		v := kernel.TextOf(text)
		if id == "receives" {
			v = kernel.SetOf(strings.FieldsFunc(text, func(r rune) bool { return r == ',' })...)
		} else if id != "region" {
			for _, k := range []kernel.ValueKind{kernel.IntValue, kernel.BoolValue, kernel.DateValue} {
				if x, err := kernel.TextOf(text).As(k); err == nil {
					v = x
					break
				}
			}
		}
		switch who {
		case "date":
			s.Date = kernel.MustDate(text)
		case "known_on":
			s.KnownOn = kernel.MustDate(text)
		case "household":
			s.Household[id] = v
		default:
			s.Members[who[1]-'1'].Facts[id] = v
		}
	}
	return s
}

// show is a value as text, or the refs that it lacks.
func show(v value) string {
	if !v.known() {
		return fmt.Sprint("? ", strings.Join(v.missing.list(), " "))
	}
	switch v.kind {
	case truth:
		return fmt.Sprint(v.truth)
	case number:
		return v.rat().RatString()
	case day:
		return kernel.DateOf(v.day).String()
	}
	return v.word
}

// TestExpressions: what each form of the notation gives for the first member, on
// 28 February 2025 if nothing else is said.
func TestExpressions(t *testing.T) {
	for _, c := range []struct{ text, facts, want string }{
		// The table of three values, form by form.
		{"m.pregnant", "p1.pregnant=true", "true"},
		{"m.pregnant", "", "? p1.pregnant"},
		{"!m.pregnant", "p1.pregnant=true", "false"},
		{"!m.pregnant", "", "? p1.pregnant"},
		{"m.pregnant && h.single_parent", "p1.pregnant=true household.single_parent=true", "true"},
		{"m.pregnant && h.single_parent", "p1.pregnant=false", "false"},
		{"m.pregnant && h.single_parent", "household.single_parent=false", "false"},
		{"m.pregnant && h.single_parent", "household.single_parent=true", "? p1.pregnant"},
		{"m.pregnant && h.single_parent", "", "? household.single_parent p1.pregnant"},
		{"m.pregnant || h.single_parent", "p1.pregnant=false household.single_parent=false", "false"},
		{"m.pregnant || h.single_parent", "p1.pregnant=true", "true"},
		{"m.pregnant || h.single_parent", "household.single_parent=true", "true"},
		{"m.pregnant || h.single_parent", "household.single_parent=false", "? p1.pregnant"},
		{"m.pregnant || h.single_parent", "", "? household.single_parent p1.pregnant"},
		{"m.earned > 5", "p1.earned=5", "false"},
		{"m.earned >= 5", "p1.earned=5", "true"},
		{"m.earned < 5", "p1.earned=5", "false"},
		{"m.earned <= 5", "p1.earned=5", "true"},
		{"m.earned > h.debt", "", "? household.debt p1.earned"},
		{"m.earned > h.debt", "p1.earned=1", "? household.debt"},
		{"m.earned >= 0", "", "? p1.earned"},
		{"m.earned == m.earned", "", "? p1.earned"},
		{`m.student == "high"`, "p1.student=high", "true"},
		{`m.student != "high"`, "p1.student=high", "false"},
		{`m.student != "high"`, "", "? p1.student"},
		{`m.student in ["middle", "high"]`, "p1.student=middle", "true"},
		{`m.student in ["middle", "high"]`, "p1.student=none", "false"},
		{`m.student in ["middle", "high"]`, "", "? p1.student"},
		{"m.earned in [1, -2]", "p1.earned=1", "true"},
		{`"single" in h.receives`, "household.receives=", "false"},
		{`"single" in h.receives`, "household.receives=another,single", "true"},
		{`"single" in h.receives`, "", "? household.receives"},
		{"0 * m.earned", "", "? p1.earned"},
		{"m.earned - m.earned", "", "? p1.earned"},
		{"m.earned - h.debt", "p1.earned=1 household.debt=3", "-2"},
		{"-m.earned", "p1.earned=4", "-4"},
		{"m.earned * h.size / 7", "p1.earned=4 household.size=3", "12/7"},
		{"min(m.earned, 0)", "", "? p1.earned"},
		{"min(m.earned, h.debt)", "p1.earned=4 household.debt=3", "3"},
		{"max(m.earned, h.debt)", "p1.earned=4 household.debt=3", "4"},
		{"h.single_parent ? m.earned : h.debt", "household.single_parent=true p1.earned=4", "4"},
		{"h.single_parent ? m.earned : h.debt", "household.single_parent=false", "? household.debt"},
		{"h.single_parent ? m.earned : h.debt", "p1.earned=4 household.debt=4", "4"},
		{"h.single_parent ? m.earned : h.debt", "p1.earned=4 household.debt=5", "? household.single_parent"},
		{"h.single_parent ? m.earned : h.debt", "p1.earned=4", "? household.debt household.single_parent"},
		{"h.single_parent ? m.earned : h.debt", "", "? household.debt household.single_parent p1.earned"},
		{"h.single_parent ? 1 : 2 / 2", "", "1"},
		{`h.single_parent ? m.student : "high"`, "p1.student=high", "high"},
		{"h.single_parent ? m.birth_date : date", "p1.birth_date=2025-02-28", "2025-02-28"},
		{"h.single_parent ? !m.pregnant : true", "p1.pregnant=false", "true"},

		// Loops, in which the member in question takes part.
		{"members.any(n, n.pregnant)", "p2.pregnant=true", "true"},
		{"members.any(n, n.pregnant)", "p1.pregnant=false p2.pregnant=false", "? p3.pregnant"},
		{"members.any(n, n.pregnant)", "p1.pregnant=false p2.pregnant=false p3.pregnant=false", "false"},
		{"members.any(n, n != m && n.pregnant)", "p1.pregnant=true p2.pregnant=false p3.pregnant=false", "false"},
		{"members.all(n, n.pregnant)", "p2.pregnant=false", "false"},
		{"members.all(n, n.pregnant)", "p2.pregnant=true", "? p1.pregnant p3.pregnant"},
		{"members.all(n, n == m || n.pregnant)", "p2.pregnant=true p3.pregnant=true", "true"},
		{"members.count(n, n.pregnant)", "p1.pregnant=true p2.pregnant=false p3.pregnant=true", "2"},
		{"members.count(n, n.pregnant)", "p1.pregnant=true", "? p2.pregnant p3.pregnant"},
		{"members.sum(n, n.earned)", "p1.earned=1 p2.earned=2 p3.earned=4", "7"},
		{"members.sum(n, n.earned / 2)", "p1.earned=1 p2.earned=2 p3.earned=4", "7/2"},
		{"members.sum(n, n.earned)", "p1.earned=1 p3.earned=4", "? p2.earned"},
		{"members.sum(n, n.pregnant ? n.earned : 0)", "p1.pregnant=false p2.pregnant=false p3.pregnant=true p3.earned=4", "4"},
		{"declarations.any(d, open(d))", "date=2025-05-01", "false"},
		{"declarations.any(d, open(d))", "date=2025-04-30", "true"},
		{"declarations.all(d, open(d))", "date=2025-03-01", "true"},
		{"declarations.count(d, open(d))", "date=2025-02-28", "1"},
		{"declarations.sum(d, open(d) ? d.each * h.size : 0)", "date=2025-03-05 household.size=2", "24"},
		{"declarations.sum(d, open(d) ? d.each * h.size : 0)", "date=2025-06-05", "0"},
		{"declarations.sum(d, starts(head.region, d.regions) ? d.each : 0)", "p1.region=11110", "5"},
		{"declarations.any(d, h.class == d.class && d.each == 5)", "household.class=other", "true"},

		// Persons and formulas.
		{"m == head", "", "true"},
		{"members.count(n, n == head)", "", "1"},
		{"members.count(n, n != m)", "", "2"},
		{"m.relation_to_head", "p1.relation_to_head=child", "head"},
		{"members.any(n, n != m && pair(m, n))", "p2.relation_to_head=spouse", "true"},
		{"members.any(n, n != m && pair(n, m))", "p2.relation_to_head=child", "? p3.relation_to_head"},
		{"age(m)", "", "? p1.birth_date"},
		{"half_up(part(32))", "household.size=7", "106"},
		{"part(m.earned)", "household.size=1", "? p1.earned"},

		// Rounding.
		{"floor(m.earned / 2)", "p1.earned=5", "2"},
		{"floor(-m.earned / 2)", "p1.earned=5", "-3"},
		{"half_up(m.earned / 2)", "p1.earned=5", "3"},
		{"half_up(-m.earned / 2)", "p1.earned=5", "-2"},
		{"half_up(m.earned / 3)", "p1.earned=4", "1"},
		{"down10(m.earned)", "p1.earned=19", "10"},
		{"down10(m.earned)", "p1.earned=20", "20"},
		{"down10(-m.earned)", "p1.earned=1", "-10"},
		{"up10(m.earned)", "p1.earned=11", "20"},
		{"up10(m.earned)", "p1.earned=20", "20"},
		{"up10(m.earned / 3)", "p1.earned=31", "20"},
		{"up10(-m.earned)", "p1.earned=19", "-10"},
		{"half_up(m.earned / 2)", "", "? p1.earned"},

		// A fact where it is given, else what stands in for it.
		{"given(h.debt, m.earned)", "household.debt=1 p1.earned=2", "1"},
		{"given(h.debt, m.earned)", "p1.earned=2", "2"},
		{"given(h.debt, m.earned)", "", "? p1.earned"},
		{"given(h.debt, m.earned / 4)", "p1.earned=2", "1/2"},
		{`given(h.class, starts(head.region, capital) ? "seoul" : "other")`, "household.class=seoul p1.region=26110", "seoul"},
		{`given(h.class, starts(head.region, capital) ? "seoul" : "other")`, "p1.region=41110", "seoul"},
		{`given(h.class, starts(head.region, capital) ? "seoul" : "other")`, "", "? p1.region"},

		// Regions, tables and dated values.
		{`starts(m.region, ["4812", "11"])`, "p1.region=48121", "true"},
		{`starts(m.region, ["4812", "11"])`, "p1.region=48131", "false"},
		{`starts(m.region, ["0"])`, "p1.region=01110", "true"},
		{`starts(m.region, ["11"])`, "", "? p1.region"},
		{"starts(m.region, capital)", "p1.region=11110 date=2024-12-31", "true"},
		{"starts(m.region, capital)", "p1.region=11110 date=2025-01-01", "false"},
		{"wage", "date=2024-01-01", "10"},
		{"wage", "date=2025-12-31", "20"},
		{"wage", "date=2030-01-01", "30"},
		{"share", "date=2024-01-01", "1/25"},
		{"opened", "", "2025-03-01"},
		{"at(wage, m.birth_date)", "p1.birth_date=2024-12-31", "10"},
		{"at(wage, m.birth_date)", "p1.birth_date=1990-01-01", "10"},
		{"at(wage, m.birth_date)", "p1.birth_date=2026-01-01", "30"},
		{"at(wage, m.birth_date)", "", "? p1.birth_date"},
		{"at(opened, m.birth_date)", "p1.birth_date=2024-12-31", "2024-02-29"},
		{"late", "known_on=2025-03-19", "8"},
		{"late", "known_on=2025-03-20", "9"},
		{"late", "", "9"},
		{"at(late, m.birth_date)", "p1.birth_date=2026-01-01 known_on=2025-03-19", "8"},
		{"median[min(h.size, 3)]", "household.size=2", "220"},
		{"median[min(h.size, 3)]", "household.size=9 date=2024-05-05", "300"},
		{"median[min(h.size, 3)]", "", "? household.size"},
		{"base[h.class]", "household.class=other", "53"},
		{`grid[h.class][min(h.size, 2)]`, "household.class=seoul household.size=1", "1/2"},
		{`grid[h.class][min(h.size, 2)]`, "household.class=other household.size=2", "4"},
		{`grid[h.class][min(h.size, 2)]`, "household.class=other", "? household.size"},
		{`grid[h.class][min(h.size, 2)]`, "", "? household.class household.size"},

		// Days.
		{"date", "", "2025-02-28"},
		{"date == day(\"2025-02-28\")", "", "true"},
		{"m.birth_date <= date", "p1.birth_date=2025-02-28", "true"},
		{"max(m.birth_date, h.opened_on)", "p1.birth_date=2025-02-28 household.opened_on=2024-02-29", "2025-02-28"},
		{"min(m.birth_date, h.opened_on)", "p1.birth_date=2025-02-28", "? household.opened_on"},
		{"age(m)", "p1.birth_date=2000-02-28", "25"},
		{"age(m)", "p1.birth_date=2000-03-01", "24"},
		{"age(m)", "p1.birth_date=2000-02-29", "24"},
		{"age(m)", "p1.birth_date=2000-02-29 date=2025-03-01", "25"},
		{"age(m)", "p1.birth_date=2000-02-29 date=2024-02-28", "23"},
		{"age(m)", "p1.birth_date=2000-02-29 date=2024-02-29", "24"},
		{"age(m)", "p1.birth_date=2025-02-28", "0"},
		{"age(m)", "p1.birth_date=2025-03-01", "-1"},
		{"months_between(m.birth_date, date)", "p1.birth_date=2025-01-31", "1"},
		{"months_between(m.birth_date, date)", "p1.birth_date=2023-12-01", "14"},
		{"months_between(m.birth_date, date)", "p1.birth_date=2025-03-01", "-1"},
		{"full_months(m.birth_date, date)", "p1.birth_date=2025-01-31", "0"},
		{"full_months(m.birth_date, date)", "p1.birth_date=2025-01-28", "1"},
		{"full_months(m.birth_date, date)", "p1.birth_date=2024-02-29", "11"},
		{"days(m.birth_date, date)", "p1.birth_date=2024-02-29", "365"},
		{"days(date, m.birth_date)", "p1.birth_date=2025-03-01", "1"},
		{"year(m.birth_date)", "p1.birth_date=1999-12-31", "1999"},
		{"add_months(m.birth_date, 1)", "p1.birth_date=2025-01-31", "2025-02-28"},
		{"add_months(m.birth_date, 1)", "p1.birth_date=2024-01-30", "2024-02-29"},
		{"add_months(m.birth_date, 12)", "p1.birth_date=2024-02-29", "2025-02-28"},
		{"add_months(m.birth_date, 48)", "p1.birth_date=2024-02-29", "2028-02-29"},
		{"add_months(m.birth_date, -3)", "p1.birth_date=2025-01-31", "2024-10-31"},
		{"add_months(m.birth_date, -1)", "p1.birth_date=2024-03-31", "2024-02-29"},
		{"add_months(date, h.size)", "", "? household.size"},
		{"in_year(2024, season)", "", "2024-02-29"},
		{"in_year(2025, season)", "", "2025-03-01"},
		{"in_year(year(date) - 65, 1231)", "", "1960-12-31"},

		// Other programmes.
		{`eligible("single")`, "household.single_parent=true household.size=1", "false"},
		{`eligible("single")`, "household.single_parent=true", "? household.size"},
		{`eligible("each", m)`, "p1.pregnant=true", "true"},
		{`members.count(n, eligible("each", n))`, "p1.pregnant=true p2.pregnant=true p3.pregnant=false", "2"},
		{`amount_of("single")`, "household.single_parent=false household.debt=5", "5"},
		{`amount_of("each", head) / 2`, "p1.earned=5", "5/2"},
		{`amount_of("each", head)`, "", "? p1.earned"},
	} {
		law := compile(t, source(c.text))
		s := people(c.facts)
		if err := s.Check(law); err != nil {
			t.Fatalf("%s with %q: %v", c.text, c.facts, err)
		}
		r := newRun(law, s)
		if got := show(r.tree("x", value{kind: person})); got != c.want || r.err != nil {
			t.Errorf("%s with %q: %s %v, want %s", c.text, c.facts, got, r.err, c.want)
		}
	}
}

// TestEvaluate: verdicts, roll-up and what each condition says.
func TestEvaluate(t *testing.T) {
	law := compile(t, source("true"))
	for _, c := range []struct{ programme, facts, want string }{
		{"single", "", "unknown - [household.single_parent household.size] conditions [[unknown] [unknown]]"},
		{"single", "household.size=1", "no 0 [] conditions [[unknown] [no]]"},
		{"single", "household.size=2 household.single_parent=true", "yes - [household.debt] conditions [[yes] [yes]]"},
		{"single", "household.size=2 household.single_parent=true household.debt=9", "yes 9 [] conditions [[yes] [yes]]"},
		{"each", "p1.pregnant=false p2.pregnant=false p3.pregnant=false", "no 0 [] conditions [[no no no]] p1 no 0 [] p2 no 0 [] p3 no 0 []"},
		{
			"each", "p1.pregnant=true p1.earned=3 p2.pregnant=false",
			"yes - [p3.pregnant] conditions [[yes no unknown]] p1 yes 3 [] p2 no 0 [] p3 unknown - [p3.pregnant]",
		},
		{
			"each", "p1.pregnant=true p1.earned=3 p2.pregnant=true p3.pregnant=true p3.earned=4",
			"yes - [p2.earned] conditions [[yes yes yes]] p1 yes 3 [] p2 yes - [p2.earned] p3 yes 4 []",
		},
	} {
		r, err := Evaluate(law, people(c.facts), c.programme)
		if err != nil {
			t.Fatal(err)
		}
		got := verdict(r.Verdict) + fmt.Sprintf(" conditions %v", r.Conditions)
		for m, v := range r.Members {
			got += fmt.Sprintf(" p%d %s", m+1, verdict(v))
		}
		if got != c.want {
			t.Errorf("%s with %q:\n%s\nwant %s", c.programme, c.facts, got, c.want)
		}
	}
	if _, err := Evaluate(law, people(""), "none"); err == nil {
		t.Error("a programme that is not there is decided")
	}
	all, err := All(law, people(""))
	if err != nil || len(all) != 2 || !all["each"].Person || all["single"].Person {
		t.Errorf("all: %v, %v", all, err)
	}
}

func verdict(v situation.Verdict) string {
	amount := "-"
	if v.Amount != nil {
		amount = fmt.Sprint(*v.Amount)
	}
	return fmt.Sprintf("%s %s %v", v.Eligible, amount, v.Missing)
}

// TestArrears: a law that was known later than it holds is made good.
func TestArrears(t *testing.T) {
	s := source("true")
	p := programme("aid", "person", "m.pregnant ? late : 1", "age(m) < late")
	p.Benefit.Arrears = []contract.Arrears{{
		PaidFrom: kernel.MustDate("2025-04-24"), PaidTo: kernel.MustDate("2025-04-30"), KnownFrom: kernel.MustDate("2025-03-20"),
		Days: []kernel.Date{kernel.MustDate("2025-01-15"), kernel.MustDate("2025-02-15")},
	}}
	s.Programmes = append(s.Programmes, p)
	law := compile(t, s)
	// p1 is eligible by both, p2, eight years old, by the new alone, p3 by neither.
	born := "p1.birth_date=2020-01-01 p2.birth_date=2016-06-01 p2.pregnant=true p3.birth_date=2000-01-01"
	for _, c := range []struct{ facts, want string }{
		{"date=2025-04-24 p1.pregnant=true " + born, "20 2 18 0"},
		{"date=2025-04-30 p1.pregnant=false " + born, "18 0 18 0"},
		{"date=2025-04-24 " + born, "- - 18 0"},
		{"date=2025-04-24 known_on=2025-03-20 p1.pregnant=true " + born, "20 2 18 0"},
		{"date=2025-04-24 known_on=2025-03-19 p1.pregnant=true " + born, "none"},
		{"date=2025-04-23 " + born, "none"},
		{"date=2025-05-01 " + born, "none"},
	} {
		r, err := Evaluate(law, people(c.facts), "aid")
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if r.Arrears != nil {
			a := r.Arrears
			var parts []string
			for _, n := range append([]*int64{a.Amount}, a.Members...) {
				if n == nil {
					parts = append(parts, "-")
				} else {
					parts = append(parts, fmt.Sprint(*n))
				}
			}
			got = strings.Join(parts, " ")
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.facts, got, c.want)
		}
	}
}

// TestWrongType: a value that Check would have refused is an error, not unknown.
func TestWrongType(t *testing.T) {
	law := compile(t, source("true"))
	s := people("")
	s.Household["debt"] = kernel.TextOf("5")
	s.Household["single_parent"], s.Household["size"] = kernel.BoolOf(true), kernel.IntOf(2)
	if r, err := Evaluate(law, s, "single"); err == nil {
		t.Errorf("a debt that is a text: %+v", r)
	}
}
