package index

import (
	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/frame"
)

// Scratch is the working memory for deciding one household after another.
type Scratch struct {
	index   *Index
	closure *closure.Scratch
	frame   *frame.Frame
	// What is left after the household's own stages; same while Open is Yes.
	base Set
	same bool
	// spans are the words in which a programme can be left.
	spans []span
	// Rows of one stage, and the stages that lack a fact.
	yes, open [][]uint64
	late      []*stage
	// Clauses of the household count while their turn is the present one.
	turn  uint32
	turns []uint32
	tris  []closure.Tri
}

// Scratch makes working memory.
func (x *Index) Scratch() *Scratch {
	return &Scratch{
		index: x, closure: x.machine.Scratch(), base: *x.Set(), yes: make([][]uint64, 0, x.width), open: make([][]uint64, 0, x.width),
		late: make([]*stage, 0, max(len(x.household), len(x.member))), turns: make([]uint32, len(x.slow)), tris: make([]closure.Tri, len(x.slow)),
	}
}

// Begin takes up a household. The frame must stay as it is while its members are
// decided.
func (s *Scratch) Begin(f *frame.Frame) {
	s.frame = f
	s.closure.Begin(s.index.run, f)
	if s.turn++; s.turn == 0 {
		clear(s.turns)
		s.turn = 1
	}
	s.spans = s.index.whole
	lead := s.index.lead
	if lead != nil && lead.source.who != ofMember {
		s.led(lead, 0)
	}
	for _, p := range s.spans {
		copy(s.base.Yes[p.from:p.to], s.index.all[p.from:p.to])
	}
	s.same = s.stages(s.index.household, 0, &s.base, true)
}

// led leaves the words that the lead leaves.
func (s *Scratch) led(lead *table, member int) {
	if v, known := lead.value(s.frame, member); known {
		s.spans = lead.spans[lead.row(v)]
	}
}

// Decide decides all programmes for a member; those of unit household come out
// the same for every member.
func (s *Scratch) Decide(member int, out *Set) {
	if lead := s.index.lead; lead != nil && lead.source.who == ofMember {
		s.spans = s.index.whole
		s.led(lead, member)
	}
	clear(out.Yes)
	clear(out.Open)
	copySpans(out.Yes, s.base.Yes, s.spans)
	if !s.same {
		copySpans(out.Open, s.base.Open, s.spans)
	}
	same := s.stages(s.index.member, member, out, s.same)
	same = s.clauses(member, out, same)
	if same {
		copySpans(out.Open, out.Yes, s.spans)
	}
}

func copySpans(dst, src []uint64, spans []span) {
	for _, s := range spans {
		copy(dst[s.from:s.to], src[s.from:s.to])
	}
}

// stages narrows a set. While everything is known, Open is the same as Yes and
// is not written; stages that lack a fact come last for that. It gives whether
// it is still so.
func (s *Scratch) stages(list []stage, member int, set *Set, same bool) bool {
	s.late = s.late[:0]
	for i := range list {
		st := &list[i]
		if !s.rows(st, member) {
			s.late = append(s.late, st)
			continue
		}
		st.into(set.Yes, s.yes, s.spans)
		if !same {
			st.into(set.Open, s.yes, s.spans)
		}
	}
	for _, st := range s.late {
		if same {
			copySpans(set.Open, set.Yes, s.spans)
			same = false
		}
		s.rows(st, member)
		st.into(set.Yes, s.yes, s.spans)
		st.into(set.Open, s.open, s.spans)
	}
	return same
}

// rows looks up the rows of a stage; known tells whether all its facts are.
func (s *Scratch) rows(st *stage, member int) (known bool) {
	s.yes, s.open, known = s.yes[:0], s.open[:0], true
	for _, t := range st.tables {
		v, isKnown := t.value(s.frame, member)
		yes, open := t.yes, t.open
		if isKnown {
			yes = t.rows[t.row(v)]
			open = yes
		}
		known = known && isKnown
		if yes != nil {
			s.yes = append(s.yes, yes)
		}
		if open != nil {
			s.open = append(s.open, open)
		}
	}
	return known
}

// into narrows a bitmap by the rows of a stage.
func (st *stage) into(dst []uint64, rows [][]uint64, spans []span) {
	if st.rest != nil {
		pass(dst, st.rest, rows, spans)
		return
	}
	for _, r := range rows {
		narrow(dst, r, spans)
	}
}

// clauses lets package closure compute what is left, while a programme that
// asks is open.
func (s *Scratch) clauses(member int, set *Set, same bool) bool {
	for i := range s.index.slow {
		c := &s.index.slow[i]
		open := set.Open
		if same {
			open = set.Yes
		}
		if !c.meets(open, s.spans) {
			continue
		}
		switch s.tri(i, c, member) {
		case closure.No:
			c.strike(set.Yes, s.spans)
			if !same {
				c.strike(set.Open, s.spans)
			}
		case closure.Unknown:
			if same {
				copySpans(set.Open, set.Yes, s.spans)
				same = false
			}
			c.strike(set.Yes, s.spans)
		}
	}
	return same
}

// tri computes a clause; one of the household once.
func (s *Scratch) tri(i int, c *slow, member int) closure.Tri {
	if !c.personal && s.turns[i] == s.turn {
		return s.tris[i]
	}
	out := closure.No
	for _, l := range c.literals {
		who := member
		if l.head {
			who = 0
		}
		v, known := s.closure.Node(l.e, who)
		if known && (v != 0) != l.not {
			out = closure.Yes
			break
		}
		if !known {
			out = closure.Unknown
		}
	}
	if !c.personal {
		s.turns[i], s.tris[i] = s.turn, out
	}
	return out
}
