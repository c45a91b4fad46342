package column

import (
	"context"
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
