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
	// Stretches are the households to compute, where it is not all of them. A
	// worker computes a stretch from its first to its last row before it takes up
	// another; a StretchSink is told when it is through. Without Atoms only.
	Stretches []Stretch

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

// Stretch is a row of households, From to To-1.
type Stretch struct{ From, To int }

// StretchSink is a Sink that is told, by the worker itself, when it has all of a
// stretch. An error ends the run.
type StretchSink interface {
	Sink
	Done(worker, stretch int) error
}

// Run computes the wanted programmes of a run for all rows.
func (e *Engine) Run(ctx context.Context, run *rule.Run, rows Rows, o Options, sink Sink) error {
	if err := e.check(run, o.Wanted); err != nil {
		return err
	}
	if o.Atoms != nil && o.Stretches != nil {
		return errors.New("column: conditions are kept of whole populations alone")
	}
	if o.Atoms != nil {
		o.Atoms.mu.Lock()
		defer o.Atoms.mu.Unlock()
	}
	p, err := e.prepare(run, rows, o)
	if err != nil {
		return err
	}
	done, _ := sink.(StretchSink)
	if o.Stretches == nil {
		done = nil
	}
	var next atomic.Int64
	var all sync.WaitGroup
	going, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for id := range min(max(1, o.Workers), len(p.layout.jobs)) {
		all.Go(func() {
			w := newWorker(p, id)
			for going.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= len(p.layout.jobs) {
					return
				}
				j := p.layout.jobs[k]
				for _, b := range p.layout.blocks[j.from:j.upTo] {
					w.block(b, sink)
				}
				if done != nil {
					if err := done.Done(id, k); err != nil {
						stop(err)
					}
				}
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return context.Cause(going)
}

// check tells whether a run and its programmes are of this law.
func (e *Engine) check(run *rule.Run, wanted []int) error {
	if run.Law != e.law {
		return errors.New("column: a run of another law")
	}
	for _, k := range wanted {
		if k < 0 || k >= len(e.plan.programmes) {
			return errors.New("column: no such programme")
		}
	}
	return nil
}
