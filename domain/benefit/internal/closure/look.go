package closure

import "maru/domain/benefit/rule"

// Look lets a reader walk through a node with the household taken up by Begin:
// explanations show the numbers that a comparison was made of.
type Look struct {
	s    *Scratch
	Vars [rule.MaxVars]int
}

// Look begins at a definition for the persons given.
func (s *Scratch) Look(persons ...int) Look {
	l := Look{s: s}
	copy(l.Vars[:], persons)
	return l
}

// Value is a node's number and whether it is known.
func (l Look) Value(e *rule.Expr) (int64, bool) {
	saved := l.s.vars
	l.s.vars = l.Vars
	v, known := l.s.m.fns[e.ID](l.s)
	l.s.vars = saved
	return v, known
}

// Enter is the body of the definition that a call names, with its persons.
func (l Look) Enter(call *rule.Expr) (*rule.Expr, Look) {
	var inner [rule.MaxVars]int
	saved := l.s.vars
	l.s.vars = l.Vars
	for i, v := range call.Var {
		inner[i] = member(l.s, v)
	}
	l.s.vars = saved
	return l.s.m.Law.Defs[call.K].Body, Look{l.s, inner}
}
