package column

// pairUp numbers the pairs of the block: household by household, the first
// person slowest.
func (w *worker) pairUp() {
	if w.paired {
		return
	}
	w.paired = true
	n := 0
	for h, f := range w.first[:len(w.first)-1] {
		m := int(w.first[h+1] - f)
		n += m * m
	}
	w.pairs = n
	w.pool[pair].rows = n
}

// diagonal are the pairs of somebody with themselves.
func (w *worker) diagonal(v *val) {
	v.t = w.pool[pair].bitmap()
	clear(v.t)
	at := 0
	for h, f := range w.first[:len(w.first)-1] {
		m := int(w.first[h+1] - f)
		for range m {
			v.t[at>>6] |= 1 << (at & 63)
			at += m + 1
		}
		at -= m
	}
}

// toPairs gives each pair what is its first person's, or its second's.
func (w *worker) toPairs(s *step, v *val) {
	a := w.eval(s.args[0].step)
	if a.same {
		v.same, v.one = true, a.one
		return
	}
	pool := &w.pool[pair]
	spread := w.rowBits
	if s.op == opCol {
		spread = w.colBits
	}
	if s.truth {
		v.t = pool.bitmap()
		spread(v.t, a.t)
		if a.p != nil {
			v.p = pool.bitmap()
			spread(v.p, a.p)
		}
		return
	}
	v.num = pool.numbers()
	if a.known != nil {
		v.known = pool.bitmap()
		spread(v.known, a.known)
	}
	at := 0
	for h, f := range w.first[:len(w.first)-1] {
		of := a.num[f:w.first[h+1]]
		for i := range of {
			if s.op == opCol {
				copy(v.num[at:], of)
			} else {
				for j := range of {
					v.num[at+j] = of[i]
				}
			}
			at += len(of)
		}
	}
	clear(v.num[at:])
}

func (w *worker) rowBits(out, a []uint64) {
	b := bitWriter{out: out}
	for h, f := range w.first[:len(w.first)-1] {
		m := int(w.first[h+1] - f)
		x := bitsAt(a, int(f), m)
		for i := range m {
			b.put(-(x>>i&1)&(1<<m-1), m)
		}
	}
	b.end()
}

func (w *worker) colBits(out, a []uint64) {
	b := bitWriter{out: out}
	for h, f := range w.first[:len(w.first)-1] {
		m := int(w.first[h+1] - f)
		x := bitsAt(a, int(f), m)
		for range m {
			b.put(x, m)
		}
	}
	b.end()
}
