package ruletest

import (
	"pgregory.net/rapid"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// The parameters of a drawn law are always these; their values are drawn.
//
//	limit won, ages int, share rate, opened date, season month_day, capital codes,
//	base won by int 1 to 3, aid won by school, grid won by tenure and int 1 to 2,
//	shares rate by int 1 to 2

func parameters(t *rapid.T) []contract.Parameter {
	won := func() any { return amount(t) }
	return []contract.Parameter{
		parameter(t, "limit", "won", nil, won),
		parameter(t, "ages", "int", nil, func() any { return rapid.IntRange(0, 70).Draw(t, "int") }),
		parameter(t, "share", "rate", nil, func() any { return rate(t) }),
		parameter(t, "opened", "date", nil, func() any { return dayNear(t).String() }),
		parameter(t, "season", "month_day", nil, func() any { return monthDay(t) }),
		parameter(t, "capital", "codes", nil, func() any { return codes(t) }),
		parameter(t, "base", "won", []string{"int"}, func() any { return []any{won(), won(), won()} }),
		parameter(t, "aid", "won", []string{"text"}, func() any { return keyed(schools, won) }),
		parameter(t, "grid", "won", []string{"text", "int"}, func() any {
			return keyed(tenures, func() any { return []any{won(), won()} })
		}),
		parameter(t, "shares", "rate", []string{"int"}, func() any { return []any{rate(t), rate(t)} }),
	}
}

// parameter draws dated values; some are known only from a day before or after the
// one from which they hold, and the first may hold from late on.
func parameter(t *rapid.T, id, kind string, by []string, value func() any) contract.Parameter {
	p := contract.Parameter{ID: id, Type: kind, By: by}
	for _, from := range []string{"2024-01-01", "2025-02-23", "2026-01-01", "2028-02-29"} {
		if len(p.Values) > 0 && !rapid.Bool().Draw(t, "another value") || len(p.Values) == 0 && rapid.IntRange(0, 9).Draw(t, "late") == 9 {
			continue
		}
		v := contract.ParameterValue{From: kernel.MustDate(from), Value: value(), Unverified: unverified(t, id)}
		if rapid.IntRange(0, 3).Draw(t, "known from") == 3 {
			v.KnownFrom = v.From.AddDays(rapid.SampledFrom([]int{1, 78, 366, -30}).Draw(t, "days later"))
		}
		p.Values = append(p.Values, v)
	}
	if len(p.Values) == 0 {
		p.Values = []contract.ParameterValue{{From: kernel.MustDate("2024-01-01"), Value: value()}}
	}
	return p
}

// unverified draws whether a value is not confirmed; of tables also single entries.
func unverified(t *rapid.T, id string) any {
	forms := []any{nil, nil, true}
	switch id {
	case "base":
		forms = append(forms, []any{1}, []any{2, 3})
	case "aid":
		forms = append(forms, []any{schools[0]}, []any{schools[1], schools[2]})
	case "grid":
		forms = append(forms, []any{tenures[0]}, []any{[]any{tenures[0], 1}, []any{tenures[1], 2}})
	case "shares":
		forms = append(forms, []any{2})
	}
	return rapid.SampledFrom(forms).Draw(t, "unverified")
}

// keyed is a map of values.
func keyed(keys []string, value func() any) map[string]any {
	out := map[string]any{}
	for _, k := range keys {
		out[k] = value()
	}
	return out
}

// amount draws won.
func amount(t *rapid.T) int {
	return rapid.OneOf(rapid.SampledFrom([]int{0, 1, 5, 10, 100, 9_999, 334_810, 1_000_000}), rapid.IntRange(0, 5_000_000)).Draw(t, "won")
}

func rate(t *rapid.T) string {
	return rapid.SampledFrom([]string{"4%", "1.04%", "7/10", "1/3", "100%", "0%", "6.26%"}).Draw(t, "rate")
}

func monthDay(t *rapid.T) string {
	return rapid.SampledFrom([]string{"02-29", "01-01", "12-31", "02-28", "06-15"}).Draw(t, "month and day")
}

// codes draws beginnings of region codes.
func codes(t *rapid.T) []any {
	var out []any
	for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"11", "41", "4812", "51230", "5", "2"}), 1, 4, rapid.ID).Draw(t, "codes") {
		out = append(out, c)
	}
	return out
}

// dayNear draws a day in the years that rules speak of.
func dayNear(t *rapid.T) kernel.Date {
	if rapid.Bool().Draw(t, "a special day") {
		return kernel.MustDate(rapid.SampledFrom([]string{"2024-02-29", "2025-02-28", "2026-03-01", "2024-12-31", "2026-01-31"}).Draw(t, "special day"))
	}
	return kernel.MustDate("2024-01-01").AddDays(rapid.IntRange(0, 1500).Draw(t, "days"))
}

// lists draws the list of records that rules go through.
func lists(t *rapid.T) []contract.RuleList {
	l := contract.RuleList{ID: "declarations", Fields: map[string]string{
		"open": "date", "close": "date", "regions": "codes", "each": "won", "percent": "int", "tenure": "text",
	}}
	for range rapid.IntRange(0, 3).Draw(t, "records") {
		open := dayNear(t)
		l.Records = append(l.Records, map[string]any{
			"open": open.String(), "close": open.AddDays(rapid.IntRange(0, 400).Draw(t, "open for")).String(), "regions": codes(t),
			"each": amount(t), "percent": rapid.IntRange(0, 150).Draw(t, "percent"), "tenure": rapid.SampledFrom(tenures).Draw(t, "tenure"),
		})
	}
	return []contract.RuleList{l}
}
