package index

import (
	"slices"
	"sort"

	"maru/domain/benefit/rule"
)

// who a fact is of.
type who uint8

const (
	ofMember who = iota
	ofHead
	ofHousehold
)

// source is a fact of the member in question, of the head or of the household.
type source struct {
	who  who
	slot int
}

// rests is what a node depends on: nothing but the run (none), one fact, or
// anything else (many).
type rests struct {
	source     source
	none, many bool
}

var onMany = rests{many: true}

func (a rests) and(b rests) rests {
	switch {
	case a.many || b.none:
		return a
	case b.many || a.none:
		return b
	case a.source != b.source:
		return onMany
	}
	return a
}

// place is a node with who its variable 0 is.
type place struct {
	e    *rule.Expr
	head bool
}

// restsOn works out what a node depends on.
func (b *builder) restsOn(e *rule.Expr, head bool) rests {
	at := place{e, head}
	if r, ok := b.known[at]; ok {
		return r
	}
	r := rests{none: true}
	switch e.Op {
	case rule.OpFact:
		switch {
		case e.Var[0] == rule.Head || head:
			r = rests{source: source{ofHead, int(e.K)}}
		case e.Var[0] == 0:
			r = rests{source: source{ofMember, int(e.K)}}
		default:
			r = onMany
		}
	case rule.OpHousehold:
		r = rests{source: source{ofHousehold, int(e.K)}}
	case rule.OpAny, rule.OpSum, rule.OpIsHead, rule.OpSame:
		r = onMany
	case rule.OpCall:
		if body, toHead, ok := inner(b.run.Law, e, head); ok {
			r = b.restsOn(body, toHead)
		} else {
			r = onMany
		}
	default:
		for _, a := range e.Args {
			if r = r.and(b.restsOn(a, head)); r.many {
				break
			}
		}
	}
	b.known[at] = r
	return r
}

func (b *builder) fact(s source) *rule.Fact {
	if s.who == ofHousehold {
		return b.run.Households[s.slot]
	}
	return b.run.Persons[s.slot]
}

// few is how many values a number may have to be tabulated one by one.
const few = 200

// listed are the values of a fact that has few; nil for one that has many.
func (b *builder) listed(s source) []int64 {
	f := b.fact(s)
	switch f.Type {
	case rule.Bool:
		return []int64{0, 1}
	case rule.Word:
		var out []int64
		for _, m := range f.Members {
			if w, ok := b.run.WordOf(m); ok {
				out = append(out, w)
			}
		}
		slices.Sort(out)
		return out
	case rule.Num:
		if f.Hi-f.Lo >= few {
			return nil
		}
		var out []int64
		for v := f.Lo; v <= f.Hi; v++ {
			out = append(out, v)
		}
		return out
	}
	return nil
}

// cuts adds the values of a fact from which on a node may come out otherwise
// than below; ok is false where that cannot be told.
func (b *builder) cuts(s source, e *rule.Expr, head bool, out *[]int64) bool {
	if b.restsOn(e, head).none {
		return true
	}
	switch e.Op {
	case rule.OpNot, rule.OpAnd, rule.OpOr:
		for _, a := range e.Args {
			if !b.cuts(s, a, head, out) {
				return false
			}
		}
		return true
	case rule.OpIf:
		return e.Type == rule.Bool && b.cuts(s, e.Args[0], head, out) && b.cuts(s, e.Args[1], head, out) && b.cuts(s, e.Args[2], head, out)
	case rule.OpCall:
		body, toHead, ok := inner(b.run.Law, e, head)
		return ok && b.cuts(s, body, toHead, out)
	case rule.OpStarts:
		if !b.plain(e.Args[0]) {
			return false
		}
		for _, r := range b.run.Param[e.K].Ranges {
			*out = append(*out, r.Lo, r.Hi+1)
		}
		return true
	case rule.OpIn:
		if b.rises(e.Args[0], head) == 0 {
			return false
		}
		for _, k := range e.List {
			b.cut(s, e.Args[0], head, k, out)
		}
		return true
	case rule.OpEq, rule.OpLess, rule.OpLessEq:
		a, c := e.Args[0], e.Args[1]
		if b.restsOn(a, head).none {
			a, c = c, a
		}
		if !b.restsOn(c, head).none || b.rises(a, head) == 0 {
			return false
		}
		b.probe(s, 0, false)
		k, known := b.scratch.Node(c, b.subject(s))
		if known {
			b.cut(s, a, head, k, out)
		}
		return known
	}
	return false
}

// plain tells whether a node is the fact itself.
func (b *builder) plain(e *rule.Expr) bool {
	return e.Op == rule.OpFact || e.Op == rule.OpHousehold || e.Op == rule.OpGiven && b.plain(e.Args[0])
}

// rises tells whether a number or day follows the one fact it depends on: 1
// where it never falls as the fact rises, -1 where it never rises, 0 where that
// is not known.
func (b *builder) rises(e *rule.Expr, head bool) int {
	if b.restsOn(e, head).none {
		return 0
	}
	arg := func(i int) int { return b.rises(e.Args[i], head) }
	fixed := func(i int) bool { return b.restsOn(e.Args[i], head).none }
	both := func(sign0, sign1 int) int {
		switch {
		case fixed(1):
			return sign0 * arg(0)
		case fixed(0):
			return sign1 * arg(1)
		case sign0*arg(0) == sign1*arg(1):
			return sign0 * arg(0)
		}
		return 0
	}
	switch e.Op {
	case rule.OpFact, rule.OpHousehold:
		return 1
	case rule.OpGiven, rule.OpFloor, rule.OpYear:
		return arg(0)
	case rule.OpCall:
		if body, toHead, ok := inner(b.run.Law, e, head); ok {
			return b.rises(body, toHead)
		}
	case rule.OpScale:
		if e.K >= 0 {
			return arg(0)
		}
		return -arg(0)
	case rule.OpMul:
		for i := range 2 {
			if fixed(i) && e.Args[i].Lo >= 0 {
				return arg(1 - i)
			}
			if fixed(i) && e.Args[i].Hi <= 0 {
				return -arg(1 - i)
			}
		}
	case rule.OpAdd, rule.OpMin, rule.OpMax:
		return both(1, 1)
	case rule.OpSub:
		return both(1, -1)
	case rule.OpYears, rule.OpMonths, rule.OpFullMonths, rule.OpDays:
		return both(-1, 1)
	case rule.OpAddMonths, rule.OpInYear:
		if fixed(1) {
			return arg(0)
		}
	}
	return 0
}

// cut adds the values at which a node that follows the fact reaches k and
// leaves it.
func (b *builder) cut(s source, e *rule.Expr, head bool, k int64, out *[]int64) {
	f := b.fact(s)
	value := func(i int) int64 {
		b.probe(s, f.Lo+int64(i), true)
		v, _ := b.scratch.Node(e, b.subjectOf(s, head))
		return v
	}
	span := int(f.Hi - f.Lo)
	low := value(0)
	for _, below := range []func(v int64) bool{func(v int64) bool { return v < k }, func(v int64) bool { return v <= k }} {
		at := sort.Search(span+1, func(i int) bool { return below(value(i)) != below(low) })
		if at <= span {
			*out = append(*out, f.Lo+int64(at))
		}
	}
}
