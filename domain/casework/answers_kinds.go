package casework

import (
	"slices"
	"strings"
	"unicode/utf8"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// bad makes the error of an answer.
type bad func(key string, args ...any) (kernel.Value, *kernel.FieldError)

// checkCounts puts the counted options in the form's order.
func checkCounts(q *catalog.Question, v kernel.Value, bad bad) (kernel.Value, *kernel.FieldError) {
	if !q.WellFormed(v) {
		return bad("casework.answer.counts", "max", catalog.MaxCount)
	}
	members, _ := v.Set()
	members = slices.Clone(members)
	at := func(member string) int {
		option, _, _ := catalog.ParseCount(member)
		return slices.IndexFunc(q.Options, func(o catalog.Option) bool { return o.Value == option })
	}
	slices.SortFunc(members, func(a, b string) int { return at(a) - at(b) })
	return kernel.SetOf(members...), nil
}

// checkList trims the lines and leaves the empty ones out.
func checkList(q *catalog.Question, v kernel.Value, bad bad) (kernel.Value, *kernel.FieldError) {
	lines, _ := v.Set()
	var kept []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			kept = append(kept, l)
		}
	}
	v = kernel.SetOf(kept...)
	kept, _ = v.Set()
	switch {
	case len(kept) == 0:
		if q.Optional {
			return kernel.Value{}, nil
		}
		return bad("casework.answer.missing.text")
	case len(kept) > catalog.MaxEntries:
		return bad("casework.answer.list_many", "max", catalog.MaxEntries, "now", len(kept))
	}
	for i, l := range kept {
		if n := utf8.RuneCountInString(l); n > catalog.MaxEntry {
			return bad("casework.answer.list_long", "line", i+1, "max", catalog.MaxEntry, "now", n)
		}
		if hasControl(l, false) {
			return bad("casework.answer.control")
		}
	}
	return v, nil
}
