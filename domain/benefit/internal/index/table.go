package index

import (
	"math"
	"slices"

	"maru/domain/benefit/internal/frame"
)

// table holds a row of bits for each value of a fact, and two for when it is
// unknown. A nil row changes nothing.
type table struct {
	source source
	// A fact of few values finds its row by value - base; any other by the span
	// that begins at or before its value.
	dense  []uint16
	base   int64
	starts []int64
	rows   [][]uint64
	// spans are the parts of each row that are not empty; of the lead alone.
	spans [][]span
	// While the fact is unknown: what holds all the same, and what is open.
	yes, open []uint64
}

// value is the fact in a household; whether it is known.
func (t *table) value(f *frame.Frame, member int) (int64, bool) {
	switch t.source.who {
	case ofHousehold:
		return f.Household[t.source.slot], f.HouseholdKnown>>t.source.slot&1 != 0
	case ofHead:
		member = 0
	}
	return f.Person[member*f.Stride+t.source.slot], f.PersonKnown[member]>>t.source.slot&1 != 0
}

// row is the number of the row of a value.
func (t *table) row(v int64) int {
	if t.dense != nil {
		return int(t.dense[min(max(v-t.base, 0), int64(len(t.dense)-1))])
	}
	lo, hi := 0, len(t.starts)
	for hi-lo > 1 {
		if mid := int(uint(lo+hi) >> 1); t.starts[mid] <= v {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// spread sets out the values of a table: which are to be computed, one for each
// row to come.
func (t *table) spread(listed, cuts []int64) []int64 {
	if listed != nil {
		t.base = listed[0]
		t.dense = make([]uint16, listed[len(listed)-1]-t.base+1)
		for i, v := range listed {
			t.dense[v-t.base] = uint16(i)
		}
		return listed
	}
	cuts = slices.Clone(cuts)
	slices.Sort(cuts)
	t.starts = append([]int64{math.MinInt64}, slices.Compact(cuts)...)
	return t.starts
}

// settle takes the rows of the values laid out and lets equal neighbours be one
// span.
func (t *table) settle(rows [][]uint64) {
	t.rows = rows
	if t.dense != nil {
		return
	}
	var starts []int64
	var kept [][]uint64
	for i, r := range rows {
		if i > 0 && slices.Equal(r, kept[len(kept)-1]) {
			continue
		}
		starts, kept = append(starts, t.starts[i]), append(kept, r)
	}
	t.starts, t.rows = starts, kept
}

// stage is one step of deciding: a gate, whose one row is ANDed, or a layer,
// whose rows are ORed with those programmes that have no clause in it.
type stage struct {
	rest   []uint64 // nil: a gate
	tables []*table
}

// personal tells whether a stage asks a fact of the member in question.
func (s *stage) personal() bool {
	return slices.ContainsFunc(s.tables, func(t *table) bool { return t.source.who == ofMember })
}

// block is how many words are worked on at once. Bitmaps and spans are made of
// whole blocks.
const block = 4

// span are the words from one to before another.
type span struct{ from, to int }

// spansOf are the parts of a row that are not empty.
func spansOf(row []uint64) []span {
	var out []span
	for i := 0; i < len(row); i += block {
		n := len(out)
		switch empty := row[i]|row[i+1]|row[i+2]|row[i+3] == 0; {
		case empty:
		case n > 0 && out[n-1].to == i:
			out[n-1].to += block
		default:
			out = append(out, span{i, i + block})
		}
	}
	return out
}

// narrow ANDs a row into dst.
func narrow(dst, row []uint64, spans []span) {
	for _, s := range spans {
		for i := s.from; i < s.to; i += block {
			d, r := (*[block]uint64)(dst[i:]), (*[block]uint64)(row[i:])
			d[0] &= r[0]
			d[1] &= r[1]
			d[2] &= r[2]
			d[3] &= r[3]
		}
	}
}

// pass ANDs into dst what is in one of the rows or in rest.
func pass(dst, rest []uint64, rows [][]uint64, spans []span) {
	for _, s := range spans {
		for i := s.from; i < s.to; i += block {
			w := *(*[block]uint64)(rest[i:])
			w0, w1, w2, w3 := w[0], w[1], w[2], w[3]
			for _, row := range rows {
				r := (*[block]uint64)(row[i:])
				w0 |= r[0]
				w1 |= r[1]
				w2 |= r[2]
				w3 |= r[3]
			}
			d := (*[block]uint64)(dst[i:])
			d[0] &= w0
			d[1] &= w1
			d[2] &= w2
			d[3] &= w3
		}
	}
}

// slow is a clause that package closure computes, with the programmes that ask
// it: many as a bitmap, few word by word.
type slow struct {
	literals clause
	// personal: it speaks of the member in question; else it is kept for the
	// household.
	personal bool
	cost     int
	many     []uint64
	few      []spot
}

// spot are programmes by the word of the bitmap they stand in.
type spot struct {
	word int
	mask uint64
}

// crowd is how many words programmes may stand in word by word.
const crowd = 12

// meets tells whether one of the programmes is set.
func (c *slow) meets(bitmap []uint64, spans []span) bool {
	for _, a := range c.few {
		if bitmap[a.word]&a.mask != 0 {
			return true
		}
	}
	if c.many == nil {
		return false
	}
	for _, s := range spans {
		d := bitmap[s.from:s.to]
		m := c.many[s.from:s.to][:len(d)]
		for i, w := range d {
			if w&m[i] != 0 {
				return true
			}
		}
	}
	return false
}

// strike takes the programmes out.
func (c *slow) strike(bitmap []uint64, spans []span) {
	for _, a := range c.few {
		bitmap[a.word] &^= a.mask
	}
	if c.many == nil {
		return
	}
	for _, s := range spans {
		d := bitmap[s.from:s.to]
		m := c.many[s.from:s.to][:len(d)]
		for i := range d {
			d[i] &^= m[i]
		}
	}
}
