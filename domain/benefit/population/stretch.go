package population

import (
	"crypto/sha256"
	"encoding/binary"
)

// A stretch is a part of a view whose rows lie side by side: a block of the
// file with its changes, and at last the households that were added since. Who
// works through a whole population does so by stretches: their bounds move
// only where households or members come and go.

// Stretches is how many there are, empty ones included.
func (v *View) Stretches() int { return len(v.patches) }

// Rows are the first row of a stretch and that behind its last.
func (v *View) Rows(stretch int) (from, to int) {
	return int(v.rowAt[stretch]), int(v.rowAt[stretch+1])
}

// HouseholdsIn are the first household of a stretch and that behind its last.
func (v *View) HouseholdsIn(stretch int) (from, to int) {
	return int(v.householdAt[stretch]), int(v.householdAt[stretch+1])
}

// IDs appends the pseudonyms of a stretch, row by row.
func (v *View) IDs(stretch int, out []ID) []ID {
	p := v.patches[stretch]
	if p == nil {
		if stretch < len(v.base.blocks) {
			k := v.base.blocks[stretch]
			out = k.appendIDs(out, 0, k.rows)
		}
		return out
	}
	for i := range p.segments {
		g := &p.segments[i]
		if g.stored != nil {
			out = append(out, g.stored.ids...)
			continue
		}
		k := v.base.blocks[stretch]
		out = k.appendIDs(out, int(g.fileRow), k.start(int(g.fileTo)))
	}
	return out
}

func (b *block) appendIDs(out []ID, from, to int) []ID {
	for row := from; row < to; row++ {
		out = append(out, b.id(row))
	}
	return out
}

// Content is a hash of all that a stretch holds: two of one hash have the same
// persons and households with the same facts in the same rows, whatever law
// they are read by.
func (v *View) Content(stretch int) [sha256.Size]byte {
	h := sha256.New() // a hash never fails
	h.Write(v.base.number[:])
	binary.Write(h, binary.LittleEndian, uint64(stretch))
	if p := v.patches[stretch]; p != nil {
		// Keys of the view, in the order of the stretch: as the journal would
		// write them down.
		var first Key
		if stretch < len(v.base.blocks) {
			first = Key(v.base.householdAt[stretch])
		} else {
			first = Key(v.base.head.Households)
		}
		keys, changes := make([]Key, len(p.keys)), make(map[Key]*stored, len(p.keys))
		for i, k := range p.keys {
			keys[i] = first + Key(k)
			changes[keys[i]] = p.stored[i]
		}
		h.Write(v.base.record(keys, changes))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// File is the number of the file under the view, in hex. A file of other
// contents has another.
func (v *View) File() string { return v.base.number.String() }
