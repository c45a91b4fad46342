package ruletest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"maru/domain/benefit/rule"
)

// signature is a formula that expressions can call.
type signature struct {
	id    string
	of    []string // person, int or declarations
	gives kindOf
	// loops: written out where it is called, it goes over members itself.
	loops bool
}

// scope is the names in force at a place of an expression.
type scope struct {
	persons []string // but head, which is always there
	records []string
	numbers []string
	members int // how many persons are in use, of rule.MaxVars
}

// writer writes expressions.
type writer struct {
	t          *rapid.T
	formulas   []signature
	programmes []rule.Programme
	// looped: a loop over members was written since it was last cleared.
	looped bool
}

// options are ways to go on; the first is the simplest, to which tests shrink.
type options []func() string

func (w *writer) one(o options) string {
	return rapid.SampledFrom(o).Draw(w.t, "form")()
}

func (w *writer) of(list []string) string { return rapid.SampledFrom(list).Draw(w.t, "word") }

func (w *writer) person(s scope) string { return w.of(w.persons(s)) }

// persons are the persons that can be named, the innermost twice as often.
func (w *writer) persons(s scope) []string {
	out := append(slices.Clone(s.persons), "head")
	if n := len(s.persons); n > 0 {
		out = append(out, s.persons[n-1])
	}
	return out
}

// fact is a fact of the kind; ok is false where there is none.
func (w *writer) fact(k kindOf, s scope) (text string, ok bool) {
	persons, household := factsOf(k)
	var all []string
	for _, f := range persons {
		for _, p := range w.persons(s) {
			all = append(all, p+"."+f)
		}
	}
	for _, f := range household {
		all = append(all, "h."+f)
	}
	if len(all) == 0 {
		return "", false
	}
	return w.of(all), true
}

// call is a formula of the kind with arguments, or nothing if none fits.
func (w *writer) call(k kindOf, s scope, depth int) (options, bool) {
	var fit []signature
	for _, f := range w.formulas {
		switch {
		case f.gives != k || f.loops && s.members >= rule.MaxVars:
		case slices.Contains(f.of, "declarations") && len(s.records) == 0:
		default:
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return nil, false
	}
	return options{func() string {
		f := rapid.SampledFrom(fit).Draw(w.t, "formula")
		w.looped = w.looped || f.loops
		if len(f.of) == 0 {
			return f.id
		}
		var args []string
		for _, of := range f.of {
			switch of {
			case "int":
				args = append(args, w.expr(whole, s, depth-1))
			case "declarations":
				args = append(args, w.of(s.records))
			default:
				args = append(args, w.person(s))
			}
		}
		return f.id + "(" + strings.Join(args, ", ") + ")"
	}}, true
}

// loop is a loop over the members, or over the records of the list, with a body
// of the kind.
func (w *writer) loop(name string, k kindOf, s scope, depth int) string {
	overRecords := len(s.records) == 0 && rapid.IntRange(0, 2).Draw(w.t, "over records") == 2
	if overRecords || s.members >= rule.MaxVars {
		d := fmt.Sprintf("d%d", len(s.records))
		s.records = append(slices.Clone(s.records), d)
		return fmt.Sprintf("declarations.%s(%s, %s)", name, d, w.expr(k, s, depth-1))
	}
	w.looped = true
	n := fmt.Sprintf("n%d", s.members)
	s.persons = append(slices.Clone(s.persons), n)
	s.members++
	return fmt.Sprintf("members.%s(%s, %s)", name, n, w.expr(k, s, depth-1))
}

// other is another programme's verdict or amount, or nothing if there is none.
func (w *writer) other(fn string, s scope) (options, bool) {
	if len(w.programmes) == 0 {
		return nil, false
	}
	return options{func() string {
		p := rapid.SampledFrom(w.programmes).Draw(w.t, "programme")
		if p.Benefit.Unit == "person" {
			return fmt.Sprintf("%s(%q, %s)", fn, p.ID, w.person(s))
		}
		return fmt.Sprintf("%s(%q)", fn, p.ID)
	}}, true
}

func (w *writer) number(list ...int) string {
	return strconv.Itoa(rapid.SampledFrom(list).Draw(w.t, "number"))
}
