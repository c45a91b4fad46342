package reference

import (
	"math/big"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"maru/kernel"
)

// call is an operator, a function, a formula or another programme.
func (r *run) call(c ast.CallExpr, in names) value {
	name, args := c.FunctionName(), c.Args()
	if r.law.Trees[name] != nil {
		return r.tree(name, r.each(args, in)...)
	}
	switch name {
	case operators.Conditional:
		return choose(r.eval(args[0], in),
			func() value { return r.eval(args[1], in) },
			func() value { return r.eval(args[2], in) })
	case "given":
		if fact := r.eval(args[0], in); fact.known() {
			return fact
		}
		return r.eval(args[1], in)
	case operators.In:
		return r.in(args[0], args[1], in)
	case operators.Index:
		return r.index(c, in)
	case "day":
		return r.day(args[0], in)
	case "at":
		return r.at(args[0], args[1], in)
	case "eligible":
		return r.eligible(r.eval(args[0], in).word, r.each(args[1:], in)...)
	case "amount_of":
		return r.tree(r.eval(args[0], in).word+".amount", r.each(args[1:], in)...)
	case operators.LogicalAnd:
		return and(r.each(args, in)...)
	case operators.LogicalOr:
		return or(r.each(args, in)...)
	case operators.LogicalNot:
		return not(r.eval(args[0], in))
	}
	operands := r.each(args, in)
	if name == operators.Multiply && allKnown(operands...) {
		return product(operands)
	}
	return strict(resultKind(name, operands), operands, func() value { return r.plain(name, operands) })
}

func (r *run) each(args []ast.Expr, in names) []value {
	var out []value
	for _, a := range args {
		out = append(out, r.eval(a, in))
	}
	return out
}

// resultKind is the kind of a plain function's value.
func resultKind(name string, operands []value) kind {
	switch name {
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, "starts":
		return truth
	case "add_months", "in_year":
		return day
	case "min", "max":
		return operands[0].kind
	}
	return number
}

// plain is a function of known operands.
func (r *run) plain(name string, v []value) value {
	switch name {
	case operators.Equals:
		return truthOf(same(v[0], v[1]))
	case operators.NotEquals:
		return truthOf(!same(v[0], v[1]))
	case operators.Less:
		return truthOf(compare(v[0], v[1]) < 0)
	case operators.LessEquals:
		return truthOf(compare(v[0], v[1]) <= 0)
	case operators.Greater:
		return truthOf(compare(v[0], v[1]) > 0)
	case operators.GreaterEquals:
		return truthOf(compare(v[0], v[1]) >= 0)
	case operators.Add:
		return add(v[0], v[1])
	case operators.Subtract:
		return ratOf(new(big.Rat).Sub(v[0].rat(), v[1].rat()))
	case operators.Negate:
		return ratOf(new(big.Rat).Neg(v[0].rat()))
	case operators.Divide:
		if v[1].rat().Sign() == 0 {
			return r.fail("division by nought")
		}
		return ratOf(new(big.Rat).Quo(v[0].rat(), v[1].rat()))
	case "min":
		if compare(v[1], v[0]) < 0 {
			return v[1]
		}
		return v[0]
	case "max":
		if compare(v[1], v[0]) > 0 {
			return v[1]
		}
		return v[0]
	case "floor", "half_up", "down10", "up10":
		return round(name, v[0].rat())
	case "starts":
		return truthOf(slices.ContainsFunc(v[1].texts, func(begin string) bool { return strings.HasPrefix(v[0].word, begin) }))
	}
	return r.calendar(name, v)
}

// product is a times b. One that is nought decides, whatever the other is.
func product(v []value) value {
	out := ratOf(new(big.Rat).Mul(v[0].rat(), v[1].rat()))
	var nought []value
	for _, x := range v {
		if x.rat().Sign() == 0 {
			nought = append(nought, x)
		}
	}
	if len(nought) > 0 {
		return out.resting(least(nought))
	}
	return out.resting(v...)
}

func add(a, b value) value { return ratOf(new(big.Rat).Add(a.rat(), b.rat())) }

// round is the rounding of that name: floor(x), floor(x + 1/2), floor(x / 10) x 10
// or ceil(x / 10) x 10.
func round(name string, x *big.Rat) value {
	ten := big.NewRat(10, 1)
	switch name {
	case "half_up":
		return ratOf(floor(new(big.Rat).Add(x, big.NewRat(1, 2))))
	case "down10":
		return ratOf(new(big.Rat).Mul(floor(new(big.Rat).Quo(x, ten)), ten))
	case "up10":
		// The ceiling of x is less the floor of less x.
		tens := floor(new(big.Rat).Neg(new(big.Rat).Quo(x, ten)))
		return ratOf(new(big.Rat).Mul(new(big.Rat).Neg(tens), ten))
	}
	return ratOf(floor(x))
}

// floor is the greatest whole number that is not above x.
func floor(x *big.Rat) *big.Rat {
	// Div rounds down while the divisor is above nought, which a denominator is.
	return new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom()))
}

// calendar is a function of known days.
func (r *run) calendar(name string, v []value) value {
	switch name {
	case "years":
		return numberOf(int64(years(v[0].day, v[1].day)))
	case "months_between":
		return numberOf(int64(monthsBetween(v[0].day, v[1].day)))
	case "full_months":
		return numberOf(int64(fullMonths(v[0].day, v[1].day)))
	case "days":
		return numberOf(daysBetween(v[0].day, v[1].day))
	case "year":
		return numberOf(int64(v[0].day.Year()))
	case "add_months":
		n, ok := v[1].whole()
		if !ok {
			return r.fail("a part of a month")
		}
		return dayOf(addMonths(v[0].day, int(n)))
	case "in_year":
		y, ok := v[0].whole()
		md, fits := v[1].whole()
		if !ok || !fits {
			return r.fail("a part of a year")
		}
		return dayOf(inYear(int(y), int(md)))
	}
	return r.fail("the function %s", name)
}

// day is a day written out.
func (r *run) day(e ast.Expr, in names) value {
	d, err := kernel.ParseDate(r.eval(e, in).word)
	if err != nil {
		return r.fail("%v", err)
	}
	return dayOf(midnight(d))
}

// at is a parameter on another day.
func (r *run) at(what, when ast.Expr, in names) value {
	p := r.param(what.AsIdent())
	if p == nil {
		return r.fail("no parameter %s", what.AsIdent())
	}
	on := r.eval(when, in)
	if !on.known() {
		return lacking(entryOf(p, 0).kind, on)
	}
	v := r.single(p, on.day)
	return v.resting(v, on)
}

// in tells whether a value is one of a list written out, or a programme one of
// a set.
func (r *run) in(what, list ast.Expr, in names) value {
	v := r.eval(what, in)
	if list.Kind() != ast.ListKind {
		set := r.eval(list, in)
		return strict(truth, []value{v, set}, func() value { return truthOf(slices.Contains(set.texts, v.word)) })
	}
	return strict(truth, []value{v}, func() value {
		for _, el := range list.AsList().Elements() {
			if same(v, r.eval(el, in)) {
				return truthOf(true)
			}
		}
		return truthOf(false)
	})
}

// index is a table with all its keys.
func (r *run) index(c ast.CallExpr, in names) value {
	var keys []value
	on := c.Args()[0]
	for {
		keys = append([]value{r.eval(c.Args()[1], in)}, keys...)
		if on.Kind() != ast.CallKind {
			break
		}
		c = on.AsCall()
		on = c.Args()[0]
	}
	p := r.param(on.AsIdent())
	if p == nil || len(p.By) != len(keys) {
		return r.fail("no table %s with %d keys", on.AsIdent(), len(keys))
	}
	return r.entry(p, keys)
}

// eligible is the verdict of a programme: all its conditions.
func (r *run) eligible(programme string, persons ...value) value {
	p := r.law.Programme(programme)
	if p == nil {
		return r.fail("no programme %s", programme)
	}
	return and(r.conditions(p.ID, p.Benefit.Conditions, persons...)...)
}
