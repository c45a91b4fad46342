package sweep

import (
	"math/bits"

	"maru/domain/benefit/internal/column"
)

// gatherer takes the results of the stretches of one pass and makes blocks of
// them. Each worker has its own half of it.
type gatherer struct {
	s        *sweeper
	stretch  []int // block numbers by stretch
	computed []int // places of programmes in the run, by their place in the pass
	workers  []gathering
	finished chan<- finished
	stopped  <-chan struct{}
}

type gathering struct {
	programmes []gathered
	begun      bool
	comparer   comparer
	text       []byte
	_          [64]byte // workers write to their own cache lines
}

// finished is a block that is decided and compared.
type finished struct {
	block   int
	record  []byte
	counts  []programmeCounts
	changes []Change
	persons int
}

// Take takes up what one programme decides in a part of a stretch. Rows of a
// stretch come in their order, but it is not said which stretch they are of: the
// worker is told when it ends.
func (g *gatherer) Take(worker int, r *column.Result) {
	w := &g.workers[worker]
	if !w.begun {
		w.begun = true
		for i := range w.programmes {
			w.programmes[i].reset()
		}
	}
	w.programmes[r.Wanted].take(r)
}

// take appends rows.
func (g *gathered) take(r *column.Result) {
	at := g.rows
	g.rows += r.Rows
	n := words(g.rows)
	g.entitled = grown(g.entitled, n)
	orBits(g.entitled, at, r.Entitled)
	for i := range r.Entitled {
		if u := r.Unknown(i); u != 0 {
			g.unknown = grown(g.unknown, n)
			orWord(g.unknown, at+64*i, u)
		}
		e := r.Entitled[i]
		if e == 0 {
			continue
		}
		known := ^uint64(0)
		if r.AmountKnown != nil {
			known = r.AmountKnown[i]
		}
		if open := e &^ known; open != 0 {
			g.open = grown(g.open, n)
			orWord(g.open, at+64*i, open)
		}
		for e &= known; e != 0; e &= e - 1 {
			g.pay(r.Amount[64*i+bits.TrailingZeros64(e)])
		}
	}
}

// grown is a bitmap of n words at least.
func grown(b []uint64, n int) []uint64 {
	for len(b) < n {
		b = append(b, 0)
	}
	return b
}

// orBits ors a bitmap into another from a bit on.
func orBits(out []uint64, at int, in []uint64) {
	for i, w := range in {
		if w != 0 {
			orWord(out, at+64*i, w)
		}
	}
}

func orWord(out []uint64, at int, w uint64) {
	out[at>>6] |= w << (at & 63)
	if high := w >> (64 - at&63); high != 0 {
		out[at>>6+1] |= high
	}
}

// Done makes a block of a stretch.
func (g *gatherer) Done(worker, stretch int) error {
	w := &g.workers[worker]
	w.begun = false
	b := g.stretch[stretch]
	sections := make([][]byte, len(g.computed))
	for i := range g.computed {
		text, err := w.programmes[i].append(w.text[:0])
		if err != nil {
			return err
		}
		w.text, sections[i] = text, append(make([]byte, 0, len(text)), text...)
	}
	counts, changes, err := w.comparer.block(b, g.computed, sections, g.s.o.Listener != nil)
	if err != nil {
		return err
	}
	from, to := g.s.view.Rows(b)
	select {
	case g.finished <- finished{b, blockRecord(b, g.computed, sections, counts), counts, changes, to - from}:
		return nil
	case <-g.stopped:
		return errStopped
	}
}
