package column

// operand is a truth as a step uses it: the bitmaps to read, and what turns
// their bits round where the opposite is meant.
type operand struct {
	t, p []uint64 // the same slice where all is known
	turn uint64
	full bool
}

func use(a *val, neg bool) operand {
	o := operand{t: a.t, p: a.p}
	if a.p == nil {
		o.p, o.full = a.t, true
	}
	if neg {
		o.t, o.p, o.turn = o.p, o.t, ^uint64(0)
	}
	return o
}

// join gathers operands of an AND, so that up to four of them are read in one
// pass. With hundreds of conditions in the cache of a core and thousands of
// programmes over them, passes are what a run's time goes into: one operand
// after the other costs twice as much.
type join struct {
	ops [4]operand
	n   int
	// began: ops[0] is what the operands so far have come to.
	began bool
}

// and goes through the operands until nobody is left of whom all can hold.
func (w *worker) and(s *step, v *val) {
	pool := &w.pool[s.shape]
	var j join
	for _, r := range s.args {
		a := w.eval(r.step)
		if a.same {
			if a.one != 0 == r.neg {
				pool.free(v)
				*v = val{turn: w.turn, same: true}
				return
			}
			continue
		}
		j.ops[j.n] = use(a, r.neg)
		if j.n++; j.n == len(j.ops) && !w.pass(&j, pool, v) {
			return
		}
	}
	switch {
	case j.n == 0:
		*v = val{turn: w.turn, same: true, one: 1}
	case j.n > 1:
		w.pass(&j, pool, v)
	case !j.began:
		w.copyTruth(pool, v, &j.ops[0])
	}
}

// pass joins what was gathered, and tells whether anybody is left.
func (w *worker) pass(j *join, pool *pool, v *val) bool {
	all, turned := true, ^uint64(0)
	for i := range j.n {
		all = all && j.ops[i].full
		turned &= j.ops[i].turn
	}
	if v.t == nil {
		v.t = pool.bitmap()
	}
	last := pool.last()
	var possible uint64
	if !all {
		// First, for where all was known until now it reads what holds.
		if v.p == nil {
			v.p = pool.bitmap()
		}
		possible = joined(v.p, j, true)
		if turned != 0 {
			v.p[len(v.p)-1] &= last
		}
	}
	left := joined(v.t, j, false)
	if turned != 0 {
		v.t[len(v.t)-1] &= last
	}
	left |= possible
	if left == 0 {
		pool.free(v)
		*v = val{turn: w.turn, same: true}
		return false
	}
	j.ops[0], j.n, j.began = use(v, false), 1, true
	return true
}

// joined writes the AND of two to four operands, of what holds or of what is
// possible, and gives what bits are left. An operand that was joined before may
// be where the result goes.
func joined(out []uint64, j *join, possible bool) uint64 {
	var in [4][]uint64
	var turn uint64
	for i := range j.n {
		in[i] = j.ops[i].t
		if possible {
			in[i] = j.ops[i].p
		}
		turn |= j.ops[i].turn
	}
	o := &j.ops
	switch {
	case j.n == 2:
		return both(out, in[0], o[0].turn, in[1], o[1].turn)
	case j.n == 3:
		return three(out, in[0], in[1], in[2], o[0].turn, o[1].turn, o[2].turn)
	case turn == 0:
		return four(out, in[0], in[1], in[2], in[3])
	}
	return fourTurned(out, in[0], in[1], in[2], in[3], o[0].turn, o[1].turn, o[2].turn, o[3].turn)
}

// both writes a AND b, either perhaps turned round.
func both(out, a []uint64, ta uint64, b []uint64, tb uint64) (left uint64) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		x := (a[i] ^ ta) & (b[i] ^ tb)
		out[i] = x
		left |= x
	}
	return left
}

func three(out, a, b, c []uint64, ta, tb, tc uint64) (left uint64) {
	a, b, c = a[:len(out)], b[:len(out)], c[:len(out)]
	for i := range out {
		x := (a[i] ^ ta) & (b[i] ^ tb) & (c[i] ^ tc)
		out[i] = x
		left |= x
	}
	return left
}

func four(out, a, b, c, d []uint64) (left uint64) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	for i := range out {
		x := a[i] & b[i] & c[i] & d[i]
		out[i] = x
		left |= x
	}
	return left
}

func fourTurned(out, a, b, c, d []uint64, ta, tb, tc, td uint64) (left uint64) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	for i := range out {
		x := (a[i] ^ ta) & (b[i] ^ tb) & (c[i] ^ tc) & (d[i] ^ td)
		out[i] = x
		left |= x
	}
	return left
}

func (w *worker) copyBits(pool *pool, out, a []uint64, turn uint64) {
	if turn == 0 {
		copy(out, a)
		return
	}
	opposite(out, a, pool.last())
}

// copyTruth makes v what an operand says.
func (w *worker) copyTruth(pool *pool, v *val, o *operand) {
	v.t = pool.bitmap()
	w.copyBits(pool, v.t, o.t, o.turn)
	if !o.full {
		v.p = pool.bitmap()
		w.copyBits(pool, v.p, o.p, o.turn)
	}
}

// truthOf is an operand as two bitmaps that stand as they are. slot tells apart
// the operands of one step.
func (w *worker) truthOf(r ref, pool *pool) (o operand, made []uint64) {
	a := w.eval(r.step)
	if a.same {
		made = pool.bitmap()
		fillBits(made, a.one != 0 != r.neg, pool.last())
		return operand{t: made, p: made, full: true}, made
	}
	return use(a, r.neg), nil
}

func (w *worker) isTruth(r ref) bool { return w.steps[r.step].truth }
