package column

import "maru/domain/benefit/rule"

// numbers is a vector of numbers as a kernel reads it, 64 rows at a time. What
// is the same for all rows is 64 times that number, read again and again: one
// kernel then does for columns and constants.
type numbers struct {
	v     []int64
	step  int
	known []uint64
}

func (n *numbers) at(word int) *[64]int64 { return (*[64]int64)(n.v[word*n.step:]) }

// number is an operand. slot tells apart the operands of one step.
func (w *worker) number(r ref, slot int) numbers {
	a := w.eval(r.step)
	if a.same {
		f := &w.fills[slot]
		for i := range f {
			f[i] = a.one
		}
		return numbers{v: f[:]}
	}
	return numbers{a.num, 64, a.known}
}

// joint are the rows known in both; nil for all.
func joint(pool *pool, a, b []uint64) []uint64 {
	if a == nil {
		a, b = b, nil
	}
	if a == nil {
		return nil
	}
	out := pool.bitmap()
	if b == nil {
		copy(out, a)
		return out
	}
	both(out, a, 0, b, 0)
	return out
}

// arithmetic is an operation on one or two numbers that is unknown where one of
// them is.
func (w *worker) arithmetic(s *step, v *val) {
	pool := &w.pool[s.shape]
	// Fills are written by number; what it evaluates must be there before.
	for _, r := range s.args {
		w.eval(r.step)
	}
	a := w.number(s.args[0], 0)
	b := numbers{v: w.fills[1][:]}
	if len(s.args) > 1 {
		b = w.number(s.args[1], 1)
	}
	if a.step|b.step == 0 {
		v.same, v.one = true, w.run.Apply(s.expr, a.v[0], b.v[0])
		return
	}
	out := pool.numbers()
	v.num, v.known = out, joint(pool, a.known, b.known)
	for i := range words(pool.rows) {
		w.chunk(s, (*[64]int64)(out[64*i:]), a.at(i), b.at(i))
	}
}

// chunk computes 64 rows.
func (w *worker) chunk(s *step, out, a, b *[64]int64) {
	switch s.op {
	case rule.OpAdd:
		for j := range out {
			out[j] = a[j] + b[j]
		}
	case rule.OpSub:
		for j := range out {
			out[j] = a[j] - b[j]
		}
	case rule.OpMul:
		for j := range out {
			out[j] = a[j] * b[j]
		}
	case rule.OpScale:
		for j := range out {
			out[j] = a[j] * s.k
		}
	case rule.OpFloor:
		d := s.k
		for j := range out {
			// Rounded down, also below zero.
			q := a[j] / d
			out[j] = q + (a[j]-q*d)>>63
		}
	case rule.OpMin:
		for j := range out {
			out[j] = min(a[j], b[j])
		}
	case rule.OpMax:
		for j := range out {
			out[j] = max(a[j], b[j])
		}
	case rule.OpDays:
		for j := range out {
			out[j] = b[j] - a[j]
		}
	case rule.OpYears:
		for j := range out {
			out[j] = years(w.calendar.of(a[j]), w.calendar.of(b[j]))
		}
	case rule.OpMonths:
		for j := range out {
			out[j] = months(w.calendar.of(a[j]), w.calendar.of(b[j]))
		}
	case rule.OpFullMonths:
		for j := range out {
			out[j] = fullMonths(w.calendar.of(a[j]), w.calendar.of(b[j]))
		}
	case rule.OpYear:
		for j := range out {
			out[j] = int64(w.calendar.of(a[j]) >> 9)
		}
	default:
		for j := range out {
			out[j] = w.run.Apply(s.expr, a[j], b[j])
		}
	}
}
