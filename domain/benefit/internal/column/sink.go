package column

import "math/bits"

// Count is what a programme comes to over all rows.
type Count struct {
	Entitled, Unknown int64
	// Amount is the sum of the amounts that are known, in won; of AmountUnknown
	// who are entitled the amount is not known.
	Amount, AmountUnknown int64
}

// Counts is a sink that counts.
type Counts struct {
	workers [][]Count
}

// NewCounts counts as many programmes for as many workers.
func NewCounts(programmes, workers int) *Counts {
	c := &Counts{workers: make([][]Count, max(1, workers))}
	for i := range c.workers {
		c.workers[i] = make([]Count, programmes)
	}
	return c
}

// Take counts one result.
func (c *Counts) Take(worker int, r *Result) {
	n := &c.workers[worker][r.Wanted]
	entitled := count(r.Entitled)
	n.Entitled += int64(entitled)
	if r.Possible != nil {
		n.Unknown += int64(count(r.Possible) - entitled)
	}
	if r.Amount == nil {
		return
	}
	for i, e := range r.Entitled {
		if r.AmountKnown != nil {
			n.AmountUnknown += int64(bits.OnesCount64(e &^ r.AmountKnown[i]))
			e &= r.AmountKnown[i]
		}
		for ; e != 0; e &= e - 1 {
			n.Amount += r.Amount[64*i+bits.TrailingZeros64(e)]
		}
	}
}

// Total is the count of each wanted programme.
func (c *Counts) Total() []Count {
	out := make([]Count, len(c.workers[0]))
	for _, w := range c.workers {
		for i, n := range w {
			out[i].Entitled += n.Entitled
			out[i].Unknown += n.Unknown
			out[i].Amount += n.Amount
			out[i].AmountUnknown += n.AmountUnknown
		}
	}
	return out
}

// Checksum is a sink that gives one number for all results of a run: two runs
// over the same rows agree in it if they agree in everything.
type Checksum struct {
	workers []padded
}

// padded keeps the workers' numbers out of one another's cache lines.
type padded struct {
	sum uint64
	_   [56]byte
}

// NewChecksum is for as many workers.
func NewChecksum(workers int) *Checksum {
	return &Checksum{workers: make([]padded, max(1, workers))}
}

// Take adds one result.
func (c *Checksum) Take(worker int, r *Result) {
	sum := uint64(r.Wanted)<<40 ^ uint64(r.First)
	add := func(x uint64) { sum = bits.RotateLeft64(sum^x*0x9e3779b97f4a7c15, 29) * 0xbf58476d1ce4e5b9 }
	for i, e := range r.Entitled {
		add(e)
		add(r.Unknown(i))
		if r.Amount == nil {
			continue
		}
		if r.AmountKnown != nil {
			add(e &^ r.AmountKnown[i])
			e &= r.AmountKnown[i]
		} else {
			add(0)
		}
		for ; e != 0; e &= e - 1 {
			add(uint64(r.Amount[64*i+bits.TrailingZeros64(e)]))
		}
	}
	// The sum of all does not depend on the order in which workers finish.
	c.workers[worker].sum += sum
}

// Sum is the number.
func (c *Checksum) Sum() uint64 {
	var out uint64
	for _, w := range c.workers {
		out += w.sum
	}
	return out
}
