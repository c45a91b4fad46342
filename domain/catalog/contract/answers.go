package contract

import (
	"slices"
	"time"
	"unicode/utf8"

	"maru/kernel"
)

// What an answer to a question of type list holds at most.
const (
	MaxEntries = 20
	MaxEntry   = 200 // characters each
)

// slotLayout is how an opening is written: local time of the office.
const slotLayout = "2006-01-02T15:04"

// SlotOf writes the instant of an opening as the answer that books it.
func SlotOf(t kernel.Time) string { return t.Std().In(kernel.Seoul).Format(slotLayout) }

// ParseSlot reads what SlotOf wrote.
func ParseSlot(s string) (kernel.Time, bool) {
	t, err := time.ParseInLocation(slotLayout, s, kernel.Seoul)
	if err != nil || t.Format(slotLayout) != s {
		return 0, false
	}
	return kernel.TimeOf(t), true
}

// Offers tells whether value is one of the question's options.
func (q *Question) Offers(value string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == value })
}

// WellFormed tells whether an answer to a question of type enum, set, counts,
// list or slot has the form that its type asks for. Of other types it tells
// nothing.
func (q *Question) WellFormed(v kernel.Value) bool {
	set, _ := v.Set()
	switch q.Type {
	case "enum":
		return q.Offers(v.Text())
	case "set":
		return !slices.ContainsFunc(set, func(m string) bool { return !q.Offers(m) })
	case "counts":
		seen := map[string]bool{}
		return !slices.ContainsFunc(set, func(m string) bool {
			option, _, ok := ParseCount(m)
			twice := seen[option]
			seen[option] = true
			return !ok || twice || !q.Offers(option)
		})
	case "list":
		return len(set) <= MaxEntries && !slices.ContainsFunc(set, func(m string) bool { return m == "" || utf8.RuneCountInString(m) > MaxEntry })
	case "slot":
		_, ok := ParseSlot(v.Text())
		return ok
	}
	return true
}
