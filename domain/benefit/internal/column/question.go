package column

import (
	"slices"

	"maru/domain/benefit/rule"
)

// test asks something of one number.
func (w *worker) test(s *step, x *aux, v *val) {
	a := w.eval(s.args[0].step)
	if a.same {
		v.same, v.one = true, w.testOne(s, x, a.one)
		return
	}
	if a.bounded && w.testAll(s, x, a, v) {
		return
	}
	pool := &w.pool[s.shape]
	t := pool.bitmap()
	for i := range t {
		t[i] = testWord(s, x, (*[64]int64)(a.num[64*i:]))
	}
	t[len(t)-1] &= pool.last()
	var known []uint64
	if a.known != nil {
		known = pool.bitmap()
		copy(known, a.known)
	}
	w.sure(v, pool, t, known)
}

// testAll decides from the bounds of a block alone, where they do.
func (w *worker) testAll(s *step, x *aux, a, v *val) bool {
	switch s.op {
	case opCut:
		if a.hi < x.cut.at || a.lo >= x.cut.at {
			v.same, v.one = true, w.testOne(s, x, a.lo)
			return true
		}
	case rule.OpIn:
		if i, _ := slices.BinarySearch(s.expr.List, a.lo); i == len(s.expr.List) || s.expr.List[i] > a.hi {
			v.same = true
			return true
		}
	case rule.OpStarts:
		for _, r := range x.ranges {
			if r.Lo <= a.lo && a.hi <= r.Hi {
				v.same, v.one = true, 1
				return true
			}
			if r.Lo <= a.hi && a.lo <= r.Hi {
				return false
			}
		}
		v.same = true
		return true
	}
	return false
}

func (w *worker) testOne(s *step, x *aux, n int64) int64 {
	if s.op == opCut {
		return truth(n < x.cut.at == x.cut.below)
	}
	return w.run.Apply(s.expr, n, 0)
}

// testWord asks it of 64 rows.
func testWord(s *step, x *aux, a *[64]int64) (word uint64) {
	switch s.op {
	case opCut:
		word = below(a, x.cut.at)
		if !x.cut.below {
			word = ^word
		}
	case rule.OpHas:
		// Eight rows at a time, as in below.
		for j := 0; j < 64; j += 8 {
			b, k := (*[8]int64)(a[j:]), uint64(s.k)&63
			word |= (uint64(b[0])>>k&1 | uint64(b[1])>>k&1<<1 | uint64(b[2])>>k&1<<2 | uint64(b[3])>>k&1<<3 |
				uint64(b[4])>>k&1<<4 | uint64(b[5])>>k&1<<5 | uint64(b[6])>>k&1<<6 | uint64(b[7])>>k&1<<7) << j
		}
	case rule.OpIn:
		if x.mask == 0 {
			for j, n := range a {
				_, found := slices.BinarySearch(s.expr.List, n)
				word |= uint64(truth(found)) << j
			}
			break
		}
		mask, base := x.mask, x.base
		for j, n := range a {
			word |= mask >> uint64(n-base) & 1 << j
		}
	case rule.OpStarts:
		if x.inside == nil {
			for _, r := range x.ranges {
				word |= within(a, r.Lo, r.Hi)
			}
			break
		}
		inside := (*[codes/64 + 1]uint64)(x.inside)
		for j, n := range a {
			if c := uint64(n); c < codes {
				word |= inside[c>>6] >> (c & 63) & 1 << j
			}
		}
	}
	return word
}
