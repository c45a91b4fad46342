package simulate

import (
	"encoding/json"
	"slices"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Number is a number that may be shown, or one that is hidden.
type Number struct {
	N      int64
	Hidden bool
}

// MarshalJSON writes the number, or null for a hidden one.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.Hidden {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, n.N, 10), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Number) UnmarshalJSON(b []byte) error {
	*n = Number{Hidden: string(b) == "null"}
	if n.Hidden {
		return nil
	}
	return json.Unmarshal(b, &n.N)
}

// Result is what of a comparison may be shown.
type Result struct {
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Overlay     string      `json:"overlay"` // its hash
	Date        kernel.Date `json:"date"`
	// Synthetic: the people and their incomes are made up. Source says from what.
	Synthetic  bool   `json:"synthetic"`
	Source     string `json:"source"`
	Persons    int64  `json:"persons"`
	Households int64  `json:"households"`
	// MinCell is the least count that is shown, apart from nought.
	MinCell   int64     `json:"min_cell"`
	Changes   []Change  `json:"changes"`
	Overall   Together  `json:"overall"`
	Changed   []Outcome `json:"programmes"`
	Unchanged []string  `json:"unchanged"`
}

// Change is one entry of the overlay.
type Change struct {
	Kind   string      `json:"kind"` // parameter, formula, programme, added, ended
	ID     string      `json:"id"`
	Title  kernel.Text `json:"title,omitzero"`
	Before string      `json:"before,omitempty"` // the value that holds on the day
	After  string      `json:"after,omitempty"`
}

// Figures are numbers in all: of rows, and won a year.
type Figures struct {
	Units      int64  `json:"units"`
	Before     Number `json:"entitled_before"`
	After      Number `json:"entitled_after"`
	New        Number `json:"newly_entitled"`
	Lost       Number `json:"no_longer_entitled"`
	More       Number `json:"getting_more"`
	Less       Number `json:"getting_less"`
	Same       Number `json:"unchanged"`
	Unknown    Number `json:"unknown"`
	CostBefore Number `json:"cost_before"`
	CostAfter  Number `json:"cost_after"`
	CostChange Number `json:"cost_change"`
}

// Group is one line of a breakdown.
type Group struct {
	Key        string `json:"key"`
	Gain       Number `json:"gaining"` // newly entitled, or getting more
	Lose       Number `json:"losing"`  // no longer entitled, or getting less
	Unknown    Number `json:"unknown"`
	CostChange Number `json:"cost_change"`
}

// Hidden tells whether the group's counts are hidden; they are so together.
func (g *Group) Hidden() bool { return g.Gain.Hidden }

// Breakdown is a table by the groups of a dimension.
type Breakdown struct {
	By     string  `json:"by"`
	Groups []Group `json:"groups"`
}

// Outcome is what became of one programme.
type Outcome struct {
	ID     string `json:"id"`
	Change string `json:"change"` // changed, added, ended
	Unit   string `json:"unit"`   // person or household
	Period string `json:"period"`
	// UpperBound: amounts of days are counted as if they were paid all year.
	UpperBound bool        `json:"upper_bound,omitempty"`
	Figures    Figures     `json:"figures"`
	Breakdowns []Breakdown `json:"breakdowns"`
}

// Together is what became of households over all changed programmes: of the
// Figures, More are better off in money and Less worse off.
type Together struct {
	// Programmes are those that count, LeftOut those that concern too few people.
	// Benefits in kind are in neither.
	Programmes []string `json:"programmes"`
	LeftOut    []string `json:"left_out"`

	Figures       Figures     `json:"figures"`
	PeopleBetter  Number      `json:"people_better"`
	PeopleWorse   Number      `json:"people_worse"`
	PeopleUnknown Number      `json:"people_unknown"`
	MeanGain      Number      `json:"mean_gain"` // won a year and household better off
	MeanLoss      Number      `json:"mean_loss"` // of a household worse off, positive
	UpperBound    bool        `json:"upper_bound,omitempty"`
	Breakdowns    []Breakdown `json:"breakdowns"`
}

// result is what may be shown of a sheet (see Publish).
func (s *Sheet) result(least int64, source string, synthetic bool) *Result {
	p := s.Pair
	r := &Result{
		Title: p.Overlay.Title, Description: p.Overlay.Description, Overlay: p.Overlay.Hash(), Date: p.Date, Synthetic: synthetic, Source: source,
		Persons: int64(s.Persons), Households: int64(s.Households), MinCell: max(1, least), Changes: p.changes(), Unchanged: slices.Clone(p.unchanged),
	}
	if r.Unchanged == nil {
		r.Unchanged = []string{}
	}
	dims := s.Profile.dims
	masks := make([]mask, len(s.Programmes))
	var all mask
	close := closed(&s.Overall.All, least)
	for i := range s.Programmes {
		t := &s.Programmes[i]
		masks[i] = maskOf(t, mask{}, least)
		if s.counts(i) {
			all = all.or(masks[i])
			close = close || closed(&t.All, least)
		}
	}
	all = maskOf(&s.Overall.Tally, all, least)
	r.Changed = []Outcome{}
	r.Overall.Programmes, r.Overall.LeftOut = []string{}, []string{}
	for i, c := range p.changed {
		t := &s.Programmes[i]
		out := Outcome{ID: c.id, Change: "changed", Unit: "household", Period: c.period[1], Figures: figures(&t.All, least, closed(&t.All, least)), Breakdowns: breakdowns(dims, t, masks[i], closed(&t.All, least))}
		if s.counts(i) {
			r.Overall.Programmes = append(r.Overall.Programmes, c.id)
		} else if slices.Contains(s.minors, i) {
			r.Overall.LeftOut = append(r.Overall.LeftOut, c.id)
		}
		if c.person[0] || c.person[1] {
			out.Unit = "person"
		}
		switch {
		case c.at[0] < 0:
			out.Change = "added"
		case slices.ContainsFunc(p.Overlay.Programmes, func(x ProgrammeChange) bool { return x.ID == c.id && x.End }):
			out.Change = "ended"
		}
		if out.Period == "" {
			out.Period = c.period[0]
		}
		out.UpperBound = upperBound(out.Period)
		r.Overall.UpperBound = r.Overall.UpperBound || out.UpperBound
		r.Changed = append(r.Changed, out)
	}
	s.together(r, least, close, all)
	return r
}

func (s *Sheet) together(r *Result, least int64, close bool, hidden mask) {
	o, t := &s.Overall, &r.Overall
	t.Figures = figures(&o.All, least, close)
	t.Breakdowns = breakdowns(s.Profile.dims, &o.Tally, hidden, close)
	// Of people as of the households that they live in; no mean where sums are
	// hidden.
	shown := func(n int64, of Number) Number { return Number{N: n, Hidden: of.Hidden || small(n, least)}.clean() }
	t.PeopleBetter, t.PeopleWorse, t.PeopleUnknown = shown(o.PeopleBetter, t.Figures.More), shown(o.PeopleWorse, t.Figures.Less), shown(o.PeopleUnknown, t.Figures.Unknown)
	mean := func(sum, n int64) Number {
		if n == 0 {
			return Number{Hidden: close}
		}
		return Number{N: (sum + n/2) / n, Hidden: close}.clean()
	}
	t.MeanGain, t.MeanLoss = mean(o.Gained, o.All.More), mean(o.Lost, o.All.Less)
}

// clean forgets a number that is hidden.
func (n Number) clean() Number {
	if n.Hidden {
		n.N = 0
	}
	return n
}

// figures are a total's numbers; close says that a small count is among them, or
// among those that they could be taken off.
func figures(c *Count, least int64, close bool) Figures {
	either := func(n, other int64) Number {
		return Number{N: n, Hidden: small(n, least) || small(other, least)}.clean()
	}
	sum := func(n int64) Number { return Number{N: n, Hidden: close}.clean() }
	return Figures{Units: c.Units, Before: sum(c.Before), After: sum(c.After), New: either(c.New, c.More), Lost: either(c.Lost, c.Less), More: either(c.More, c.New), Less: either(c.Less, c.Lost),
		Same: sum(c.Same), Unknown: either(c.Unknown, 0), CostBefore: sum(c.CostBefore), CostAfter: sum(c.CostAfter), CostChange: sum(c.CostAfter - c.CostBefore)}
}

// mask says what is hidden of a tally, by dimension and group.
type mask struct{ counts, costs [][]bool }

// maskOf hides what must be of a tally, beside what is hidden for another reason.
func maskOf(t *Tally, also mask, least int64) mask {
	var out mask
	for d := range t.Groups {
		var counts, costs []bool
		if also.counts != nil {
			counts, costs = also.counts[d], also.costs[d]
		}
		tables := [][]Count{t.Groups[d]}
		counts = hide(tables, counts, least, coarse)
		out.counts = append(out.counts, counts)
		out.costs = append(out.costs, hide(tables, or(counts, costs), least, fine))
	}
	return out
}

func (m mask) or(n mask) mask {
	if m.counts == nil {
		return n
	}
	var out mask
	for d := range m.counts {
		out.counts, out.costs = append(out.counts, or(m.counts[d], n.counts[d])), append(out.costs, or(m.costs[d], n.costs[d]))
	}
	return out
}

func or(a, b []bool) []bool {
	out := slices.Clone(a)
	for i := range b {
		out[i] = out[i] || b[i]
	}
	return out
}

func breakdowns(dims []dimension, t *Tally, hidden mask, close bool) []Breakdown {
	out := []Breakdown{}
	for d := range dims {
		b := Breakdown{By: dims[d].name, Groups: []Group{}}
		for g, key := range dims[d].keys {
			c := &t.Groups[d][g]
			if c.Units == 0 && key == unknownGroup {
				continue
			}
			n := func(v int64) Number { return Number{N: v, Hidden: hidden.counts[d][g]}.clean() }
			cost := Number{N: c.CostAfter - c.CostBefore, Hidden: close || hidden.costs[d][g]}.clean()
			b.Groups = append(b.Groups, Group{Key: key, Gain: n(c.New + c.More), Lose: n(c.Lost + c.Less), Unknown: n(c.Unknown), CostChange: cost})
		}
		out = append(out, b)
	}
	return out
}

// changes tells the overlay entry by entry.
func (p *Pair) changes() []Change {
	out := []Change{}
	for _, x := range p.Overlay.Parameters {
		c := Change{Kind: "parameter", ID: x.ID, Title: x.Title}
		for i, law := range []contract.BenefitLaw{p.Base.source.Law, p.merged.Law} {
			at := slices.IndexFunc(law.Parameters, func(q contract.Parameter) bool { return q.ID == x.ID })
			if at < 0 {
				continue
			}
			if v, ok := InForce(law.Parameters[at], p.Date); ok {
				if i == 0 {
					c.Before, c.Title = Written(v.Value), law.Parameters[at].Title
				} else {
					c.After = Written(v.Value)
				}
			}
		}
		out = append(out, c)
	}
	for _, x := range p.Overlay.Formulas {
		c := Change{Kind: "formula", ID: x.ID, Title: x.Title, After: x.Rule}
		if at := slices.IndexFunc(p.Base.source.Law.Formulas, func(q contract.Formula) bool { return q.ID == x.ID }); at >= 0 {
			c.Before, c.Title = p.Base.source.Law.Formulas[at].Rule, p.Base.source.Law.Formulas[at].Title
		}
		out = append(out, c)
	}
	for _, x := range p.Overlay.Programmes {
		c := Change{Kind: "programme", ID: x.ID, Title: x.Title}
		switch {
		case x.End:
			c.Kind = "ended"
		case p.Base.law.Programme(x.ID) == nil:
			c.Kind = "added"
		}
		out = append(out, c)
	}
	return out
}

// pays tells whether a changed programme is paid in money.
func (s *Sheet) pays(number int) bool {
	for side, at := range s.Pair.changed[number].at {
		if at >= 0 && yearly[s.Pair.changed[number].period[side]] != 0 {
			return true
		}
	}
	return false
}

// counts tells whether a changed programme is in what all come to together.
func (s *Sheet) counts(number int) bool { return s.pays(number) && !slices.Contains(s.minors, number) }

// minor are the programmes that concern too few people to be taken into all
// together: those who gain or lose are few, most of their groups in a dimension
// would be hidden, or another small count would hide every cost although another
// programme concerns more people. Districts are too many to go by.
func (s *Sheet) minor(least int64) []int {
	most, touched := 0, func(i int) int64 {
		c := &s.Programmes[i].All
		return c.New + c.More + c.Lost + c.Less
	}
	for i := range s.Programmes {
		if !s.pays(most) || s.pays(i) && touched(i) > touched(most) {
			most = i
		}
	}
	var out []int
	for i := range s.Programmes {
		t := &s.Programmes[i]
		few := i != most && closed(&t.All, least)
		for _, v := range coarse(&t.All) {
			few = few || small(v, least)
		}
		for d, dim := range s.Profile.dims {
			if dim.name == ByDistrict || few {
				continue
			}
			hidden, some := 0, 0
			for g, h := range hide([][]Count{t.Groups[d]}, nil, least, coarse) {
				if slices.Max(coarse(&t.Groups[d][g])) > 0 {
					some++
				}
				if h {
					hidden++
				}
			}
			few = 2*hidden > some
		}
		if few && s.pays(i) {
			out = append(out, i)
		}
	}
	return out
}
