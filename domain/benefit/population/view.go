package population

import (
	"slices"
	"sync"

	"maru/domain/benefit/internal/frame"
)

// Key names a household for as long as the file stands, whatever changes.
type Key uint32

// View is a population at one moment: the file with all changes up to then. It
// does not change and serves any number of goroutines until the snapshot is
// closed. Rows and households are numbered from 0; a change of who belongs to a
// household gives those behind it other numbers, in later views.
type View struct {
	base *base
	// patches are the changes by block; the last are the added households.
	patches []*patch
	// rowAt and householdAt are where blocks begin now, and the end.
	rowAt, householdAt []uint32
	moved              bool
	startOnce          sync.Once
	start              []uint32
}

func newView(b *base, patches []*patch) *View {
	v := &View{base: b, patches: patches}
	row, household := uint32(0), uint32(0)
	for i := range len(b.blocks) + 1 {
		v.rowAt, v.householdAt = append(v.rowAt, row), append(v.householdAt, household)
		switch p := patches[i]; {
		case p != nil:
			row, household = row+uint32(p.rows), household+uint32(p.households)
			v.moved = v.moved || p.moved
		case i < len(b.blocks):
			row, household = row+uint32(b.blocks[i].rows), household+uint32(b.blocks[i].households)
		}
	}
	v.rowAt, v.householdAt = append(v.rowAt, row), append(v.householdAt, household)
	return v
}

// with is the view with households in place of others, by their keys.
func (v *View) with(changes map[Key]*stored) *View {
	byBlock := map[int]map[uint32]*stored{}
	for key, s := range changes {
		b, at := v.place(key)
		if byBlock[b] == nil {
			byBlock[b] = map[uint32]*stored{}
		}
		byBlock[b][at] = s
	}
	patches := slices.Clone(v.patches)
	for b, list := range byBlock {
		var k *block
		if b < len(v.base.blocks) {
			k = v.base.blocks[b]
		}
		patches[b] = patches[b].with(k, list)
	}
	return newView(v.base, patches)
}

// place is where a household lies in the file: the block, and its number there.
func (v *View) place(key Key) (b int, at uint32) {
	if int(key) >= v.base.head.Households {
		return len(v.base.blocks), uint32(key) - uint32(v.base.head.Households)
	}
	b = blockOf(v.base.householdAt, int(key))
	return b, uint32(key) - v.base.householdAt[b]
}

// Households is how many households there are.
func (v *View) Households() int { return int(v.householdAt[len(v.householdAt)-1]) }

// Persons is how many persons there are.
func (v *View) Persons() int { return int(v.rowAt[len(v.rowAt)-1]) }

// Start is the first row of each household, and the end. It is worked out when
// first asked for; callers do not write to it.
func (v *View) Start() []uint32 {
	if !v.moved {
		return v.base.starts()
	}
	v.startOnce.Do(func() {
		out := make([]uint32, 0, v.Households()+1)
		for i, p := range v.patches {
			at := v.rowAt[i]
			if p == nil {
				if i < len(v.base.blocks) {
					k := v.base.blocks[i]
					for h := range k.households {
						out = append(out, at+uint32(k.start(h)))
					}
				}
				continue
			}
			for _, g := range p.segments {
				if g.stored != nil {
					out = append(out, at+g.row)
					continue
				}
				k := v.base.blocks[i]
				for h := g.fileFrom; h < g.fileTo; h++ {
					out = append(out, at+g.row+uint32(k.start(int(h)))-g.fileRow)
				}
			}
		}
		v.start = append(out, uint32(v.Persons()))
	})
	return v.start
}

// LoadPerson writes a fact, by the law's slot, of the rows from to to: the
// numbers of rules to out (0 where it is unknown), and a bit for each row, from
// bit 0 on, to known. A fact that the file does not hold is unknown throughout.
func (v *View) LoadPerson(slot, from, to int, out []int64, known []uint64) {
	clear(known[:words(to-from)])
	f := v.base.person[slot]
	if f < 0 {
		clear(out[:to-from])
		return
	}
	stride := len(v.base.person)
	for b, row := blockOf(v.rowAt, from), from; row < to; b++ {
		lo, hi := row-int(v.rowAt[b]), min(to, int(v.rowAt[b+1]))-int(v.rowAt[b])
		p := v.patches[b]
		if p == nil {
			v.base.blocks[b].persons[f].load(lo, hi, out[row-from:], known, row-from)
		} else {
			for i := p.byRow(lo); lo < hi; i++ {
				g, end := &p.segments[i], p.rows
				if i+1 < len(p.segments) {
					end = int(p.segments[i+1].row)
				}
				end = min(end, hi)
				at := int(v.rowAt[b]) + lo - from
				if g.stored == nil {
					shift := int(g.fileRow) - int(g.row)
					v.base.blocks[b].persons[f].load(lo+shift, end+shift, out[at:], known, at)
				} else {
					for m := lo - int(g.row); m < end-int(g.row); m++ {
						out[at] = g.stored.person[m*stride+slot]
						putBit(known, at, g.stored.personKnown[m]>>slot&1)
						at++
					}
				}
				lo = end
			}
		}
		row = int(v.rowAt[b]) + hi
	}
}

// LoadHousehold is LoadPerson for a fact of households, by their numbers.
func (v *View) LoadHousehold(slot, from, to int, out []int64, known []uint64) {
	clear(known[:words(to-from)])
	f := v.base.household[slot]
	if f < 0 {
		clear(out[:to-from])
		return
	}
	for b, h := blockOf(v.householdAt, from), from; h < to; b++ {
		lo, hi := h-int(v.householdAt[b]), min(to, int(v.householdAt[b+1]))-int(v.householdAt[b])
		p := v.patches[b]
		if p == nil {
			v.base.blocks[b].facts[f].load(lo, hi, out[h-from:], known, h-from)
		} else {
			for i := p.byHousehold(lo); lo < hi; i++ {
				g, end := &p.segments[i], p.households
				if i+1 < len(p.segments) {
					end = int(p.segments[i+1].household)
				}
				end = min(end, hi)
				at := int(v.householdAt[b]) + lo - from
				if g.stored == nil {
					shift := int(g.fileFrom) - int(g.household)
					v.base.blocks[b].facts[f].load(lo+shift, end+shift, out[at:], known, at)
				} else {
					out[at] = g.stored.household[slot]
					putBit(known, at, g.stored.householdKnown>>slot&1)
				}
				lo = end
			}
		}
		h = int(v.householdAt[b]) + hi
	}
}

// at is where a household lies now: the block, the segment of its patch (nil
// without), and its number in the file's block.
func (v *View) at(h int) (b int, g *segment, file int) {
	b = blockOf(v.householdAt, h)
	file = h - int(v.householdAt[b])
	if p := v.patches[b]; p != nil {
		g = &p.segments[p.byHousehold(file)]
		file += int(g.fileFrom) - int(g.household)
	}
	return b, g, file
}

// Key is the key of a household.
func (v *View) Key(h int) Key {
	b, _, file := v.at(h)
	if b == len(v.base.blocks) {
		return Key(v.base.head.Households + file)
	}
	return Key(v.base.householdAt[b] + uint32(file))
}

// Household fills in all facts and the pseudonyms of a household.
func (v *View) Household(h int, out *Household) {
	b, g, file := v.at(h)
	if g != nil && g.stored != nil {
		g.stored.fill(out)
		return
	}
	k := v.base.blocks[b]
	out.IDs = out.IDs[:0]
	for row := k.start(file); row < k.start(file+1); row++ {
		out.IDs = append(out.IDs, k.id(row))
	}
	k.frame(v.base.schema, file, out.Frame)
}

// Frame fills in all facts of a household.
func (v *View) Frame(h int, f *frame.Frame) {
	b, g, file := v.at(h)
	if g != nil && g.stored != nil {
		g.stored.frame(f)
		return
	}
	v.base.blocks[b].frame(v.base.schema, file, f)
}

// frame fills in the facts of the block's household.
func (b *block) frame(s *Schema, h int, f *frame.Frame) {
	from, to := b.start(h), b.start(h+1)
	f.Reset(to - from)
	for i := range b.persons {
		c, slot := &b.persons[i], s.persons[i].fact.Slot
		for row := from; row < to; row++ {
			if n, known := c.row(row); known {
				f.SetPerson(row-from, slot, n)
			}
		}
	}
	for i := range b.facts {
		if n, known := b.facts[i].row(h); known {
			f.SetHousehold(s.households[i].fact.Slot, n)
		}
	}
}

// ID is the pseudonym of a row.
func (v *View) ID(row int) ID {
	b := blockOf(v.rowAt, row)
	local := row - int(v.rowAt[b])
	if p := v.patches[b]; p != nil {
		g := &p.segments[p.byRow(local)]
		if g.stored != nil {
			return g.stored.ids[local-int(g.row)]
		}
		local += int(g.fileRow) - int(g.row)
	}
	return v.base.blocks[b].id(local)
}

// Find is the household and the place among its members of a pseudonym.
// Whoever has moved since the file was built is looked for among all changes.
func (v *View) Find(id ID) (h, member int, ok bool) {
	if row, found := v.base.index.find(id, v.base.id); found {
		b := blockOf(v.base.rowAt, row)
		k, local := v.base.blocks[b], row-int(v.base.rowAt[b])
		file := k.householdOf(local)
		p := v.patches[b]
		if p == nil {
			return int(v.householdAt[b]) + file, local - k.start(file), true
		}
		if now, s, there := p.now(uint32(file)); there {
			if s == nil {
				return int(v.householdAt[b]) + now, local - k.start(file), true
			}
			if m := slices.Index(s.ids, id); m >= 0 {
				return int(v.householdAt[b]) + now, m, true
			}
		}
	}
	for b, p := range v.patches {
		if p == nil {
			continue
		}
		for i := range p.segments {
			if g := &p.segments[i]; g.stored != nil {
				if m := slices.Index(g.stored.ids, id); m >= 0 {
					return int(v.householdAt[b] + g.household), m, true
				}
			}
		}
	}
	return 0, 0, false
}
