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
	// Rounded: a small count is hidden among them, so the others are rounded to
	// the least count that is shown, and sums and costs are hidden.
	Rounded    bool   `json:"rounded,omitempty"`
	Units      int64  `json:"units"`
	Before     Number `json:"entitled_before"`
	After      Number `json:"entitled_after"`
	New        Number `json:"newly_entitled"`
	Lost       Number `json:"losing"`
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
	New        Number `json:"newly_entitled"`
	Lost       Number `json:"losing"`
	More       Number `json:"getting_more"`
	Less       Number `json:"getting_less"`
	Unknown    Number `json:"unknown"`
	CostChange Number `json:"cost_change"`
}

// Hidden tells whether the group's numbers are hidden; they are so together.
func (g *Group) Hidden() bool { return g.New.Hidden }

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
	Figures       Figures     `json:"figures"`
	PeopleBetter  Number      `json:"people_better"`
	PeopleWorse   Number      `json:"people_worse"`
	PeopleUnknown Number      `json:"people_unknown"`
	MeanGain      Number      `json:"mean_gain"` // won a year and household better off
	MeanLoss      Number      `json:"mean_loss"` // of a household worse off, positive
	UpperBound    bool        `json:"upper_bound,omitempty"`
	Breakdowns    []Breakdown `json:"breakdowns"`
}

// ShownCost is the change of the costs that are shown, in won a year, and of how
// many changed programmes the cost is hidden.
func (r *Result) ShownCost() (won int64, hidden int) {
	for _, o := range r.Changed {
		if o.Figures.CostChange.Hidden {
			hidden++
		} else {
			won += o.Figures.CostChange.N
		}
	}
	return won, hidden
}

// Result is what may be shown of a sheet when counts below least are hidden;
// 1 or less hides nothing. source says who the people are, synthetic whether
// they are made up.
func (s *Sheet) Result(least int64, source string, synthetic bool) *Result {
	p := s.Pair
	r := &Result{
		Title: p.Overlay.Title, Description: p.Overlay.Description, Overlay: p.Overlay.Hash(), Date: p.Date, Synthetic: synthetic, Source: source,
		Persons: int64(s.Persons), Households: int64(s.Households), MinCell: max(1, least), Changes: p.changes(), Unchanged: slices.Clone(p.unchanged),
	}
	if r.Unchanged == nil {
		r.Unchanged = []string{}
	}
	dims := s.Profile.dims
	hidden := make([][]bool, len(dims))
	for d := range dims {
		tables := [][]Count{s.Overall.Groups[d]}
		for i := range s.Programmes {
			tables = append(tables, s.Programmes[i].Groups[d])
		}
		hidden[d] = hide(tables, least)
	}
	close := closed(&s.Overall.All, least)
	for i := range s.Programmes {
		close = close || closed(&s.Programmes[i].All, least)
	}
	r.Changed = []Outcome{}
	for i, c := range p.changed {
		t := &s.Programmes[i]
		out := Outcome{ID: c.id, Change: "changed", Unit: "household", Period: c.period[1], Figures: figures(&t.All, least, closed(&t.All, least)), Breakdowns: breakdowns(dims, t, hidden)}
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
	s.together(r, least, close, hidden)
	return r
}

func (s *Sheet) together(r *Result, least int64, close bool, hidden [][]bool) {
	o, t := &s.Overall, &r.Overall
	t.Figures = figures(&o.All, least, close)
	t.Breakdowns = breakdowns(s.Profile.dims, &o.Tally, hidden)
	// Of people as of the households that they live in; no mean where sums are
	// hidden.
	shown := func(n int64, of Number) Number {
		out := Number{N: n, Hidden: of.Hidden || small(n, least)}
		if close {
			out.N = rounded(n, max(1, least))
		}
		return out.clean()
	}
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
	count := func(n int64) Number {
		out := Number{N: n, Hidden: small(n, least)}
		if close {
			out.N = rounded(n, max(1, least))
		}
		return out.clean()
	}
	sum := func(n int64) Number { return Number{N: n, Hidden: close}.clean() }
	return Figures{Rounded: close, Units: c.Units, Before: sum(c.Before), After: sum(c.After), New: count(c.New), Lost: count(c.Lost), More: count(c.More), Less: count(c.Less),
		Same: sum(c.Same), Unknown: count(c.Unknown), CostBefore: sum(c.CostBefore), CostAfter: sum(c.CostAfter), CostChange: sum(c.CostAfter - c.CostBefore)}
}

func breakdowns(dims []dimension, t *Tally, hidden [][]bool) []Breakdown {
	out := []Breakdown{}
	for d := range dims {
		b := Breakdown{By: dims[d].name}
		for g, key := range dims[d].keys {
			c := &t.Groups[d][g]
			if c.Units == 0 && key == unknownGroup {
				continue
			}
			n := func(v int64) Number { return Number{N: v, Hidden: hidden[d][g]}.clean() }
			b.Groups = append(b.Groups, Group{Key: key, New: n(c.New), Lost: n(c.Lost), More: n(c.More), Less: n(c.Less), Unknown: n(c.Unknown), CostChange: n(c.CostAfter - c.CostBefore)})
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
