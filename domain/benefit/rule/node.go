package rule

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// limit bounds every value; two of them still fit into an int64.
const limit = 1 << 62

// node gives the one node of a meaning: Static, Vars and the operands' place
// among the statics are worked out here.
func (c *compiler) node(e Expr) *Expr {
	switch e.Op {
	case OpConst, OpDate, OpParam:
		e.Static = true
	case OpFact, OpHousehold, OpCall, OpIsHead, OpSame, OpAny, OpSum:
	default:
		e.Static = len(e.Args) > 0
		for _, a := range e.Args {
			e.Static = e.Static && a.Static
		}
	}
	for _, v := range e.Var {
		if v != Head && e.Op != OpAny && e.Op != OpSum {
			e.Vars |= 1 << v
		}
	}
	if !e.Static {
		e.Args = slices.Clone(e.Args)
		for i, a := range e.Args {
			e.Args[i] = c.wrapped(a)
		}
	}
	for _, a := range e.Args {
		e.Vars |= a.Vars
	}
	if e.Op == OpAny || e.Op == OpSum {
		e.Vars &^= 1 << e.Var[0]
	}
	if e.Lo < -limit || e.Hi > limit {
		fail("it can overflow: up to %d", max(-e.Lo, e.Hi))
	}
	key := meaning(&e)
	if n, ok := c.nodes[key]; ok {
		return n
	}
	n := &e
	n.ID = len(c.law.Nodes)
	c.law.Nodes = append(c.law.Nodes, n)
	c.nodes[key] = n
	return n
}

// meaning is the same text for the same node.
func meaning(e *Expr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d %d", e.Op, e.Type, e.Den, e.K)
	for _, v := range e.Var {
		fmt.Fprintf(&b, " v%d", v)
	}
	for _, a := range e.Args {
		fmt.Fprintf(&b, " a%d", a.ID)
	}
	for _, n := range e.List {
		fmt.Fprintf(&b, " l%d", n)
	}
	return b.String()
}

// wrapped is a node as others hold it: what depends on the run alone becomes a
// number of the run.
func (c *compiler) wrapped(e *Expr) *Expr {
	if !e.Static || e.Op == OpConst || e.Op == OpStatic {
		return e
	}
	k, ok := c.statics[e]
	if !ok {
		k = len(c.law.Static)
		c.statics[e] = k
		c.law.Static = append(c.law.Static, e)
	}
	n := c.node(Expr{Op: OpStatic, Type: e.Type, Den: e.Den, K: int64(k), Lo: e.Lo, Hi: e.Hi, Words: e.Words})
	n.Static = true
	return n
}

func (c *compiler) constant(t Type, k int64) *Expr {
	e := Expr{Op: OpConst, Type: t, Den: 1, K: k, Lo: k, Hi: k}
	if t == Word {
		e.Words = []int64{k}
	}
	return c.node(e)
}

func (c *compiler) call(def int, vars []int) *Expr {
	d := c.law.Defs[def]
	if d.Persons == 0 && d.Body.Static {
		return d.Body
	}
	return c.node(Expr{Op: OpCall, Type: d.Body.Type, Den: d.Body.Den, K: int64(def), Var: slices.Clone(vars), Lo: d.Body.Lo, Hi: d.Body.Hi, Words: d.Body.Words})
}

func (c *compiler) not(e *Expr) *Expr {
	switch e.Op {
	case OpConst:
		return c.constant(Bool, 1-e.K)
	case OpNot:
		return e.Args[0]
	}
	return c.node(Expr{Op: OpNot, Type: Bool, Den: 1, Args: []*Expr{e}, Hi: 1})
}

func (c *compiler) and(args []*Expr) *Expr { return c.logic(OpAnd, args, 1) }
func (c *compiler) or(args []*Expr) *Expr  { return c.logic(OpOr, args, 0) }

// logic joins operands; neutral is the value that changes nothing.
func (c *compiler) logic(op Op, args []*Expr, neutral int64) *Expr {
	var flat []*Expr
	for _, a := range args {
		switch {
		case a.Op == op:
			flat = append(flat, a.Args...)
		case a.Op == OpConst && a.K == neutral:
		case a.Op == OpConst:
			return a
		default:
			flat = append(flat, a)
		}
	}
	var once []*Expr
	for _, a := range flat {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	switch len(once) {
	case 0:
		return c.constant(Bool, neutral)
	case 1:
		return once[0]
	}
	return c.node(Expr{Op: op, Type: Bool, Den: 1, Args: once, Hi: 1})
}

func (c *compiler) compare(op Op, a, b *Expr) *Expr {
	if a.Type == Num {
		a, b = c.level(a, b)
	}
	if a.Op == OpConst && b.Op == OpConst {
		return c.constant(Bool, (&Run{}).Apply(&Expr{Op: op}, a.K, b.K))
	}
	return c.node(Expr{Op: op, Type: Bool, Den: 1, Args: []*Expr{a, b}, Hi: 1})
}

// level writes two numbers over one Den.
func (c *compiler) level(a, b *Expr) (*Expr, *Expr) {
	if a.Den == b.Den {
		return a, b
	}
	den := a.Den / gcd(a.Den, b.Den)
	if hi, lo := bits.Mul64(uint64(den), uint64(b.Den)); hi != 0 || lo > 1<<40 {
		fail("its fractions have no common divisor that fits")
	}
	den *= b.Den
	return c.over1(a, den), c.over1(b, den)
}

// over1 is the same number over a larger Den.
func (c *compiler) over1(e *Expr, den int64) *Expr {
	if e.Den == den {
		return e
	}
	k := den / e.Den
	lo, hi := times(e.Lo, e.Hi, k, k)
	if e.Op == OpConst {
		return c.node(Expr{Op: OpConst, Type: Num, Den: den, K: e.K * k, Lo: lo, Hi: hi})
	}
	return c.node(Expr{Op: OpScale, Type: Num, Den: den, K: k, Args: []*Expr{e}, Lo: lo, Hi: hi})
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		return -a
	}
	return a
}

// times bounds a product.
func times(alo, ahi, blo, bhi int64) (lo, hi int64) {
	first := true
	for _, a := range [2]int64{alo, ahi} {
		for _, b := range [2]int64{blo, bhi} {
			p := a * b
			if h, l := bits.Mul64(magnitude(a), magnitude(b)); h != 0 || l > limit {
				fail("it can overflow: %d times %d", a, b)
			}
			if first || p < lo {
				lo = p
			}
			if first || p > hi {
				hi = p
			}
			first = false
		}
	}
	return lo, hi
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-a)
	}
	return uint64(a)
}

// add joins two numbers, or takes the smaller or larger; min and max also take
// dates.
func (c *compiler) add(op Op, a, b *Expr) *Expr {
	e := Expr{Op: op, Type: a.Type, Den: 1}
	if a.Type == Num {
		a, b = c.level(a, b)
		e.Den = a.Den
	}
	switch op {
	case OpAdd:
		e.Lo, e.Hi = a.Lo+b.Lo, a.Hi+b.Hi
	case OpSub:
		e.Lo, e.Hi = a.Lo-b.Hi, a.Hi-b.Lo
	case OpMin:
		e.Lo, e.Hi = min(a.Lo, b.Lo), min(a.Hi, b.Hi)
	case OpMax:
		e.Lo, e.Hi = max(a.Lo, b.Lo), max(a.Hi, b.Hi)
	}
	if a.Op == OpConst && b.Op == OpConst {
		return c.node(Expr{Op: OpConst, Type: e.Type, Den: e.Den, K: e.Lo, Lo: e.Lo, Hi: e.Lo})
	}
	if op == OpAdd && a.Op == OpConst && a.K == 0 {
		return b
	}
	e.Args = []*Expr{a, b}
	return c.node(e)
}

func (c *compiler) multiply(a, b *Expr) *Expr {
	if h, l := bits.Mul64(uint64(a.Den), uint64(b.Den)); h != 0 || l > 1<<40 {
		fail("its fractions have no common divisor that fits")
	}
	lo, hi := times(a.Lo, a.Hi, b.Lo, b.Hi)
	if a.Op == OpConst && b.Op == OpConst {
		return c.node(Expr{Op: OpConst, Type: Num, Den: a.Den * b.Den, K: lo, Lo: lo, Hi: hi})
	}
	return c.node(Expr{Op: OpMul, Type: Num, Den: a.Den * b.Den, Args: []*Expr{a, b}, Lo: lo, Hi: hi})
}

// divide by a number written out: the same int64 over a larger Den, shortened
// where the dividend has a factor written out too.
func (c *compiler) divide(a, b *Expr) *Expr {
	switch {
	case b.Op != OpConst || b.Den != 1:
		fail("divide by whole numbers written out alone, or write the parameter as a rate")
	case b.K == 0:
		fail("division by zero")
	case b.K < 0:
		fail("divide by a number above zero")
	}
	k := b.K
	if a.Op == OpMul {
		for i, f := range a.Args {
			if g := gcd(f.K, k); f.Op == OpConst && g > 1 {
				a, k = c.multiply(a.Args[1-i], c.node(Expr{Op: OpConst, Type: Num, Den: f.Den, K: f.K / g, Lo: f.K / g, Hi: f.K / g})), k/g
				break
			}
		}
	}
	if h, l := bits.Mul64(uint64(a.Den), uint64(k)); h != 0 || l > 1<<40 {
		fail("its fractions have no common divisor that fits")
	}
	if a.Op == OpConst {
		return c.node(Expr{Op: OpConst, Type: Num, Den: a.Den * k, K: a.K, Lo: a.K, Hi: a.K})
	}
	if k == 1 {
		return a
	}
	return c.node(Expr{Op: OpScale, Type: Num, Den: a.Den * k, K: 1, Args: []*Expr{a}, Lo: a.Lo, Hi: a.Hi})
}

func (c *compiler) floor(a *Expr) *Expr {
	if a.Den == 1 {
		return a
	}
	return c.node(Expr{Op: OpFloor, Type: Num, Den: 1, Args: []*Expr{a}, Lo: floorDiv(a.Lo, a.Den), Hi: floorDiv(a.Hi, a.Den)})
}

func (c *compiler) choose(cond, a, b *Expr) *Expr {
	e := Expr{Op: OpIf, Type: a.Type, Den: 1}
	if a.Type == Num {
		a, b = c.level(a, b)
		e.Den = a.Den
	}
	if a.Type == Word {
		e.Words = union(a.Words, b.Words)
	}
	if cond.Op == OpConst {
		if cond.K != 0 {
			return a
		}
		return b
	}
	e.Lo, e.Hi = min(a.Lo, b.Lo), max(a.Hi, b.Hi)
	e.Args = []*Expr{cond, a, b}
	return c.node(e)
}

// over joins a node for all members as variable v.
func (c *compiler) over(op Op, body *Expr, v int) *Expr {
	e := Expr{Op: op, Type: body.Type, Den: body.Den, Args: []*Expr{body}, Var: []int{v}, Hi: 1}
	if op == OpSum {
		e.Lo, _ = times(min(0, body.Lo), 0, MaxMembers, MaxMembers)
		_, e.Hi = times(0, max(0, body.Hi), MaxMembers, MaxMembers)
	}
	return c.node(e)
}

// between counts from one day to another; a later end and an earlier beginning
// count more.
func (c *compiler) between(op Op, count func(from, to int64) int64, args []*Expr) *Expr {
	return c.node(Expr{Op: op, Type: Num, Den: 1, Args: args, Lo: count(args[0].Hi, args[1].Lo), Hi: count(args[0].Lo, args[1].Hi)})
}

// union of what two words can be; unknown if one is.
func union(a, b []int64) []int64 {
	if a == nil || b == nil {
		return nil
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
