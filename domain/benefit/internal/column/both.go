package column

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"maru/domain/benefit/rule"
)

// Side is one law of two that are compared: its engine, the law on a date, the
// rows as that law reads them, and which programmes are wanted.
type Side struct {
	Engine *Engine
	Run    *rule.Run
	Rows   Rows
	Wanted []int
}

// BothSink takes the results of two laws. A worker takes all results of a block,
// first of side 0, then of side 1, and then its end.
type BothSink interface {
	Take(worker, side int, r *Result)
	End(worker int, b Block)
}

// Block is a stretch of whole households, from First to Until-1, with the
// persons FirstPerson to UntilPerson-1.
type Block struct {
	Number                   int
	First, Until             int
	FirstPerson, UntilPerson int
}

// Both computes two laws over the same people, block by block, with amounts. The
// rows of both sides must be the same households in the same order. Conditions
// that mean the same under both laws are looked at once where atoms are given.
func Both(ctx context.Context, sides [2]Side, workers int, atoms *Atoms, sink BothSink) error {
	if !slices.Equal(sides[0].Rows.Start(), sides[1].Rows.Start()) {
		return errors.New("column: the two sides are of different people")
	}
	var of [2]*prepared
	if atoms != nil {
		atoms.mu.Lock()
		defer atoms.mu.Unlock()
	}
	for i, s := range sides {
		if s.Run.Law != s.Engine.law {
			return errors.New("column: a run of another law")
		}
		for _, k := range s.Wanted {
			if k < 0 || k >= len(s.Engine.plan.programmes) {
				return errors.New("column: no such programme")
			}
		}
		p, err := s.Engine.prepare(s.Run, s.Rows, Options{Wanted: s.Wanted, Amounts: true, Atoms: atoms, blockPersons: blockPersons})
		if err != nil {
			return err
		}
		of[i] = p
	}
	blocks := of[0].layout.blocks
	var next atomic.Int64
	var all sync.WaitGroup
	for id := range min(max(1, workers), len(blocks)) {
		all.Go(func() {
			one, other := newWorker(of[0], id), newWorker(of[1], id)
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(blocks) {
					return
				}
				b := blocks[k]
				one.block(b, sideSink{sink, 0})
				other.block(b, sideSink{sink, 1})
				sink.End(id, Block{Number: b.number, First: b.house, Until: b.upTo, FirstPerson: b.from, UntilPerson: b.to})
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

type sideSink struct {
	to   BothSink
	side int
}

func (s sideSink) Take(worker int, r *Result) { s.to.Take(worker, s.side, r) }

// Meaning is the hash of what a programme decides and pays on a run's date:
// numbers instead of parameters, so that two programmes of two laws with one
// meaning have the same results over any population.
type Meaning [sha256.Size]byte

// Meanings are those of all programmes, by their numbers in the law.
func (e *Engine) Meanings(run *rule.Run) ([]Meaning, error) {
	if run.Law != e.law {
		return nil, errors.New("column: a run of another law")
	}
	n := len(e.plan.steps)
	p := &prepared{plan: e.plan, run: run, uses: make([]int32, n), scalars: make([]val, n), aux: make([]aux, n)}
	seen, compared := make([]bool, n), make([]int, n)
	for _, of := range p.programmes {
		p.ask(of.eligible.step, seen, compared)
		p.ask(of.amount.step, seen, compared)
	}
	hashes := make([]meaning, n)
	for i := range hashes {
		if seen[i] {
			hashes[i] = p.hash(int32(i), hashes)
		}
	}
	out := make([]Meaning, len(p.programmes))
	for i, of := range p.programmes {
		h := sha256.New()
		putBool(h, of.person)
		for _, r := range []ref{of.eligible, of.amount} {
			h.Write(hashes[r.step][:])
			putBool(h, r.neg)
		}
		h.Sum(out[i][:0])
	}
	return out, nil
}
