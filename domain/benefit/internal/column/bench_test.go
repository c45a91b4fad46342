package column

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"maru/domain/benefit/rule"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// cpu is the time that the process has computed. On a machine that is shared,
// the wall clock tells little.
func cpu(b testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs over rows and reports the time a person.
func measure(b *testing.B, e *Engine, run *rule.Run, rows Rows, o Options) {
	b.Helper()
	sink := NewCounts(len(o.Wanted), o.Workers)
	from := cpu(b)
	for b.Loop() {
		if err := e.Run(context.Background(), run, rows, o, sink); err != nil {
			b.Fatal(err)
		}
	}
	persons := float64(b.N) * float64(rows.Persons())
	spent := float64(cpu(b) - from)
	b.ReportMetric(spent/persons, "cpu-ns/person")
	b.ReportMetric(float64(len(o.Wanted))*persons/spent*1000, "M-results/cpu-s")
	b.ReportMetric(spent/persons*51.7e6/1e9, "cpu-s/country")
}

// BenchmarkPack is the law of the pack for a country's households, by how much
// is missing, beside the floor: reading the columns that it needs once.
func BenchmarkPack(b *testing.B) {
	law := packLaw(b)
	e := New(law)
	run := law.At(kernel.MustDate("2026-11-01"), kernel.Date{})
	for _, missing := range []float64{0, 0.1} {
		m := country(law, 450_000, missing, rand.New(rand.NewPCG(1, 1)))
		for _, size := range []int{2048, 4096, 8192, 16384} {
			b.Run(fmt.Sprintf("missing=%v/block=%d", missing, size), func(b *testing.B) {
				measure(b, e, run, m, Options{Wanted: everything(law), Amounts: true, Workers: 1, blockPersons: size})
			})
		}
		b.Run(fmt.Sprintf("missing=%v/verdicts", missing), func(b *testing.B) {
			measure(b, e, run, m, Options{Wanted: everything(law), Workers: 1})
		})
		b.Run(fmt.Sprintf("missing=%v/floor", missing), func(b *testing.B) { floor(b, e, run, m) })
	}
}

// floor reads each column that the law needs once.
func floor(b *testing.B, e *Engine, run *rule.Run, m Rows) {
	p, err := e.prepare(run, m, Options{Wanted: everything(e.law), Amounts: true})
	if err != nil {
		b.Fatal(err)
	}
	w := newWorker(p, 0)
	columns := 0
	from := cpu(b)
	for b.Loop() {
		for _, k := range p.layout.blocks {
			w.here = k
			columns = 0
			for id := range p.steps {
				s := &p.steps[id]
				if p.uses[id] == 0 || s.op != rule.OpFact && s.op != rule.OpHousehold {
					continue
				}
				columns++
				pool := &w.pool[person]
				pool.rows = k.to - k.from
				num, known := pool.numbers(), pool.bitmap()
				if s.op == rule.OpFact {
					m.LoadPerson(int(s.k), k.from, k.to, num, known)
				} else {
					m.LoadHousehold(int(s.k), k.house, k.upTo, num, known)
				}
				pool.nums, pool.bits = append(pool.nums, num), append(pool.bits, known)
			}
		}
	}
	b.ReportMetric(float64(cpu(b)-from)/float64(b.N)/float64(m.Persons()), "cpu-ns/person")
	b.ReportMetric(float64(columns), "columns")
}

// catalogue is a law of n programmes, each of six conditions among two hundred.
func catalogue(b testing.TB, n int) *rule.Law {
	r := rand.New(rand.NewPCG(9, 9))
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf("age(m) >= %d", 1+2*i), fmt.Sprintf("age(m) < %d", 10+2*i))
	}
	for i := range 30 {
		all = append(all, fmt.Sprintf("m.earned < %d", 150_000*(i+1)), fmt.Sprintf("h.property < %d", 20_000_000*(i+1)))
	}
	for i := range 30 {
		all = append(all, fmt.Sprintf(`starts(m.region, ["%d", "11", "26"])`, 41+i), fmt.Sprintf("years(m.since, date) >= %d", i))
	}
	s := rule.Source{Facts: facts(), Law: contract.BenefitLaw{Parameters: parameters(), Formulas: []contract.Formula{{ID: "age", Of: []string{"m"}, Rule: "years(m.birth_date, date)"}}}}
	add := func(id, when string) {
		s.Programmes = append(s.Programmes, rule.Programme{ID: id, Benefit: contract.Benefit{Unit: "person", Amount: "0", Conditions: []contract.BenefitCondition{{ID: "c1", When: when}}}})
	}
	for i := range n {
		when := ""
		for range 6 {
			if when != "" {
				when += " && "
			}
			when += all[r.IntN(len(all))]
		}
		add(fmt.Sprintf("s%d", i), when)
	}
	law, problems := rule.Compile(s)
	if law == nil {
		b.Fatal(problems[0])
	}
	return law
}

// BenchmarkCatalogue is a thousand and ten thousand programmes over two hundred
// conditions: from the columns, and from bitmaps that are there.
func BenchmarkCatalogue(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		law := catalogue(b, n)
		e := New(law)
		run := law.At(kernel.MustDate("2026-11-01"), kernel.Date{})
		for _, missing := range []float64{0, 0.1} {
			m := country(law, 450_000, missing, rand.New(rand.NewPCG(1, 1)))
			o := Options{Wanted: everything(law), Workers: 1}
			for _, size := range []int{8192, 16384} {
				o.blockPersons = size
				b.Run(fmt.Sprintf("programmes=%d/missing=%v/columns/%d", n, missing, size), func(b *testing.B) { measure(b, e, run, m, o) })
			}
			for _, size := range []int{8192, 16384} {
				o.blockPersons = size
				o.Atoms = NewAtoms(4 << 30)
				if err := e.Run(context.Background(), run, m, o, NewCounts(n, 1)); err != nil {
					b.Fatal(err)
				}
				b.Run(fmt.Sprintf("programmes=%d/missing=%v/atoms/%d", n, missing, size), func(b *testing.B) {
					measure(b, e, run, m, o)
					b.ReportMetric(float64(o.Atoms.Bytes())/float64(m.Persons()), "B/person")
				})
			}
		}
	}
}
