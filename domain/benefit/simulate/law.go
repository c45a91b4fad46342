package simulate

import (
	"fmt"
	"slices"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/rule"
	"maru/kernel"
)

// yearly is how often an amount is paid in a year, by its period. What is paid
// once counts once; in kind counts nothing. Amounts of a day or of thirty days
// are counted as if they were paid all year, an upper bound: the law ends them
// earlier and the facts do not tell when.
var yearly = map[string]int64{"month": 12, "year": 1, "once": 1, "years_5": 1, "days_30": 12, "day": 365, "in_kind": 0}

// upperBound tells the periods whose cost a year is one.
func upperBound(period string) bool { return period == "day" || period == "days_30" }

// Base is the law as it is, ready to be compared. It serves any number of
// comparisons at once.
type Base struct {
	source rule.Source
	law    *rule.Law
	engine *column.Engine
}

// NewBase compiles the law as it is.
func NewBase(s rule.Source) (*Base, error) {
	law, problems := rule.Compile(s)
	if law == nil {
		return nil, fmt.Errorf("simulate: %d problems in the law, first %s", len(problems), problems[0])
	}
	return &Base{source: s, law: law, engine: column.New(law)}, nil
}

// Law is the law as it is.
func (b *Base) Law() *rule.Law { return b.law }

// Source is what the law was compiled from.
func (b *Base) Source() rule.Source { return b.source }

// Pair is the law as it is and as it would be, on a day.
type Pair struct {
	Base    *Base
	Overlay Overlay
	Date    kernel.Date

	merged    rule.Source
	after     *rule.Law
	engine    *column.Engine
	runs      [2]*rule.Run
	changed   []changed
	unchanged []string
}

// changed is a programme that means something else, by its numbers in both laws
// (-1 where one does not have it).
type changed struct {
	id     string
	at     [2]int
	wanted [2]int // place among the wanted of its side, -1 without
	person [2]bool
	period [2]string
}

// both tells whether both laws have the programme.
func (c *changed) both() bool { return c.at[0] >= 0 && c.at[1] >= 0 }

// With compiles an overlay on top of the law.
func (b *Base) With(o Overlay, on kernel.Date) (*Pair, []Problem) {
	if on.IsZero() {
		return nil, []Problem{{Message: "there is no date"}}
	}
	a := o.apply(b.source)
	law, problems := a.compile()
	if law == nil {
		return nil, problems
	}
	p := &Pair{Base: b, Overlay: o, Date: on, merged: a.source, after: law, engine: column.New(law)}
	p.runs = [2]*rule.Run{b.law.At(on, kernel.Date{}), law.At(on, kernel.Date{})}
	if err := p.compareMeanings(); err != nil {
		return nil, []Problem{{Message: err.Error()}}
	}
	for _, c := range p.changed {
		if c.both() && c.person[0] != c.person[1] {
			a.problem(a.lines["programme "+c.id], "programme %s: its unit cannot change; end it and add another", c.id)
		}
	}
	if len(a.problems) > 0 {
		return nil, a.problems
	}
	return p, nil
}

// After is the law as it would be.
func (p *Pair) After() *rule.Law { return p.after }

// Unchanged are the programmes that mean the same under both laws.
func (p *Pair) Unchanged() []string { return p.unchanged }

// Changed are those that do not, in the order of the law.
func (p *Pair) Changed() []string {
	out := make([]string, len(p.changed))
	for i, c := range p.changed {
		out[i] = c.id
	}
	return out
}

// every is all programmes of a law by their numbers.
func every(law *rule.Law) []int {
	out := make([]int, len(law.Programmes))
	for i := range out {
		out[i] = i
	}
	return out
}

func (p *Pair) compareMeanings() error {
	before, err := p.Base.engine.Meanings(p.runs[0], every(p.Base.law))
	if err != nil {
		return err
	}
	after, err := p.engine.Meanings(p.runs[1], every(p.after))
	if err != nil {
		return err
	}
	laws := [2]*rule.Law{p.Base.law, p.after}
	next := [2]int{}
	add := func(id string, at [2]int) {
		c := changed{id: id, at: at, wanted: [2]int{-1, -1}}
		for side, k := range at {
			if k >= 0 {
				of := laws[side].Programmes[k]
				c.wanted[side], c.person[side], c.period[side] = next[side], of.Person, of.Benefit.Period
				next[side]++
			}
		}
		p.changed = append(p.changed, c)
	}
	for i, of := range p.Base.law.Programmes {
		k := slices.IndexFunc(p.after.Programmes, func(q *rule.Compiled) bool { return q.ID == of.ID })
		if k >= 0 && before[i] == after[k] && of.Benefit.Period == p.after.Programmes[k].Benefit.Period {
			p.unchanged = append(p.unchanged, of.ID)
			continue
		}
		add(of.ID, [2]int{i, k})
	}
	for k, of := range p.after.Programmes {
		if p.Base.law.Programme(of.ID) == nil {
			add(of.ID, [2]int{-1, k})
		}
	}
	return nil
}

// wantedOf are the numbers of the changed programmes of a side.
func (p *Pair) wantedOf(side int) []int {
	var out []int
	for _, c := range p.changed {
		if c.at[side] >= 0 {
			out = append(out, c.at[side])
		}
	}
	return out
}
