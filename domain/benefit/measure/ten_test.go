package measure

import (
	"context"
	"io"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"maru/domain/benefit"
	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/pack"
)

// people writes and opens a made-up population of which all is known.
func people(t testing.TB, persons int) (*bench, *rule.Law, *population.View) {
	t.Helper()
	b := &bench{Options: Options{Persons: persons, Workers: 1, Day: kernel.MustDate("2026-05-10"), Pack: benefit.Pack{Source: ruletest.Pack(t, pack.KR())}}, ctx: context.Background(), w: io.Discard}
	law, problems := rule.Compile(tenSource(b.Pack.Source.Facts))
	if law == nil {
		t.Fatal(problems)
	}
	path := filepath.Join(t.TempDir(), "ten.population")
	if err := b.write(law, path, population.SampleOptions{Seed: 3, On: b.Day, Persons: persons}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := b.open(law, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = snapshot.Close() })
	return b, law, snapshot.View()
}

// TestTen: the ten variables are known and vary, and columns give what the
// reference evaluator gives.
func TestTen(t *testing.T) {
	b, law, rows := people(t, 2000)
	b.Check = 2000
	if err := b.compare(law, rows); err != nil {
		t.Fatal(err)
	}
	seen := make([]map[int64]bool, len(law.Programmes))
	h := population.NewHousehold(law)
	for i := range 300 {
		rows.Household(i, h)
		all, err := reference.All(law, situationOf(law, h, b.Day))
		if err != nil {
			t.Fatal(err)
		}
		for k, p := range law.Programmes {
			if seen[k] == nil {
				seen[k] = map[int64]bool{}
			}
			if all[p.ID].Amount == nil {
				t.Fatalf("%s is unknown for want of %v", p.ID, all[p.ID].Missing)
			}
			seen[k][*all[p.ID].Amount] = true
		}
	}
	for k, amounts := range seen {
		if len(amounts) < 2 {
			t.Errorf("%s is always the same", law.Programmes[k].ID)
		}
	}
}

// BenchmarkTen is the rate by computing time: the clock tells little where
// others compute too.
func BenchmarkTen(b *testing.B) {
	m, law, rows := people(b, 200_000)
	engine, run, wanted := column.New(law), law.At(m.Day, kernel.Date{}), every(len(law.Programmes))
	from := spent(b)
	for b.Loop() {
		if err := engine.Run(m.ctx, run, rows, column.Options{Wanted: wanted, Amounts: true, Workers: 1}, column.NewCounts(len(wanted), 1)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(wanted))*float64(rows.Persons())*float64(b.N)/(spent(b)-from).Seconds()/1e6, "M-variables/cpu-s")
}

func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
