package simulate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/population"
)

// Count is what happened to the rows of a group: persons or households by the
// programme's unit. A row stands in one of New, Lost, More, Less, Same, Unknown,
// or was and is not entitled.
type Count struct {
	Units   int64 // all rows
	Before  int64 // entitled under the law as it is
	After   int64 // under the law as it would be
	New     int64 // not entitled, then entitled
	Lost    int64 // entitled, then not
	More    int64 // entitled under both, to more
	Less    int64 // to less
	Same    int64 // to as much
	Unknown int64 // a verdict, or an amount of theirs, is unknown under either law
	// CostBefore and CostAfter are won a year: amounts of those entitled of whom
	// verdict and amount are known under both laws.
	CostBefore, CostAfter int64
}

func (c *Count) add(d *Count) error {
	for to, n := range map[*int64]int64{&c.Units: d.Units, &c.Before: d.Before, &c.After: d.After, &c.New: d.New, &c.Lost: d.Lost,
		&c.More: d.More, &c.Less: d.Less, &c.Same: d.Same, &c.Unknown: d.Unknown, &c.CostBefore: d.CostBefore, &c.CostAfter: d.CostAfter} {
		if !plus(to, n) {
			return errLarge
		}
	}
	return nil
}

// errLarge: the costs of the whole population do not fit into a number.
var errLarge = errors.New("simulate: the costs are too large to be added up")

// errNested: a table whose groups lie within those of another.
var errNested = errors.New("simulate: by region or by district, not both: the districts shown, taken off their region, would tell what is hidden")

// plus adds, unless the sum does not fit.
func plus(to *int64, n int64) bool {
	sum := *to + n
	if (sum > *to) != (n > 0) && n != 0 {
		return false
	}
	*to = sum
	return true
}

// times multiplies an amount by how often it is paid.
func times(amount, often int64) (int64, bool) {
	neg := (amount < 0) != (often < 0)
	hi, lo := bits.Mul64(uint64(magnitude(amount)), uint64(magnitude(often)))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if neg {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(n int64) int64 {
	if n < 0 {
		return -max(n, -math.MaxInt64)
	}
	return n
}

// Tally is one programme, or all together: in all, and by the groups of each
// dimension.
type Tally struct {
	All    Count
	Groups [][]Count // by dimension and group
}

// Overall are all changed programmes together, by households: More are better
// off in money, Less worse off. People live in them.
type Overall struct {
	Tally
	PeopleBetter, PeopleWorse, PeopleUnknown int64
	// Gained and Lost are the won a year that the better and the worse off have
	// more and less, in all, both positive.
	Gained, Lost int64
}

// Sheet is what a comparison counted, exactly: not to be shown (see Result).
type Sheet struct {
	Pair                *Pair
	Persons, Households int
	Profile             *Profile
	Programmes          []Tally // of Pair.Changed
	Overall             Overall

	minors []int // programmes that are not in Overall
}

// People are those whom both laws decide: rows under the law as it is, and the
// same under the law as it would be.
type People struct {
	Before, After column.Rows
}

// OpenPeople opens a population's file for both laws. Release it when done.
func OpenPeople(ctx context.Context, path string, p *Pair, a population.Access, r population.Recorder) (People, func() error, error) {
	s, err := population.Open(ctx, path, p.Base.law, a, r)
	if err != nil {
		return People{}, nil, err
	}
	after, err := s.Under(p.after)
	if err != nil {
		return People{}, nil, errors.Join(err, s.Close())
	}
	return People{s.View(), after}, s.Close, nil
}

// atomRoom is the memory for conditions that both laws share, in bytes.
const atomRoom = 64 << 20

// Compare decides everybody under both laws and counts.
func (p *Pair) Compare(ctx context.Context, of People, profile *Profile, workers int) (*Sheet, error) {
	return p.compare(ctx, of, profile, workers, func(int) bool { return true })
}

// Publish compares and gives what may be shown when counts below least are
// hidden (1: nothing is). source says who the people are, synthetic whether they
// are made up.
//
// Benefits that so few people are concerned by that most of their groups would be
// hidden are left out of what all come to together; else they would hide nearly
// all of that too. Everybody is decided twice then.
//
// Regions and districts in one result are an error where anything is hidden: the
// districts shown would be taken off their region.
func (p *Pair) Publish(ctx context.Context, of People, profile *Profile, workers int, least int64, source string, synthetic bool) (*Result, error) {
	if least > 1 && profile.has(ByRegion) && profile.has(ByDistrict) {
		return nil, errNested
	}
	s, err := p.Compare(ctx, of, profile, workers)
	if err != nil {
		return nil, err
	}
	if out := s.minor(least); len(out) > 0 {
		again, err := p.compare(ctx, of, profile, workers, func(i int) bool { return !slices.Contains(out, i) })
		if err != nil {
			return nil, err
		}
		s.Overall, s.minors = again.Overall, out
	}
	return s.result(least, source, synthetic), nil
}

// compare counts; together says by number which programmes count for all
// together.
func (p *Pair) compare(ctx context.Context, of People, profile *Profile, workers int, together func(int) bool) (*Sheet, error) {
	workers = max(1, workers)
	c := &counter{pair: p, together: together, profile: profile, start: of.Before.Start(), workers: make([]*tallies, workers)}
	for i := range c.workers {
		c.workers[i] = c.tallies()
	}
	sides := [2]column.Side{
		{Engine: p.Base.engine, Run: p.runs[0], Rows: of.Before, Wanted: p.wantedOf(0)},
		{Engine: p.engine, Run: p.runs[1], Rows: of.After, Wanted: p.wantedOf(1)},
	}
	if err := column.Both(ctx, sides, workers, column.NewAtoms(atomRoom), c); err != nil {
		return nil, err
	}
	sum := c.tallies()
	for _, w := range c.workers {
		if w.err == nil {
			w.err = sum.add(w)
		}
		if w.err != nil {
			return nil, w.err
		}
	}
	for i, ch := range p.changed {
		c.units(&sum.programmes[i], ch.person[0] || ch.person[1])
	}
	c.units(&sum.overall.Tally, false)
	return &Sheet{Pair: p, Persons: of.Before.Persons(), Households: of.Before.Households(), Profile: profile, Programmes: sum.programmes, Overall: sum.overall}, nil
}

// verdicts are one programme's results in a block, kept until the other law's
// are there.
type verdicts struct {
	first              int
	rows               int
	entitled, possible []uint64
	amount             []int64
	known              []uint64
	has                [3]bool // possible, amount, known
}

func (v *verdicts) take(r *column.Result) {
	v.first, v.rows = r.First, r.Rows
	v.entitled = append(v.entitled[:0], r.Entitled...)
	v.possible = append(v.possible[:0], r.Possible...)
	v.amount = append(v.amount[:0], r.Amount...)
	v.known = append(v.known[:0], r.AmountKnown...)
	v.has = [3]bool{r.Possible != nil, r.Amount != nil, r.AmountKnown != nil}
}

// row says whether a row is entitled, to how much, and whether any of it is
// unknown.
func (v *verdicts) row(i int) (entitled bool, amount int64, unknown bool) {
	w, bit := i>>6, uint64(1)<<(i&63)
	if v.entitled[w]&bit == 0 {
		return false, 0, v.has[0] && v.possible[w]&bit != 0
	}
	if !v.has[1] || v.has[2] && v.known[w]&bit == 0 {
		return true, 0, true
	}
	return true, v.amount[i], false
}

// tallies is what one worker has counted, with its memory.
type tallies struct {
	programmes []Tally
	overall    Overall
	sides      [2][]verdicts
	err        error

	// Of the block's households: won a year before and after, and whether any of
	// it is unknown.
	money   [2][]int64
	unknown []bool
}

type counter struct {
	pair     *Pair
	profile  *Profile
	start    []uint32
	together func(int) bool
	workers  []*tallies
}

func (c *counter) tallies() *tallies {
	t := &tallies{programmes: make([]Tally, len(c.pair.changed))}
	for i := range t.programmes {
		t.programmes[i] = c.tally()
	}
	t.overall.Tally = c.tally()
	for side := range t.sides {
		t.sides[side] = make([]verdicts, len(c.pair.wantedOf(side)))
	}
	return t
}

func (c *counter) tally() Tally {
	t := Tally{Groups: make([][]Count, len(c.profile.dims))}
	for i, d := range c.profile.dims {
		t.Groups[i] = make([]Count, len(d.keys))
	}
	return t
}

func (t *tallies) add(w *tallies) error {
	for i := range t.programmes {
		if err := t.programmes[i].add(&w.programmes[i]); err != nil {
			return err
		}
	}
	o, p := &t.overall, &w.overall
	o.PeopleBetter += p.PeopleBetter
	o.PeopleWorse += p.PeopleWorse
	o.PeopleUnknown += p.PeopleUnknown
	if !plus(&o.Gained, p.Gained) || !plus(&o.Lost, p.Lost) {
		return errLarge
	}
	return o.Tally.add(&p.Tally)
}

func (t *Tally) add(w *Tally) error {
	err := t.All.add(&w.All)
	for d := range t.Groups {
		for g := range t.Groups[d] {
			err = errors.Join(err, t.Groups[d][g].add(&w.Groups[d][g]))
		}
	}
	return err
}

// Take keeps one law's result until the block's end.
func (c *counter) Take(worker, side int, r *column.Result) {
	c.workers[worker].sides[side][r.Wanted].take(r)
}

// End counts a block.
func (c *counter) End(worker int, b column.Block) {
	w := c.workers[worker]
	if w.err != nil {
		return
	}
	n := b.Until - b.First
	for side := range w.money {
		w.money[side] = append(w.money[side][:0], make([]int64, n)...)
	}
	w.unknown = append(w.unknown[:0], make([]bool, n)...)
	for i := range c.pair.changed {
		if err := c.programme(w, i, b); err != nil {
			w.err = err
			return
		}
	}
	w.err = c.households(w, b)
}

// one counts what happened to one row, apart from its being there.
func (c *Count) one(was, is bool, old, now int64, unknown bool, costOld, costNow int64) error {
	if was {
		c.Before++
	}
	if is {
		c.After++
	}
	switch {
	case unknown:
		c.Unknown++
	case was && !is:
		c.Lost++
	case !was && is:
		c.New++
	case was && now > old:
		c.More++
	case was && now < old:
		c.Less++
	case was:
		c.Same++
	}
	if !plus(&c.CostBefore, costOld) || !plus(&c.CostAfter, costNow) {
		return errLarge
	}
	return nil
}

func (c *counter) programme(w *tallies, number int, b column.Block) error {
	ch, t := &c.pair.changed[number], &w.programmes[number]
	person, together := ch.person[0] || ch.person[1], c.together(number)
	first, rows := b.First, b.Until-b.First
	if person {
		first, rows = b.FirstPerson, b.UntilPerson-b.FirstPerson
	}
	h := b.First
	for i := 0; i < rows; i++ {
		if i&63 == 0 && c.quiet(w, ch, i>>6) {
			i += 63 // nobody of these is or may be entitled
			continue
		}
		row := first + i
		if !person {
			h = row
		} else {
			for uint32(row) >= c.start[h+1] {
				h++
			}
		}
		var entitled, unknown [2]bool
		var amount, cost [2]int64
		for side, at := range ch.wanted {
			if at < 0 {
				continue
			}
			v := &w.sides[side][at]
			if v.first != first || v.rows != rows {
				return fmt.Errorf("simulate: rows %d of block %d are of another unit", v.first, b.Number)
			}
			entitled[side], amount[side], unknown[side] = v.row(i)
			var ok bool
			if cost[side], ok = times(amount[side], yearly[ch.period[side]]); !ok {
				return errLarge
			}
		}
		either := unknown[0] || unknown[1]
		if either {
			cost = [2]int64{} // what is known under one law only would look like a change
		}
		if together {
			for side := range cost {
				if unknown[side] && yearly[ch.period[side]] != 0 {
					w.unknown[h-b.First] = true
				}
				if !plus(&w.money[side][h-b.First], cost[side]) {
					return errLarge
				}
			}
		}
		// Amounts of different periods are compared by the year.
		old, now := amount[0], amount[1]
		if ch.both() && ch.period[0] != ch.period[1] {
			old, now = cost[0], cost[1]
		}
		if err := t.All.one(entitled[0], entitled[1], old, now, either, cost[0], cost[1]); err != nil {
			return err
		}
		for d := range c.profile.dims {
			dim := &c.profile.dims[d]
			g := dim.household[h]
			if person {
				g = dim.of(row, h)
			}
			if err := t.Groups[d][g].one(entitled[0], entitled[1], old, now, either, cost[0], cost[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// quiet tells whether nobody of 64 rows is or may be entitled under either law.
func (c *counter) quiet(w *tallies, ch *changed, word int) bool {
	for side, at := range ch.wanted {
		if at < 0 {
			continue
		}
		if v := &w.sides[side][at]; v.entitled[word] != 0 || v.has[0] && v.possible[word] != 0 {
			return false
		}
	}
	return true
}

// units fills in how many rows there are, in all and in each group.
func (c *counter) units(t *Tally, person bool) {
	n := len(c.start) - 1
	t.All.Units = int64(n)
	if person {
		t.All.Units = int64(c.start[n])
	}
	for d := range c.profile.dims {
		dim := &c.profile.dims[d]
		for h := range n {
			switch {
			case !person:
				t.Groups[d][dim.household[h]].Units++
			case dim.person == nil:
				t.Groups[d][dim.household[h]].Units += int64(c.start[h+1] - c.start[h])
			default:
				for _, g := range dim.person[c.start[h]:c.start[h+1]] {
					t.Groups[d][g].Units++
				}
			}
		}
	}
}

// households counts who is better and worse off over all changed programmes.
func (c *counter) households(w *tallies, b column.Block) error {
	o := &w.overall
	for i := range b.Until - b.First {
		h := b.First + i
		old, now, people := w.money[0][i], w.money[1][i], int64(c.start[h+1]-c.start[h])
		change := now
		if !plus(&change, -old) {
			return errLarge
		}
		switch {
		case w.unknown[i]:
			o.PeopleUnknown += people
		case change > 0:
			o.PeopleBetter += people
			if !plus(&o.Gained, change) {
				return errLarge
			}
		case change < 0:
			o.PeopleWorse += people
			if !plus(&o.Lost, -change) {
				return errLarge
			}
		}
		// Everybody counts as having some money, were it none: More, Less, Same.
		if err := o.All.one(true, true, old, now, w.unknown[i], old, now); err != nil {
			return err
		}
		for d := range c.profile.dims {
			if err := o.Groups[d][c.profile.dims[d].household[h]].one(true, true, old, now, w.unknown[i], old, now); err != nil {
				return err
			}
		}
	}
	return nil
}
