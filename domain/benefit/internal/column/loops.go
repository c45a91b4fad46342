package column

import "math/bits"

// eachGroup goes through the groups of rows that a loop joins: the members of
// each household, or the pairs in which each person stands first.
func (w *worker) eachGroup(of shape, f func(out, from, n, members int)) {
	if of == person {
		for h, at := range w.first[:len(w.first)-1] {
			f(h, int(at), int(w.first[h+1]-at), int(at))
		}
		return
	}
	from := 0
	for h, at := range w.first[:len(w.first)-1] {
		m := int(w.first[h+1] - at)
		for i := range m {
			f(int(at)+i, from, m, int(at))
			from += m
		}
	}
}

// any is whether one of the members is so.
func (w *worker) any(s *step, v *val) {
	r := s.args[0]
	a := w.eval(r.step)
	if a.same {
		v.same, v.one = true, truth(a.one != 0 != r.neg)
		return
	}
	of := w.steps[r.step].shape
	o := use(a, r.neg)
	pool := &w.pool[s.shape]
	v.t = pool.bitmap()
	w.anyBits(of, v.t, o.t, o.turn)
	if !o.full {
		v.p = pool.bitmap()
		w.anyBits(of, v.p, o.p, o.turn)
	}
	w.settle(s, v)
}

func (w *worker) anyBits(of shape, out, a []uint64, turn uint64) {
	// The groups are read and written in their order, so both bitmaps go by without
	// an index; a function for each group, as eachGroup has it, costs half as much again.
	b := bitWriter{out: out}
	from, first := 0, w.first[0]
	for _, next := range w.first[1:] {
		m := int(next - first)
		first = next
		groups, mask := 1, uint64(1)<<m-1
		if of != person {
			groups = m
		}
		for range groups {
			x := bitsAt(a, from, m) ^ turn&mask
			from += m
			b.put((x|-x)>>63, 1)
		}
	}
	b.end()
}

// sum adds up the members.
func (w *worker) sum(s *step, v *val) {
	r := s.args[0]
	of := w.steps[r.step].shape
	a := w.eval(r.step)
	pool := &w.pool[s.shape]
	out := pool.numbers()
	v.num = out
	clear(out[pool.rows:])
	if of == scalar {
		of = person
	}
	switch {
	case a.same:
		w.eachGroup(of, func(to, _, n, _ int) { out[to] = int64(n) * a.one })
		return
	case of == person:
		from := w.first[0]
		for h, to := range w.first[1:] {
			var n int64
			for _, x := range a.num[from:to] {
				n += x
			}
			from = to
			out[h] = n
		}
	default:
		w.eachGroup(of, func(to, from, n, _ int) {
			var sum int64
			for _, x := range a.num[from : from+n] {
				sum += x
			}
			out[to] = sum
		})
	}
	if a.known == nil {
		return
	}
	v.known = pool.bitmap()
	clear(v.known)
	w.eachGroup(of, func(to, from, n, _ int) {
		v.known[to>>6] |= uint64(truth(bitsAt(a.known, from, n) == 1<<n-1)) << (to & 63)
	})
}

// sumIf adds up Args[1] over the members of whom Args[0] holds. Where that is
// unknown, the sum is known if the number is nought either way.
func (w *worker) sumIf(s *step, v *val) {
	r := s.args[0]
	of := w.steps[r.step].shape
	pool := &w.pool[s.shape]
	c := w.eval(r.step)
	if c.same && (c.one != 0) == r.neg {
		v.same = true
		return
	}
	cond, made := w.truthOf(r, &w.pool[of])
	x := w.eval(s.args[1].step)
	if x.same && x.one == 0 {
		w.pool[of].give(made)
		v.same = true
		return
	}
	// A number of persons under pairs is that of the second person.
	second := of == pair && w.steps[s.args[1].step].shape == person
	out := pool.numbers()
	v.num = out
	clear(out[pool.rows:])
	if !cond.full || x.known != nil {
		v.known = pool.bitmap()
		fillBits(v.known, true, pool.last())
	}
	w.eachGroup(of, func(to, from, n, members int) {
		t := bitsAt(cond.t, from, n) ^ cond.turn&(1<<n-1)
		var possible uint64
		if v.known != nil {
			possible = bitsAt(cond.p, from, n) ^ cond.turn&(1<<n-1)
		}
		out[to] = 0
		if t|possible == 0 {
			return
		}
		if x.same {
			out[to] = int64(bits.OnesCount64(t)) * x.one
			if possible&^t != 0 {
				v.known[to>>6] &^= 1 << (to & 63)
			}
			return
		}
		at := from
		if second {
			at = members
		}
		var sum int64
		for m := t; m != 0; m &= m - 1 {
			sum += x.num[at+bits.TrailingZeros64(m)]
		}
		out[to] = sum
		if v.known == nil {
			return
		}
		known := uint64(1)<<n - 1
		if x.known != nil {
			known = bitsAt(x.known, at, n)
		}
		sure := t&^known == 0
		for m := possible &^ t; m != 0 && sure; m &= m - 1 {
			i := bits.TrailingZeros64(m)
			sure = known>>i&1 != 0 && x.num[at+i] == 0
		}
		if !sure {
			v.known[to>>6] &^= 1 << (to & 63)
		}
	})
	w.pool[of].give(made)
	if v.known != nil && full(v.known, pool.last()) {
		pool.give(v.known)
		v.known = nil
	}
}
