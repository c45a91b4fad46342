package closure

import (
	"math/bits"

	"maru/domain/benefit/rule"
)

// Marks is a set of what is unverified: bit n stands for Law.Marks[n].
type Marks []uint64

func (m Marks) add(n int) { m[n>>6] |= 1 << (n & 63) }

func (m Marks) join(o Marks) {
	for i, w := range o {
		m[i] |= w
	}
}

func (m Marks) empty() bool {
	for _, w := range m {
		if w != 0 {
			return false
		}
	}
	return true
}

// Each calls f with the number of each mark, in order.
func (m Marks) Each(f func(mark int)) {
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			f(64*i + bits.TrailingZeros64(w))
		}
	}
}

// Len is how many marks there are.
func (m Marks) Len() (n int) {
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

// Unverified is what each definition of a law can rest on, on a run's day.
type Unverified struct {
	run *rule.Run
	def []Marks // nil for nothing
}

// Unverified finds what can be rested on, on a run's day.
func (m *Machine) Unverified(run *rule.Run) *Unverified {
	u := &Unverified{run: run, def: make([]Marks, len(m.Law.Defs))}
	// What a definition calls stands before it.
	for i, d := range m.Law.Defs {
		if d.Rests == nil {
			continue
		}
		all := m.NewMarks()
		u.all(d.Rests, all)
		if !all.empty() {
			u.def[i] = all
		}
	}
	return u
}

// Of is all that a definition can rest on; nil for nothing. It is not to be
// changed.
func (u *Unverified) Of(def int) Marks { return u.def[def] }

func (u *Unverified) all(r *rule.Rests, out Marks) {
	switch r.Op {
	case rule.RestsMark:
		out.add(r.Mark)
	case rule.RestsParam, rule.RestsTable:
		if u.run.Param[r.Param].AnyMarked() {
			out.add(r.Mark)
		}
	case rule.RestsAt:
		for i := range u.run.Params[r.Param].Values {
			if u.run.Params[r.Param].Values[i].AnyMarked() {
				out.add(r.Mark)
			}
		}
	case rule.RestsCall:
		out.join(u.def[r.Def])
	}
	for _, p := range r.Parts {
		if p.Rests != nil {
			u.all(p.Rests, out)
		}
	}
}

// NewMarks is an empty set.
func (m *Machine) NewMarks() Marks { return make(Marks, (len(m.Law.Marks)+63)/64) }

// rested is what one definition rests on for one person or for the household.
type rested struct {
	turn uint32
	on   Marks
}

// Rests adds to out what the known value of a definition rests on, for the
// household taken up by Begin and the persons given. u is of the same run.
func (s *Scratch) Rests(out Marks, u *Unverified, def int, persons ...int) {
	saved := s.vars
	copy(s.vars[:], persons)
	s.unverified = u
	if need := s.m.resting * (s.frame.Members + 1); len(s.rested) < need {
		s.rested = make([]rested, need)
		room := make(Marks, need*len(out))
		for i := range s.rested {
			s.rested[i].on = room[i*len(out) : (i+1)*len(out)]
		}
	}
	s.restsOn(def, out)
	s.vars = saved
}

// restsOn is Rests for the persons in s.vars. What a definition of one person at
// most rests on is kept over the household.
func (s *Scratch) restsOn(def int, out Marks) {
	if s.unverified.def[def] == nil {
		return
	}
	d := s.m.Law.Defs[def]
	if d.Persons > 1 {
		s.rests(d.Rests, out)
		return
	}
	at := s.m.rests[def]*(s.frame.Members+1) + s.frame.Members
	if d.Persons == 1 {
		at += s.vars[0] - s.frame.Members
	}
	r := &s.rested[at]
	if r.turn != s.turn {
		clear(r.on)
		s.rests(d.Rests, r.on)
		r.turn = s.turn
	}
	out.join(r.on)
}

func (s *Scratch) value(e *rule.Expr) (int64, bool) { return s.m.fns[e.ID](s) }

// rests follows the path by which a value was reached.
func (s *Scratch) rests(r *rule.Rests, out Marks) {
	switch r.Op {
	case rule.RestsAll:
		s.parts(r.Parts, out)
	case rule.RestsAnd, rule.RestsProduct:
		// A factor that is nought makes a product as a false part makes AND.
		s.junction(r.Parts, 0, out)
	case rule.RestsOr:
		s.junction(r.Parts, 1, out)
	case rule.RestsIf:
		if c, known := s.value(r.Parts[0].Expr); known {
			s.parts(r.Parts[:1], out)
			s.parts(r.Parts[2-c:3-c], out)
			return
		}
		s.parts(r.Parts[1:], out)
	case rule.RestsGiven:
		if _, known := s.value(r.Parts[0].Expr); !known {
			s.parts(r.Parts[1:], out)
		}
	case rule.RestsParam, rule.RestsTable, rule.RestsAt:
		s.parameter(r, out)
	case rule.RestsCall:
		saved := s.vars
		var inner [rule.MaxVars]int
		for i, v := range r.Var {
			inner[i] = member(s, v)
		}
		s.vars = inner
		s.restsOn(r.Def, out)
		s.vars = saved
	case rule.RestsAny:
		s.members(r, 1, out)
	case rule.RestsEvery:
		s.members(r, 0, out)
	case rule.RestsSum:
		s.members(r, -1, out)
	case rule.RestsMark:
		out.add(r.Mark)
		s.parts(r.Parts, out)
	}
}

// search picks, of parts each of which alone makes a value, one that rests on
// nothing, else the first.
type search struct {
	found, clean bool
	first, room  Marks
}

// try looks at a part, as the persons now stand.
func (s *Scratch) try(c *search, p rule.Part) {
	if p.Rests == nil {
		c.found, c.clean = true, true
		return
	}
	clear(c.room)
	s.rests(p.Rests, c.room)
	switch {
	case c.room.empty():
		c.found, c.clean = true, true
	case !c.found:
		c.found = true
		c.first, c.room = c.room, c.first
	}
}

// search makes room for two sets; end gives it back.
func (s *Scratch) search(n int) search {
	at := len(s.rooms)
	if cap(s.rooms) < at+2*n {
		s.rooms = make(Marks, at, 2*(at+2*n)) // searches on their way keep the old
	}
	s.rooms = s.rooms[:at+2*n]
	return search{first: s.rooms[at : at+n], room: s.rooms[at+n:]}
}

func (s *Scratch) end(c *search, out Marks) (found bool) {
	if c.found && !c.clean {
		out.join(c.first)
	}
	s.rooms = s.rooms[:len(s.rooms)-2*len(out)]
	return c.found
}

// junction is AND (decided by 0) or OR (decided by 1).
func (s *Scratch) junction(parts []rule.Part, decides int64, out Marks) {
	c := s.search(len(out))
	for _, p := range parts {
		if v, known := s.value(p.Expr); known && v == decides && !c.clean {
			s.try(&c, p)
		}
	}
	if !s.end(&c, out) {
		s.parts(parts, out)
	}
}

func (s *Scratch) parts(parts []rule.Part, out Marks) {
	for _, p := range parts {
		if p.Rests != nil {
			s.rests(p.Rests, out)
		}
	}
}

// members is a loop over the members that one of them decides by a value; none
// does in a sum.
func (s *Scratch) members(r *rule.Rests, decides int64, out Marks) {
	v := r.Var[0]
	saved := s.vars[v]
	found := false
	if decides >= 0 {
		c := s.search(len(out))
		for n := range s.frame.Members {
			s.vars[v] = n
			if x, known := s.value(r.Parts[0].Expr); known && x == decides && !c.clean {
				s.try(&c, r.Parts[0])
			}
		}
		found = s.end(&c, out)
	}
	for n := range s.frame.Members {
		if s.vars[v] = n; !found {
			s.parts(r.Parts, out)
		}
	}
	s.vars[v] = saved
}

func (s *Scratch) parameter(r *rule.Rests, out Marks) {
	p, place := s.run.Params[r.Param], 0
	d := s.run.Param[r.Param]
	for i, key := range r.Parts {
		v, _ := s.value(key.Expr)
		if r.Op == rule.RestsAt {
			d = p.At(v, s.run.KnownOn)
		} else {
			place = place*p.Size[i] + p.Place(i, v)
		}
	}
	s.parts(r.Parts, out)
	if d.IsMarked(place) {
		out.add(r.Mark)
	}
}
