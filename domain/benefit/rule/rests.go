package rule

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// RestsOp is how what an expression rests on follows from its parts.
type RestsOp uint8

// The operations. A value rests on an unverified figure if another figure in its
// place could make another value of it, on the path by which it was reached. The
// rules are told in docs/benefit-rules.md.
const (
	RestsAll     RestsOp = iota // on what all parts rest on
	RestsAnd                    // true: all parts; false: one false part
	RestsOr                     // false: all parts; true: one true part
	RestsIf                     // the condition and the branch taken; of an unknown condition both branches
	RestsGiven                  // nothing while the fact is known, else what stands in for it
	RestsProduct                // a part that is nought, else both
	RestsParam                  // the value of parameter Param on the run's day
	RestsTable                  // its entry at the keys Parts, and the keys
	RestsAt                     // its value on the day Parts[0], and the day
	RestsCall                   // definition Def of the persons Var
	RestsAny                    // Parts[0] of the members as Var[0], as RestsOr
	RestsEvery                  // Parts[0] of the members as Var[0], as RestsAnd
	RestsSum                    // Parts[0] of all members as Var[0]
	RestsMark                   // Mark, and what Parts[0] rests on
)

// Rests says which unverified figures a value rests on. It has the shape in which
// the rule is written, not that of the graph, which joins and leaves out what makes
// no difference to a value. What can rest on nothing has none.
type Rests struct {
	Op    RestsOp
	Parts []Part
	Param int
	Def   int
	Var   []int // persons: a variable's number, or Head
	Mark  int   // number of the parameter, formula, condition or amount in Law.Marks
}

// Part is an expression within another: its value, and what that rests on.
type Part struct {
	Expr  *Expr
	Rests *Rests
}

// mark is the number of something unverified.
func (c *compiler) mark(name string) int {
	n, ok := c.marks[name]
	if !ok {
		n = len(c.law.Marks)
		c.marks[name] = n
		c.law.Marks = append(c.law.Marks, name)
	}
	return n
}

// marked rests on something unverified itself.
func (c *compiler) marked(name string, rests *Rests) *Rests {
	return &Rests{Op: RestsMark, Mark: c.mark(name), Parts: []Part{{Rests: rests}}}
}

// of joins parts; nil where none rests on anything.
func (c *compiler) of(op RestsOp, parts []Part) *Rests {
	var some []Part
	for _, p := range parts {
		if p.Rests != nil {
			some = append(some, p)
		}
	}
	switch {
	case len(some) == 0:
		return nil
	case op == RestsAll && len(some) == 1:
		return some[0].Rests
	case op == RestsAll:
		return &Rests{Op: op, Parts: some}
	}
	return &Rests{Op: op, Parts: c.held(parts)}
}

// held are parts whose values are asked for.
func (c *compiler) held(parts []Part) []Part {
	out := slices.Clone(parts)
	for i := range out {
		out[i].Expr = c.wrapped(out[i].Expr)
	}
	return out
}

func (c *compiler) callRests(def int, vars []int) *Rests {
	if def < 0 || c.law.Defs[def].Rests == nil {
		return nil
	}
	return &Rests{Op: RestsCall, Def: def, Var: slices.Clone(vars)}
}

// paramRests is a parameter with its keys or the day asked for.
func (c *compiler) paramRests(op RestsOp, k int, parts []Part) *Rests {
	p := c.law.Params[k]
	if !slices.ContainsFunc(p.Values, func(d Dated) bool { return d.AnyMarked() }) {
		return c.of(RestsAll, parts)
	}
	return &Rests{Op: op, Param: k, Mark: c.mark(p.ID), Parts: c.held(parts)}
}

// restsOf is what an expression rests on whose parts were lowered in the order in
// which they are written.
func (c *compiler) restsOf(e ast.Expr, s scope, parts []Part) *Rests {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		if b, ok := s.names[name]; ok {
			return b.rests
		}
		if k, ok := c.params[name]; ok {
			return c.paramRests(RestsParam, k, nil)
		}
		if c.formulas[name] != nil {
			return c.callRests(c.done[name], nil)
		}
	case ast.CallKind:
		return c.restsOfCall(e.AsCall(), s, parts)
	case ast.ComprehensionKind:
		return c.restsOfLoop(e.AsComprehension(), s, parts)
	}
	return nil
}

func (c *compiler) restsOfCall(call ast.CallExpr, s scope, parts []Part) *Rests {
	name, args := call.FunctionName(), call.Args()
	if f, ok := c.formulas[name]; ok {
		switch {
		case f.whole:
			return c.callRests(c.done[f.ID], c.vars(args, s))
		case f.Unverified:
			return c.marked(f.ID, parts[len(parts)-1].Rests)
		}
		// Its arguments count where its body reads them.
		return parts[len(parts)-1].Rests
	}
	switch name {
	case operators.LogicalAnd:
		return c.of(RestsAnd, parts)
	case operators.LogicalOr:
		return c.of(RestsOr, parts)
	case operators.Conditional:
		return c.of(RestsIf, parts)
	case operators.Multiply:
		return c.of(RestsProduct, parts)
	case "given":
		return c.of(RestsGiven, parts)
	case operators.Index:
		for call.Args()[0].Kind() == ast.CallKind {
			call = call.Args()[0].AsCall()
		}
		return c.paramRests(RestsTable, c.params[call.Args()[0].AsIdent()], parts)
	case "at":
		return c.paramRests(RestsAt, c.params[args[0].AsIdent()], parts)
	case "starts":
		rests := c.of(RestsAll, parts)
		if args[1].Kind() == ast.IdentKind {
			rests = c.of(RestsAll, []Part{{Rests: rests}, {Rests: c.paramRests(RestsParam, c.params[args[1].AsIdent()], nil)}})
		}
		return rests
	case "eligible":
		return c.callRests(c.done[textOf(args[0])+".eligible"], c.vars(args[1:], s))
	case "amount_of":
		return c.callRests(c.done[textOf(args[0])+".amount"], c.vars(args[1:], s))
	}
	return c.of(RestsAll, parts)
}

func (c *compiler) vars(args []ast.Expr, s scope) []int {
	var out []int
	for _, a := range args {
		out = append(out, c.person(a, s))
	}
	return out
}

// restsOfLoop: over the records of a list the parts are those of each record, over
// the members there is one.
func (c *compiler) restsOfLoop(l ast.ComprehensionExpr, s scope, parts []Part) *Rests {
	members := l.IterRange().AsIdent() == "members"
	op, over := RestsAll, RestsSum
	switch l.LoopStep().AsCall().FunctionName() {
	case stepAny:
		op, over = RestsOr, RestsAny
	case stepAll:
		op, over = RestsAnd, RestsEvery
	}
	if !members {
		return c.of(op, parts)
	}
	rests := c.of(over, parts)
	if rests != nil {
		rests.Var = []int{s.depth}
	}
	return rests
}
