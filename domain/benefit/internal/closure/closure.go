// Package closure computes rules for one household: each node of a law's graph
// becomes a function. It is the back end behind every question about one
// person, and the only one that says which facts are missing.
//
// Invariants: a Machine serves any number of goroutines, a Scratch one at a
// time; computing allocates nothing once a Scratch has seen its largest
// household.
package closure

import (
	"slices"

	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// fn computes a node: its number, and whether it is known.
type fn func(c *Scratch) (int64, bool)

// Machine is a law ready to be computed.
type Machine struct {
	Law *rule.Law
	fns []fn // by node
	// memos is how many numbers are kept over one household: those of the
	// definitions of no person and shared nodes of the household, then one a
	// member for each definition of one person.
	whole, single int
	// rests numbers the definitions that can rest on something unverified, of
	// which there are resting.
	rests   []int
	resting int
}

// Scratch is the working memory of one computation.
type Scratch struct {
	m     *Machine
	run   *rule.Run
	frame *frame.Frame
	vars  [rule.MaxVars]int

	// A memo counts while its turn is the present one, so nothing is cleared
	// between households.
	turn  uint32
	memos []memo
	// missing gathers refs while asked for.
	missing *Missing
	// unverified and rested serve Rests.
	unverified *Unverified
	rested     []rested
	rooms      Marks
}

type memo struct {
	turn  uint32
	known bool
	value int64
}

// New prepares a law.
func New(law *rule.Law) *Machine {
	m := &Machine{Law: law, fns: make([]fn, len(law.Nodes))}
	uses := make([]int, len(law.Nodes))
	for _, n := range law.Nodes {
		for _, a := range n.Args {
			uses[a.ID]++
		}
	}
	for _, d := range law.Defs {
		uses[d.Body.ID]++
	}
	m.rests = make([]int, len(law.Defs))
	for i, d := range law.Defs {
		if d.Rests != nil {
			m.rests[i] = m.resting
			m.resting++
		}
	}
	b := builder{m: m, uses: uses, single: make([]int, len(law.Defs)), whole: make([]int, len(law.Defs))}
	for i, d := range law.Defs {
		b.whole[i], b.single[i] = -1, -1
		switch d.Persons {
		case 0:
			b.whole[i] = m.whole
			m.whole++
		case 1:
			b.single[i] = m.single
			m.single++
		}
	}
	for _, n := range law.Nodes {
		if !n.Static || n.Op == rule.OpConst || n.Op == rule.OpStatic {
			b.node(n)
		}
	}
	return m
}

// Scratch makes working memory.
func (m *Machine) Scratch() *Scratch {
	return &Scratch{m: m}
}

// Begin takes up a household on a run's date. What was computed before is
// forgotten.
func (s *Scratch) Begin(run *rule.Run, f *frame.Frame) {
	s.run, s.frame = run, f
	if need := s.m.whole + s.m.single*f.Members; len(s.memos) < need {
		s.memos = make([]memo, need) // of turn 0, which none is
	}
	if s.turn++; s.turn == 0 {
		clear(s.memos)
		for i := range s.rested {
			s.rested[i].turn = 0
		}
		s.turn = 1
	}
}

// Value computes a definition for the persons given (members by number): its
// number and whether it is known.
func (s *Scratch) Value(def int, persons ...int) (int64, bool) {
	saved := s.vars
	copy(s.vars[:], persons)
	v, known := s.call(def)
	s.vars = saved
	return v, known
}

// call computes a definition whose persons stand in s.vars, from memory where
// it was computed before.
func (s *Scratch) call(def int) (int64, bool) {
	return s.m.fns[s.m.Law.Defs[def].Body.ID](s)
}

// builder makes the functions of a machine.
type builder struct {
	m             *Machine
	uses          []int
	whole, single []int // memo numbers by definition, -1 without
}

// node makes a node's function, and those of its operands first.
func (b *builder) node(e *rule.Expr) fn {
	if f := b.m.fns[e.ID]; f != nil {
		return f
	}
	f := b.plain(e)
	// What is the same for the whole household and asked for twice is kept.
	if e.Vars == 0 && b.uses[e.ID] > 1 && len(e.Args) > 0 && e.Op != rule.OpCall {
		at := b.m.whole
		b.m.whole++
		f = remember(at, f)
	}
	b.m.fns[e.ID] = f
	return f
}

func remember(at int, f fn) fn {
	return func(s *Scratch) (int64, bool) {
		if m := &s.memos[at]; m.turn == s.turn {
			return m.value, m.known
		}
		v, known := f(s)
		s.memos[at] = memo{s.turn, known, v}
		return v, known
	}
}

func member(s *Scratch, v int) int {
	if v == rule.Head {
		return 0
	}
	return s.vars[v]
}

func (b *builder) plain(e *rule.Expr) fn {
	k := e.K
	switch e.Op {
	case rule.OpConst:
		return func(*Scratch) (int64, bool) { return k, true }
	case rule.OpStatic:
		return func(s *Scratch) (int64, bool) { return s.run.Static[k], true }
	case rule.OpFact:
		return fact(e)
	case rule.OpHousehold:
		bit := uint64(1) << k
		return func(s *Scratch) (int64, bool) { return s.frame.Household[k], s.frame.HouseholdKnown&bit != 0 }
	case rule.OpCall:
		return b.call(e)
	case rule.OpIsHead:
		v := e.Var[0]
		return func(s *Scratch) (int64, bool) { return truth(member(s, v) == 0), true }
	case rule.OpSame:
		v, w := e.Var[0], e.Var[1]
		return func(s *Scratch) (int64, bool) { return truth(member(s, v) == member(s, w)), true }
	}
	args := make([]fn, len(e.Args))
	for i, a := range e.Args {
		args[i] = b.node(a)
	}
	switch e.Op {
	case rule.OpAnd:
		return junction(args, 0)
	case rule.OpOr:
		return junction(args, 1)
	case rule.OpIf:
		return choice(args[0], args[1], args[2])
	case rule.OpGiven:
		a, other := args[0], args[1]
		return func(s *Scratch) (int64, bool) {
			if v, known := a(s); known {
				return v, true
			}
			return other(s)
		}
	case rule.OpAny:
		return anyMember(args[0], e.Var[0])
	case rule.OpSum:
		return sumMembers(args[0], e.Var[0])
	case rule.OpTable:
		return table(e, args)
	}
	return plainOp(e, args)
}

func fact(e *rule.Expr) fn {
	k, v, bit := int(e.K), e.Var[0], uint64(1)<<e.K
	if v == rule.Head {
		return func(s *Scratch) (int64, bool) { return s.frame.Person[k], s.frame.PersonKnown[0]&bit != 0 }
	}
	return func(s *Scratch) (int64, bool) {
		f, m := s.frame, s.vars[v]
		return f.Person[m*f.Stride+k], f.PersonKnown[m]&bit != 0
	}
}

// call enters a definition with persons of its own, and keeps what it gave
// where that depends on one person at most.
func (b *builder) call(e *rule.Expr) fn {
	def := int(e.K)
	d := b.m.Law.Defs[def]
	body := b.node(d.Body)
	switch d.Persons {
	case 0:
		return remember(b.whole[def], body)
	case 1:
		at, v := b.single[def], e.Var[0]
		return func(s *Scratch) (int64, bool) {
			who := member(s, v)
			m := &s.memos[s.m.whole+at*s.frame.Members+who]
			if m.turn == s.turn {
				return m.value, m.known
			}
			saved := s.vars
			s.vars[0] = who
			value, known := body(s)
			s.vars = saved
			*m = memo{s.turn, known, value}
			return value, known
		}
	default:
		v, w := e.Var[0], e.Var[1]
		return func(s *Scratch) (int64, bool) {
			saved := s.vars
			s.vars = [rule.MaxVars]int{member(s, v), member(s, w)}
			value, known := body(s)
			s.vars = saved
			return value, known
		}
	}
}

// junction is AND (decided by 0) or OR (decided by 1): one operand with that
// value decides, whatever is unknown.
func junction(args []fn, decides int64) fn {
	if len(args) == 2 {
		a, b := args[0], args[1]
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			if known && x == decides {
				return decides, true
			}
			y, alsoKnown := b(s)
			if alsoKnown && y == decides {
				return decides, true
			}
			return 1 - decides, known && alsoKnown
		}
	}
	return func(s *Scratch) (int64, bool) {
		all := true
		for _, a := range args {
			x, known := a(s)
			if known && x == decides {
				return decides, true
			}
			all = all && known
		}
		return 1 - decides, all
	}
}

func choice(cond, yes, no fn) fn {
	return func(s *Scratch) (int64, bool) {
		c, known := cond(s)
		if known {
			if c != 0 {
				return yes(s)
			}
			return no(s)
		}
		a, aKnown := yes(s)
		if !aKnown {
			return 0, false
		}
		b, bKnown := no(s)
		return a, bKnown && a == b
	}
}

func anyMember(body fn, v int) fn {
	return func(s *Scratch) (int64, bool) {
		saved, all := s.vars[v], true
		for n := range s.frame.Members {
			s.vars[v] = n
			x, known := body(s)
			if known && x != 0 {
				s.vars[v] = saved
				return 1, true
			}
			all = all && known
		}
		s.vars[v] = saved
		return 0, all
	}
}

func sumMembers(body fn, v int) fn {
	return func(s *Scratch) (int64, bool) {
		saved, sum := s.vars[v], int64(0)
		for n := range s.frame.Members {
			s.vars[v] = n
			x, known := body(s)
			if !known {
				s.vars[v] = saved
				return 0, false
			}
			sum += x
		}
		s.vars[v] = saved
		return sum, true
	}
}

func table(e *rule.Expr, args []fn) fn {
	k := e.K
	return func(s *Scratch) (int64, bool) {
		p, at := s.run.Params[k], 0
		for i, a := range args {
			key, known := a(s)
			if !known {
				return 0, false
			}
			at = at*p.Size[i] + p.Place(i, key)
		}
		return s.run.Param[k].Table[at], true
	}
}

// plainOp is an operation that is unknown when an operand is. The frequent
// ones stand on their own: the switch inside Apply costs as much as they do.
func plainOp(e *rule.Expr, args []fn) fn {
	a := args[0]
	if len(args) == 1 {
		k := e.K
		switch e.Op {
		case rule.OpNot:
			return func(s *Scratch) (int64, bool) { x, known := a(s); return 1 - x, known }
		case rule.OpScale:
			return func(s *Scratch) (int64, bool) { x, known := a(s); return x * k, known }
		case rule.OpHas:
			return func(s *Scratch) (int64, bool) { x, known := a(s); return x >> k & 1, known }
		case rule.OpIn:
			list := slices.Clone(e.List)
			return func(s *Scratch) (int64, bool) { x, known := a(s); return truth(slices.Contains(list, x)), known }
		}
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			if !known {
				return 0, false
			}
			return s.run.Apply(e, x, 0), true
		}
	}
	b := args[1]
	switch e.Op {
	case rule.OpEq:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return truth(x == y), known && alsoKnown
		}
	case rule.OpLess:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return truth(x < y), known && alsoKnown
		}
	case rule.OpLessEq:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return truth(x <= y), known && alsoKnown
		}
	case rule.OpAdd:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return x + y, known && alsoKnown
		}
	case rule.OpSub:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return x - y, known && alsoKnown
		}
	case rule.OpMul:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return x * y, known && alsoKnown
		}
	case rule.OpMin:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return min(x, y), known && alsoKnown
		}
	case rule.OpMax:
		return func(s *Scratch) (int64, bool) {
			x, known := a(s)
			y, alsoKnown := b(s)
			return max(x, y), known && alsoKnown
		}
	}
	return func(s *Scratch) (int64, bool) {
		x, known := a(s)
		if !known {
			return 0, false
		}
		y, known := b(s)
		if !known {
			return 0, false
		}
		return s.run.Apply(e, x, y), true
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
