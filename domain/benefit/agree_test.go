package benefit

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/situation"
)

// TestAgree: the engine and the reference evaluator, which share nothing but
// the checked expressions, give the same verdicts, amounts, missing facts,
// conditions and arrears, by random laws for random households.
func TestAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		e, err := NewEngine(Pack{Source: d.Source})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			agree(t, e, ruletest.Situations(e.Law()).Draw(t, "situation"))
		}
	})
}

// TestAgreeOnKorea is the same by the Korean law.
func TestAgreeOnKorea(t *testing.T) {
	e := koreanEngine(t)
	households := ruletest.Situations(e.Law())
	rapid.Check(t, func(t *rapid.T) { agree(t, e, households.Draw(t, "situation")) })
}

func agree(t *rapid.T, e *Engine, s situation.Situation) {
	got, err := e.Evaluate(s)
	if err != nil {
		t.Fatal(err)
	}
	want, err := reference.All(e.Law(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Results {
		r := &got.Results[i]
		if w := want[r.Programme.ID]; !reflect.DeepEqual(plain(r.Result), plain(w)) {
			t.Fatalf("%s:\n got %+v\nwant %+v", r.Programme.ID, plain(r.Result), plain(w))
		}
	}
}

// plain is a result without pointers, so that a difference can be read.
func plain(r situation.Result) any {
	type verdict struct {
		Eligible situation.Tri
		Amount   any
		Missing  []string
	}
	amount := func(n *int64) any {
		if n == nil {
			return nil
		}
		return *n
	}
	type result struct {
		Verdict    verdict
		Members    []verdict
		Conditions [][]situation.Tri
		Rests      []string
		Arrears    any
		Owed       []string
	}
	of := func(v situation.Verdict) verdict { return verdict{v.Eligible, amount(v.Amount), v.Missing} }
	out := result{Verdict: of(r.Verdict), Conditions: r.Conditions, Rests: slices.Concat([]string{}, r.Rests)}
	for _, m := range r.Members {
		out.Members = append(out.Members, of(m))
	}
	if r.Arrears != nil {
		out.Arrears, out.Owed = amount(r.Arrears.Amount), r.Arrears.Rests
	}
	return out
}
