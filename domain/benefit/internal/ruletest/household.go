package ruletest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// corners are the values around which a law decides differently.
type corners struct {
	numbers []int64
	days    []kernel.Date
	codes   []string
	sets    []string
	// paid are days on which arrears are paid.
	paid []kernel.Date
}

var epoch = kernel.MustDate("1970-01-01")

// cornersOf gathers the numbers and days of a law and their neighbours.
func cornersOf(law *rule.Law) corners {
	c := corners{numbers: []int64{0, 1, 2}, codes: []string{"11", "26110", "4"}, sets: append([]string{"another-service"}, law.SetBits()...)}
	number := func(n int64) { c.numbers = append(c.numbers, max(n-1, 0), max(n, 0), max(n+1, 0)) }
	dayOf := func(n int64) {
		for i := range int64(3) {
			c.days = append(c.days, epoch.AddDays(int(n+i-1)))
		}
	}
	for _, p := range law.Params {
		for _, v := range p.Values {
			c.codes = append(c.codes, v.Texts...)
			// A list of codes written in a rule has no day of its own, and what was
			// always known no day of promulgation.
			if v.From >= 0 {
				dayOf(v.From)
			}
			if v.KnownFrom >= 0 {
				dayOf(v.KnownFrom)
			}
			for _, n := range append(slices.Clone(v.Table), v.Number) {
				if p.Kind == "date" {
					dayOf(n)
				} else {
					number(n / p.Den)
				}
			}
		}
	}
	for _, l := range law.Lists {
		for _, rec := range l.Records {
			for name, kind := range l.Fields {
				switch kind {
				case "date":
					dayOf(rec[name].Number)
				case "won", "int":
					number(rec[name].Number)
				}
				c.codes = append(c.codes, rec[name].Texts...)
			}
		}
	}
	for _, p := range law.Programmes {
		for _, a := range p.Benefit.Arrears {
			c.paid = append(c.paid, a.PaidFrom, a.PaidTo)
			for _, d := range append([]kernel.Date{a.PaidFrom, a.PaidTo, a.KnownFrom}, a.Days...) {
				dayOf(int64(d.Days(epoch)))
			}
		}
	}
	digits := regexp.MustCompile(`\b\d{1,15}\b`)
	for _, tree := range law.Trees {
		for _, text := range digits.FindAllString(tree.Source, -1) {
			if n, err := strconv.ParseInt(text, 10, 64); err == nil {
				number(n)
			}
		}
	}
	// Maps and records come in any order; what is drawn from must not.
	slices.Sort(c.numbers)
	c.numbers = slices.Compact(c.numbers)
	slices.SortFunc(c.days, func(a, b kernel.Date) int { return a.Days(b) })
	c.days = slices.Compact(c.days)
	slices.Sort(c.codes)
	c.codes = slices.Compact(c.codes)
	return c
}

// Situations draws households over the facts of a law that pass its check.
func Situations(law *rule.Law) *rapid.Generator[situation.Situation] {
	c := cornersOf(law)
	return rapid.Custom(func(t *rapid.T) situation.Situation {
		s := situation.Situation{Date: c.date(t), Household: map[string]kernel.Value{}}
		if rapid.IntRange(0, 3).Draw(t, "by knowledge of") == 3 {
			s.KnownOn = clamp(c.day(t), kernel.MustDate("2023-12-01"), kernel.MustDate("2030-12-31"))
		}
		// How many of a hundred facts are absent.
		absent := rapid.SampledFrom([]int{0, 5, 20, 50, 95}).Draw(t, "absent")
		fill := func(facts []*rule.Fact) map[string]kernel.Value {
			out := map[string]kernel.Value{}
			for _, f := range facts {
				if absent > 0 && rapid.IntRange(0, 99).Draw(t, "chance") < absent {
					continue
				}
				out[f.ID] = c.value(t, f, s.Date)
			}
			return out
		}
		s.Household = fill(law.Households)
		// The order by code point is another than that of the list.
		ids := []string{"p1", "p9", "p10", "b", "a", "p2"}
		for _, id := range ids[:rapid.IntRange(1, len(ids)).Draw(t, "members")] {
			s.Members = append(s.Members, situation.Member{ID: id, Facts: fill(law.Persons)})
		}
		return s
	})
}

// value draws what a fact may hold.
func (c corners) value(t *rapid.T, f *rule.Fact, on kernel.Date) kernel.Value {
	switch f.Type {
	case rule.Bool:
		return kernel.BoolOf(rapid.Bool().Draw(t, f.ID))
	case rule.Num:
		n := rapid.OneOf(
			rapid.SampledFrom(c.numbers),
			rapid.Int64Range(0, 12),
			rapid.Int64Range(0, 3_000_000),
			rapid.SampledFrom([]int64{f.Lo, f.Hi}),
		).Draw(t, f.ID)
		return kernel.IntOf(min(max(n, f.Lo), f.Hi))
	case rule.Date:
		return kernel.DateValueOf(clamp(c.dayOf(t, on), epoch.AddDays(int(f.Lo)), epoch.AddDays(int(f.Hi))))
	case rule.Word:
		return kernel.TextOf(rapid.SampledFrom(f.Members).Draw(t, f.ID))
	case rule.Code:
		begin := rapid.SampledFrom(c.codes).Draw(t, f.ID)
		rest := strconv.Itoa(rapid.IntRange(0, 99_999).Draw(t, "rest"))
		return kernel.TextOf((begin + strings.Repeat("0", 5-len(rest)) + rest)[:5])
	}
	var set []string
	for _, id := range c.sets {
		if rapid.Bool().Draw(t, id) {
			set = append(set, id)
		}
	}
	return kernel.SetOf(set...)
}

// date draws the day of a situation.
func (c corners) date(t *rapid.T) kernel.Date {
	if len(c.paid) > 0 && rapid.IntRange(0, 2).Draw(t, "arrears") == 2 {
		return rapid.SampledFrom(c.paid).Draw(t, "paid on")
	}
	return clamp(rapid.OneOf(
		rapid.SampledFrom(append(dates("2026-01-15", "2024-01-01", "2024-02-29", "2025-02-28", "2025-03-01", "2024-12-31", "2026-04-15"), c.days...)),
		rapid.Custom(func(t *rapid.T) kernel.Date { return dayIn(t, 2024, 2030) }),
	).Draw(t, "date"), kernel.MustDate("2024-01-01"), kernel.MustDate("2999-12-31"))
}

// day draws a day at which something of the law begins or ends.
func (c corners) day(t *rapid.T) kernel.Date {
	return rapid.SampledFrom(append(dates("2026-01-15"), c.days...)).Draw(t, "corner")
}

// dayOf draws a day in somebody's life, often so that an age or a number of
// months is just full on the day of the situation.
func (c corners) dayOf(t *rapid.T, on kernel.Date) kernel.Date {
	ages := []int{0, 1, 2, 6, 8, 9, 13, 18, 19, 24, 35, 65, 66, 100}
	for _, n := range c.numbers {
		if n <= 120 {
			ages = append(ages, int(n))
		}
	}
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) kernel.Date {
			// The same day of another year; 29 February becomes 1 March.
			d := kernel.DateOf(on.In(kernel.Seoul).AddDate(-rapid.SampledFrom(ages).Draw(t, "age"), 0, 0))
			return d.AddDays(rapid.IntRange(-1, 1).Draw(t, "off"))
		}),
		rapid.Custom(func(t *rapid.T) kernel.Date {
			d := kernel.DateOf(on.In(kernel.Seoul).AddDate(0, -rapid.IntRange(0, 300).Draw(t, "months"), 0))
			return d.AddDays(rapid.IntRange(-1, 1).Draw(t, "off"))
		}),
		rapid.SampledFrom(dates("2000-02-29", "1960-02-29", "2008-02-29", "2024-02-29", "2023-12-31", "1800-01-01", "2999-12-31")),
		rapid.Custom(func(t *rapid.T) kernel.Date { return c.day(t) }),
		rapid.Custom(func(t *rapid.T) kernel.Date { return dayIn(t, 1930, 2027) }),
	).Draw(t, "day")
}

// dayIn draws a day of the years, every fourth time the last of a month.
func dayIn(t *rapid.T, from, to int) kernel.Date {
	d := kernel.Date{
		Year: int16(rapid.IntRange(from, to).Draw(t, "year")), Month: uint8(rapid.IntRange(1, 12).Draw(t, "month")),
		Day: uint8(rapid.IntRange(1, 28).Draw(t, "day of month")),
	}
	if rapid.IntRange(0, 3).Draw(t, "last of the month") == 3 {
		d.Day = 28
		for d.AddDays(1).Month == d.Month {
			d = d.AddDays(1)
		}
	}
	return d
}

func dates(list ...string) []kernel.Date {
	var out []kernel.Date
	for _, s := range list {
		out = append(out, kernel.MustDate(s))
	}
	return out
}

// clamp is the day nearest to d within the bounds.
func clamp(d, lo, hi kernel.Date) kernel.Date {
	switch {
	case d.Before(lo):
		return lo
	case hi.Before(d):
		return hi
	}
	return d
}
