package column

// heads are the first members of the households.
func (w *worker) heads(v *val) {
	v.t = w.pool[person].bitmap()
	w.begins(v.t)
}

// begins has the first member of every household.
func (w *worker) begins(out []uint64) {
	clear(out)
	for _, f := range w.first[:len(w.first)-1] {
		out[f>>6] |= 1 << (f & 63)
	}
}

// owners gives each person's household.
func (w *worker) owners() []int32 {
	if !w.owned {
		w.owned = true
		for h, f := range w.first[:len(w.first)-1] {
			for i := f; i < w.first[h+1]; i++ {
				w.owner[i] = int32(h)
			}
		}
	}
	return w.owner
}

// up gives each person what is their household's.
func (w *worker) up(s *step, v *val) {
	a := w.eval(s.args[0].step)
	if a.same {
		v.same, v.one = true, a.one
		return
	}
	pool := &w.pool[person]
	if s.truth {
		v.t = pool.bitmap()
		w.upBits(v.t, a.t)
		if a.p != nil {
			v.p = pool.bitmap()
			w.upBits(v.p, a.p)
		}
		return
	}
	owner := w.owners()
	v.num = pool.numbers()
	for i := range pool.rows {
		v.num[i] = a.num[owner[i]]
	}
	clear(v.num[pool.rows:])
	if a.known != nil {
		v.known = pool.bitmap()
		w.upBits(v.known, a.known)
	}
}

// upBits gives the members of each household its bit.
func (w *worker) upBits(out, a []uint64) {
	pool := &w.pool[person]
	if !w.spread.made {
		begins := pool.bitmap()
		w.begins(begins)
		w.spread.of(begins)
		pool.give(begins)
	}
	w.spread.write(out, a, pool.last())
}

// ofHeads gives each household what is its head's.
func (w *worker) ofHeads(s *step, id int32, v *val) {
	a := w.eval(s.args[0].step)
	if a.same {
		v.same, v.one = true, a.one
		return
	}
	pool := &w.pool[household]
	if s.truth {
		v.t = pool.bitmap()
		w.headBits(v.t, a.t)
		if a.p != nil {
			v.p = pool.bitmap()
			w.headBits(v.p, a.p)
		}
		return
	}
	v.num = pool.numbers()
	for h, f := range w.first[:len(w.first)-1] {
		v.num[h] = a.num[f]
	}
	clear(v.num[pool.rows:])
	if a.known != nil {
		v.known = pool.bitmap()
		w.headBits(v.known, a.known)
		if full(v.known, pool.last()) {
			pool.give(v.known)
			v.known = nil
		}
	}
	w.bound(id, v, pool.rows)
}

func (w *worker) headBits(out, a []uint64) {
	clear(out)
	for h, f := range w.first[:len(w.first)-1] {
		out[h>>6] |= a[f>>6] >> (f & 63) & 1 << (h & 63)
	}
}
