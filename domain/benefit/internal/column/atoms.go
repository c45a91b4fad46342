package column

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"maru/domain/benefit/rule"
)

// Atoms keeps the bitmaps of conditions of one population between runs, so that
// programmes which share them are joined without looking at a fact again. A
// condition is known by its meaning on the date of the run: one that another
// date or another text of the law leaves as it was is still found.
//
// Whoever changes facts of persons or of their households says so by Forget;
// where somebody comes, goes or moves, the rows are others and Atoms begin anew.
// Runs that share Atoms wait for one another.
type Atoms struct {
	mu     sync.Mutex
	limit  int64
	used   atomic.Int64 // bytes
	short  atomic.Bool  // something found no room
	blocks []block      // how the population is cut
	kept   map[meaning]*kept
	// unknown are the different bitmaps of rows for which conditions are unknown,
	// by block. Most conditions on the same facts are unknown for the same rows:
	// with a tenth of a country's facts missing, keeping each once is half the memory.
	unknown [][][]uint64
}

// meaning is the hash of what a step computes.
type meaning [sha256.Size]byte

// kept is one condition by block: nil for what is not there, yes or no, or the
// bitmap of where it holds, shortened. unknown are those of Atoms, nil where all is known.
type kept struct {
	blocks, unknown [][]uint64
	bytes           atomic.Int64 // of blocks
}

// What a condition that is the same for a whole block is kept as.
var (
	allNo  = make([]uint64, 0, 1)
	allYes = make([]uint64, 0, 2)
)

// NewAtoms makes room for as many bytes of bitmaps; 48 a condition and block, to
// find them, come on top.
func NewAtoms(limit int64) *Atoms {
	return &Atoms{limit: limit, kept: map[meaning]*kept{}}
}

// Bytes is how much memory the bitmaps take.
func (a *Atoms) Bytes() int64 { return a.used.Load() }

// Conditions is how many conditions there are bitmaps of.
func (a *Atoms) Conditions() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.kept)
}

// Forget drops what is kept of the persons from to to-1, whose facts or whose
// household's have changed.
func (a *Atoms) Forget(from, to int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.blocks {
		if b.to <= from || b.from >= to {
			continue
		}
		for _, k := range a.kept {
			n := size(k.blocks[b.number])
			k.blocks[b.number], k.unknown[b.number] = nil, nil
			k.bytes.Add(-n)
			a.used.Add(-n)
		}
		for _, u := range a.unknown[b.number] {
			a.used.Add(-size(u))
		}
		a.unknown[b.number] = nil
	}
}

// take finds or begins the bitmaps of a run's conditions. a is locked.
func (a *Atoms) take(p *prepared, seen []bool) ([]*kept, error) {
	l := p.layout
	if a.blocks == nil {
		a.blocks, a.unknown = l.blocks, make([][][]uint64, len(l.blocks))
	}
	if !slices.Equal(a.blocks, l.blocks) {
		return nil, errors.New("column: the atoms are those of another population")
	}
	out := make([]*kept, len(p.steps))
	joined := make([]bool, len(p.steps))
	for i := range p.steps {
		if s := &p.steps[i]; seen[i] && s.op == rule.OpAnd {
			for _, r := range s.args {
				joined[r.step] = true
			}
		}
	}
	for _, k := range p.wanted {
		joined[p.programmes[k].eligible.step] = true
	}
	hashes := make([]meaning, len(p.steps))
	asked := map[meaning]bool{}
	for i := range p.steps {
		if !seen[i] {
			continue
		}
		s := &p.steps[i]
		hashes[i] = p.hash(int32(i), hashes)
		if !joined[i] || !s.truth || s.op == rule.OpAnd || s.op == rule.OpIsHead || s.shape != household && s.shape != person {
			continue
		}
		asked[hashes[i]] = true
		k := a.kept[hashes[i]]
		if k == nil {
			k = &kept{blocks: make([][]uint64, len(l.blocks)), unknown: make([][]uint64, len(l.blocks))}
			a.kept[hashes[i]] = k
		}
		out[i] = k
	}
	// What nobody asked for this time makes room once room is short.
	if a.short.Swap(false) {
		for h, k := range a.kept {
			if !asked[h] {
				a.used.Add(-k.bytes.Load())
				delete(a.kept, h)
			}
		}
		a.tidy()
	}
	return out, nil
}

// tidy drops what is unknown for no condition any more.
func (a *Atoms) tidy() {
	for n := range a.unknown {
		used := map[*uint64]bool{}
		for _, k := range a.kept {
			if u := k.unknown[n]; u != nil {
				used[&u[0]] = true
			}
		}
		a.unknown[n] = slices.DeleteFunc(a.unknown[n], func(u []uint64) bool {
			if used[&u[0]] {
				return false
			}
			a.used.Add(-size(u))
			return true
		})
	}
}

func size(b []uint64) int64 { return int64(8 * len(b)) }

// get gives a block's bitmaps, if they are there.
func (k *kept) get(block int, pool *pool, v *val) bool {
	b := k.blocks[block]
	switch {
	case b == nil:
		return false
	case len(b) == 0:
		v.same, v.one = true, int64(cap(b)-1)
	default:
		if v.kept, v.t = true, b; len(b) < words(pool.rows) {
			v.kept, v.t = false, pool.bitmap()
			restore(b, v.t)
		}
		if u := k.unknown[block]; u != nil {
			v.p = pool.bitmap()
			for i, x := range u {
				v.p[i] = v.t[i] | x
			}
		}
	}
	return true
}

// put keeps a block's bitmaps while there is room. Each block is one worker's.
func (a *Atoms) put(k *kept, block int, v *val) {
	if v.same {
		k.blocks[block] = allNo
		if v.one != 0 {
			k.blocks[block] = allYes
		}
		return
	}
	var u []uint64
	if v.p != nil {
		if u = a.unknownOf(block, v); u == nil {
			return
		}
	}
	b := shorten(v.t)
	n := size(b)
	if !a.room(n) {
		return
	}
	k.bytes.Add(n)
	k.blocks[block], k.unknown[block] = b, u
}

// unknownOf are the rows for which v is unknown, kept once; nil without room.
func (a *Atoms) unknownOf(block int, v *val) []uint64 {
next:
	for _, u := range a.unknown[block] {
		if len(u) != len(v.t) {
			continue
		}
		for i, x := range u {
			if v.p[i]&^v.t[i] != x {
				continue next
			}
		}
		return u
	}
	if !a.room(size(v.t)) {
		return nil
	}
	u := make([]uint64, len(v.t))
	for i := range u {
		u[i] = v.p[i] &^ v.t[i]
	}
	a.unknown[block] = append(a.unknown[block], u)
	return u
}

// room takes n bytes of what there is.
func (a *Atoms) room(n int64) bool {
	if a.used.Add(n) > a.limit {
		a.used.Add(-n)
		a.short.Store(true)
		return false
	}
	return true
}

// hash is the meaning of a step on the run's date: numbers instead of
// parameters, texts instead of the law's numbers for words.
func (p *prepared) hash(id int32, of []meaning) (out meaning) {
	s := &p.steps[id]
	h := sha256.New()
	put := func(parts ...any) { fmt.Fprintln(h, parts...) }
	put(s.op, s.shape, s.truth)
	if s.shape == scalar {
		if s.expr != nil && s.expr.Type == rule.Word {
			put("word", p.law.Word(p.scalars[id].one))
		} else {
			put("number", p.scalars[id].one)
		}
		h.Sum(out[:0])
		return out
	}
	switch x := &p.aux[id]; s.op {
	case rule.OpFact:
		put(p.law.Persons[s.k].ID)
	case rule.OpHousehold:
		put(p.law.Households[s.k].ID)
	case opCut:
		// The limit and what leads to it are in the cut.
		put(x.cut.at, x.cut.below)
		h.Write(of[s.args[0].step][:])
		h.Sum(out[:0])
		return out
	case rule.OpHas:
		put(p.law.SetBits()[s.k])
	case rule.OpIn:
		// The law's numbers for words, and so their order, are its own.
		var list []string
		for _, m := range s.expr.List {
			if s.expr.Args[0].Type == rule.Word {
				list = append(list, strconv.Quote(p.law.Word(m)))
			} else {
				list = append(list, strconv.FormatInt(m, 10))
			}
		}
		slices.Sort(list)
		put(list)
	case rule.OpStarts:
		put(x.ranges)
	case rule.OpAt:
		put(x.days, x.values)
	case rule.OpTable:
		put(x.values)
		for i, keys := range p.law.Params[s.k].Keys {
			put(i, p.law.Params[s.k].Size[i])
			for _, w := range keys {
				put(p.law.Word(w))
			}
		}
	case rule.OpFloor, rule.OpScale:
		put(s.k)
	}
	args := make([][sha256.Size + 1]byte, len(s.args))
	for i, r := range s.args {
		copy(args[i][:], of[r.step][:])
		if r.neg {
			args[i][sha256.Size] = 1
		}
	}
	if s.op == rule.OpAnd {
		// Conditions stand in the order in which the law came to them.
		slices.SortFunc(args, func(a, b [sha256.Size + 1]byte) int { return bytes.Compare(a[:], b[:]) })
	}
	for _, a := range args {
		h.Write(a[:])
	}
	h.Sum(out[:0])
	return out
}
