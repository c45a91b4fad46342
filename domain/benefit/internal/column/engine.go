package column

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"maru/domain/benefit/rule"
)

// Persons in a block. Numbers take 64 times the room of truths: a block of some
// dozen programmes with amounts is smaller, so that the numbers at work stay in a
// core's cache; in one of thousands of programmes over kept conditions the cost of
// beginning an operation counts. Measured on two cores with 1 MiB each: 2,048 to
// 16,384 differ by a tenth with the numbers of 26 programmes, and by a third
// with ten thousand programmes.
const (
	blockPersons = 8192
	blockMany    = 16384
	manyWanted   = 256
)

// Engine computes one law. Any number of runs may go on at once.
type Engine struct {
	law      *rule.Law
	plan     *plan
	calendar *calendar
}

// New plans a law.
func New(law *rule.Law) *Engine {
	return &Engine{law: law, plan: newPlan(law), calendar: newCalendar()}
}

// Options say what a run computes.
type Options struct {
	// Wanted are programmes by their numbers in the law.
	Wanted []int
	// Amounts also computes what those entitled get.
	Amounts bool
	// Workers is how many blocks are computed at once, one at least.
	Workers int
	// Atoms keeps the bitmaps of conditions for later runs over the same rows.
	Atoms *Atoms

	blockPersons int // for tests, 0: the usual
}

// Result is what one programme decides in one block. It may be read until Take
// returns.
type Result struct {
	// Wanted is the programme's place in Options.Wanted, Block the block's number.
	Wanted, Block int
	// First is the number of the first row, a household or a person by the
	// programme's unit; Rows is how many there are.
	First, Rows int
	Person      bool
	// Entitled has bit i set where row First+i is entitled, Possible where it is
	// entitled or the verdict is unknown. Possible is nil where all is known.
	Entitled, Possible []uint64
	// Amount is in won, for rows of which Entitled and AmountKnown are set. It
	// is nil where nobody in the block is entitled or amounts are not asked for.
	// AmountKnown is nil where every amount of those entitled is known.
	Amount      []int64
	AmountKnown []uint64
}

// Unknown are the rows of word i, First+64*i and on, with an unknown verdict.
func (r *Result) Unknown(i int) uint64 {
	if r.Possible == nil {
		return 0
	}
	return r.Possible[i] &^ r.Entitled[i]
}

// Sink takes the results, in no order. Workers call it at once, each with its
// own number from 0 on.
type Sink interface {
	Take(worker int, r *Result)
}

// Run computes the wanted programmes of a run for all rows.
func (e *Engine) Run(ctx context.Context, run *rule.Run, rows Rows, o Options, sink Sink) error {
	if run.Law != e.law {
		return errors.New("column: a run of another law")
	}
	for _, k := range o.Wanted {
		if k < 0 || k >= len(e.plan.programmes) {
			return errors.New("column: no such programme")
		}
	}
	if o.Atoms != nil {
		o.Atoms.mu.Lock()
		defer o.Atoms.mu.Unlock()
	}
	p, err := e.prepare(run, rows, o)
	if err != nil {
		return err
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for id := range min(max(1, o.Workers), len(p.layout.blocks)) {
		all.Go(func() {
			w := newWorker(p, id)
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(p.layout.blocks) {
					return
				}
				w.block(p.layout.blocks[k], sink)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}
