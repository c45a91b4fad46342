package ruletest

import (
	"fmt"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// programmeIDs are the programmes of a drawn law.
var programmeIDs = []string{"alpha", "beta", "gamma"}

// Drawn is a random law with what it was compiled from.
type Drawn struct {
	Source rule.Source
	Law    *rule.Law
	// Written and Refused count the expressions, and those of them for which a
	// plain one had to stand in.
	Written, Refused int
}

// String shows what a failing test needs to be told by hand.
func (d Drawn) String() string {
	out := ""
	for _, f := range d.Source.Law.Formulas {
		out += fmt.Sprintf("%s of %v: %s\n", f.ID, f.Of, f.Rule)
	}
	for _, p := range d.Source.Programmes {
		for _, c := range p.Benefit.Conditions {
			out += fmt.Sprintf("%s.%s (%s): %s\n", p.ID, c.ID, p.Benefit.Unit, c.When)
		}
		out += fmt.Sprintf("%s.amount: %s\n", p.ID, p.Benefit.Amount)
	}
	return out
}

// GoString keeps the log of a failing test short.
func (d Drawn) GoString() string { return "\n" + d.String() }

// Laws draws laws that compile.
func Laws() *rapid.Generator[Drawn] {
	return rapid.Custom(func(t *rapid.T) Drawn {
		d := Drawn{Source: rule.Source{Facts: Facts(), Law: contract.BenefitLaw{Parameters: parameters(t), Lists: lists(t)}}}
		w := &writer{t: t}
		gives := map[string]kindOf{}
		for i := range rapid.IntRange(1, len(programmeIDs)).Draw(t, "programmes") {
			for range rapid.IntRange(0, 3).Draw(t, "formulas") {
				f, sig := w.formula(len(gives))
				gives[f.ID] = sig.gives
				w.formulas = append(w.formulas, sig)
				d.Source.Law.Formulas = append(d.Source.Law.Formulas, f)
			}
			w.programmes = append(w.programmes, w.programme(programmeIDs[i]))
		}
		// Sets may ask for any programme: those that were not drawn are simple.
		for _, id := range programmeIDs[len(w.programmes):] {
			w.programmes = append(w.programmes, simple(id))
		}
		d.Source.Programmes = w.programmes
		d.compile(t, gives)
		return d
	})
}

// formula draws a formula of a kind over persons, a number or a record.
func (w *writer) formula(n int) (contract.Formula, signature) {
	sig := signature{
		id:    fmt.Sprintf("f%d", n),
		gives: rapid.SampledFrom([]kindOf{truth, whole, fraction, day, school, tenure}).Draw(w.t, "gives"),
		of: rapid.SampledFrom([][]string{
			nil, {"person"}, {"person", "person"}, {"int"}, {"person", "int"}, {"declarations"}, {"declarations", "person"},
		}).Draw(w.t, "of"),
	}
	f := contract.Formula{ID: sig.id, Unverified: rapid.Bool().Draw(w.t, "unverified")}
	var s scope
	inPlace := false
	for i, of := range sig.of {
		name := fmt.Sprintf("x%d", i)
		switch of {
		case "int":
			s.numbers, inPlace = append(s.numbers, name), true
			f.Of = append(f.Of, name+" int")
		case "declarations":
			s.records, inPlace = append(s.records, name), true
			f.Of = append(f.Of, name+" declarations")
		default:
			s.persons = append(s.persons, name)
			s.members++
			f.Of = append(f.Of, name)
		}
	}
	if inPlace {
		// It is written out where it is called, within one loop at most.
		s.members = rule.MaxVars - 1
	}
	w.looped = false
	f.Rule = w.expr(sig.gives, s, rapid.IntRange(1, maxDepth).Draw(w.t, "depth"))
	sig.loops = inPlace && w.looped
	return f, sig
}

func (w *writer) programme(id string) rule.Programme {
	p := simple(id)
	s := scope{}
	if rapid.Bool().Draw(w.t, "of persons") {
		p.Benefit.Unit = "person"
		s = scope{persons: []string{"m"}, members: 1}
	}
	p.Benefit.Conditions = nil
	for i := range rapid.IntRange(1, 3).Draw(w.t, "conditions") {
		p.Benefit.Conditions = append(p.Benefit.Conditions, contract.BenefitCondition{
			ID: "c" + strconv.Itoa(i+1), When: w.expr(truth, s, rapid.IntRange(1, maxDepth).Draw(w.t, "depth")),
			Unverified: rapid.IntRange(0, 7).Draw(w.t, "unverified") == 7,
		})
	}
	p.Benefit.Amount = w.expr(whole, s, rapid.IntRange(0, maxDepth).Draw(w.t, "depth"))
	p.Benefit.AmountUnverified = rapid.IntRange(0, 7).Draw(w.t, "unverified") == 7
	if rapid.IntRange(0, 3).Draw(w.t, "arrears") == 3 {
		p.Benefit.Arrears = []contract.Arrears{{
			PaidFrom: kernel.MustDate("2026-04-01"), PaidTo: kernel.MustDate("2026-04-30"), KnownFrom: kernel.MustDate("2026-03-20"),
			Days: []kernel.Date{kernel.MustDate("2026-01-15"), kernel.MustDate("2026-02-15")},
		}}
	}
	return p
}

// simple is a programme of the household that always compiles.
func simple(id string) rule.Programme {
	return rule.Programme{ID: id, Benefit: contract.Benefit{
		Unit: "household", Period: "month", Amount: plain(whole),
		Conditions: []contract.BenefitCondition{{ID: "c1", When: plain(truth)}},
	}}
}

// compile compiles the source; plain expressions take the place of those that are
// refused, until all is taken.
func (d *Drawn) compile(t *rapid.T, gives map[string]kindOf) {
	d.Written = len(d.Source.Law.Formulas)
	for _, p := range d.Source.Programmes {
		d.Written += len(p.Benefit.Conditions) + 1
	}
	for range d.Written + 1 {
		law, problems := rule.Compile(d.Source)
		if len(problems) == 0 {
			d.Law = law
			return
		}
		for _, p := range problems {
			if !d.replace(p, gives) {
				t.Fatalf("cannot mend %v in\n%v", p, d)
			}
			d.Refused++
		}
	}
	t.Fatalf("no law comes of\n%v", d)
}

// replace puts a plain expression where the problem lies.
func (d *Drawn) replace(p rule.Problem, gives map[string]kindOf) bool {
	if p.Programme == "" {
		if len(p.Path) < 2 || p.Path[0] != "formulas" {
			return false
		}
		i, err := strconv.Atoi(p.Path[1])
		if err != nil {
			return false
		}
		f := &d.Source.Law.Formulas[i]
		f.Rule = plain(gives[f.ID])
		return true
	}
	i := slices.IndexFunc(d.Source.Programmes, func(x rule.Programme) bool { return x.ID == p.Programme })
	if i < 0 || len(p.Path) < 2 {
		return false
	}
	b := &d.Source.Programmes[i].Benefit
	if p.Path[1] == "amount" {
		b.Amount = plain(whole)
		return true
	}
	if len(p.Path) < 3 {
		return false
	}
	k, err := strconv.Atoi(p.Path[2])
	if err != nil {
		return false
	}
	b.Conditions[k].When = plain(truth)
	return true
}
