package column

import (
	"slices"

	"maru/domain/benefit/rule"
)

// A comparison of something that only rises or only falls with one number, with
// what is the same for the whole run, is a comparison of that number with a cut
// found once a run: "65 or over" becomes "born by that day", without an age for
// anybody. Of 51.7 million birth dates that saves the calendar altogether.

// compare plans a < b, or a <= b as its opposite turned round.
func (p *planner) compare(e *rule.Expr, vars [rule.MaxVars]int) ref {
	a, b := e.Args[0], e.Args[1]
	if e.Op == rule.OpLessEq {
		a, b = b, a
	}
	var r ref
	switch {
	case flat(b) && !flat(a):
		r = p.cut(a, b, 0, vars)
	case flat(a) && !flat(b):
		r = p.cut(b, a, 1, vars)
	default:
		r = p.less(p.expr(a, vars), p.expr(b, vars))
	}
	if e.Op == rule.OpLessEq {
		return r.not()
	}
	return r
}

// less is the step of a < b, whichever comparison it comes from.
func (p *planner) less(a, b ref) ref {
	args, vars, sh := p.level([]ref{a, b})
	return p.add(step{op: rule.OpLess, shape: sh, truth: true, args: args}, vars)
}

// cut plans x < limit (side 0) or limit < x (side 1).
func (p *planner) cut(x, limit *rule.Expr, side int64, vars [rule.MaxVars]int) ref {
	chain, base, on := p.descend(x, vars)
	to := p.expr(limit, vars)
	if p.steps[on.step].shape == scalar {
		if side == 0 {
			return p.less(p.expr(x, vars), to)
		}
		return p.less(to, p.expr(x, vars))
	}
	s := step{op: opCut, shape: p.steps[on.step].shape, truth: true, args: []ref{on, to}, k: side, expr: base, chain: chain}
	return p.add(s, on.vars)
}

// descend follows operations that only rise or only fall down to the number
// that they are of, and gives those operations, the node of the number and its
// step.
func (p *planner) descend(e *rule.Expr, vars [rule.MaxVars]int) ([]*rule.Expr, *rule.Expr, ref) {
	if e.Op == rule.OpCall {
		var who [rule.MaxVars]int
		for i, v := range e.Var {
			who[i] = v
			if v != rule.Head {
				who[i] = vars[v]
			}
		}
		switch d := p.law.Defs[e.K]; d.Persons {
		case 0:
			return p.descend(d.Body, plain)
		case 1:
			chain, base, on := p.descend(d.Body, plain)
			return chain, base, p.of(on, who[0])
		default:
			return p.descend(d.Body, who)
		}
	}
	if at := moving(e); at >= 0 {
		chain, base, on := p.descend(e.Args[at], vars)
		return append([]*rule.Expr{e}, chain...), base, on
	}
	return nil, e, p.expr(e, vars)
}

// flat tells whether a node is the same for the whole run.
func flat(e *rule.Expr) bool { return e.Op == rule.OpConst || e.Op == rule.OpStatic }

// moving is the one operand that is not the same for the whole run, of an
// operation that only rises or only falls with it; -1 for any other node.
func moving(e *rule.Expr) int {
	switch e.Op {
	case rule.OpAdd, rule.OpSub, rule.OpMul, rule.OpScale, rule.OpFloor, rule.OpMin, rule.OpMax,
		rule.OpYears, rule.OpMonths, rule.OpFullMonths, rule.OpDays, rule.OpYear, rule.OpAddMonths, rule.OpInYear:
	default:
		return -1
	}
	at := slices.IndexFunc(e.Args, func(a *rule.Expr) bool { return !flat(a) })
	for i, a := range e.Args {
		if i != at && !flat(a) {
			return -1
		}
	}
	if e.Op == rule.OpInYear && at != 0 {
		return -1
	}
	return at
}

// cut is where a truth turns: below, it is below; from it on, the opposite.
type cut struct {
	at    int64
	below bool
}

// cutOf looks for the cut of a step on a run's date between the bounds that the
// number can have.
func cutOf(run *rule.Run, s *step, limit int64) cut {
	holds := func(x int64) bool {
		for _, e := range slices.Backward(s.chain) {
			x = apply(run, e, x)
		}
		if s.k == 0 {
			return x < limit
		}
		return limit < x
	}
	lo, hi := s.expr.Lo, s.expr.Hi+1
	c := cut{below: holds(lo)}
	for lo < hi {
		if mid := lo + int64(uint64(hi-lo)/2); holds(mid) == c.below {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	c.at = lo
	return c
}

// apply is an operation of a chain at x.
func apply(run *rule.Run, e *rule.Expr, x int64) int64 {
	var in [2]int64
	for i, a := range e.Args {
		switch a.Op {
		case rule.OpConst:
			in[i] = a.K
		case rule.OpStatic:
			in[i] = run.Static[a.K]
		default:
			in[i] = x
		}
	}
	return run.Apply(e, in[0], in[1])
}
