package column

import "math/bits"

// chooseTruth is the branch that the condition names; where it is unknown, what
// both branches agree on.
func (w *worker) chooseTruth(s *step, v *val) {
	pool := &w.pool[s.shape]
	c := w.eval(s.args[0].step)
	if c.same {
		r := s.args[2]
		if c.one != 0 {
			r = s.args[1]
		}
		o, made := w.truthOf(r, pool)
		w.copyTruth(pool, v, &o)
		pool.give(made)
		w.settle(s, v)
		return
	}
	cond := use(c, false)
	a, madeA := w.truthOf(s.args[1], pool)
	b, madeB := w.truthOf(s.args[2], pool)
	v.t = pool.bitmap()
	if cond.full && a.full && b.full {
		for i, x := range cond.t {
			v.t[i] = x&(a.t[i]^a.turn) | ^x&(b.t[i]^b.turn)
		}
	} else {
		v.p = pool.bitmap()
		for i, ct := range cond.t {
			cp := cond.p[i]
			at, ap := a.t[i]^a.turn, a.p[i]^a.turn
			bt, bp := b.t[i]^b.turn, b.p[i]^b.turn
			cu := cp &^ ct
			v.t[i] = ct&at | ^cp&bt | cu&at&bt
			v.p[i] = ct&ap | ^cp&bp | cu&(ap|bp)
		}
		v.p[len(v.p)-1] &= pool.last()
	}
	v.t[len(v.t)-1] &= pool.last()
	pool.give(madeA)
	pool.give(madeB)
	w.settle(s, v)
}

// givenTruth is the fact where it is known, else what stands in for it.
func (w *worker) givenTruth(s *step, v *val) {
	pool := &w.pool[s.shape]
	f := w.eval(s.args[0].step)
	if f.same {
		v.same, v.one = true, f.one
		return
	}
	fact := use(f, false)
	v.t = pool.bitmap()
	if fact.full {
		copy(v.t, fact.t)
		return
	}
	other, made := w.truthOf(s.args[1], pool)
	v.p = pool.bitmap()
	for i, t := range fact.t {
		unknown := fact.p[i] &^ t
		v.t[i] = t | unknown&(other.t[i]^other.turn)
		v.p[i] = t | unknown&(other.p[i]^other.turn)
	}
	if other.full {
		pool.give(v.p)
		v.p = nil
	}
	pool.give(made)
	w.settle(s, v)
}

// chooseNumber is the branch that the condition names; where it is unknown, the
// number that both branches give. A branch that nobody needs is not computed.
func (w *worker) chooseNumber(s *step, v *val) {
	pool := &w.pool[s.shape]
	c := w.eval(s.args[0].step)
	if c.same {
		r := s.args[2]
		if c.one != 0 {
			r = s.args[1]
		}
		w.copyNumbers(pool, v, w.eval(r.step))
		return
	}
	for _, r := range s.args[1:] {
		w.eval(r.step)
	}
	a, b := w.number(s.args[1], 0), w.number(s.args[2], 1)
	cond := use(c, false)
	out := pool.numbers()
	v.num = out
	for i, ct := range cond.t {
		x, y, o := a.at(i), b.at(i), (*[64]int64)(out[64*i:])
		pick(o, x, y, ct)
	}
	if cond.full && a.known == nil && b.known == nil {
		return
	}
	v.known = pool.bitmap()
	for i, ct := range cond.t {
		ak, bk := ^uint64(0), ^uint64(0)
		if a.known != nil {
			ak = a.known[i]
		}
		if b.known != nil {
			bk = b.known[i]
		}
		cp := cond.p[i]
		known := ct&ak | ^cp&bk
		if agree := (cp &^ ct) & ak & bk; agree != 0 {
			x, y := a.at(i), b.at(i)
			for ; agree != 0; agree &= agree - 1 {
				j := bits.TrailingZeros64(agree)
				known |= uint64(truth(x[j] == y[j])) << j
			}
		}
		v.known[i] = known
	}
	v.known[len(v.known)-1] &= pool.last()
	if full(v.known, pool.last()) {
		pool.give(v.known)
		v.known = nil
	}
}

// givenNumber is the fact where it is known, else what stands in for it.
func (w *worker) givenNumber(s *step, v *val) {
	pool := &w.pool[s.shape]
	f := w.eval(s.args[0].step)
	if f.same || f.known == nil {
		w.copyNumbers(pool, v, f)
		return
	}
	w.eval(s.args[1].step)
	other := w.number(s.args[1], 1)
	out := pool.numbers()
	v.num = out
	for i, known := range f.known {
		x, y, o := (*[64]int64)(f.num[64*i:]), other.at(i), (*[64]int64)(out[64*i:])
		pick(o, x, y, known)
	}
	if other.known != nil {
		v.known = pool.bitmap()
		for i, known := range f.known {
			v.known[i] = known | other.known[i]
		}
	}
}

// pick is x where a bit of take is set, else y, for 64 rows.
func pick(o, x, y *[64]int64, take uint64) {
	switch take {
	case 0:
		*o = *y
	case ^uint64(0):
		*o = *x
	default:
		for j := range o {
			o[j] = y[j] ^ (x[j]^y[j])&-int64(take&1)
			take >>= 1
		}
	}
}

func (w *worker) copyNumbers(pool *pool, v, a *val) {
	if a.same {
		v.same, v.one = true, a.one
		return
	}
	v.num = pool.numbers()
	copy(v.num, a.num)
	if a.known != nil {
		v.known = pool.bitmap()
		copy(v.known, a.known)
	}
}
