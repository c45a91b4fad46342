package column

// table looks a parameter up. The keys of unknown rows can be anything.
func (w *worker) table(s *step, x *aux, v *val) {
	for _, r := range s.args {
		w.eval(r.step)
	}
	a := w.number(s.args[0], 0)
	b, one := numbers{v: w.fills[1][:]}, side{size: 1}
	if len(s.args) > 1 {
		b, one = w.number(s.args[1], 1), x.sides[1]
	} else {
		clear(w.fills[1][:])
		one.place = []int32{0}
	}
	pool := &w.pool[s.shape]
	out := pool.numbers()
	v.num, v.known = out, joint(pool, a.known, b.known)
	first := x.sides[0]
	for i := range words(pool.rows) {
		k, l, o := a.at(i), b.at(i), (*[64]int64)(out[64*i:])
		for j := range o {
			n, m := uint64(k[j]-first.base), uint64(l[j]-one.base)
			o[j] = 0
			if n < uint64(len(first.place)) && m < uint64(len(one.place)) {
				o[j] = x.values[int(first.place[n])*one.size+int(one.place[m])]
			}
		}
	}
	if a.step|b.step == 0 {
		n := out[0]
		pool.free(v)
		*v = val{turn: w.turn, same: true, one: n}
	}
}

// at is what a parameter was on other days.
func (w *worker) at(s *step, x *aux, v *val) {
	a := w.number(s.args[0], 0)
	pool := &w.pool[s.shape]
	out := pool.numbers()
	v.num, v.known = out, joint(pool, a.known, nil)
	for i := range words(pool.rows) {
		for j, day := range a.at(i) {
			n := x.values[0]
			for k, from := range x.days {
				if from <= day {
					n = x.values[k]
				}
			}
			out[64*i+j] = n
		}
	}
	if a.step == 0 {
		n := out[0]
		pool.free(v)
		*v = val{turn: w.turn, same: true, one: n}
	}
}
