package index

import (
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/internal/ruletest"
)

// TestAgreesOnDrawnLaws: the same verdicts as package closure for laws and
// households drawn at random, however much is tabulated.
func TestAgreesOnDrawnLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := ruletest.Laws().Draw(t, "law")
		m := closure.New(d.Law)
		f := frame.New(d.Law)
		var v closure.Verdicts
		for range 3 {
			s := ruletest.Situations(d.Law).Draw(t, "situation")
			run := d.Law.At(s.Date, s.KnownOn)
			f.Reset(len(s.Members))
			for id, value := range s.Household {
				if err := f.Put(-1, id, value); err != nil {
					t.Fatal(err)
				}
			}
			for i, member := range s.Members {
				for id, value := range member.Facts {
					if err := f.Put(i, id, value); err != nil {
						t.Fatal(err)
					}
				}
			}
			c := m.Scratch()
			c.Begin(run, f)
			c.Decide(&v)
			x := build(m, run, rapid.IntRange(0, 3).Draw(t, "least"))
			sc, set := x.Scratch(), x.Set()
			sc.Begin(f)
			for member := range f.Members {
				sc.Decide(member, set)
				for p := range d.Law.Programmes {
					of := v.Of(p)
					if got, want := set.Of(p), of[min(member, len(of)-1)].Eligible; got != want {
						t.Fatalf("member %d, %s: %d, want %d\n%v", member, d.Law.Programmes[p].ID, got, want, d)
					}
				}
			}
		}
	})
}
