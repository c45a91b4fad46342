package index

import (
	"slices"

	"maru/domain/benefit/rule"
)

// literal is a node that holds or does not hold. Variable 0 is the member in
// question, or the head.
type literal struct {
	e    *rule.Expr
	head bool
	not  bool
}

func (l literal) key() int64 {
	k := int64(l.e.ID) << 2
	if l.head {
		k |= 2
	}
	if l.not {
		k |= 1
	}
	return k
}

// clause is an OR of literals, sorted by key, without repeats.
type clause []literal

// most bounds how many pieces a programme is taken apart into; what is left
// then stays in one piece.
const most = 400

// taker takes one programme apart.
type taker struct {
	law     *rule.Law
	clauses []clause
	pieces  int
}

// literalOf is a literal in its only form: who is meant does not matter where
// nobody is.
func literalOf(e *rule.Expr, head, not bool) literal {
	return literal{e, head && e.Vars != 0, not}
}

// inner is the body of a call that can be taken apart, with who its person is;
// ok is false for calls over two persons.
func inner(law *rule.Law, e *rule.Expr, head bool) (body *rule.Expr, toHead, ok bool) {
	switch d := law.Defs[e.K]; d.Persons {
	case 0:
		return d.Body, false, true
	case 1:
		return d.Body, head || e.Var[0] == rule.Head, e.Var[0] == rule.Head || e.Var[0] == 0
	}
	return nil, false, false
}

// and adds a node, or its contrary, to what must hold.
func (t *taker) and(e *rule.Expr, head, not bool) {
	t.pieces++
	switch {
	case t.pieces > most:
	case e.Op == rule.OpNot:
		t.and(e.Args[0], head, !not)
		return
	case e.Op == rule.OpCall:
		if body, toHead, ok := inner(t.law, e, head); ok {
			t.and(body, toHead, not)
			return
		}
	case e.Op == rule.OpAnd && !not, e.Op == rule.OpOr && not:
		for _, a := range e.Args {
			t.and(a, head, not)
		}
		return
	}
	var c clause
	t.or(e, head, not, &c)
	slices.SortFunc(c, func(a, b literal) int { return int(a.key() - b.key()) })
	t.clauses = append(t.clauses, slices.Compact(c))
}

// or adds a node, or its contrary, to a clause.
func (t *taker) or(e *rule.Expr, head, not bool, out *clause) {
	t.pieces++
	switch {
	case t.pieces > most:
	case e.Op == rule.OpNot:
		t.or(e.Args[0], head, !not, out)
		return
	case e.Op == rule.OpCall:
		if body, toHead, ok := inner(t.law, e, head); ok {
			t.or(body, toHead, not, out)
			return
		}
	case e.Op == rule.OpOr && !not, e.Op == rule.OpAnd && not:
		for _, a := range e.Args {
			t.or(a, head, not, out)
		}
		return
	}
	*out = append(*out, literalOf(e, head, not))
}
