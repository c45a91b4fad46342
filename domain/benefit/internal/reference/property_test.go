package reference_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// TestMissingIsAbsent: what is said to be missing is absent from the situation,
// and something is missing exactly where something is unknown.
func TestMissingIsAbsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		s := ruletest.Situations(d.Law).Draw(t, "situation")
		all, err := reference.All(d.Law, s)
		if err != nil {
			t.Fatalf("%v\n%v", err, d)
		}
		for id, r := range all {
			verdicts := append(slices.Clone(r.Members), r.Verdict)
			for _, v := range verdicts {
				if (v.Amount == nil) != (len(v.Missing) > 0) || v.Eligible == situation.Unknown && v.Amount != nil || v.Missing == nil {
					t.Fatalf("%s: %+v\n%v", id, v, d)
				}
				for _, ref := range v.Missing {
					if holds(s, ref) {
						t.Fatalf("%s lacks %s, which is known\n%v", id, ref, d)
					}
				}
			}
		}
	})
}

// TestKnowingMore: what was decided stays when more becomes known, but for rules
// that say what stands in for an unknown fact.
func TestKnowingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		if strings.Contains(d.String(), "given(") {
			t.Skip("a rule that asks whether a fact is known")
		}
		more := ruletest.Situations(d.Law).Draw(t, "situation")
		less := more
		less.Household = some(t, more.Household)
		less.Members = nil
		for _, m := range more.Members {
			less.Members = append(less.Members, situation.Member{ID: m.ID, Facts: some(t, m.Facts)})
		}
		before, err := reference.All(d.Law, less)
		if err != nil {
			t.Fatalf("%v\n%v", err, d)
		}
		after, err := reference.All(d.Law, more)
		if err != nil {
			t.Fatalf("%v\n%v", err, d)
		}
		for id, r := range before {
			if r.Amount != nil && !reflect.DeepEqual(r.Verdict, after[id].Verdict) || r.Eligible != situation.Unknown && r.Eligible != after[id].Eligible {
				t.Fatalf("%s: %+v became %+v\n%v", id, r.Verdict, after[id].Verdict, d)
			}
		}
	})
}

// some leaves out some facts.
func some(t *rapid.T, facts map[string]kernel.Value) map[string]kernel.Value {
	out := map[string]kernel.Value{}
	for _, id := range slices.Sorted(maps.Keys(facts)) {
		if !rapid.Bool().Draw(t, "left out") {
			out[id] = facts[id]
		}
	}
	return out
}

// holds tells whether a situation holds the fact of a ref.
func holds(s situation.Situation, ref string) bool {
	who, id, _ := strings.Cut(ref, ".")
	if who == "household" {
		return s.Household[id].Known()
	}
	for _, m := range s.Members {
		if m.ID == who {
			return m.Facts[id].Known()
		}
	}
	return true
}
