package closure

import (
	"math/bits"

	"maru/domain/benefit/rule"
)

// Missing are facts that a result is unknown for, as bits by slot.
type Missing struct {
	Household uint64
	Person    []uint64 // by member
}

// Reset empties the set for a household of n members.
func (m *Missing) Reset(n int) {
	if cap(m.Person) < n {
		m.Person = make([]uint64, n)
	}
	m.Person = m.Person[:n]
	clear(m.Person)
	m.Household = 0
}

// Len is how many facts are missing.
func (m *Missing) Len() int {
	n := bits.OnesCount64(m.Household)
	for _, p := range m.Person {
		n += bits.OnesCount64(p)
	}
	return n
}

// None tells whether nothing is missing.
func (m *Missing) None() bool {
	for _, p := range m.Person {
		if p != 0 {
			return false
		}
	}
	return m.Household == 0
}

// Gather adds to m what the definition is unknown for; nothing where it is
// known.
func (s *Scratch) Gather(m *Missing, def int, persons ...int) {
	saved := s.vars
	copy(s.vars[:], persons)
	s.missing = m
	s.gather(s.m.Law.Defs[def].Body)
	s.missing = nil
	s.vars = saved
}

// gather follows the shape of the rule: what an unknown node lacks is what its
// unknown operands lack, but of a choice whose condition is known that branch
// alone, and of a choice whose condition is unknown all three.
func (s *Scratch) gather(e *rule.Expr) {
	if e.Static {
		return
	}
	if _, known := s.m.fns[e.ID](s); known {
		return
	}
	switch e.Op {
	case rule.OpFact:
		s.missing.Person[member(s, e.Var[0])] |= 1 << e.K
	case rule.OpHousehold:
		s.missing.Household |= 1 << e.K
	case rule.OpCall:
		saved := s.vars
		var inner [rule.MaxVars]int
		for i, v := range e.Var {
			inner[i] = member(s, v)
		}
		s.vars = inner
		s.gather(s.m.Law.Defs[e.K].Body)
		s.vars = saved
	case rule.OpAny, rule.OpSum:
		v := e.Var[0]
		saved := s.vars[v]
		for n := range s.frame.Members {
			s.vars[v] = n
			s.gather(e.Args[0])
		}
		s.vars[v] = saved
	case rule.OpIf:
		if c, known := s.m.fns[e.Args[0].ID](s); known {
			s.gather(e.Args[2-c])
			return
		}
		for _, a := range e.Args {
			s.gather(a)
		}
	case rule.OpGiven:
		s.gather(e.Args[1])
	default:
		for _, a := range e.Args {
			s.gather(a)
		}
	}
}
