package column

import (
	"cmp"
	"slices"

	"maru/domain/benefit/rule"
)

// each is an operation row by row.
func (p *planner) each(e *rule.Expr, args []ref) ref {
	args, vars, sh := p.level(args)
	k := e.K
	switch {
	case e.Op == rule.OpScale && k == 1:
		return args[0] // the same number over another Den
	case e.Op == rule.OpFloor:
		k = e.Args[0].Den
	}
	return p.add(step{op: e.Op, shape: sh, truth: e.Type == rule.Bool, args: args, k: k, expr: e}, vars)
}

// level lifts operands to rows of the same.
func (p *planner) level(args []ref) ([]ref, uint8, shape) {
	var vars uint8
	sh := scalar
	for _, a := range args {
		vars |= a.vars
		sh = max(sh, p.steps[a.step].shape)
	}
	if vars == 3 {
		sh = pair
	}
	out := make([]ref, len(args))
	for i, a := range args {
		out[i] = p.lift(a, vars)
	}
	return out, vars, sh
}

// lift gives a vector the rows of more variables. A junction is never lifted to
// persons, its operands are: thousands of junctions share some hundred of them,
// and a junction costs a hundredth of lifting it.
func (p *planner) lift(r ref, vars uint8) ref {
	s := p.steps[r.step]
	if s.shape == scalar || r.vars == vars {
		return r
	}
	neg := r.neg
	if s.shape == household {
		if s.op == rule.OpAnd {
			args := make([]ref, len(s.args))
			for i, a := range s.args {
				args[i] = p.lift(a, 1)
			}
			r = p.and(args)
		} else {
			r = p.add(step{op: opUp, shape: person, truth: s.truth, args: []ref{{step: r.step}}}, 1)
		}
		if r.neg {
			neg = !neg
		}
		r.vars = vars
		if vars == 3 {
			r.vars = 1
		}
	}
	if vars == 3 {
		op := opRow
		if r.vars == 2 {
			op = opCol
		}
		r = p.add(step{op: op, shape: pair, truth: s.truth, args: []ref{{step: r.step}}}, 3)
	}
	r.neg = neg
	return r
}

// and joins truths; an OR is its opposite. Of operands of pairs, those of one
// person stand together first, so that they are lifted as one.
func (p *planner) and(args []ref) ref {
	var flat []ref
	var vars uint8
	for _, a := range args {
		s := p.steps[a.step]
		switch {
		case a.step == p.yes.step && a.neg:
			return a
		case a.step == p.yes.step:
		case s.op == rule.OpAnd && !a.neg:
			for _, b := range s.args {
				b.vars = a.vars
				if p.steps[b.step].shape == scalar {
					b.vars = 0
				}
				flat = append(flat, b)
			}
		default:
			flat = append(flat, a)
		}
		vars |= a.vars
	}
	if vars == 3 {
		flat = p.grouped(flat)
	}
	flat, vars, sh := p.level(flat)
	slices.SortFunc(flat, func(a, b ref) int {
		return cmp.Or(cmp.Compare(min(1, p.steps[a.step].shape), min(1, p.steps[b.step].shape)), cmp.Compare(a.step, b.step))
	})
	for i := range flat {
		flat[i].vars = vars
		if p.steps[flat[i].step].shape == scalar {
			flat[i].vars = 0
		}
	}
	flat = slices.Compact(flat)
	switch len(flat) {
	case 0:
		return p.yes
	case 1:
		return flat[0]
	}
	return p.add(step{op: rule.OpAnd, shape: sh, truth: true, args: flat}, vars)
}

func (p *planner) grouped(args []ref) []ref {
	var of [4][]ref
	for _, a := range args {
		of[a.vars] = append(of[a.vars], a)
	}
	first := uint8(1)
	if len(of[1]) == 0 {
		first = 2
	}
	of[first] = append(of[first], of[0]...)
	out := of[3]
	for v := uint8(1); v < 3; v++ {
		if len(of[v]) > 1 {
			of[v] = []ref{p.and(of[v])}
		}
		out = append(out, of[v]...)
	}
	return out
}

func (p *planner) choice(e *rule.Expr, args []ref) ref {
	if args[0].neg {
		args[0].neg = false
		args[1], args[2] = args[2], args[1]
	}
	if args[0].step == p.yes.step {
		return args[1]
	}
	return p.each(e, args)
}

// loop joins the members. A body that is not of the loop's variable counts once
// a member all the same.
func (p *planner) loop(e *rule.Expr, vars [rule.MaxVars]int) ref {
	v := uint8(1) << e.Var[0]
	body := e.Args[0]
	sum := e.Op == rule.OpSum
	// A sum of what only some members have goes through those alone.
	if sum && body.Op == rule.OpIf && body.Args[2].Op == rule.OpConst && body.Args[2].K == 0 {
		cond, x := p.expr(body.Args[0], vars), p.expr(body.Args[1], vars)
		all := cond.vars | x.vars | v
		if p.steps[cond.step].shape != scalar && all&^v != 2 {
			cond = p.lift(cond, all)
			// A number of the second person of a pair is looked up where it stands.
			if all != 3 || x.vars != v {
				x = p.lift(x, all)
			}
			return p.add(step{op: opSumIf, shape: reduced(all), args: []ref{cond, x}}, all&^v)
		}
	}
	r := p.expr(body, vars)
	all := r.vars | v
	s := p.steps[r.step]
	if s.shape == scalar && !sum {
		return r
	}
	r = p.lift(r, all)
	neg := r.neg
	out := p.add(step{op: e.Op, shape: reduced(all), truth: !sum, args: []ref{{step: r.step, neg: neg}}}, all&^v)
	return out
}

// reduced is the shape of a loop's result by the variables of its body. Of a
// pair the loop's is the second: loops stand innermost.
func reduced(vars uint8) shape {
	if vars == 3 {
		return person
	}
	return household
}
