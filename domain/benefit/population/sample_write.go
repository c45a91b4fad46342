package population

import (
	"context"
	"sync"
)

// householdsAtOnce is how many households one worker makes before it hands them
// on: about a block.
const householdsAtOnce = 27_000

// blockRoom is more than most blocks take, in bytes.
const blockRoom = 6 << 20

// Write makes the sample and writes it to a file, with some workers (at least
// one). Memory is that of a few blocks. The file is the same for any number of
// workers. The origin's source is set.
func (s *Sample) Write(ctx context.Context, path string, schema *Schema, o Origin, workers int) error {
	o.Source = s.Source()
	w, err := NewWriter(path, schema, o)
	if err != nil {
		return err
	}
	defer w.Abort()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	type result struct {
		blocks []encoded
		err    error
	}
	type job struct {
		from, to int
		done     chan result
	}
	makers := make([]*Maker, max(workers, 1))
	for i := range makers {
		if makers[i], err = s.Maker(); err != nil {
			return err
		}
	}
	// A job stands in line before a worker takes it up: the line is as long as
	// blocks may wait to be written.
	line, jobs := make(chan job, len(makers)), make(chan job)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	for _, m := range makers {
		wait.Go(func() {
			b, h := newBatch(schema), NewHousehold(s.law)
			for j := range jobs {
				blocks, err := m.blocks(b, h, j.from, j.to)
				j.done <- result{blocks, err}
			}
		})
	}
	wait.Go(func() {
		defer close(line)
		defer close(jobs)
		for from := 0; from < s.Households(); from += householdsAtOnce {
			j := job{from, min(from+householdsAtOnce, s.Households()), make(chan result, 1)}
			select {
			case line <- j:
			case <-ctx.Done():
				return
			}
			select {
			case jobs <- j:
			case <-ctx.Done():
				return
			}
		}
	})
	for j := range line {
		var r result
		select {
		case r = <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if r.err != nil {
			return r.err
		}
		for _, e := range r.blocks {
			w.block(e)
		}
		if w.err != nil {
			return w.err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.Close()
}

// blocks makes the households from to to, by their numbers among all.
func (m *Maker) blocks(b *batch, h *Household, from, to int) ([]encoded, error) {
	var out []encoded
	region := m.s.regionOf(from)
	b.reset()
	for i := from; i < to; i++ {
		for i >= m.s.firsts[region+1] {
			region++
		}
		m.Household(region, i-m.s.firsts[region], h)
		if !b.room(h.Frame.Members) {
			out = append(out, b.encode(make([]byte, 0, blockRoom)))
			b.reset()
		}
		if err := b.add(h); err != nil {
			return nil, err
		}
	}
	return append(out, b.encode(make([]byte, 0, blockRoom))), nil
}
