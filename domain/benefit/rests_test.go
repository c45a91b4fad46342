package benefit

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// TestRestsSuffice: a yes and its amount come out no other way whatever the figures
// are that they do not rest on. All unverified figures that a result does not name
// are changed; it must come out the same. (TestAgree holds the names themselves to
// those of the reference evaluator.)
func TestRestsSuffice(t *testing.T) {
	yes, marked, changed := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		e, err := NewEngine(Pack{Source: d.Source})
		if err != nil {
			t.Fatal(err)
		}
		other := rapid.IntRange(0, 3).Draw(t, "other figures")
		for range 5 {
			s := ruletest.Situations(e.Law()).Draw(t, "situation")
			a, err := e.Evaluate(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range a.Results {
				if r.Eligible != situation.Yes {
					continue
				}
				yes++
				if len(r.Unverified) > 0 {
					marked++
				}
				src, n := otherFigures(d.Source, r.Unverified, other)
				then, err := NewEngine(Pack{Source: src})
				if n == 0 || err != nil { // nothing to change, or the law could overflow
					continue
				}
				changed++
				b, err := then.Evaluate(s)
				if err != nil {
					t.Fatal(err)
				}
				if want, got := plain(r.Result), plain(b.Results[r.number].Result); !stands(r.Result, b.Results[r.number].Result) {
					t.Fatalf("%s rests on %v alone, but with other figures\n got %+v\nwant %+v\n%v", r.Programme.ID, r.Unverified, got, want, d)
				}
			}
		}
	})
	t.Logf("%d results are yes, %d of them rest on something unverified; %d were decided again with other figures", yes, marked, changed)
	if marked == 0 || marked == yes || changed == 0 {
		t.Error("the laws drawn say nothing")
	}
}

// stands tells whether no yes of a and no known amount of one is otherwise in b. It
// may be unknown there: nought times what is unknown is unknown, and what is known
// for two branches that are equal is not when a figure moves one of them.
func stands(a, b situation.Result) bool {
	same := func(a, b situation.Verdict) bool {
		return a.Eligible != situation.Yes || b.Eligible == situation.Unknown ||
			b.Eligible == situation.Yes && (a.Amount == nil || b.Amount == nil || *a.Amount == *b.Amount)
	}
	if !a.Person {
		return same(a.Verdict, b.Verdict)
	}
	for m := range a.Members {
		if !same(a.Members[m], b.Members[m]) {
			return false
		}
	}
	return true
}

// otherFigures is a law with others in the place of unverified figures, but of the
// parameters in keep.
func otherFigures(src rule.Source, keep []string, other int) (rule.Source, int) {
	n := 0
	src.Law.Parameters = slices.Clone(src.Law.Parameters)
	for i, p := range src.Law.Parameters {
		if slices.Contains(keep, p.ID) {
			continue
		}
		values := slices.Clone(p.Values)
		for k, v := range values {
			if v.Unverified != nil {
				n++
				values[k].Value = otherFigure(p, v, other)
			}
		}
		src.Law.Parameters[i].Values = values
	}
	return src, n
}

func otherFigure(p contract.Parameter, v contract.ParameterValue, other int) any {
	switch p.Type {
	case "date":
		return []string{"2024-01-01", "2025-02-28", "2026-08-09", "2029-01-01"}[other]
	case "month_day":
		return []string{"01-01", "02-28", "07-09", "12-31"}[other]
	case "codes":
		return [][]any{{"11"}, {"41", "26"}, {"4"}, {"9"}}[other]
	case "rate":
		return otherEntries(v.Value, v.Unverified, []any{"0%", "1%", "2/3", "100%"}[other])
	}
	return otherEntries(v.Value, v.Unverified, []any{0, 1, 64, 4_000_000}[other])
}

// otherEntries writes x into the entries that are marked; marks are true or keys.
func otherEntries(value, marks, x any) any {
	at := func(key any) any { // the marks below a key, nil without
		list, ok := marks.([]any)
		if !ok {
			return marks
		}
		var below []any
		for _, m := range list {
			keys, ok := m.([]any)
			if !ok {
				keys = []any{m}
			}
			switch {
			case keys[0] != key:
			case len(keys) == 1:
				return true
			default:
				below = append(below, keys[1:])
			}
		}
		if below == nil {
			return nil
		}
		return below
	}
	switch value := value.(type) {
	case []any:
		out := slices.Clone(value)
		for i := range out {
			if m := at(i + 1); m != nil {
				out[i] = otherEntries(out[i], m, x)
			}
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, v := range value {
			if out[k] = v; at(k) != nil {
				out[k] = otherEntries(v, at(k), x)
			}
		}
		return out
	}
	return x
}

// TestRests: each rule by which a result rests on a figure.
func TestRests(t *testing.T) {
	for _, c := range []struct {
		when, amount string
		want         []string
	}{
		{"2 > 1", "100", nil},
		{"ages < 3", "100", []string{"ages"}},
		{"!(ages > 3)", "100", []string{"ages"}},
		{"ages < 3 && limit > 5", "100", []string{"ages", "limit"}},
		// OR: an alternative that rests on nothing, else the first.
		{"ages < 3 || limit > 5", "100", []string{"ages"}},
		{"limit > 5 || ages < 3", "100", []string{"limit"}},
		{"ages < 3 || head.farmer", "100", nil},
		{"!(ages > 3 && limit < 5)", "100", []string{"ages"}},
		{"!(ages > 3 && !head.farmer)", "100", nil},
		// A branch that is not taken counts for nothing, what decides on it does.
		{"true", "head.farmer ? 7 : limit", nil},
		{"true", "ages < 3 ? 7 : limit", []string{"ages"}},
		{"true", "head.farmer ? limit : 7", []string{"limit"}},
		// An unknown condition whose branches are the same: both branches.
		{"true", "h.single_parent ? limit : limit", []string{"limit"}},
		{"true", "given(h.household_size, ages)", nil},
		{"true", "given(h.debt, ages)", []string{"ages"}},
		// Nought times anything.
		{"true", "(h.household_size - 4) * limit", nil},
		{"true", "limit * ages * (h.household_size - 4)", nil},
		{"true", "h.household_size * limit", []string{"limit"}},
		// The smaller is such because the other is not smaller still.
		{"true", "min(1, limit)", []string{"limit"}},
		// Tables: the entry and what its key rests on.
		{"true", "base[1]", nil},
		{"true", "base[2]", []string{"base"}},
		{"true", "base[max(1, min(ages, 3))]", []string{"ages"}},
		{"true", "base[max(2, min(ages, 3))]", []string{"ages", "base"}},
		{"true", "at(ages, date)", []string{"ages"}},
		{"true", "at(ages, day(\"2030-01-01\"))", nil},
		// Sums: all members, of those left out what leaves them out.
		{"true", "members.count(n, n.farmer)", nil},
		{"true", "members.count(n, years(n.birth_date, date) >= ages)", []string{"ages"}},
		{"members.any(n, years(n.birth_date, date) >= ages || n == head)", "1", nil},
		{"members.all(n, years(n.birth_date, date) >= ages || n == head)", "1", []string{"ages"}},
		// A formula's own mark counts where it is read; its argument where its body reads it.
		{"true", "doubtful(1)", []string{"doubtful"}},
		{"true", "doubtful(limit)", []string{"doubtful", "limit"}},
		{"true", "first(1, limit)", nil},
		{"true", "first(limit, 1)", []string{"limit"}},
		{"true || doubtful(1) > 0", "1", nil},
		// Other programmes with their marks.
		{"eligible(\"other\")", "1", []string{"ages", "other.c2"}},
		{"true", "amount_of(\"other\")", []string{"other.amount"}},
		// What the amount rests on counts while it is known.
		{"true", "limit + h.debt", nil},
	} {
		got := restsIn(t, c.when, c.amount)
		if !slices.Equal(got, c.want) {
			t.Errorf("when %s, amount %s: rests on %v, want %v", c.when, c.amount, got, c.want)
		}
	}
}

func restsIn(t *testing.T, when, amount string) []string {
	t.Helper()
	parameter := func(id string, by []string, value, unverified any) contract.Parameter {
		return contract.Parameter{ID: id, Type: "int", By: by, Values: []contract.ParameterValue{
			{From: kernel.MustDate("2024-01-01"), Value: value, Unverified: unverified}, {From: kernel.MustDate("2029-01-01"), Value: value},
		}}
	}
	programme := func(id, amount string, unverified bool, conditions ...contract.BenefitCondition) rule.Programme {
		return rule.Programme{ID: id, Benefit: contract.Benefit{Unit: "household", Period: "month", Conditions: conditions, Amount: amount, AmountUnverified: unverified}}
	}
	e, err := NewEngine(Pack{Source: rule.Source{
		Facts: ruletest.Facts(),
		Law: contract.BenefitLaw{
			Parameters: []contract.Parameter{parameter("ages", nil, 1, true), parameter("limit", nil, 10, true), parameter("base", []string{"int"}, []any{1, 2, 3}, []any{2, 3})},
			Formulas: []contract.Formula{
				{ID: "doubtful", Of: []string{"n int"}, Rule: "n + 1", Unverified: true}, {ID: "first", Of: []string{"a int", "b int"}, Rule: "a < 0 ? b : a"},
			},
		},
		Programmes: []rule.Programme{
			programme("asked", amount, false, contract.BenefitCondition{ID: "c1", When: when}),
			programme("other", "5", true, contract.BenefitCondition{ID: "c1", When: "ages < 3"}, contract.BenefitCondition{ID: "c2", When: "true", Unverified: true}),
		},
	}})
	if err != nil {
		t.Fatalf("when %s, amount %s: %v", when, amount, err)
	}
	s, err := e.Decode([]byte(`{"date": "2026-05-01", "household": {"household_size": 4}, "members": [
		{"id": "p1", "birth_date": "1980-01-01", "farmer": true}, {"id": "p2", "birth_date": "2010-01-01", "farmer": false}]}`))
	if err != nil {
		t.Fatal(err)
	}
	a, err := e.Evaluate(s)
	if err != nil {
		t.Fatal(err)
	}
	if a.Results[0].Eligible != situation.Yes {
		t.Fatalf("when %s: %v", when, a.Results[0].Eligible)
	}
	return a.Results[0].Unverified
}
