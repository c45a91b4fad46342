package measure

import (
	"testing"

	"maru/domain/benefit"
	"maru/domain/benefit/internal/ruletest"
	"maru/kernel"
	"maru/pack"
	"maru/platform/i18n"
)

// BenchmarkReasons is the line of the bench: made-up households of four, every
// programme of the pack and every reason as a sentence.
func BenchmarkReasons(b *testing.B) {
	texts, err := i18n.Load(benefit.Messages())
	if err != nil {
		b.Fatal(err)
	}
	m := &bench{Options: Options{Day: kernel.MustDate("2026-03-03"), Pack: benefit.Pack{Hash: "x", Source: ruletest.Pack(b, pack.KR())}}}
	e, err := benefit.NewEngine(m.Pack)
	if err != nil {
		b.Fatal(err)
	}
	families, err := m.families(e.Law(), 4, 64)
	if err != nil {
		b.Fatal(err)
	}
	situations := situationsOf(e.Law(), families, m.Day)
	i := 0
	b.ReportAllocs()
	before := spent(b)
	for b.Loop() {
		a, err := e.Evaluate(situations[i%len(situations)])
		if err != nil {
			b.Fatal(err)
		}
		for r := range a.Results {
			for who := range max(1, len(a.Results[r].Members)) {
				a.Reasons(&a.Results[r], who, texts, kernel.KO)
			}
		}
		i++
	}
	b.ReportMetric(float64((spent(b)-before).Nanoseconds())/1000/float64(i), "cpu-us/op")
}
