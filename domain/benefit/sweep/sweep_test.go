package sweep

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

var day = kernel.MustDate("2026-06-01")

// source is a random law. One programme more asks for all that a set can hold,
// so that a population of one such law can be changed under another.
func source(seed int) rule.Source {
	s := ruletest.Laws().Example(seed).Source
	asks := rule.Programme{ID: "asks", Benefit: contract.Benefit{Unit: "household", Period: "month", Amount: "70000",
		Conditions: []contract.BenefitCondition{{ID: "c1", When: `"alpha" in h.receives || "beta" in h.receives && !("gamma" in h.receives)`}}}}
	s.Programmes = append(slices.Clone(s.Programmes), asks)
	return s
}

func compiled(t testing.TB, s rule.Source) *rule.Law {
	t.Helper()
	law, problems := rule.Compile(s)
	if law == nil {
		t.Fatal(problems[0])
	}
	return law
}

func equal(t *testing.T, what string, got, want verdicts) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d persons, want %d", what, len(got), len(want))
	}
	for id, of := range want {
		if !maps.Equal(got[id], of) {
			t.Fatalf("%s: %x: %v, want %v", what, id, got[id], of)
		}
	}
}

// TestDifferences: whatever happens to people, laws and days, results are those
// of package closure and differences exactly those between them.
func TestDifferences(t *testing.T) {
	seeds := 16
	if testing.Short() {
		seeds = 6
	}
	var total Counts
	for seed := range seeds {
		law, other := compiled(t, source(seed)), compiled(t, source(seed+1000))
		w := newWorld(t, law, 30, uint64(seed))
		results := filepath.Join(t.TempDir(), "results")
		date := day
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		var was verdicts
		for round := range 9 {
			switch {
			case round == 0:
			case round == 4:
				w.as(other)
			case round == 6:
				date = date.AddDays(1 + r.IntN(400))
			default:
				for range r.IntN(12) {
					w.happen()
				}
				if r.IntN(3) == 0 {
					w.rebuild()
				}
				for range r.IntN(3) {
					w.happen()
				}
			}
			hears := &ears{t: t}
			o := Options{Law: w.law, LawHash: "law", Date: date, Results: results, Workers: 1 + r.IntN(3), Listener: hears}
			report, err := Evaluate(context.Background(), w.snap.View(), o)
			if err != nil {
				t.Fatalf("seed %d, round %d: %v", seed, round, err)
			}
			is := w.truth(date, nil)
			equal(t, "results", stored(t, results), is)
			changes, counts := differences(was, is)
			if was == nil {
				changes, counts = nil, nil
			}
			if !maps.Equal(hears.heard, changes) {
				for k, c := range changes {
					if hears.heard[k] != c {
						t.Errorf("seed %d, round %d: heard %+v, want %+v", seed, round, hears.heard[k], c)
					}
				}
				for k, c := range hears.heard {
					if _, ok := changes[k]; !ok {
						t.Errorf("seed %d, round %d: heard %+v for nothing", seed, round, c)
					}
				}
				t.FailNow()
			}
			for _, p := range report.Programmes {
				total.Add(p.Counts)
				if p.Counts != counts[p.ID] {
					t.Fatalf("seed %d, round %d: %s: %+v, want %+v", seed, round, p.ID, p.Counts, counts[p.ID])
				}
			}
			was = is
			if info, err := os.Stat(results); err != nil || info.Mode().Perm() != 0o600 || info.Size() != report.Bytes {
				t.Fatalf("%v, %v", info, err)
			}
			if _, err := os.Stat(journalPath(results)); !errors.Is(err, os.ErrNotExist) {
				t.Fatalf("the journal is still there: %v", err)
			}
		}
	}
	t.Logf("%+v", total)
	for _, n := range total.fields() {
		if *n == 0 {
			t.Errorf("a kind of difference never came up: %+v", total)
		}
	}
}
