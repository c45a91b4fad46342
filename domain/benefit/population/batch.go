package population

import (
	"maru/domain/benefit/rule"
)

// maxRows is how many persons a block has at most: a row within its block is
// told in 16 bits.
const maxRows = 65535

// batch gathers the rows of one block, fact by fact, in the file's numbers.
type batch struct {
	schema     *Schema
	rows       int
	starts     []uint16 // first row of each household
	ids        []ID
	persons    []gathered
	households []gathered

	birth, relation int // fields of birth_date and relation_to_head, -1 without
	head            uint8
}

// gathered is one fact's numbers; those of unknown rows are 0.
type gathered struct {
	values []int64
	known  []uint64
}

func newBatch(s *Schema) *batch {
	b := &batch{schema: s, starts: make([]uint16, 0, maxRows/2), ids: make([]ID, 0, maxRows), birth: -1, relation: -1}
	for i := range s.persons {
		b.persons = append(b.persons, gathered{values: make([]int64, maxRows), known: make([]uint64, (maxRows+63)/64)})
		switch d := &s.persons[i]; d.fact.ID {
		case "birth_date":
			if d.fact.Type == rule.Date {
				b.birth = i
			}
		case "relation_to_head":
			if w, ok := s.law.WordOf("head"); ok && d.fact.Type == rule.Word && d.holds(w) {
				b.relation, b.head = i, d.fromWord[w-d.least]
			}
		}
	}
	for range s.households {
		b.households = append(b.households, gathered{values: make([]int64, maxRows), known: make([]uint64, (maxRows+63)/64)})
	}
	return b
}

func (b *batch) reset() {
	b.rows, b.starts, b.ids = 0, b.starts[:0], b.ids[:0]
	for _, list := range [][]gathered{b.persons, b.households} {
		for i := range list {
			clear(list[i].known)
		}
	}
}

// room tells whether a household of n members still fits.
func (b *batch) room(n int) bool { return b.rows+n <= maxRows }

// add takes up a household that fits. The error is ErrFact or ErrDictionary.
func (b *batch) add(h *Household) error {
	if err := b.schema.check(h); err != nil {
		return err
	}
	f := h.Frame
	row, at := b.rows, len(b.starts)
	for i := range b.persons {
		d, g := &b.schema.persons[i], &b.persons[i]
		slot := d.fact.Slot
		for m := range f.Members {
			known := f.PersonKnown[m] >> slot & 1
			g.set(row+m, d.toFile(f.Person[m*f.Stride+slot]), known)
		}
	}
	for i := range b.households {
		d := &b.schema.households[i]
		b.households[i].set(at, d.toFile(f.Household[d.fact.Slot]), f.HouseholdKnown>>d.fact.Slot&1)
	}
	if b.relation >= 0 {
		b.persons[b.relation].set(row, int64(b.head), 1)
	}
	b.starts = append(b.starts, uint16(row))
	b.ids = append(b.ids, h.IDs...)
	b.rows += f.Members
	return nil
}

func (g *gathered) set(row int, v int64, known uint64) {
	g.values[row] = v & -int64(known)
	g.known[row>>6] |= known << (row & 63)
}

// toFile is a number of rules as the file holds it; any number when the fact is
// unknown. Sets are told in the file's bits by their place in the law's.
func (d *field) toFile(v int64) int64 {
	switch d.fact.Type {
	case rule.Word:
		if at := v - d.least; at >= 0 && at < int64(len(d.fromWord)) {
			return int64(d.fromWord[at])
		}
		return 0
	case rule.Set:
		if d.toBit == nil {
			return v
		}
		var out int64
		for bit, to := range d.toBit {
			if to >= 0 {
				out |= v >> to & 1 << bit
			}
		}
		return out
	}
	return v
}

// toLaw is a number of the file as rules hold it. Codes are not told here: they
// stand in the block's own table.
func (d *field) toLaw(v int64) int64 {
	switch d.fact.Type {
	case rule.Word:
		return d.toWord[uint8(v)]
	case rule.Set:
		if d.toBit == nil {
			return v & int64(d.all)
		}
		var out int64
		for bit, to := range d.toBit {
			if to >= 0 {
				out |= v >> bit & 1 << to
			}
		}
		return out
	}
	return v
}
