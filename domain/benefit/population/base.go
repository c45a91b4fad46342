package population

import (
	"sort"
	"sync"
)

// base is the file under a snapshot: blocks of households, checked. It does not
// change until it is closed.
type base struct {
	schema *Schema
	bytes  []byte
	head   *header
	number fileNumber
	blocks []*block
	index  *index
	// rowAt and householdAt are where each block begins, and the ends.
	rowAt, householdAt []uint32
	// person and household are the fields of the law's slots, -1 for a fact
	// that the file does not hold.
	person, household []int
	// slots of these facts, -1 without
	birth, relation int

	startOnce sync.Once
	start     []uint32
}

func newBase(s *Schema, h *header, number fileNumber, bytes []byte, blocks []*block, x *index) *base {
	b := &base{schema: s, bytes: bytes, head: h, number: number, blocks: blocks, index: x}
	b.birth, b.relation = slotOf(s.law, false, "birth_date"), slotOf(s.law, false, "relation_to_head")
	row, household := uint32(0), uint32(0)
	for _, k := range blocks {
		b.rowAt, b.householdAt = append(b.rowAt, row), append(b.householdAt, household)
		row, household = row+uint32(k.rows), household+uint32(k.households)
	}
	b.rowAt, b.householdAt = append(b.rowAt, row), append(b.householdAt, household)
	b.person, b.household = slots(len(s.law.Persons), s.persons), slots(len(s.law.Households), s.households)
	return b
}

func slots(n int, fields []field) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	for i := range fields {
		out[fields[i].fact.Slot] = i
	}
	return out
}

// blockOf is the block in which a row or household lies, by where blocks begin.
func blockOf(at []uint32, n int) int {
	return sort.Search(len(at)-1, func(i int) bool { return at[i+1] > uint32(n) })
}

// starts are the first rows of all households, and the end.
func (b *base) starts() []uint32 {
	b.startOnce.Do(func() {
		b.start = make([]uint32, 0, b.head.Households+1)
		for i, k := range b.blocks {
			for h := range k.households {
				b.start = append(b.start, b.rowAt[i]+uint32(k.start(h)))
			}
		}
		b.start = append(b.start, uint32(b.head.Persons))
	})
	return b.start
}

// id is the pseudonym of a row of the file.
func (b *base) id(row int) ID {
	k := blockOf(b.rowAt, row)
	return b.blocks[k].id(row - int(b.rowAt[k]))
}
