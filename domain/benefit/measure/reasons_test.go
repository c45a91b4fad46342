package measure

import (
	"slices"
	"testing"

	"maru/domain/benefit"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/pack"
	"maru/platform/i18n"
)

// reasoned are made-up households of four under the law of the pack, and its words.
func reasoned(t testing.TB) (*benefit.Engine, []situation.Situation, *i18n.Catalog) {
	t.Helper()
	texts, err := i18n.Load(benefit.Messages())
	if err != nil {
		t.Fatal(err)
	}
	m := &bench{Options: Options{Day: kernel.MustDate("2026-03-03"), Pack: benefit.Pack{Hash: "x", Source: ruletest.Pack(t, pack.KR())}}}
	e, err := benefit.NewEngine(m.Pack)
	if err != nil {
		t.Fatal(err)
	}
	families, err := m.families(e.Law(), 4, 64)
	if err != nil {
		t.Fatal(err)
	}
	return e, situationsOf(e.Law(), families, m.Day), texts
}

// anew wraps a catalogue, so that nobody knows that it says the same of the same.
type anew struct{ *i18n.Catalog }

// TestReasonsSaid: a sentence that was made before is the one that would be made
// anew, in either language.
func TestReasonsSaid(t *testing.T) {
	e, situations, texts := reasoned(t)
	n := 0
	for _, s := range situations {
		a, err := e.Evaluate(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []kernel.Lang{kernel.KO, kernel.EN, kernel.KO} {
			for r := range a.Results {
				for who := range max(1, len(a.Results[r].Members)) {
					got, want := a.Reasons(&a.Results[r], who, texts, l), a.Reasons(&a.Results[r], who, anew{texts}, l)
					if !slices.Equal(got, want) {
						t.Fatalf("%s: %+v, want %+v", a.Results[r].Programme.ID, got, want)
					}
					n += len(got)
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("%d reasons only", n)
	}
}

// BenchmarkReasons is the line of the bench: every programme of the pack and every
// reason as a sentence. The clock on the wall tells of others on a busy machine.
func BenchmarkReasons(b *testing.B) {
	e, situations, texts := reasoned(b)
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
