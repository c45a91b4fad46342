package ruletest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// maxDepth is how deep expressions stand in one another.
const maxDepth = 4

// expr writes an expression of a kind, with at most depth levels below it.
func (w *writer) expr(k kindOf, s scope, depth int) string {
	leaves := w.leaves(k, s)
	if depth <= 0 {
		return w.one(leaves)
	}
	all := options{func() string { return w.one(leaves) }}
	if calls, ok := w.call(k, s, depth); ok {
		all = append(all, calls...)
	}
	all = append(all, w.any(k, s, depth)...)
	switch k {
	case truth:
		all = append(all, w.truths(s, depth)...)
	case whole:
		all = append(all, w.wholes(s, depth)...)
	case fraction:
		all = append(all, w.fractions(s, depth)...)
	case day:
		all = append(all, w.days(s, depth)...)
	}
	return w.one(all)
}

// leaves are the expressions without others in them.
func (w *writer) leaves(k kindOf, s scope) options {
	var out options
	if f, ok := w.hasFact(k, s); ok {
		out = append(out, f, f)
	}
	switch k {
	case truth:
		out = append(out, func() string { return w.of([]string{"true", "false"}) })
	case whole:
		out = append(out, func() string { return w.number(0, 1, 2, 3, 10, 12, 65, 100, 1_000, 334_810) })
		out = append(out, func() string { return w.of([]string{"limit", "ages"}) })
		for _, n := range s.numbers {
			out = append(out, func() string { return n })
		}
		for _, d := range s.records {
			out = append(out, func() string { return d + "." + w.of([]string{"each", "percent"}) })
		}
	case fraction:
		out = append(out, func() string { return "share" }, func() string { return w.one(w.leaves(whole, s)) + " / " + w.number(2, 3, 10, 12, 100) })
	case day:
		out = append(out, func() string { return "date" }, func() string { return "opened" })
		out = append(out, func() string {
			return fmt.Sprintf("day(%q)", w.of([]string{"2024-02-29", "2024-01-01", "2008-02-29", "2026-12-31"}))
		})
		for _, d := range s.records {
			out = append(out, func() string { return d + "." + w.of([]string{"open", "close"}) })
		}
	}
	return out
}

// hasFact writes a fact of the kind; ok is false where no fact is of it.
func (w *writer) hasFact(k kindOf, s scope) (func() string, bool) {
	if persons, household := factsOf(k); len(persons)+len(household) == 0 {
		return nil, false
	}
	return func() string { f, _ := w.fact(k, s); return f }, true
}

// any are the forms that every kind has: a choice, and a fact with what stands in
// for it.
func (w *writer) any(k kindOf, s scope, depth int) options {
	out := options{func() string {
		return fmt.Sprintf("(%s ? %s : %s)", w.expr(truth, s, depth-1), w.expr(k, s, depth-1), w.expr(k, s, depth-1))
	}}
	from := k
	if k == fraction {
		from = whole
	}
	if fact, ok := w.hasFact(from, s); ok {
		out = append(out, func() string { return fmt.Sprintf("given(%s, %s)", fact(), w.expr(k, s, depth-1)) })
	}
	if k != truth && k != whole && k != fraction && k != day {
		out = append(out, func() string {
			return fmt.Sprintf("(%s ? %q : %s)", w.expr(truth, s, depth-1), w.of(members(k)), plain(k))
		})
	}
	return out
}

// plain is an expression of the kind that is always taken.
func plain(k kindOf) string {
	switch k {
	case truth:
		return "h.single_parent"
	case whole:
		return "h.household_size"
	case fraction:
		return "h.household_size / 2"
	case day:
		return "h.determined_on"
	case tenure:
		return "h.tenure"
	}
	return "head." + string(k)
}

var comparisons = []string{"==", "!=", "<", "<=", ">", ">="}

func (w *writer) truths(s scope, depth int) options {
	sub := func(k kindOf) string { return w.expr(k, s, depth-1) }
	words := func() kindOf { return rapid.SampledFrom([]kindOf{relation, school, tenure}).Draw(w.t, "enum") }
	fact := func(k kindOf) string { f, _ := w.fact(k, s); return f }
	var out options
	for _, d := range s.records {
		out = append(out,
			func() string { return fmt.Sprintf("h.tenure == %s.tenure", d) },
			func() string { return fmt.Sprintf("(%s.open <= date && date <= %s.close)", d, d) },
			func() string { return w.starts(s) },
		)
	}
	out = append(out, options{
		func() string { return w.loop("any", truth, s, depth) },
		func() string { return w.loop("all", truth, s, depth) },
		func() string { return fmt.Sprintf("%s %s %s", sub(whole), w.of(comparisons), sub(whole)) },
		func() string { return fmt.Sprintf("%s %s %s", sub(day), w.of(comparisons), sub(day)) },
		func() string { return fmt.Sprintf("%s %s %s", sub(fraction), w.of(comparisons), sub(whole)) },
		func() string { return fmt.Sprintf("%s %s %s", sub(fraction), w.of(comparisons), sub(fraction)) },
		func() string { return fmt.Sprintf("(%s && %s)", sub(truth), sub(truth)) },
		func() string { return fmt.Sprintf("(%s || %s)", sub(truth), sub(truth)) },
		func() string { return fmt.Sprintf("(%s && %s && %s)", sub(truth), sub(truth), sub(truth)) },
		func() string { return fmt.Sprintf("!(%s)", sub(truth)) },
		func() string { return fmt.Sprintf("(%s) %s (%s)", sub(truth), w.of(comparisons[:2]), sub(truth)) },
		func() string {
			k := words()
			return fmt.Sprintf("%s %s %q", fact(k), w.of(comparisons[:2]), w.of(members(k)))
		},
		func() string { k := words(); return fmt.Sprintf("%s %s %s", fact(k), w.of(comparisons[:2]), sub(k)) },
		func() string {
			k := words()
			var list []string
			for range rapid.IntRange(1, 3).Draw(w.t, "listed") {
				list = append(list, fmt.Sprintf("%q", w.of(members(k))))
			}
			return fmt.Sprintf("%s in [%s]", fact(k), strings.Join(list, ", "))
		},
		func() string {
			return fmt.Sprintf("(%s) in [%s, %s]", sub(whole), w.number(0, 1, 2), w.number(1, 12, 65))
		},
		func() string { return fmt.Sprintf("%q in h.receives", w.of(programmeIDs)) },
		func() string { return w.starts(s) },
		func() string {
			return fmt.Sprintf("%s %s %s", w.person(s), w.of(comparisons[:2]), w.person(s))
		},
	}...)
	if other, ok := w.other("eligible", s); ok {
		out = append(out, other...)
	}
	return out
}

// starts asks where a person lives.
func (w *writer) starts(s scope) string {
	code := w.person(s) + ".region"
	if rapid.Bool().Draw(w.t, "given") {
		code = fmt.Sprintf("given(%s, head.region)", code)
	}
	var lists []string
	for _, d := range s.records {
		lists = append(lists, d+".regions")
	}
	lists = append(lists, "capital", `["11", "28"]`, `["51230"]`, `["4"]`)
	return fmt.Sprintf("starts(%s, %s)", code, w.of(lists))
}

func (w *writer) wholes(s scope, depth int) options {
	sub := func(k kindOf) string { return w.expr(k, s, depth-1) }
	two := func(name string) string { return fmt.Sprintf("%s(%s, %s)", name, sub(day), sub(day)) }
	key := func(high int) string { return fmt.Sprintf("max(1, min(%s, %d))", sub(whole), high) }
	return options{
		func() string { return w.loop("count", truth, s, depth) },
		func() string { return fmt.Sprintf("floor(%s)", w.loop("sum", whole, s, depth)) },
		func() string { return fmt.Sprintf("(%s + %s)", sub(whole), sub(whole)) },
		func() string { return fmt.Sprintf("(%s - %s)", sub(whole), sub(whole)) },
		func() string { return fmt.Sprintf("(%s * %s)", sub(whole), w.number(0, 1, 2, 10, 12)) },
		func() string { return fmt.Sprintf("(%s * %s)", w.one(w.leaves(whole, s)), w.one(w.leaves(whole, s))) },
		func() string { return fmt.Sprintf("-(%s)", sub(whole)) },
		func() string { return fmt.Sprintf("min(%s, %s)", sub(whole), sub(whole)) },
		func() string { return fmt.Sprintf("max(%s, %s)", sub(whole), sub(whole)) },
		func() string { return fmt.Sprintf("floor(%s)", sub(fraction)) },
		func() string { return fmt.Sprintf("half_up(%s)", sub(fraction)) },
		func() string { return fmt.Sprintf("down10(%s)", sub(fraction)) },
		func() string { return fmt.Sprintf("up10(%s)", sub(fraction)) },
		func() string {
			return fmt.Sprintf("%s(%s)", w.of([]string{"floor", "half_up", "down10", "up10"}), sub(whole))
		},
		func() string { return two("years") },
		func() string { return two("months_between") },
		func() string { return two("full_months") },
		func() string { return two("days") },
		func() string { return fmt.Sprintf("year(%s)", sub(day)) },
		func() string { return fmt.Sprintf("at(%s, %s)", w.of([]string{"limit", "ages"}), sub(day)) },
		func() string { return fmt.Sprintf("base[%s]", key(3)) },
		func() string { return fmt.Sprintf("aid[%s]", sub(school)) },
		func() string { return fmt.Sprintf("grid[%s][%s]", sub(tenure), key(2)) },
	}
}

func (w *writer) fractions(s scope, depth int) options {
	sub := func(k kindOf) string { return w.expr(k, s, depth-1) }
	out := options{
		func() string { return fmt.Sprintf("(%s / %s)", sub(whole), w.number(2, 3, 10, 12, 100)) },
		func() string { return fmt.Sprintf("(%s / %s)", sub(fraction), w.number(2, 10)) },
		func() string { return fmt.Sprintf("(%s * share)", sub(whole)) },
		func() string { return fmt.Sprintf("(%s * %s)", sub(fraction), w.number(0, 2, 3, 7)) },
		func() string { return fmt.Sprintf("(%s * %s / %s)", sub(whole), w.number(3, 7), w.number(10, 12)) },
		func() string { return fmt.Sprintf("(%s + %s)", sub(fraction), sub(whole)) },
		func() string { return fmt.Sprintf("(%s - %s)", sub(whole), sub(fraction)) },
		func() string { return fmt.Sprintf("(%s - %s)", sub(fraction), sub(fraction)) },
		func() string { return fmt.Sprintf("min(%s, %s)", sub(fraction), sub(whole)) },
		func() string { return fmt.Sprintf("max(%s, %s)", sub(fraction), sub(fraction)) },
		func() string { return fmt.Sprintf("(%s ? %s : %s)", sub(truth), sub(fraction), sub(whole)) },
		func() string { return fmt.Sprintf("shares[max(1, min(%s, 2))]", sub(whole)) },
		func() string { return fmt.Sprintf("at(share, %s)", sub(day)) },
		func() string { return w.loop("sum", whole, s, depth) },
		func() string { return w.loop("sum", fraction, s, depth) },
	}
	if other, ok := w.other("amount_of", s); ok {
		out = append(out, other...)
	}
	return out
}

func (w *writer) days(s scope, depth int) options {
	sub := func(k kindOf) string { return w.expr(k, s, depth-1) }
	return options{
		func() string { return fmt.Sprintf("add_months(%s, %s)", sub(day), w.number(0, 1, -1, 12, 36, -240)) },
		func() string { return fmt.Sprintf("add_months(%s, max(-24, min(%s, 36)))", sub(day), sub(whole)) },
		func() string {
			return fmt.Sprintf("in_year(year(%s) - %s, %s)", sub(day), w.number(0, 1, 6, 65), w.of([]string{"season", "229", "101", "1231"}))
		},
		func() string { return fmt.Sprintf("min(%s, %s)", sub(day), sub(day)) },
		func() string { return fmt.Sprintf("max(%s, %s)", sub(day), sub(day)) },
		func() string { return fmt.Sprintf("at(opened, %s)", sub(day)) },
	}
}
