package index

import (
	"cmp"
	"slices"

	"maru/domain/benefit/rule"
)

// order gives the programmes their places: by what the lead asks of them. The
// lead is the gate with the most different clauses, so in a country's law the
// region.
func (b *builder) order() {
	var lead *shelf
	for _, s := range sortedSources(b.gates) {
		if g := b.gates[s]; lead == nil || len(g.order) > len(lead.order) {
			lead = g
		}
	}
	group := make([]int, len(b.run.Programmes))
	if lead != nil {
		for i, t := range lead.order {
			for _, p := range t.programmes {
				group[p] = i + 1
			}
		}
	}
	b.index.programmes = make([]int32, len(group))
	for p := range group {
		b.index.programmes[p] = int32(p)
	}
	slices.SortStableFunc(b.index.programmes, func(p, q int32) int { return cmp.Compare(group[p], group[q]) })
	b.index.places = make([]int32, len(group))
	for place, p := range b.index.programmes {
		b.index.places[p] = int32(place)
	}
	b.lead = lead
}

// stages makes gates and layers of what is worth it.
func (b *builder) stages() {
	for _, s := range sortedSources(b.gates) {
		b.shelf(b.gates[s], true)
	}
	for _, s := range b.layers() {
		b.shelf(s, false)
	}
}

// layers lays out clauses so that a layer has at most one of each programme and
// few facts. Clauses over many facts come first and found layers; the others
// lie where their facts already are. Clauses over facts that hardly a programme
// asks of would only widen a layer.
func (b *builder) layers() []*shelf {
	asked := map[source]int{}
	for _, l := range b.loose {
		for _, s := range l.sources {
			asked[s]++
		}
	}
	type layer struct {
		shelf    *shelf
		personal bool
		sources  map[source]bool
		holds    map[int]bool
	}
	var layers []*layer
	slices.SortStableFunc(b.loose, func(a, c loose) int { return cmp.Compare(len(c.sources), len(a.sources)) })
	for _, l := range b.loose {
		if slices.ContainsFunc(l.sources, func(s source) bool { return asked[s] < b.least }) {
			add(b.slow, l.clause, l.programme)
			continue
		}
		personal := slices.ContainsFunc(l.sources, func(s source) bool { return s.who == ofMember })
		var best *layer
		common := -1
		for _, y := range layers {
			if y.personal != personal || y.holds[l.programme] {
				continue
			}
			n := 0
			for _, s := range l.sources {
				if y.sources[s] {
					n++
				}
			}
			if n > common {
				best, common = y, n
			}
		}
		if best == nil {
			best = &layer{shelf: newShelf(), personal: personal, sources: map[source]bool{}, holds: map[int]bool{}}
			layers = append(layers, best)
		}
		best.shelf.put(l.clause, l.programme)
		best.holds[l.programme] = true
		for _, s := range l.sources {
			best.sources[s] = true
		}
	}
	var out []*shelf
	for _, y := range layers {
		out = append(out, y.shelf)
	}
	return out
}

func sortedSources(gates map[source]*shelf) []source {
	var out []source
	for s := range gates {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.slot, b.slot))
	})
	return out
}

func (b *builder) shelf(s *shelf, gate bool) {
	if len(s.order) < b.least {
		for _, t := range s.order {
			for _, p := range t.programmes {
				add(b.slow, t.clause, p)
			}
		}
		return
	}
	var st stage
	if gate {
		st = b.gate(s)
	} else {
		st = b.layer(s)
	}
	if t := st.tables[0]; s == b.lead {
		for _, r := range t.rows {
			t.spans = append(t.spans, spansOf(r))
		}
		b.index.lead = t
	}
	b.index.width = max(b.index.width, len(st.tables))
	if st.personal() {
		b.index.member = append(b.index.member, st)
	} else {
		b.index.household = append(b.index.household, st)
	}
}

// gate makes one table: a row holds every programme but those of a clause that
// does not hold.
func (b *builder) gate(s *shelf) stage {
	t := &table{source: b.restsOn(s.order[0].clause[0].e, s.order[0].clause[0].head).source}
	var cuts []int64
	for _, task := range s.order {
		for _, l := range task.clause {
			b.cuts(t.source, l.e, l.head, &cuts)
		}
	}
	member := b.subject(t.source)
	row := func() (yes, open []uint64) {
		yes, open = b.ones(), b.ones()
		for _, task := range s.order {
			isYes, isOpen := false, false
			for _, l := range task.clause {
				y, o := b.holds(l, member)
				isYes, isOpen = isYes || y, isOpen || o
			}
			for _, p := range task.programmes {
				if !isYes {
					b.clear(yes, p)
				}
				if !isOpen {
					b.clear(open, p)
				}
			}
		}
		return yes, open
	}
	b.fill(t, cuts, row)
	return stage{tables: []*table{t}}
}

// layer makes a table for each fact: a row holds the programmes whose clause
// has a literal that holds.
func (b *builder) layer(s *shelf) stage {
	st := stage{rest: b.ones()}
	type piece struct {
		literal    literal
		programmes []int
	}
	parts := map[source][]piece{}
	for _, task := range s.order {
		for _, p := range task.programmes {
			b.clear(st.rest, p)
		}
		for _, l := range task.clause {
			from := b.restsOn(l.e, l.head).source
			parts[from] = append(parts[from], piece{l, task.programmes})
		}
	}
	var from []source
	for f := range parts {
		from = append(from, f)
	}
	slices.SortFunc(from, func(a, c source) int { return cmp.Or(cmp.Compare(a.who, c.who), cmp.Compare(a.slot, c.slot)) })
	for _, f := range from {
		t := &table{source: f}
		var cuts []int64
		if b.listed(f) == nil {
			for _, p := range parts[f] {
				b.cuts(f, p.literal.e, p.literal.head, &cuts)
			}
		}
		b.fill(t, cuts, func() (yes, open []uint64) {
			yes, open = b.bits(), b.bits()
			for _, piece := range parts[f] {
				y, o := b.holds(piece.literal, b.subject(f))
				for _, p := range piece.programmes {
					if y {
						b.mark(yes, p)
					}
					if o {
						b.mark(open, p)
					}
				}
			}
			return yes, open
		})
		blank := func(r []uint64) []uint64 {
			if slices.ContainsFunc(r, func(w uint64) bool { return w != 0 }) {
				return r
			}
			return nil
		}
		for i := range t.rows {
			t.rows[i] = blank(t.rows[i])
		}
		t.yes, t.open = blank(t.yes), blank(t.open)
		st.tables = append(st.tables, t)
	}
	return st
}

// fill computes the rows of a table for its values, and the two for when the
// fact is unknown.
func (b *builder) fill(t *table, cuts []int64, row func() (yes, open []uint64)) {
	values := t.spread(b.listed(t.source), cuts)
	rows := make([][]uint64, len(values))
	for i, v := range values {
		b.probe(t.source, max(v, b.fact(t.source).Lo), true)
		rows[i], _ = row()
	}
	t.settle(rows)
	b.probe(t.source, 0, false)
	t.yes, t.open = row()
}

func (b *builder) ones() []uint64 {
	out := b.bits()
	for i := range out {
		out[i] = ^uint64(0)
	}
	return out
}

// leftovers lines up the clauses for package closure, cheap ones first.
func (b *builder) leftovers() {
	for _, t := range b.slow {
		s := slow{literals: t.clause, few: b.spots(t.programmes)}
		if len(s.few) > crowd {
			s.many, s.few = b.bits(), nil
			for _, p := range t.programmes {
				b.mark(s.many, p)
			}
		}
		for _, l := range t.clause {
			s.cost += b.cost(l.e)
			s.personal = s.personal || l.e.Vars != 0 && !l.head
		}
		b.index.slow = append(b.index.slow, s)
	}
	slices.SortFunc(b.index.slow, func(a, c slow) int {
		return cmp.Or(cmp.Compare(a.cost, c.cost), slices.CompareFunc(a.literals, c.literals, func(x, y literal) int { return cmp.Compare(x.key(), y.key()) }))
	})
}

// spots are programmes word by word.
func (b *builder) spots(programmes []int) []spot {
	var out []spot
	for _, p := range programmes {
		at := int(b.index.places[p])
		i := slices.IndexFunc(out, func(s spot) bool { return s.word == at/64 })
		if i < 0 {
			i = len(out)
			out = append(out, spot{word: at / 64})
		}
		out[i].mask |= 1 << (at % 64)
	}
	return out
}

// cost is about how many nodes computing one visits.
func (b *builder) cost(e *rule.Expr) int {
	if c, ok := b.costs[e]; ok {
		return c
	}
	b.costs[e] = 1
	c := 1
	for _, a := range e.Args {
		c += b.cost(a)
	}
	switch e.Op {
	case rule.OpCall:
		c += b.cost(b.run.Defs[e.K].Body)
	case rule.OpAny, rule.OpSum:
		c *= 3
	}
	c = min(c, 1_000_000)
	b.costs[e] = c
	return c
}
