package benefit

import (
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// Change is what stands against a condition that does not hold, and what would
// have to be otherwise: the one comparison that decided.
type Change struct {
	// Kind is at_most, at_least, below, above, is, is_not, yes, no, received,
	// not_received.
	Kind string
	// Compared is what is compared; Member is whose it is, -1 for the household's.
	*Compared
	Member int
	// Have is the present value, Want the limit or what it could be; empty for
	// yes and no. Both are numbers of Type in Unit, or words.
	Have int64
	Want []int64
	// Alone: nothing else stands against the programme.
	Alone bool
}

// Compared is a fact, or a formula with a title. It is the same for all answers.
type Compared struct {
	Name kernel.Text
	Type rule.Type
	Unit string
	Fact *rule.Fact // nil for a formula
	// ko and en are the name as a value of a message.
	ko, en any
	number int // of its node
}

// name is what people call it, as a value of a message.
func (c *Compared) name(l kernel.Lang) any {
	if l == kernel.EN {
		return c.en
	}
	return c.ko
}

// comparedOf finds what people know by name among the nodes of a law, by their
// numbers.
func comparedOf(law *rule.Law) []*Compared {
	out := make([]*Compared, len(law.Nodes))
	for _, e := range law.Nodes {
		c := &Compared{Type: e.Type, number: e.ID}
		switch e.Op {
		case rule.OpFact:
			c.Fact = law.Persons[e.K]
		case rule.OpHousehold:
			c.Fact = law.Households[e.K]
		case rule.OpCall:
			if c.Name = law.Defs[e.K].Title; c.Name.IsZero() {
				continue
			}
			// Formulas carry no unit. What can be in the hundred thousands is money.
			if e.Type == rule.Num && e.Hi/e.Den > 100_000 {
				c.Unit = "won"
			}
		default:
			continue
		}
		if c.Fact != nil {
			c.Name, c.Unit = c.Fact.Title, c.Fact.Unit
		}
		c.ko, c.en = c.Name.In(kernel.KO), c.Name.In(kernel.EN)
		out[e.ID] = c
	}
	return out
}

// changes finds what stands against each condition that does not hold.
func (w *worker) changes(e *Engine, run *rule.Run, p *rule.Compiled, conditions [][]situation.Tri) [][]*Change {
	out := cut(&w.room.each, len(conditions))
	for i, tris := range conditions {
		out[i] = cut(&w.room.against, len(tris))
		for who, t := range tris {
			if t != situation.No {
				continue
			}
			f := finder{of: e.compared, run: run, look: w.scratch.Look(who), room: &w.room}
			c := f.find(run.Defs[p.Conditions[i]].Body, true)
			if c != nil {
				c.Alone = true
				for j := range conditions {
					c.Alone = c.Alone && (j == i || conditions[j][who] == situation.Yes)
				}
			}
			out[i][who] = c
		}
	}
	return out
}

// finder looks for the comparison that makes a node what it is.
type finder struct {
	of   []*Compared
	run  *rule.Run
	look closure.Look
	room *room
}

// find is what keeps the node from being want; nil where no single comparison
// that people can read does.
func (f finder) find(e *rule.Expr, want bool) *Change {
	switch e.Op {
	case rule.OpCall:
		body, look := f.look.Enter(e)
		return finder{f.of, f.run, look, f.room}.find(body, want)
	case rule.OpNot:
		return f.find(e.Args[0], !want)
	case rule.OpAnd, rule.OpOr:
		for _, a := range e.Args {
			if v, known := f.look.Value(a); known && (v != 0) != want {
				if c := f.find(a, want); c != nil {
					return c
				}
			}
		}
	case rule.OpLess, rule.OpLessEq:
		return f.compared(e, want)
	case rule.OpEq, rule.OpIn:
		return f.equal(e, want)
	case rule.OpFact, rule.OpHousehold:
		return f.yes(e, want)
	case rule.OpHas:
		return f.received(e, want)
	}
	return nil
}

// compared is a < b or a <= b. What people know by name is compared with the
// other side.
func (f finder) compared(e *rule.Expr, want bool) *Change {
	a, b := e.Args[0], e.Args[1]
	name, limit, kinds := a, b, [2]string{"at_most", "above"}
	if e.Op == rule.OpLess {
		kinds = [2]string{"below", "at_least"}
	}
	c := f.named(a)
	if c == nil {
		if c = f.named(b); c == nil {
			return nil
		}
		name, limit, kinds = b, a, [2]string{"at_least", "below"}
		if e.Op == rule.OpLess {
			kinds = [2]string{"above", "at_most"}
		}
	}
	have, known := f.look.Value(name)
	at, alsoKnown := f.look.Value(limit)
	if !known || !alsoKnown {
		return nil
	}
	c.Have, c.Want, c.Kind = have/name.Den, f.one(at/limit.Den), kinds[0]
	if !want {
		c.Kind = kinds[1]
	}
	return c
}

func (f finder) equal(e *rule.Expr, want bool) *Change {
	c := f.named(e.Args[0])
	if c == nil {
		return nil
	}
	c.Kind, c.Want = "is", e.List
	if !want {
		c.Kind = "is_not"
	}
	if e.Op == rule.OpEq {
		v, known := f.look.Value(e.Args[1])
		if !known {
			return nil
		}
		c.Want = f.one(v)
	}
	have, known := f.look.Value(e.Args[0])
	if !known {
		return nil
	}
	c.Have = have
	return c
}

func (f finder) yes(e *rule.Expr, want bool) *Change {
	c := f.named(e)
	c.Kind = "yes"
	if !want {
		c.Kind = "no"
	}
	return c
}

// received: Want is the bit of the programme.
func (f finder) received(e *rule.Expr, want bool) *Change {
	c := f.named(e.Args[0])
	if c == nil {
		return nil
	}
	c.Kind, c.Want = "received", f.one(e.K)
	if !want {
		c.Kind = "not_received"
	}
	return c
}

// named is what a node is called: a fact, or a formula with a title.
func (f finder) named(e *rule.Expr) *Change {
	of := f.of[e.ID]
	if of == nil {
		return nil
	}
	c := &cut(&f.room.changes, 1)[0]
	c.Compared, c.Member = of, -1
	if e.Op == rule.OpFact || e.Op == rule.OpCall && f.run.Defs[e.K].Persons == 1 {
		c.Member = f.member(e.Var[0])
	}
	return c
}

func (f finder) one(n int64) []int64 {
	out := cut(&f.room.numbers, 1)
	out[0] = n
	return out
}

func (f finder) member(v int) int {
	if v == rule.Head {
		return 0
	}
	return f.look.Vars[v]
}
