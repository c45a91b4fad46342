package column

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// gather is a sink that keeps every row's verdict.
type gather struct {
	mu   sync.Mutex
	rows map[[2]int]closure.Verdict // by wanted programme and row
	bad  []string
}

func (g *gather) Take(_ int, r *Result) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(r.Entitled) != words(r.Rows) || r.Possible != nil && len(r.Possible) != len(r.Entitled) {
		g.bad = append(g.bad, fmt.Sprintf("%d words for %d rows", len(r.Entitled), r.Rows))
	}
	for i := range 64 * len(r.Entitled) {
		has := func(b []uint64) bool { return b[i>>6]>>(i&63)&1 != 0 }
		v := closure.Verdict{Eligible: closure.No, AmountKnown: true}
		unknown := r.Unknown(i>>6)>>(i&63)&1 != 0
		switch {
		case i >= r.Rows:
			if has(r.Entitled) || unknown {
				g.bad = append(g.bad, fmt.Sprintf("bit %d of %d rows", i, r.Rows))
			}
			continue
		case has(r.Entitled) && r.Possible != nil && !has(r.Possible):
			g.bad = append(g.bad, "entitled and not possible")
		case has(r.Entitled):
			v = closure.Verdict{Eligible: closure.Yes, AmountKnown: r.AmountKnown == nil || has(r.AmountKnown)}
			if v.AmountKnown && r.Amount != nil {
				v.Amount = r.Amount[i]
			}
		case unknown:
			v = closure.Verdict{Eligible: closure.Unknown}
		}
		g.rows[[2]int{r.Wanted, r.First + i}] = v
	}
}

// agree compares a run with package closure, row by row.
func agree(t *testing.T, law *rule.Law, run *rule.Run, m *memory, o Options) {
	t.Helper()
	e := New(law)
	g := &gather{rows: map[[2]int]closure.Verdict{}}
	if err := e.Run(context.Background(), run, m, o, g); err != nil {
		t.Fatal(err)
	}
	for _, b := range g.bad {
		t.Error(b)
	}
	s, f := closure.New(law).Scratch(), frame.New(law)
	var out closure.Verdicts
	n := 0
	for h := range m.Households() {
		m.fill(f, h)
		s.Begin(run, f)
		s.Decide(&out)
		for i, k := range o.Wanted {
			row := h
			if law.Programmes[k].Person {
				row = int(m.start[h])
			}
			for j, want := range out.Of(k) {
				got, ok := g.rows[[2]int{i, row + j}]
				n++
				if !o.Amounts && want.Eligible == closure.Yes {
					want.AmountKnown, want.Amount = true, 0
				}
				if !ok || got != want {
					p := law.Programmes[k]
					t.Fatalf("household %d, member %d, %s: %+v, want %+v\n%s\n%s", h, j, p.ID, got, want, p.Benefit.Conditions[0].When, p.Benefit.Amount)
				}
			}
		}
	}
	if len(g.rows) != n {
		t.Errorf("%d results, want %d", len(g.rows), n)
	}
}

func everything(law *rule.Law) []int {
	var out []int
	for i := range law.Programmes {
		out = append(out, i)
	}
	return out
}

// TestAgrees: whatever the law, the population and the way of working, the rows
// are those that package closure computes for each household alone.
func TestAgrees(t *testing.T) {
	laws := 100
	if testing.Short() {
		laws = 20
	}
	for seed := range laws {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		law := drawLaw(t, r)
		for _, missing := range []float64{0, 0.2} {
			m := populate(law, 1+r.IntN(120), missing, r)
			run := law.At(kernel.MustDate([]string{"2024-03-05", "2025-12-31", "2026-04-01", "2028-02-29"}[r.IntN(4)]), []kernel.Date{{}, kernel.MustDate("2026-05-01")}[r.IntN(2)])
			wanted := everything(law)
			r.Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
			atoms := NewAtoms(1 << 30)
			size := []int{1, 60, 64, 150, 8192}[r.IntN(5)]
			for _, o := range []Options{
				{Amounts: true, Workers: 1},
				{Amounts: true, Workers: 3, blockPersons: 1},
				{Amounts: true, Workers: 3, blockPersons: 64},
				{Workers: 2, blockPersons: size, Atoms: atoms},
				{Amounts: true, Workers: 2, blockPersons: size, Atoms: atoms},
			} {
				o.Wanted = wanted
				t.Run(fmt.Sprintf("%d/%v/%d", seed, missing, o.blockPersons), func(t *testing.T) { agree(t, law, run, m, o) })
			}
		}
	}
}

// TestSome: programmes asked for alone give what they give among others.
func TestSome(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	law := drawLaw(t, r)
	m := populate(law, 100, 0.1, r)
	run := law.At(kernel.MustDate("2026-05-01"), kernel.Date{})
	for k := range law.Programmes {
		agree(t, law, run, m, Options{Wanted: []int{k}, Amounts: true, Workers: 1, blockPersons: 50})
	}
	agree(t, law, run, m, Options{Wanted: []int{1, 1, 0}, Amounts: true, Workers: 1})
}

// TestWorkers: the number of workers changes nothing.
func TestWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	law := drawLaw(t, r)
	m := populate(law, 3000, 0.1, r)
	run := law.At(kernel.MustDate("2026-05-01"), kernel.Date{})
	e := New(law)
	var sums []uint64
	var counts [][]Count
	for _, n := range []int{1, 3, 3} {
		o := Options{Wanted: everything(law), Amounts: true, Workers: n, blockPersons: 200}
		sum, count := NewChecksum(n), NewCounts(len(o.Wanted), n)
		for _, s := range []Sink{sum, count} {
			if err := e.Run(context.Background(), run, m, o, s); err != nil {
				t.Fatal(err)
			}
		}
		sums, counts = append(sums, sum.Sum()), append(counts, count.Total())
	}
	if sums[0] != sums[1] || sums[1] != sums[2] || !slices.Equal(counts[0], counts[1]) || !slices.Equal(counts[1], counts[2]) {
		t.Errorf("%v %v", sums, counts)
	}
}

// TestForgetByWorkers: kept conditions follow facts that have changed, a date that
// changes some of them, and a store that is too small.
func TestForgetByWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	law := drawLaw(t, r)
	m := populate(law, 200, 0.1, r)
	for _, room := range []int64{1 << 30, 2000, 0} {
		o := Options{Wanted: everything(law), Amounts: true, Workers: 2, Atoms: NewAtoms(room), blockPersons: 64}
		for _, date := range []string{"2026-05-01", "2026-05-02", "2026-05-01"} {
			run := law.At(kernel.MustDate(date), kernel.Date{})
			agree(t, law, run, m, o)
			if o.Atoms.Bytes() > room {
				t.Errorf("%d bytes for %d", o.Atoms.Bytes(), room)
			}
			for slot := range m.person {
				for i := range 20 {
					m.person[slot][100+i], m.personK[slot][100+i] = value(law, law.Persons[slot], r), true
					m.personW[slot][(100+i)>>6] |= 1 << ((100 + i) & 63)
				}
			}
			o.Atoms.Forget(100, 120)
			agree(t, law, run, m, o)
		}
	}
	o := Options{Wanted: everything(law), Workers: 1, Atoms: NewAtoms(1 << 20)}
	run := law.At(kernel.MustDate("2026-05-01"), kernel.Date{})
	agree(t, law, run, m, o)
	if err := New(law).Run(context.Background(), run, populate(law, 9, 0, r), o, NewCounts(len(o.Wanted), 1)); err == nil {
		t.Error("atoms of another population pass")
	}
}

// TestBounds: no household at all, and rows that cannot be.
func TestBounds(t *testing.T) {
	law := drawLaw(t, rand.New(rand.NewPCG(5, 5)))
	run := law.At(kernel.MustDate("2026-05-01"), kernel.Date{})
	e := New(law)
	o := Options{Wanted: everything(law), Amounts: true, Workers: 2}
	counts := NewCounts(len(o.Wanted), 2)
	if err := e.Run(context.Background(), run, &memory{start: []uint32{0}}, o, counts); err != nil {
		t.Error(err)
	}
	for _, c := range counts.Total() {
		if c != (Count{}) {
			t.Errorf("nobody: %+v", c)
		}
	}
	for _, start := range [][]uint32{{}, {1}, {0, 0}, {0, 51}, {0, 3, 2}} {
		m := &memory{start: start}
		if len(start) == 0 {
			continue
		}
		if err := e.Run(context.Background(), run, m, o, counts); err == nil {
			t.Errorf("starts %v pass", start)
		}
	}
	if err := e.Run(context.Background(), run, &memory{start: []uint32{0}}, Options{Wanted: []int{99}}, counts); err == nil {
		t.Error("a programme that is not there passes")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	m := populate(law, 10, 0, rand.New(rand.NewPCG(1, 1)))
	if err := e.Run(ctx, run, m, o, counts); err == nil {
		t.Error("a run that was stopped passes")
	}
}

// TestReturns: a worker gets all its vectors back from each block.
func TestReturns(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		law := drawLaw(t, r)
		m := populate(law, 200, 0.1, r)
		e := New(law)
		p, err := e.prepare(law.At(kernel.MustDate("2026-05-01"), kernel.Date{}), m, Options{Wanted: everything(law), Amounts: true, blockPersons: 100})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorker(p, 0)
		sink := NewCounts(len(p.wanted), 1)
		for _, b := range p.layout.blocks {
			w.block(b, sink)
			for id, left := range w.left {
				if left > 0 || w.vals[id].turn == w.turn && p.steps[id].shape != scalar {
					t.Fatalf("step %d (%d) is left with %d uses", id, p.steps[id].op, left)
				}
			}
		}
		if n := testing.AllocsPerRun(3, func() {
			for _, b := range p.layout.blocks {
				w.block(b, sink)
			}
		}); n > 0 {
			t.Errorf("%v allocations", n)
		}
	}
}
