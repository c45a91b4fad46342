package closure

import "maru/domain/benefit/rule"

// Node computes a node of the law in which variable 0 is the member who: its
// number and whether it is known. Package index asks for parts of conditions.
func (s *Scratch) Node(e *rule.Expr, who int) (int64, bool) {
	s.vars[0] = who
	return s.m.fns[e.ID](s)
}
