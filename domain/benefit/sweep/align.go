package sweep

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"maru/domain/benefit/population"
)

// place is a row of the last results.
type place struct{ block, row int32 }

// mover is somebody who stood in another block the last time, or is there no
// more.
type mover struct {
	id population.ID
	at place
}

// alignment tells where everybody of the population stood in the last results.
type alignment struct {
	old *results
	// pair is the block of the last results with whose people a block's are
	// compared row by row, -1 without.
	pair []int
	// same: content and people are those of the pair.
	same []bool
	// left are those of the last results who do not stand in the block that is
	// compared with theirs, by pseudonym; gone are those who stand in none.
	left, gone []mover
	met        int // persons found in both
}

// align pairs the blocks of a population with those of the last results. That
// blocks are paired well makes the rest quick; that everybody is found does not
// depend on it.
func align(v *population.View, contents []hash, old *results) *alignment {
	a := &alignment{old: old, pair: make([]int, len(contents)), same: make([]bool, len(contents))}
	byContent := map[hash]int{}
	for i := range old.blocks {
		byContent[old.blocks[i].content] = i
	}
	taken := make([]bool, len(old.blocks))
	for b, c := range contents {
		a.pair[b] = -1
		if i, ok := byContent[c]; ok && !taken[i] {
			a.pair[b], a.same[b], taken[i] = i, true, true
			from, to := v.Rows(b)
			a.met += to - from
		}
	}
	var ids []population.ID
	next := 0
	for b := range contents {
		if a.same[b] {
			next = max(next, a.pair[b]+1)
			continue
		}
		ids = v.IDs(b, ids[:0])
		// Blocks keep their order; some are split, and some go.
		seen := 0
		for i := next; i < len(old.blocks) && seen < 3; i++ {
			if taken[i] {
				continue
			}
			seen++
			if alike(&old.blocks[i], ids) {
				a.pair[b], taken[i] = i, true
				next = i + 1
				break
			}
		}
	}
	a.find(v, taken)
	return a
}

// alike tells whether at least half of a few rows stand in a block.
func alike(k *block, ids []population.ID) bool {
	const tries = 16
	found := 0
	for i := range min(tries, len(ids)) {
		id := ids[i*len(ids)/min(tries, len(ids))]
		for row := range k.persons {
			if k.id(row) == id {
				found++
				break
			}
		}
	}
	return found > 0 && 2*found >= min(tries, len(ids))
}

// find looks for those who do not stand in the paired block.
func (a *alignment) find(v *population.View, taken []bool) {
	var came []population.ID
	var ids []population.ID
	var j joiner
	for b, i := range a.pair {
		switch {
		case a.same[b]:
		case i < 0:
			came = v.IDs(b, came)
		default:
			ids = v.IDs(b, ids[:0])
			k := &a.old.blocks[i]
			if equalIDs(k.ids, ids) {
				a.met += len(ids)
				continue
			}
			from := j.join(k, ids)
			for row, at := range from {
				if at < 0 {
					came = append(came, ids[row])
				} else {
					a.met++
				}
			}
			for _, row := range j.left {
				a.left = append(a.left, mover{k.id(int(row)), place{int32(i), row}})
			}
		}
	}
	for i := range a.old.blocks {
		if k := &a.old.blocks[i]; !taken[i] {
			for row := range k.persons {
				a.left = append(a.left, mover{k.id(row), place{int32(i), int32(row)}})
			}
		}
	}
	slices.SortFunc(a.left, func(x, y mover) int { return cmp.Compare(x.id, y.id) })
	slices.Sort(came)
	for _, m := range a.left {
		if _, there := slices.BinarySearch(came, m.id); there {
			a.met++
		} else {
			a.gone = append(a.gone, m)
		}
	}
	// By place, so that each block of the last results is gone through once.
	slices.SortFunc(a.gone, func(x, y mover) int {
		return cmp.Or(cmp.Compare(x.at.block, y.at.block), cmp.Compare(x.at.row, y.at.row))
	})
}

// moved is where somebody stood who does not stand in the paired block.
func (a *alignment) moved(id population.ID) (place, bool) {
	at, ok := slices.BinarySearchFunc(a.left, id, func(m mover, id population.ID) int { return cmp.Compare(m.id, id) })
	if !ok {
		return place{}, false
	}
	return a.left[at].at, true
}

func equalIDs(old []byte, ids []population.ID) bool {
	if len(old) != 8*len(ids) {
		return false
	}
	var word [8]byte
	for i, id := range ids {
		binary.LittleEndian.PutUint64(word[:], uint64(id))
		if !bytes.Equal(word[:], old[8*i:8*i+8]) {
			return false
		}
	}
	return true
}

// joiner finds the rows of one block in another. It is one worker's.
type joiner struct {
	from []int32
	left []int32 // rows of the old block that were not found
	rest map[population.ID]int32
	came []int32
}

// ahead is how far the joiner looks for where two blocks go on alike: further
// than households are large.
const ahead = 64

// join gives, for each row, its row in the old block, -1 for who is not there.
// Rows mostly stand in their order: who does not is looked up.
func (j *joiner) join(k *block, ids []population.ID) []int32 {
	j.from, j.left, j.came = j.from[:0], j.left[:0], j.came[:0]
	for range ids {
		j.from = append(j.from, -1)
	}
	o, n := 0, 0
	for o < k.persons && n < len(ids) {
		was, is := k.id(o), ids[n]
		if was == is {
			j.from[n] = int32(o)
			o, n = o+1, n+1
			continue
		}
		skipOld, skipNew := 1, 1
		for d := 1; d <= ahead; d++ {
			if o+d < k.persons && k.id(o+d) == is {
				skipOld, skipNew = d, 0
				break
			}
			if n+d < len(ids) && ids[n+d] == was {
				skipOld, skipNew = 0, d
				break
			}
		}
		for range skipOld {
			j.left = append(j.left, int32(o))
			o++
		}
		for range skipNew {
			j.came = append(j.came, int32(n))
			n++
		}
	}
	for ; o < k.persons; o++ {
		j.left = append(j.left, int32(o))
	}
	for ; n < len(ids); n++ {
		j.came = append(j.came, int32(n))
	}
	if len(j.left) == 0 || len(j.came) == 0 {
		return j.from
	}
	if j.rest == nil {
		j.rest = map[population.ID]int32{}
	}
	clear(j.rest)
	for _, row := range j.left {
		j.rest[k.id(int(row))] = row
	}
	for _, row := range j.came {
		if at, ok := j.rest[ids[row]]; ok {
			j.from[row] = at
			delete(j.rest, ids[row])
		}
	}
	j.left = slices.DeleteFunc(j.left, func(row int32) bool { _, still := j.rest[k.id(int(row))]; return !still })
	return j.from
}
