package column

import (
	"maru/domain/benefit/rule"
)

// prepared is a plan for one run: what is the same for all blocks.
type prepared struct {
	*plan
	run      *rule.Run
	rows     Rows
	start    []uint32
	layout   *layout
	calendar *calendar
	wanted   []int
	amounts  bool
	// uses is how many steps and results take a step's vector.
	uses []int32
	// scalars are the steps of no rows, by step.
	scalars []val
	aux     []aux
	// ranged steps are compared with constants so often that it pays to know
	// their bounds in a block first.
	ranged []bool

	relation, head int64 // the slot of relation_to_head and its word "head", -1 without

	atoms *Atoms
	atom  []*kept // by step, nil for what is not kept
}

// aux is what a step needs of the run.
type aux struct {
	cut    cut
	ranges []rule.Range // of OpStarts
	inside []uint64     // of OpStarts with many ranges: bit code
	mask   uint64       // of OpIn with members near one another: bit member-base
	base   int64
	sides  []side  // of OpTable
	values []int64 // of OpTable, or of OpAt from each of the days on
	days   []int64 // of OpAt
}

// side is one key of a table: where the key base+i stands.
type side struct {
	base  int64
	place []int32
	size  int
}

// codes is how many region codes there are.
const codes = 100_000

func (e *Engine) prepare(run *rule.Run, rows Rows, o Options) (*prepared, error) {
	size := o.blockPersons
	if size == 0 {
		size = blockPersons
		// Kept conditions are cut the same way whatever is wanted.
		if o.Atoms != nil || len(o.Wanted) >= manyWanted {
			size = blockMany
		}
	}
	l, err := cutBlocks(rows, size, o.Stretches)
	if err != nil {
		return nil, err
	}
	n := len(e.plan.steps)
	p := &prepared{
		plan: e.plan, run: run, rows: rows, start: rows.Start(), layout: l, calendar: e.calendar, wanted: o.Wanted, amounts: o.Amounts,
		uses: make([]int32, n), scalars: make([]val, n), aux: make([]aux, n), ranged: make([]bool, n), relation: -1, head: -1,
	}
	if f := run.Fact(false, "relation_to_head"); f != nil {
		p.relation = int64(f.Slot)
		if w, ok := run.WordOf("head"); ok {
			p.head = w
		}
	}
	seen := make([]bool, n)
	compared := make([]int, n)
	for _, k := range p.wanted {
		of := p.programmes[k]
		p.ask(of.eligible.step, seen, compared)
		if p.amounts {
			p.ask(of.amount.step, seen, compared)
		}
	}
	for i, n := range compared {
		p.ranged[i] = n >= 6
	}
	if o.Atoms != nil {
		p.atoms = o.Atoms
		if p.atom, err = o.Atoms.take(p, seen); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// ask counts a use of a step, and makes it ready the first time.
func (p *prepared) ask(id int32, seen []bool, compared []int) {
	p.uses[id]++
	if seen[id] {
		return
	}
	seen[id] = true
	s := &p.steps[id]
	for _, a := range s.args {
		p.ask(a.step, seen, compared)
	}
	if s.shape == scalar {
		p.scalars[id] = val{same: true, one: p.scalar(s)}
		return
	}
	x := &p.aux[id]
	switch s.op {
	case opCut:
		x.cut = cutOf(p.run, s, p.scalars[s.args[1].step].one)
	case rule.OpStarts:
		x.ranges = p.run.Param[s.k].Ranges
		if len(x.ranges) > 3 {
			x.inside = make([]uint64, codes/64+1)
			for _, r := range x.ranges {
				for c := max(0, r.Lo); c <= min(r.Hi, codes-1); c++ {
					x.inside[c>>6] |= 1 << (c & 63)
				}
			}
		}
	case rule.OpIn:
		if list := s.expr.List; len(list) > 0 && list[len(list)-1]-list[0] < 64 {
			x.base = list[0]
			for _, m := range list {
				x.mask |= 1 << (m - x.base)
			}
		}
	case rule.OpAt:
		param := p.run.Params[s.k]
		for _, v := range param.Values {
			if p.run.KnownOn == 0 || v.KnownFrom <= p.run.KnownOn {
				x.days, x.values = append(x.days, v.From), append(x.values, v.Number)
			}
		}
		if len(x.values) == 0 {
			x.days, x.values = []int64{0}, []int64{param.Values[0].Number}
		}
	case rule.OpTable:
		x.values = p.run.Param[s.k].Table
		x.sides = sides(p.run.Params[s.k], len(s.args))
	}
	switch s.op {
	case opCut, rule.OpStarts, rule.OpIn, rule.OpEq:
		for _, a := range s.args {
			compared[a.step]++
		}
	}
}

func sides(param *rule.Param, keys int) []side {
	out := make([]side, keys)
	for i := range out {
		sd := side{base: 1, size: param.Size[i]}
		if words := param.Keys[i]; words == nil {
			for n := range sd.size {
				sd.place = append(sd.place, int32(n))
			}
		} else {
			lo, hi := words[0], words[0]
			for _, w := range words {
				lo, hi = min(lo, w), max(hi, w)
			}
			sd.base, sd.place = lo, make([]int32, hi-lo+1)
			for n, w := range words {
				sd.place[w-lo] = int32(n)
			}
		}
		out[i] = sd
	}
	return out
}

// scalar is the number of a step of no rows. Few are more than a constant: what
// is left where a branch was known when the plan was made.
func (p *prepared) scalar(s *step) int64 {
	arg := func(i int) int64 {
		n := p.scalars[s.args[i].step].one
		if s.args[i].neg {
			return 1 - n
		}
		return n
	}
	switch s.op {
	case rule.OpConst:
		return s.k
	case rule.OpStatic:
		return p.run.Static[s.k]
	case rule.OpAnd:
		for i := range s.args {
			if arg(i) == 0 {
				return 0
			}
		}
		return 1
	case rule.OpIf:
		if arg(0) != 0 {
			return arg(1)
		}
		return arg(2)
	case rule.OpGiven:
		return arg(0)
	case rule.OpLess:
		return truth(arg(0) < arg(1))
	case rule.OpTable:
		param, at := p.run.Params[s.k], 0
		for i := range s.args {
			at = at*param.Size[i] + param.Place(i, arg(i))
		}
		return p.run.Param[s.k].Table[at]
	}
	var b int64
	if len(s.args) > 1 {
		b = arg(1)
	}
	return p.run.Apply(s.expr, arg(0), b)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
