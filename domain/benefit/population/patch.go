package population

import (
	"slices"
	"sort"
)

// patch is what has changed in one block: households held in memory in place of
// those of the file. It does not change; a further change makes another.
type patch struct {
	keys   []uint32  // numbers in the file's block, sorted
	stored []*stored // by key; one without members is gone
	// segments are the block as it is now, one after the other.
	segments         []segment
	rows, households int
	moved            bool // households or rows have other numbers than in the file
}

// segment is a run of households that lie in the file, or one held in memory.
type segment struct {
	household, row   uint32  // its first ones, counted in the block as it is now
	fileFrom, fileTo uint32  // its households in the file's block
	fileRow          uint32  // its first row there
	stored           *stored // nil: they lie in the file
}

// with is the patch with more changes; k is nil for added households, which lie
// in no block.
func (p *patch) with(k *block, changes map[uint32]*stored) *patch {
	out := &patch{}
	if p != nil {
		out.keys, out.stored = slices.Clone(p.keys), slices.Clone(p.stored)
	}
	for key, s := range changes {
		at, found := slices.BinarySearch(out.keys, key)
		if found {
			out.stored[at] = s
			continue
		}
		out.keys, out.stored = slices.Insert(out.keys, at, key), slices.Insert(out.stored, at, s)
	}
	out.build(k)
	return out
}

func (p *patch) build(k *block) {
	at, end := 0, 0
	if k != nil {
		end = k.households
	}
	run := func(to int) {
		if to > at && k != nil {
			p.segments = append(p.segments, segment{uint32(p.households), uint32(p.rows), uint32(at), uint32(to), uint32(k.start(at)), nil})
			p.households += to - at
			p.rows += k.start(to) - k.start(at)
		}
	}
	for i, key := range p.keys {
		run(int(key))
		at = int(key) + 1
		s := p.stored[i]
		p.moved = p.moved || k == nil || s.members() != k.start(at)-k.start(int(key))
		if s.members() > 0 {
			p.segments = append(p.segments, segment{household: uint32(p.households), row: uint32(p.rows), fileFrom: key, fileTo: key + 1, stored: s})
			p.households++
			p.rows += s.members()
		}
	}
	run(end)
}

// byRow and byHousehold are the segment in which a row or household lies.
func (p *patch) byRow(row int) int {
	return sort.Search(len(p.segments), func(i int) bool { return int(p.segments[i].row) > row }) - 1
}

func (p *patch) byHousehold(h int) int {
	return sort.Search(len(p.segments), func(i int) bool { return int(p.segments[i].household) > h }) - 1
}

// now is the number that a household of the file has now.
func (p *patch) now(key uint32) (h int, s *stored, ok bool) {
	i := sort.Search(len(p.segments), func(i int) bool { return p.segments[i].fileTo > key })
	if i == len(p.segments) || p.segments[i].fileFrom > key {
		return 0, nil, false
	}
	g := &p.segments[i]
	return int(g.household + key - g.fileFrom), g.stored, true
}
