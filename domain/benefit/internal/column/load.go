package column

import "maru/domain/benefit/rule"

// load reads a fact. Truths are packed at once.
func (w *worker) load(s *step, id int32, v *val) {
	b := w.here
	pool := &w.pool[s.shape]
	num, known := pool.numbers(), pool.bitmap()
	clear(known)
	if s.op == rule.OpFact {
		w.rows.LoadPerson(int(s.k), b.from, b.to, num[:pool.rows], known)
		if s.k == w.relation && w.head >= 0 {
			// The head is the head, whatever is recorded.
			for _, f := range w.first[:len(w.first)-1] {
				num[f] = w.head
				known[f>>6] |= 1 << (f & 63)
			}
		}
	} else {
		w.rows.LoadHousehold(int(s.k), b.house, b.upTo, num[:pool.rows], known)
	}
	clear(num[pool.rows:])
	known[len(known)-1] &= pool.last()
	if full(known, pool.last()) {
		pool.bits = append(pool.bits, known[:cap(known)])
		known = nil
	}
	if !s.truth {
		v.num, v.known = num, known
		w.bound(id, v, pool.rows)
		return
	}
	t := pool.bitmap()
	for i := range t {
		x := (*[64]int64)(num[64*i:])
		var word uint64
		for j, n := range x {
			word |= uint64(n&1) << j
		}
		t[i] = word
	}
	pool.nums = append(pool.nums, num[:cap(num)])
	w.sure(v, pool, t, known)
	w.settle(s, v)
}

// bound notes the bounds of a number that many steps compare with constants.
func (w *worker) bound(id int32, v *val, rows int) {
	if !w.ranged[id] || v.known != nil {
		return
	}
	lo, hi := v.num[0], v.num[0]
	for _, n := range v.num[1:rows] {
		lo, hi = min(lo, n), max(hi, n)
	}
	v.bounded, v.lo, v.hi = true, lo, hi
}

// sure makes a truth of what t says of the rows that are known, nil for all. It
// takes both bitmaps over.
func (w *worker) sure(v *val, pool *pool, t, known []uint64) {
	v.t = t
	if known == nil {
		return
	}
	v.p = known
	last := len(t) - 1
	for i, k := range known {
		x := t[i] & k
		t[i] = x
		known[i] = x | ^k
	}
	known[last] &= pool.last()
}

// settle marks a truth that is the same in all rows, so that what rests on it
// is quick.
func (w *worker) settle(s *step, v *val) {
	if v.same || v.t == nil {
		return
	}
	pool := &w.pool[s.shape]
	if v.p == nil {
		switch {
		case !anyBit(v.t):
		case full(v.t, pool.last()):
			v.one = 1
		default:
			return
		}
	} else {
		switch {
		case !anyBit(v.p):
		case full(v.t, pool.last()):
			v.one = 1
		default:
			return
		}
	}
	one := v.one
	pool.free(v)
	*v = val{turn: w.turn, same: true, one: one}
}
