package column

// less is a < b.
func (w *worker) less(s *step, v *val) {
	for _, r := range s.args {
		w.eval(r.step)
	}
	a, b := w.number(s.args[0], 0), w.number(s.args[1], 1)
	if a.step|b.step == 0 {
		v.same, v.one = true, truth(a.v[0] < b.v[0])
		return
	}
	pool := &w.pool[s.shape]
	t := pool.bitmap()
	for i := range t {
		x, y := a.at(i), b.at(i)
		if b.step == 0 {
			t[i] = below(x, y[0])
			continue
		}
		t[i] = less64(x, y)
	}
	t[len(t)-1] &= pool.last()
	w.sure(v, pool, t, joint(pool, a.known, b.known))
}

// below is n < at for 64 rows. No two numbers of a law are further apart than an
// int64 reaches, so the sign of their difference tells. Eight rows at a time,
// with shifts that are constants: half the time of a plain loop.
func below(a *[64]int64, at int64) (word uint64) {
	for j := 0; j < 64; j += 8 {
		b := (*[8]int64)(a[j:])
		word |= (uint64(b[0]-at)>>63 | uint64(b[1]-at)>>63<<1 | uint64(b[2]-at)>>63<<2 | uint64(b[3]-at)>>63<<3 |
			uint64(b[4]-at)>>63<<4 | uint64(b[5]-at)>>63<<5 | uint64(b[6]-at)>>63<<6 | uint64(b[7]-at)>>63<<7) << j
	}
	return word
}

// within is lo <= n <= hi for 64 rows, in the manner of below.
func within(a *[64]int64, lo, hi int64) (word uint64) {
	for j := 0; j < 64; j += 8 {
		b := (*[8]int64)(a[j:])
		word |= (uint64((b[0]-lo)|(hi-b[0]))>>63 | uint64((b[1]-lo)|(hi-b[1]))>>63<<1 |
			uint64((b[2]-lo)|(hi-b[2]))>>63<<2 | uint64((b[3]-lo)|(hi-b[3]))>>63<<3 |
			uint64((b[4]-lo)|(hi-b[4]))>>63<<4 | uint64((b[5]-lo)|(hi-b[5]))>>63<<5 |
			uint64((b[6]-lo)|(hi-b[6]))>>63<<6 | uint64((b[7]-lo)|(hi-b[7]))>>63<<7) << j
	}
	return ^word
}

// less64 is a < b for 64 rows.
func less64(x, y *[64]int64) (word uint64) {
	for j := 0; j < 64; j += 8 {
		a, b := (*[8]int64)(x[j:]), (*[8]int64)(y[j:])
		word |= (uint64(a[0]-b[0])>>63 | uint64(a[1]-b[1])>>63<<1 | uint64(a[2]-b[2])>>63<<2 | uint64(a[3]-b[3])>>63<<3 |
			uint64(a[4]-b[4])>>63<<4 | uint64(a[5]-b[5])>>63<<5 | uint64(a[6]-b[6])>>63<<6 | uint64(a[7]-b[7])>>63<<7) << j
	}
	return word
}

// equal compares two of one type.
func (w *worker) equal(s *step, v *val) {
	pool := &w.pool[s.shape]
	if !w.isTruth(s.args[0]) {
		w.equalNumbers(s, v)
		return
	}
	a, madeA := w.truthOf(s.args[0], pool)
	b, madeB := w.truthOf(s.args[1], pool)
	v.t = pool.bitmap()
	if !a.full || !b.full {
		v.p = pool.bitmap()
	}
	for i, at := range a.t {
		bt := b.t[i]
		known := ^(at ^ a.p[i]) &^ (bt ^ b.p[i])
		t := ^(at ^ bt) & known
		v.t[i] = t
		if v.p != nil {
			v.p[i] = t | ^known
		}
	}
	v.t[len(v.t)-1] &= pool.last()
	if v.p != nil {
		v.p[len(v.p)-1] &= pool.last()
	}
	pool.give(madeA)
	pool.give(madeB)
}

func (w *worker) equalNumbers(s *step, v *val) {
	for _, r := range s.args {
		w.eval(r.step)
	}
	a, b := w.number(s.args[0], 0), w.number(s.args[1], 1)
	if a.step|b.step == 0 {
		v.same, v.one = true, truth(a.v[0] == b.v[0])
		return
	}
	pool := &w.pool[s.shape]
	for i := range 2 {
		x, y := w.eval(s.args[i].step), w.eval(s.args[1-i].step)
		if x.bounded && y.same && (y.one < x.lo || y.one > x.hi) {
			v.same = true
			return
		}
	}
	t := pool.bitmap()
	for i := range t {
		x, y := a.at(i), b.at(i)
		var word uint64
		for j := range x {
			d := x[j] ^ y[j]
			word |= uint64(d|-d) >> 63 << j
		}
		t[i] = ^word
	}
	t[len(t)-1] &= pool.last()
	w.sure(v, pool, t, joint(pool, a.known, b.known))
}
