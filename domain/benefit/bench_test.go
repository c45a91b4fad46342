package benefit

import (
	"os"
	"testing"

	"maru/domain/benefit/internal/closure"
	"maru/kernel"
)

// BenchmarkHousehold decides 26 programmes for a household of four.
func BenchmarkHousehold(b *testing.B) {
	e := koreanEngine(b)
	text, err := os.ReadFile("testdata/household.json")
	if err != nil {
		b.Fatal(err)
	}
	s, err := e.Decode(text)
	if err != nil {
		b.Fatal(err)
	}
	run := e.Law().At(s.Date, kernel.Date{})
	b.Run("verdicts", func(b *testing.B) {
		w := e.bench.Get().(*worker)
		if err := w.take(e, s); err != nil {
			b.Fatal(err)
		}
		var out closure.Verdicts
		b.ReportAllocs()
		for b.Loop() {
			w.scratch.Begin(run, w.frame)
			w.scratch.Decide(&out)
		}
	})
	b.Run("reasons", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			a, err := e.Evaluate(s)
			if err != nil {
				b.Fatal(err)
			}
			for r := range a.Results {
				for who := range max(1, len(a.Results[r].Members)) {
					a.Reasons(&a.Results[r], who, plainTexts{}, kernel.KO)
				}
			}
		}
	})
}
