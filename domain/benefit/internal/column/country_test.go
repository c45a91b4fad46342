package column

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

var _ Rows = (*population.View)(nil)

type unrecorded struct{}

func (unrecorded) RecordOpening(context.Context, population.Opening) error { return nil }

// sample makes a population file and opens it.
func sample(t testing.TB, law *rule.Law, persons int, missing float64) *population.View {
	t.Helper()
	s, err := population.NewSample(law, population.SampleOptions{Seed: 1, On: kernel.MustDate("2026-11-01"), Persons: persons, Missing: missing, Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	schema, err := population.NewSchema(law, false)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sample")
	access := population.Access{Basis: "test", Purpose: "test", Role: "test"}
	o := population.Origin{Basis: "test", Purpose: "test", Role: "test", Builder: "test", BuiltAt: 1}
	if err := s.Write(context.Background(), path, schema, o, 2); err != nil {
		t.Fatal(err)
	}
	snapshot, err := population.Open(context.Background(), path, law, access, unrecorded{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := snapshot.Close(); err != nil {
			t.Error(err)
		}
	})
	return snapshot.View()
}

// TestPopulationByWorkers: rows of a population file decide as its households do.
func TestPopulationByWorkers(t *testing.T) {
	law := packLaw(t)
	v := sample(t, law, 20_000, 0.1)
	run := law.At(kernel.MustDate("2026-11-01"), kernel.Date{})
	o := Options{Wanted: everything(law), Amounts: true, Workers: 2}
	got := NewCounts(len(o.Wanted), 2)
	if err := New(law).Run(context.Background(), run, v, o, got); err != nil {
		t.Fatal(err)
	}
	want := make([]Count, len(o.Wanted))
	s, f := closure.New(law).Scratch(), frame.New(law)
	var out closure.Verdicts
	for h := range v.Households() {
		v.Frame(h, f)
		s.Begin(run, f)
		s.Decide(&out)
		for k := range law.Programmes {
			for _, d := range out.Of(k) {
				switch {
				case d.Eligible == closure.Unknown:
					want[k].Unknown++
				case d.Eligible == closure.Yes && d.AmountKnown:
					want[k].Entitled++
					want[k].Amount += d.Amount
				case d.Eligible == closure.Yes:
					want[k].Entitled++
					want[k].AmountUnknown++
				}
			}
		}
	}
	for k, n := range got.Total() {
		if n != want[k] {
			t.Errorf("%s: %+v, want %+v", law.Programmes[k].ID, n, want[k])
		}
	}
}

// TestCountry measures as many persons of a population file as MARU_COUNTRY
// says, on two workers: the law of the pack with a tenth of the facts missing.
func TestCountry(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("MARU_COUNTRY"))
	if persons == 0 {
		t.Skip("set MARU_COUNTRY to a number of persons")
	}
	law := packLaw(t)
	v := sample(t, law, persons, 0.1)
	e, run := New(law), law.At(kernel.MustDate("2026-11-01"), kernel.Date{})
	for range 2 {
		o := Options{Wanted: everything(law), Amounts: true, Workers: 2}
		spend(t, e, run, v, o)
	}
}

// TestCountryCatalogue does so for a thousand and ten thousand programmes over
// two hundred conditions, over rows that repeat.
func TestCountryCatalogue(t *testing.T) {
	persons, _ := strconv.Atoi(os.Getenv("MARU_COUNTRY"))
	if persons == 0 {
		t.Skip("set MARU_COUNTRY to a number of persons")
	}
	for _, n := range []int{1000, 10_000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			law := catalogue(t, n)
			m := country(law, 200_000, 0.1, rand.New(rand.NewPCG(1, 1)))
			rows := newTiled(m, max(1, persons/m.Persons()))
			e, run := New(law), law.At(kernel.MustDate("2026-11-01"), kernel.Date{})
			o := Options{Wanted: everything(law), Workers: 2, Atoms: NewAtoms(6 << 30)}
			spend(t, e, run, rows, Options{Wanted: o.Wanted, Workers: 2})
			for range 2 {
				spend(t, e, run, rows, o)
			}
			t.Logf("conditions kept: %d, %.2f GB", o.Atoms.Conditions(), float64(o.Atoms.Bytes())/1e9)
		})
	}
}

func spend(t *testing.T, e *Engine, run *rule.Run, rows Rows, o Options) {
	t.Helper()
	sink := NewCounts(len(o.Wanted), o.Workers)
	from, began := cpu(t), time.Now()
	if err := e.Run(context.Background(), run, rows, o, sink); err != nil {
		t.Fatal(err)
	}
	n := float64(rows.Persons())
	spent := cpu(t) - from
	var entitled int64
	for _, c := range sink.Total() {
		entitled += c.Entitled
	}
	t.Logf("%d persons, %d programmes: wall %v, cpu %v, %.0f cpu-ns a person, a country's 51.7 million on two idle cores %.1f s; %d entitled",
		rows.Persons(), len(o.Wanted), time.Since(began).Round(time.Millisecond), spent.Round(time.Millisecond), float64(spent)/n, float64(spent)/n*51.7e6/2e9, entitled)
}
