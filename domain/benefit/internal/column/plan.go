package column

import (
	"fmt"
	"strings"

	"maru/domain/benefit/rule"
)

// plan is a law as steps. A step's operands stand before it.
type plan struct {
	law        *rule.Law
	steps      []step
	programmes []programme
}

// programme is what is asked for of one: rows of its unit.
type programme struct {
	person           bool
	eligible, amount ref
}

// planner turns the graph of a law into steps. Calls are written out: the vector
// of a definition of one person is the same whoever is meant, so only its
// variable changes; a definition of two persons is planned again with the
// persons of the call.
type planner struct {
	plan
	found map[string]int32 // steps by their meaning
	nodes map[place]ref
	defs  map[int]ref
	yes   ref
}

// place is a node with what its variables stand for: 0, 1 or rule.Head.
type place struct {
	node int
	vars [rule.MaxVars]int
}

// plain are the variables of a definition on its own.
var plain = [rule.MaxVars]int{0, 1}

func newPlan(law *rule.Law) *plan {
	p := &planner{plan: plan{law: law}, found: map[string]int32{}, nodes: map[place]ref{}, defs: map[int]ref{}}
	p.yes = p.add(step{op: rule.OpConst, truth: true, k: 1}, 0)
	for _, c := range law.Programmes {
		unit := uint8(0)
		if c.Person {
			unit = 1
		}
		p.programmes = append(p.programmes, programme{c.Person, p.lift(p.def(c.Eligible), unit), p.lift(p.def(c.Amount), unit)})
	}
	return &p.plan
}

// add gives the one step of a meaning.
func (p *planner) add(s step, vars uint8) ref {
	key := p.meaning(&s)
	id, ok := p.found[key]
	if !ok {
		id = int32(len(p.steps))
		p.steps = append(p.steps, s)
		p.found[key] = id
	}
	return ref{step: id, vars: vars}
}

func (p *planner) meaning(s *step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d", s.op, s.shape, s.k)
	for _, a := range s.args {
		fmt.Fprintf(&b, " %d %t", a.step, a.neg)
	}
	if e := s.expr; e != nil {
		fmt.Fprintf(&b, " t%d d%d %v", e.Type, e.Den, e.List)
	}
	for _, e := range s.chain {
		fmt.Fprintf(&b, " c%d", e.ID)
	}
	return b.String()
}

// def plans a definition of one person at most.
func (p *planner) def(k int) ref {
	r, ok := p.defs[k]
	if !ok {
		r = p.expr(p.law.Defs[k].Body, plain)
		p.defs[k] = r
	}
	return r
}

func (p *planner) expr(e *rule.Expr, vars [rule.MaxVars]int) ref {
	at := place{e.ID, vars}
	r, ok := p.nodes[at]
	if !ok {
		r = p.node(e, vars)
		p.nodes[at] = r
	}
	return r
}

func (p *planner) node(e *rule.Expr, vars [rule.MaxVars]int) ref {
	who := func(i int) int {
		if e.Var[i] == rule.Head {
			return rule.Head
		}
		return vars[e.Var[i]]
	}
	truth := e.Type == rule.Bool
	switch e.Op {
	case rule.OpConst:
		if truth {
			return ref{step: p.yes.step, neg: e.K == 0}
		}
		return p.add(step{op: e.Op, k: e.K, expr: e}, 0)
	case rule.OpStatic:
		return p.add(step{op: e.Op, truth: truth, k: e.K, expr: e}, 0)
	case rule.OpHousehold:
		return p.add(step{op: e.Op, shape: household, truth: truth, k: e.K, expr: e}, 0)
	case rule.OpFact:
		return p.of(p.add(step{op: e.Op, shape: person, truth: truth, k: e.K, expr: e}, 1), who(0))
	case rule.OpIsHead:
		return p.isHead(who(0))
	case rule.OpSame:
		switch a, b := who(0), who(1); {
		case a == b:
			return p.yes
		case a == rule.Head:
			return p.isHead(b)
		case b == rule.Head:
			return p.isHead(a)
		}
		return p.add(step{op: rule.OpSame, shape: pair, truth: true}, 3)
	case rule.OpCall:
		switch d := p.law.Defs[e.K]; d.Persons {
		case 0:
			return p.def(int(e.K))
		case 1:
			return p.of(p.def(int(e.K)), who(0))
		default:
			return p.expr(d.Body, [rule.MaxVars]int{who(0), who(1)})
		}
	case rule.OpAny, rule.OpSum:
		return p.loop(e, vars)
	}
	if e.Op == rule.OpLess || e.Op == rule.OpLessEq {
		return p.compare(e, vars)
	}
	args := make([]ref, len(e.Args))
	for i, a := range e.Args {
		args[i] = p.expr(a, vars)
	}
	switch e.Op {
	case rule.OpNot:
		return args[0].not()
	case rule.OpAnd:
		return p.and(args)
	case rule.OpOr:
		for i := range args {
			args[i] = args[i].not()
		}
		return p.and(args).not()
	case rule.OpIf:
		return p.choice(e, args)
	case rule.OpEq:
		if e.Args[0].Type == rule.Bool {
			opposite := args[0].neg != args[1].neg
			args[0].neg, args[1].neg = false, false
			r := p.each(e, args)
			r.neg = opposite
			return r
		}
	}
	return p.each(e, args)
}

// of gives a vector of persons to the one meant.
func (p *planner) of(r ref, who int) ref {
	switch {
	case r.vars == 0:
	case who == rule.Head:
		s := &p.steps[r.step]
		neg := r.neg
		r = p.add(step{op: opHead, shape: household, truth: s.truth, args: []ref{{step: r.step}}}, 0)
		r.neg = neg
	default:
		r.vars = 1 << who
	}
	return r
}

func (p *planner) isHead(who int) ref {
	if who == rule.Head {
		return p.yes
	}
	return p.add(step{op: rule.OpIsHead, shape: person, truth: true}, 1<<who)
}
