package column

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

func facts() []contract.Fact {
	return []contract.Fact{
		{ID: "birth_date", Entity: "person", Type: "date"},
		{ID: "since", Entity: "person", Type: "date"},
		{ID: "region", Entity: "person", Type: "code", Of: "region"},
		{ID: "relation_to_head", Entity: "person", Type: "enum", Members: []string{"head", "spouse", "child", "parent"}},
		{ID: "student", Entity: "person", Type: "enum", Members: []string{"none", "middle", "high"}},
		{ID: "earned", Entity: "person", Type: "int", Unit: "won a month"},
		{ID: "other", Entity: "person", Type: "int", Unit: "won a month"},
		{ID: "pregnant", Entity: "person", Type: "bool"},
		{ID: "pension", Entity: "person", Type: "bool"},
		{ID: "size", Entity: "household", Type: "int", Unit: "persons"},
		{ID: "property", Entity: "household", Type: "int", Unit: "won"},
		{ID: "debt", Entity: "household", Type: "int", Unit: "won"},
		{ID: "single", Entity: "household", Type: "bool"},
		{ID: "receives", Entity: "household", Type: "set", Of: "program"},
		{ID: "class", Entity: "household", Type: "enum", Members: []string{"seoul", "other"}},
	}
}

func dated(id, kind string, by []string, values ...any) contract.Parameter {
	p := contract.Parameter{ID: id, Type: kind, By: by}
	for i, v := range values {
		p.Values = append(p.Values, contract.ParameterValue{From: kernel.MustDate([]string{"2024-01-01", "2025-01-01", "2026-01-01"}[i]), Value: v})
	}
	if id == "wage" {
		p.Values[2].KnownFrom = kernel.MustDate("2026-06-01")
	}
	return p
}

func parameters() []contract.Parameter {
	return []contract.Parameter{
		dated("median", "won", []string{"int"}, []any{100, 200, 300}, []any{110, 220, 330}),
		dated("base", "won", []string{"text"}, map[string]any{"seoul": 99, "other": 53}),
		dated("grid", "won", []string{"text", "int"}, map[string]any{"none": []any{1, 2}, "middle": []any{3, 4}, "high": []any{5, 6}}),
		dated("share", "rate", nil, "4%", "5%"),
		dated("capital", "codes", nil, []any{"11", "41"}),
		dated("many", "codes", nil, []any{"11", "26110", "4117", "47", "518"}),
		dated("opens", "month_day", nil, "02-29"),
		dated("wage", "won", nil, 10, 20, 30),
		dated("limit", "won", nil, 100, 110, 1_000_000),
		dated("years_from", "int", nil, 18, 65),
	}
}

// writer draws expressions.
type writer struct {
	*rand.Rand
	persons  []string // in force
	loops    int      // variables in use
	formulas []contract.Formula
}

func (w *writer) pick(s ...string) string { return s[w.IntN(len(s))] }

func (w *writer) who() string {
	if len(w.persons) == 0 || w.IntN(4) == 0 {
		return "head"
	}
	return w.persons[w.IntN(len(w.persons))]
}

// inLoop draws something over one more person, or gives ok false.
func (w *writer) inLoop(text string, draw func() string) (string, bool) {
	if w.loops == rule.MaxVars {
		return "", false
	}
	name := fmt.Sprintf("n%d", w.loops)
	w.loops++
	w.persons = append(w.persons, name)
	body := draw()
	w.loops--
	w.persons = w.persons[:len(w.persons)-1]
	return fmt.Sprintf("members.%s(%s, %s)", text, name, body), true
}

// formula calls one drawn before, of a type.
func (w *writer) formula(prefix string) (string, bool) {
	var fit []contract.Formula
	for _, f := range w.formulas {
		if strings.HasPrefix(f.ID, prefix) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return "", false
	}
	f := fit[w.IntN(len(fit))]
	if len(f.Of) == 0 {
		return f.ID, true
	}
	var args []string
	for range f.Of {
		args = append(args, w.who())
	}
	return f.ID + "(" + strings.Join(args, ", ") + ")", true
}

func (w *writer) truth(depth int) string {
	if depth == 0 {
		return w.pick(w.who()+".pregnant", w.who()+".pension", "h.single", `"aid0" in h.receives`, `"aid1" in h.receives`,
			w.who()+`.student in ["middle", "high"]`, w.who()+`.relation_to_head == "spouse"`, w.who()+`.relation_to_head == "child"`, `h.class == "seoul"`,
			"starts("+w.who()+`.region, ["11", "2611"])`, "starts("+w.who()+".region, capital)", "starts("+w.who()+".region, many)",
			w.who()+" == "+w.who(), w.who()+" != "+w.who(), w.who()+".student == "+w.who()+".student", w.who()+".pregnant == "+w.who()+".pension", "date < day(\"2025-06-01\")",
			"h.size in [1, 3, 5]", "h.size in [1, 300]")
	}
	switch w.IntN(15) {
	case 14:
		var all []string
		for range 3 + w.IntN(5) {
			all = append(all, w.pick("", "!")+w.truth(min(1, depth-1)))
		}
		return "(" + strings.Join(all, w.pick(" && ", " || ")) + ")"
	case 0, 1, 2:
		return "(" + w.truth(depth-1) + " && " + w.truth(depth-1) + ")"
	case 3, 4:
		return "(" + w.truth(depth-1) + " || " + w.truth(depth-1) + ")"
	case 5:
		return "!" + w.truth(depth-1)
	case 6:
		return "(" + w.truth(depth-1) + " ? " + w.truth(depth-1) + " : " + w.truth(depth-1) + ")"
	case 7, 8:
		return "(" + w.number(depth-1) + w.pick(" < ", " <= ", " > ", " >= ", " == ", " != ") + w.number(depth-1) + ")"
	case 9:
		return "(" + w.date(depth-1) + w.pick(" < ", " <= ", " > ", " >= ") + w.date(depth-1) + ")"
	case 10, 11:
		if s, ok := w.inLoop(w.pick("any", "any", "all"), func() string { return w.truth(depth - 1) }); ok {
			return s
		}
	case 12:
		if s, ok := w.formula("t"); ok {
			return s
		}
	case 13:
		return w.pick("given(h.single, "+w.truth(depth-1)+")", "given("+w.who()+".pension, "+w.truth(depth-1)+")")
	}
	return w.truth(depth - 1)
}

func (w *writer) number(depth int) string {
	if depth == 0 {
		return w.pick(w.who()+".earned", w.who()+".other", "h.property", "h.debt", "h.size", "wage", "limit", "100", "1000000", "2", "0", "years_from",
			"years("+w.who()+".birth_date, date)", "year("+w.who()+".birth_date)", "base[h.class]", "grid["+w.who()+".student][2]",
			"median[min(3, h.size)]", "amount_of(\"fixed\")")
	}
	x, y := w.number(depth-1), w.number(depth-1)
	switch w.IntN(18) {
	case 0, 1:
		return "(" + x + w.pick(" + ", " - ") + y + ")"
	case 2:
		return "(" + x + " * " + w.pick("2", "share", "-3", "wage") + ")"
	case 3:
		return w.pick("half_up(", "down10(", "up10(", "floor(") + x + w.pick(" / 3)", " / 10)", " * share)")
	case 4:
		return w.pick("min(", "max(") + x + ", " + y + ")"
	case 5, 6:
		return "(" + w.truth(depth-1) + " ? " + x + " : " + w.pick("0", y) + ")"
	case 7, 8:
		if s, ok := w.inLoop("sum", func() string { return w.number(depth - 1) }); ok {
			return s
		}
	case 9, 10:
		if s, ok := w.inLoop("sum", func() string { return w.truth(depth-1) + " ? " + w.number(depth-1) + " : 0" }); ok {
			return s
		}
	case 11:
		if s, ok := w.inLoop("count", func() string { return w.truth(depth - 1) }); ok {
			return s
		}
	case 12:
		if s, ok := w.formula("n"); ok {
			return s
		}
	case 13:
		return w.pick("years(", "months_between(", "full_months(", "days(") + w.date(depth-1) + ", " + w.date(depth-1) + ")"
	case 14:
		return "at(wage, " + w.date(depth-1) + ")"
	case 15:
		return "median[max(1, min(3, " + w.pick("h.size", "years("+w.who()+".birth_date, date)") + "))]"
	case 16:
		return "grid[" + w.who() + ".student][" + w.pick("h.size > 2 ? 1 : 2", w.who()+".pregnant ? 1 : 2") + "]"
	case 17:
		return "given(h.property, " + w.number(0) + ")"
	}
	return x
}

func (w *writer) date(depth int) string {
	if depth == 0 {
		return w.pick(w.who()+".birth_date", w.who()+".since", "date", `day("2008-02-29")`)
	}
	switch w.IntN(5) {
	case 0:
		return "add_months(" + w.date(depth-1) + ", " + w.pick("12", "-36", "1", "h.size") + ")"
	case 1:
		return "in_year(year(" + w.date(depth-1) + "), " + w.pick("opens", "1231") + ")"
	case 2:
		return w.pick("min(", "max(") + w.date(depth-1) + ", " + w.date(depth-1) + ")"
	case 3:
		return "(" + w.truth(depth-1) + " ? " + w.date(depth-1) + " : " + w.date(depth-1) + ")"
	}
	return w.date(depth - 1)
}

// drawLaw draws a law of some formulas and programmes; expressions that do not
// pass the check are drawn again.
func drawLaw(t testing.TB, r *rand.Rand) *rule.Law {
	w := &writer{Rand: r}
	s := rule.Source{Facts: facts(), Law: contract.BenefitLaw{Parameters: parameters()}}
	add := func(id, unit, when, amount string) {
		s.Programmes = append(s.Programmes, rule.Programme{ID: id, Benefit: contract.Benefit{
			Unit: unit, Conditions: []contract.BenefitCondition{{ID: "c1", When: when}, {ID: "c2", When: "h.size < 90"}}, Amount: amount}})
	}
	add("aid0", "household", "h.single", "0")
	add("aid1", "person", "m.pregnant", "0")
	add("fixed", "household", "h.size > 1", "h.size * 100")
	ok := func() bool {
		_, problems := rule.Compile(s)
		return len(problems) == 0
	}
	if !ok() {
		_, problems := rule.Compile(s)
		t.Fatal(problems)
	}
	for i := range 5 {
		of := [][]string{nil, {"m"}, {"m"}, {"m", "n"}, {"m", "n"}}[i]
		for try := 0; ; try++ {
			w.persons, w.loops = of, len(of)
			id, text := fmt.Sprintf("t%d", i), ""
			if w.IntN(3) == 0 {
				id = fmt.Sprintf("n%d", i)
				text = w.number(2)
			} else {
				text = w.truth(3)
			}
			f := contract.Formula{ID: id, Of: of, Rule: text}
			s.Law.Formulas = append(s.Law.Formulas, f)
			if ok() {
				w.formulas = s.Law.Formulas
				break
			}
			s.Law.Formulas = s.Law.Formulas[:len(s.Law.Formulas)-1]
			if try == 50 {
				break
			}
		}
	}
	for i := range 4 {
		for range 50 {
			unit := "household"
			w.persons, w.loops = nil, 0
			if i%2 == 0 {
				unit, w.persons, w.loops = "person", []string{"m"}, 1
			}
			add(fmt.Sprintf("p%d", i), unit, w.truth(1+w.IntN(4)), w.pick("floor(", "half_up(")+w.number(w.IntN(4))+")")
			if ok() {
				break
			}
			s.Programmes = s.Programmes[:len(s.Programmes)-1]
		}
	}
	law, problems := rule.Compile(s)
	if law == nil {
		t.Fatal(problems)
	}
	return law
}
