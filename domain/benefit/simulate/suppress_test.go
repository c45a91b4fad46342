package simulate

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawSheet draws programmes with a table by three dimensions; all together is a
// household for each of the first programme's rows.
func drawSheet(t *rapid.T, programmes int) *Sheet {
	s := &Sheet{Pair: &Pair{Base: &Base{}}, Profile: &Profile{}}
	for d := range 2 {
		dim := dimension{name: fmt.Sprint("dim", d)}
		for g := range rapid.IntRange(1, 7).Draw(t, "groups") {
			dim.keys = append(dim.keys, fmt.Sprint(g))
		}
		s.Profile.dims = append(s.Profile.dims, dim)
	}
	number := func(label string) int64 {
		return rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 12), rapid.Int64Range(0, 300)).Draw(t, label)
	}
	for i := range programmes {
		s.Pair.changed = append(s.Pair.changed, changed{id: fmt.Sprint("p", i), at: [2]int{0, 0}, period: [2]string{"month", "month"}})
		tally := Tally{}
		var all Count
		for range s.Profile.dims[0].keys {
			c := Count{New: number("new"), Lost: number("lost"), More: number("more"), Less: number("less"), Same: number("same"), Unknown: number("unknown")}
			c.Before, c.After = c.Lost+c.More+c.Less+c.Same, c.New+c.More+c.Less+c.Same
			c.Units = c.Before + c.New + c.Unknown + 5
			c.CostBefore, c.CostAfter = 100*c.Before, 120*c.After
			if tally.Groups == nil {
				tally.Groups = make([][]Count, 2)
			}
			tally.Groups[0] = append(tally.Groups[0], c)
			if err := all.add(&c); err != nil {
				t.Fatal(err)
			}
		}
		tally.All = all
		// The other dimension divides the same rows otherwise.
		rest := all
		tally.Groups[1] = make([]Count, len(s.Profile.dims[1].keys))
		for g := range tally.Groups[1] {
			last := g == len(tally.Groups[1])-1
			part := func(of *int64) int64 {
				n := *of
				if !last {
					n = rapid.Int64Range(0, *of).Draw(t, "part")
				}
				*of -= n
				return n
			}
			tally.Groups[1][g] = Count{Units: part(&rest.Units), New: part(&rest.New), Lost: part(&rest.Lost), More: part(&rest.More), Less: part(&rest.Less), Same: part(&rest.Same), Unknown: part(&rest.Unknown)}
		}
		s.Programmes = append(s.Programmes, tally)
	}
	// One household a row that gains or loses by the first programme: the worst
	// case, in which all together say what one programme does.
	p := s.Programmes[0]
	together := func(c Count) Count {
		return Count{Units: c.Units, More: c.New + c.More, Less: c.Lost + c.Less, Unknown: c.Unknown, Same: c.Units - c.New - c.More - c.Lost - c.Less - c.Unknown, CostBefore: c.CostBefore, CostAfter: c.CostAfter}
	}
	s.Overall.All = together(p.All)
	s.Overall.Groups = make([][]Count, 2)
	for d := range p.Groups {
		for _, c := range p.Groups[d] {
			s.Overall.Groups[d] = append(s.Overall.Groups[d], together(c))
		}
	}
	return s
}

// TestCannotBeUndone: whatever is hidden in a table can be anything up to a sum
// that is not small, for somebody who has every published number.
func TestCannotBeUndone(t *testing.T) {
	const least = 10
	rapid.Check(t, func(t *rapid.T) {
		s := drawSheet(t, rapid.IntRange(1, 3).Draw(t, "programmes"))
		s.minors = s.minor(least)
		r := s.result(least, "test", true)
		type table struct {
			name    string
			figures Figures
			list    []Breakdown
			tally   Tally
		}
		tables := []table{{"together", r.Overall.Figures, r.Overall.Breakdowns, s.Overall.Tally}}
		for i, o := range r.Changed {
			tables = append(tables, table{o.ID, o.Figures, o.Breakdowns, s.Programmes[i]})
		}
		for _, tb := range tables {
			f := tb.figures
			for what, n := range map[string]Number{"new": f.New, "lost": f.Lost, "more": f.More, "less": f.Less, "same": f.Same, "unknown": f.Unknown, "before": f.Before, "after": f.After} {
				if !n.Hidden && small(n.N, least) {
					t.Fatalf("%s: the total %s of %d is shown", tb.name, what, n.N)
				}
				if n.Hidden && n.N != 0 {
					t.Fatalf("%s: the hidden total %s stands in the result", tb.name, what)
				}
			}
			// Totals: entitled before and after are sums of the others, and a hidden
			// one must not be alone in any.
			alone := func(what string, parts ...Number) {
				hidden := 0
				for _, p := range parts {
					if p.Hidden {
						hidden++
					}
				}
				if hidden == 1 {
					t.Fatalf("%s: %s gives one total away: %+v", tb.name, what, f)
				}
			}
			alone("entitled before", f.Before, f.Lost, f.More, f.Less, f.Same)
			alone("entitled after", f.After, f.New, f.More, f.Less, f.Same)
			alone("cost", f.CostAfter, f.CostBefore, f.CostChange)
			alone("gains", f.New, f.More)
			alone("losses", f.Lost, f.Less)
			closed := f.New.Hidden || f.Lost.Hidden
			if closed && (!f.CostChange.Hidden || !f.CostBefore.Hidden) {
				t.Fatalf("%s: a cost gives the hidden total away", tb.name)
			}
			for d, b := range tb.list {
				// By column: what the shown groups leave of the total.
				columns := map[string]struct {
					of    func(*Group) Number
					exact func(*Count) int64
				}{
					"gain":    {func(g *Group) Number { return g.Gain }, func(c *Count) int64 { return c.New + c.More }},
					"lose":    {func(g *Group) Number { return g.Lose }, func(c *Count) int64 { return c.Lost + c.Less }},
					"unknown": {func(g *Group) Number { return g.Unknown }, func(c *Count) int64 { return c.Unknown }},
				}
				for name, col := range columns {
					rest, hidden, total := int64(0), 0, int64(0)
					for g := range b.Groups {
						n, exact := col.of(&b.Groups[g]), col.exact(&tb.tally.Groups[d][g])
						total += exact
						switch {
						case !n.Hidden && n.N != exact:
							t.Fatalf("%s by %s: %s of group %d is %d, not %d", tb.name, b.By, name, g, n.N, exact)
						case !n.Hidden && small(n.N, least):
							t.Fatalf("%s by %s: %s of group %d is %d and shown", tb.name, b.By, name, g, n.N)
						case n.Hidden && n.N != 0:
							t.Fatalf("%s by %s: a hidden %s stands in the result", tb.name, b.By, name)
						case n.Hidden:
							rest += exact
							hidden++
						}
					}
					if small(total, least) || rest == 0 {
						continue // the total is hidden, or the rest is nought as everybody sees
					}
					if hidden == 1 && rest != total {
						t.Fatalf("%s by %s: one hidden %s can be worked out", tb.name, b.By, name)
					}
					if rest < least {
						t.Fatalf("%s by %s: the hidden %s come to %d", tb.name, b.By, name, rest)
					}
				}
				// Costs by kind, as if every row of a kind had one amount.
				rest, shown := [4]int64{}, 0
				for g, group := range b.Groups {
					c := &tb.tally.Groups[d][g]
					kinds := [4]int64{c.New, c.More, c.Lost, c.Less}
					if group.CostChange.Hidden {
						for k := range kinds {
							rest[k] += kinds[k]
						}
						continue
					}
					shown++
					for _, n := range kinds {
						if small(n, least) {
							t.Fatalf("%s by %s: the cost of group %d tells %v apart", tb.name, b.By, g, kinds)
						}
					}
				}
				if !f.CostChange.Hidden && shown < len(b.Groups) {
					for k, n := range rest {
						if small(n, least) && !small([]int64{tb.tally.All.New, tb.tally.All.More, tb.tally.All.Lost, tb.tally.All.Less}[k], least) {
							t.Fatalf("%s by %s: the hidden costs together tell %v apart", tb.name, b.By, rest)
						}
					}
				}
			}
		}
		// All together never show what a programme in it hides.
		for i, o := range r.Changed {
			if !slices.Contains(r.Overall.Programmes, o.ID) {
				continue
			}
			for d, b := range o.Breakdowns {
				for g := range b.Groups {
					if all := r.Overall.Breakdowns[d].Groups[g]; b.Groups[g].Hidden() && !all.Hidden() || b.Groups[g].CostChange.Hidden && !all.CostChange.Hidden {
						t.Fatalf("all together show group %d of %s, which programme %d hides", g, b.By, i)
					}
				}
			}
		}
	})
}

// TestNestedTables: what is hidden of a district would be what its region has
// beside the districts that are shown.
func TestNestedTables(t *testing.T) {
	p := pair(t, tinySource(t), "parameters:\n  - {id: floor_won, values: [{from: 2026-01-01, value: 900000}]}\n")
	people, done, err := OpenPeople(t.Context(), writeTiny(t, p.Base.Law()), p, testAccess, recorder{})
	if err != nil {
		t.Fatal(err)
	}
	defer done() //nolint:errcheck // it was only read
	for _, c := range []struct {
		by    []string
		least int64
		want  error
	}{{[]string{ByRegion, ByDistrict}, 3, errNested}, {[]string{ByDistrict, ByAge, ByRegion}, 2, errNested}, {[]string{ByDistrict, ByAge}, 3, nil}, {[]string{ByRegion, ByDistrict}, 1, nil}} {
		profile, err := NewProfile(p.Base.Law(), people.Before, p.Date, c.by)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Publish(t.Context(), people, profile, 1, c.least, "test", true); !errors.Is(err, c.want) {
			t.Errorf("%v with %d: %v", c.by, c.least, err)
		}
	}
}
