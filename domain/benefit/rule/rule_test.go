package rule

import (
	"strings"
	"testing"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

func facts() []contract.Fact {
	return []contract.Fact{
		{ID: "birth_date", Entity: "person", Type: "date"},
		{ID: "region", Entity: "person", Type: "code", Of: "region"},
		{ID: "relation_to_head", Entity: "person", Type: "enum", Members: []string{"head", "spouse", "child"}},
		{ID: "student", Entity: "person", Type: "enum", Members: []string{"none", "middle", "high"}},
		{ID: "earned", Entity: "person", Type: "int", Unit: "won a month"},
		{ID: "pregnant", Entity: "person", Type: "bool"},
		{ID: "size", Entity: "household", Type: "int", Unit: "persons"},
		{ID: "property", Entity: "household", Type: "int", Unit: "won"},
		{ID: "receives", Entity: "household", Type: "set", Of: "program"},
		{ID: "class", Entity: "household", Type: "enum", Members: []string{"seoul", "other"}},
	}
}

func dated(kind string, by []string, values ...any) contract.Parameter {
	p := contract.Parameter{Type: kind, By: by}
	for i, v := range values {
		p.Values = append(p.Values, contract.ParameterValue{From: kernel.MustDate([]string{"2024-01-01", "2025-01-01", "2026-01-01"}[i]), Value: v})
	}
	return p
}

func source() Source {
	param := func(id string, p contract.Parameter) contract.Parameter { p.ID = id; return p }
	return Source{
		Facts: facts(),
		Law: contract.BenefitLaw{
			Parameters: []contract.Parameter{
				param("median", dated("won", []string{"int"}, []any{100, 200, 300}, []any{110, 220, 330})),
				param("base", dated("won", []string{"text"}, map[string]any{"seoul": 99, "other": 53})),
				param("share", dated("rate", nil, "4%", "5%")),
				param("capital", dated("codes", nil, []any{"11", "41"})),
				param("opens", dated("month_day", nil, "02-29")),
				param("wage", dated("won", nil, 10, 20, 30)),
			},
			Formulas: []contract.Formula{
				{ID: "threshold", Of: []string{"percent int"}, Rule: "half_up(median[min(h.size, 3)] * percent / 100)"},
				{ID: "age", Of: []string{"m"}, Rule: "years(m.birth_date, date)"},
				{ID: "class", Rule: `given(h.class, starts(head.region, capital) ? "seoul" : "other")`},
				{ID: "gross", Rule: "members.sum(n, n.earned)"},
				{ID: "pair", Of: []string{"m", "n"}, Rule: `m == head && n.relation_to_head == "spouse" || n == head && m.relation_to_head == "spouse"`},
				{ID: "coupled", Of: []string{"m"}, Rule: "members.any(n, n != m && pair(m, n))"},
			},
			Lists: []contract.RuleList{{
				ID: "declarations", Fields: map[string]string{"from": "date", "to": "date", "regions": "codes", "each": "won"}, Apart: []string{"from", "to", "regions"},
				Records: []map[string]any{
					{"from": "2025-01-01", "to": "2025-03-31", "regions": []any{"47"}, "each": 7},
					{"from": "2025-01-01", "to": "2025-03-31", "regions": []any{"11"}, "each": 5},
				},
			}},
		},
		Programmes: []Programme{{"aid", contract.Benefit{
			Unit: "person",
			Conditions: []contract.BenefitCondition{
				{ID: "c1", When: "age(m) >= 18 && gross <= threshold(32)"},
				{ID: "c2", When: `!("aid" in h.receives) && m.student in ["middle", "high"]`},
			},
			Amount: `down10(h.property * share / 12 + (coupled(m) ? base[class] : 0) + declarations.sum(d, d.from <= date && date <= d.to && starts(head.region, d.regions) ? d.each * h.size : 0))`,
		}}},
	}
}

func TestCompile(t *testing.T) {
	law, problems := Compile(source())
	for _, p := range problems {
		t.Error(p)
	}
	if law == nil {
		t.FailNow()
	}
	p := law.Programme("aid")
	if p == nil || len(p.Conditions) != 2 || law.Defs[p.Eligible].Persons != 1 {
		t.Fatalf("programme: %+v", p)
	}
	if d := law.Def("aid.amount"); d.Body.Den != 1 || len(d.Params) == 0 {
		t.Errorf("amount: %+v", d)
	}
}

// TestBad: what is wrong with a rule is said where it stands.
func TestBad(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Source)
		want   string
	}{
		"type":          {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `m.earned == "much"` }, "no matching overload"},
		"unknown fact":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `m.shoe_size > 4` }, "undefined field 'shoe_size'"},
		"unknown name":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `nothing > 4` }, "undeclared reference"},
		"no condition":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `1 + 2` }, "true or false"},
		"syntax":        {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `1 +` }, "column"},
		"slip":          {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `m.student == "hihg"` }, `"hihg" is none of its values`},
		"slip in list":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `m.student in ["hihg"]` }, `"hihg" is none of its values`},
		"zero":          {func(s *Source) { s.Programmes[0].Benefit.Amount = `half_up(m.earned / 0)` }, "division by zero"},
		"by a fact":     {func(s *Source) { s.Programmes[0].Benefit.Amount = `half_up(m.earned / h.size)` }, "divide by whole numbers written out"},
		"overflow":      {func(s *Source) { s.Programmes[0].Benefit.Amount = `h.property * h.property` }, "overflow"},
		"part of a won": {func(s *Source) { s.Programmes[0].Benefit.Amount = `h.property / 3` }, "part of a won"},
		"key":           {func(s *Source) { s.Programmes[0].Benefit.Amount = `median[h.size]` }, "keys 1 to 3"},
		"circular":      {func(s *Source) { s.Law.Formulas[1].Rule = "coupled(m) ? 1 : 2"; s.Law.Formulas[5].Rule = "age(m) > 3" }, "circular"},
		"itself":        {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `eligible("aid", m)` }, "circular"},
		"no programme":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `"aide" in h.receives` }, `no programme "aide"`},
		"name twice":    {func(s *Source) { s.Law.Formulas[0].ID = "median" }, "stands twice"},
		"order":         {func(s *Source) { s.Law.Parameters[5].Values[1].From = kernel.MustDate("2023-01-01") }, "out of order"},
		"mark":          {func(s *Source) { s.Law.Parameters[2].Values[0].Unverified = "yes" }, "unverified is true or"},
		"mark of one":   {func(s *Source) { s.Law.Parameters[2].Values[0].Unverified = []any{1} }, "unverified is true or"},
		"mark of none":  {func(s *Source) { s.Law.Parameters[0].Values[0].Unverified = []any{4} }, "the table has no key 4"},
		"marks too far": {func(s *Source) { s.Law.Parameters[0].Values[0].Unverified = []any{[]any{1, 1}} }, "has not the keys"},
		"rate":          {func(s *Source) { s.Law.Parameters[2].Values[0].Value = "four" }, "no rate"},
		"overlap":       {func(s *Source) { s.Law.Lists[0].Records[1]["regions"] = []any{"4711"} }, "overlaps"},
		"loop named h":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `members.any(h, h.pregnant)` }, "has a meaning already"},
		"region in":     {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `m.region in ["11110"]` }, "with starts"},
		"region given":  {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `given(m.region, "11110") == "x"` }, "with starts"},
		"far year":      {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `in_year(m.earned, opens) < date` }, "the year can be"},
		"function":      {func(s *Source) { s.Law.Formulas[0].ID = "min" }, "cannot be a name"},
		"deep":          {func(s *Source) { s.Programmes[0].Benefit.Conditions[0].When = `members.any(a, members.any(b, a == b))` }, "too deep"},
	} {
		s := source()
		c.change(&s)
		law, problems := Compile(s)
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.String(), c.want)
		}
		if law != nil || !found {
			t.Errorf("%s: %v, want %q", name, problems, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	day := func(s string) int64 { return DayOf(kernel.MustDate(s)) }
	for _, c := range []struct {
		name      string
		got, want int64
	}{
		{"epoch", day("1970-01-01"), 0},
		{"first day", day("1800-01-01"), minDay},
		{"last day", day("2999-12-31"), maxDay},
		{"before a birthday", Years(day("1960-05-10"), day("2025-05-09")), 64},
		{"on a birthday", Years(day("1960-05-10"), day("2025-05-10")), 65},
		{"leap day before 1 March", Years(day("2008-02-29"), day("2026-02-28")), 17},
		{"leap day on 1 March", Years(day("2008-02-29"), day("2026-03-01")), 18},
		{"leap day in a leap year", Years(day("2008-02-29"), day("2028-02-29")), 20},
		{"months ignore days", Months(day("2024-01-31"), day("2024-02-01")), 1},
		{"full months", FullMonths(day("2024-01-31"), day("2024-02-29")), 0},
		{"a month later", AddMonths(day("2024-01-31"), 1), day("2024-02-29")},
		{"a month earlier", AddMonths(day("2024-03-31"), -1), day("2024-02-29")},
		{"years later", AddMonths(day("2024-02-29"), 36), day("2027-02-28")},
		{"29 February in a common year", InYear(2025, 229), day("2025-03-01")},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
		}
	}
	for d := minDay; d <= maxDay; d += 13 {
		if back := DayOf(DateOf(int64(d))); back != int64(d) {
			t.Fatalf("day %d came back as %d", d, back)
		}
	}
}
