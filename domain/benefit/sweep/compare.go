package sweep

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"

	"maru/domain/benefit/population"
)

// comparer finds the differences of blocks, one after the other. It is one
// worker's.
type comparer struct {
	s      *sweeper
	joiner joiner

	ids             []population.ID
	begins, oldOnes []int32
	owner, oldOwner []int32
	from            []int32
	movers          []arrival
	present         []uint64

	unit                   []uint64
	yes, unknown           []uint64
	wasYes, wasUnknown     []uint64
	oldYes, oldUnknown     []uint64
	nowPaid, wasPaid       []Amount
	nowReady, wasReady     bool
	changes                []Change
	keep                   bool
	nowSection, oldSection section
}

// arrival is a row whose person stood in another block.
type arrival struct {
	row, oldRow, oldHousehold int
	block                     *block
}

// block compares the computed sections of a block with the last results: counts
// by programme, and, where somebody listens, each difference.
func (c *comparer) block(b int, computed []int, sections [][]byte, keep bool) (counts []programmeCounts, changes []Change, err error) {
	s := c.s
	c.changes, c.keep = nil, keep
	if s.align == nil && !s.o.TellFirst {
		return nil, nil, nil
	}
	c.ids = s.view.IDs(b, c.ids[:0])
	c.begins = s.begins(b, c.begins)
	c.owner = owners(c.begins, c.owner)
	identity := c.lookBack(b)
	for i, k := range computed {
		p := &s.programmes[k]
		if p.old < 0 && !s.o.TellFirst {
			continue
		}
		n, err := c.programme(p, b, sections[i], identity)
		if err != nil {
			return nil, nil, fmt.Errorf("sweep: programme %s: %w", p.ID, err)
		}
		if n != (Counts{}) {
			counts = append(counts, programmeCounts{k, n})
		}
	}
	return counts, c.changes, nil
}

// lookBack finds out where the block's people stood. identity: in the same rows
// of the paired block, in the same households.
func (c *comparer) lookBack(b int) (identity bool) {
	s := c.s
	c.present = cleared(c.present, words(len(c.ids)))
	c.movers, c.from = c.movers[:0], c.from[:0]
	if s.align == nil {
		return false
	}
	if i := s.align.pair[b]; i >= 0 {
		k := &s.align.old.blocks[i]
		c.oldOnes = k.begins(c.oldOnes)
		c.oldOwner = owners(c.oldOnes, c.oldOwner)
		if equalIDs(k.ids, c.ids) {
			for row := range c.ids {
				c.from = append(c.from, int32(row))
			}
			setAll(c.present, len(c.ids))
			return slices.Equal(c.begins, c.oldOnes)
		}
		c.from = append(c.from, c.joiner.join(k, c.ids)...)
	} else {
		for range c.ids {
			c.from = append(c.from, -1)
		}
	}
	for row, o := range c.from {
		if o >= 0 {
			c.present[row>>6] |= 1 << (row & 63)
			continue
		}
		if at, ok := s.align.moved(c.ids[row]); ok {
			c.present[row>>6] |= 1 << (row & 63)
			k := &s.align.old.blocks[at.block]
			c.movers = append(c.movers, arrival{row, int(at.row), k.household(int(at.row)), k})
		}
	}
	return false
}

func setAll(b []uint64, rows int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	if rows&63 != 0 {
		b[len(b)-1] = 1<<(rows&63) - 1
	}
}

// owners are the households of rows.
func owners(begins, out []int32) []int32 {
	out = out[:0]
	for h, from := range begins[:len(begins)-1] {
		for row := from; row < begins[h+1]; row++ {
			out = append(out, int32(h))
		}
	}
	return out
}

// programme finds the differences of one programme.
func (c *comparer) programme(p *programme, b int, text []byte, identity bool) (n Counts, err error) {
	s := c.s
	var old []byte
	if p.old >= 0 && s.align != nil && s.align.pair[b] >= 0 {
		old = s.align.old.blocks[s.align.pair[b]].section(p.old)
	}
	if identity && old != nil && p.Person == p.oldPerson && bytes.Equal(text, old) {
		return n, nil
	}
	rows := len(c.ids)
	if c.nowSection, err = parse(text, unitRows(p.Person, rows, len(c.begins)-1), true); err != nil {
		return n, err
	}
	c.yes, c.unknown = c.persons(&c.nowSection, p.Person, c.owner, rows, c.yes, c.unknown)
	c.wasYes, c.wasUnknown = cleared(c.wasYes, words(rows)), cleared(c.wasUnknown, words(rows))
	present := c.present
	if p.old < 0 {
		present = nil
	}
	c.oldSection = section{}
	if old != nil {
		k := &s.align.old.blocks[s.align.pair[b]]
		if c.oldSection, err = parse(old, k.rows(p.oldPerson), true); err != nil {
			return n, err
		}
		if identity {
			c.wasYes, c.wasUnknown = c.persons(&c.oldSection, p.oldPerson, c.oldOwner, k.persons, c.wasYes, c.wasUnknown)
		} else {
			c.oldYes, c.oldUnknown = c.persons(&c.oldSection, p.oldPerson, c.oldOwner, k.persons, c.oldYes, c.oldUnknown)
			for row, o := range c.from {
				if o >= 0 {
					c.wasYes[row>>6] |= c.oldYes[o>>6] >> (o & 63) & 1 << (row & 63)
					c.wasUnknown[row>>6] |= c.oldUnknown[o>>6] >> (o & 63) & 1 << (row & 63)
				}
			}
		}
	}
	var came map[int]Amount
	if p.old >= 0 {
		for _, m := range c.movers {
			state, won, err := s.lookUp(m.block, p, m.oldRow, m.oldHousehold)
			if err != nil {
				return n, err
			}
			switch state {
			case Entitled:
				c.wasYes[m.row>>6] |= 1 << (m.row & 63)
				if came == nil {
					came = map[int]Amount{}
				}
				came[m.row] = won
			case Unknown:
				c.wasUnknown[m.row>>6] |= 1 << (m.row & 63)
			}
		}
	}
	c.nowReady, c.wasReady = false, false
	for w := range c.yes {
		var here uint64
		if present != nil {
			here = present[w]
		}
		is, maybe, was, wasMaybe := c.yes[w], c.unknown[w], c.wasYes[w], c.wasUnknown[w]
		no, wasNo := ^(is | maybe), here&^(was|wasMaybe)
		newly, lost, unknown, ruledOut := is&^was, was&no, maybe&(was|wasNo), wasMaybe&no
		n.Newly += ones(newly)
		n.Lost += ones(lost)
		n.BecameUnknown += ones(unknown)
		n.RuledOut += ones(ruledOut)
		changed := newly | lost | unknown | ruledOut
		if both := is & was; both != 0 && !c.paysAlike(came) {
			for ; both != 0; both &= both - 1 {
				row := 64*w + bits.TrailingZeros64(both)
				if c.paid(p, row) != c.paidBefore(p, row, came) {
					n.OtherAmount++
					changed |= 1 << (row & 63)
				}
			}
		}
		if !c.keep {
			continue
		}
		for ; changed != 0; changed &= changed - 1 {
			row := 64*w + bits.TrailingZeros64(changed)
			c.changes = append(c.changes, c.change(p, row, present, came))
		}
	}
	return n, nil
}

func ones(w uint64) int64 { return int64(bits.OnesCount64(w)) }

func unitRows(person bool, persons, households int) int {
	if person {
		return persons
	}
	return households
}

// persons writes the verdicts of a section out for persons.
func (c *comparer) persons(s *section, person bool, owner []int32, rows int, yes, unknown []uint64) ([]uint64, []uint64) {
	if person {
		return dense(s.entitled, yes, rows), dense(s.unknown, unknown, rows)
	}
	yes, unknown = cleared(yes, words(rows)), cleared(unknown, words(rows))
	households := 0
	if rows > 0 {
		households = int(owner[rows-1]) + 1
	}
	if s.entitled != nil {
		c.unit = dense(s.entitled, c.unit, households)
		spread(yes, c.unit, owner)
	}
	if s.unknown != nil {
		c.unit = dense(s.unknown, c.unit, households)
		spread(unknown, c.unit, owner)
	}
	return yes, unknown
}

// spread gives each person their household's bit.
func spread(out, unit []uint64, owner []int32) {
	for row, h := range owner {
		out[row>>6] |= unit[h>>6] >> (h & 63) & 1 << (row & 63)
	}
}

// paysAlike tells, without looking at anybody, that all get what they got.
func (c *comparer) paysAlike(came map[int]Amount) bool {
	now, old := &c.nowSection, &c.oldSection
	return now.kind == paysSame && old.kind == paysSame && now.base == old.base && now.open == nil && old.open == nil && len(came) == 0
}

// paid is what a row gets now.
func (c *comparer) paid(p *programme, row int) Amount {
	if !c.nowReady {
		c.nowPaid, c.nowReady = c.amounts(&c.nowSection, unitRows(p.Person, len(c.ids), len(c.begins)-1), c.nowPaid), true
	}
	if !p.Person {
		row = int(c.owner[row])
	}
	return c.nowPaid[row]
}

// paidBefore is what a row got the last time.
func (c *comparer) paidBefore(p *programme, row int, came map[int]Amount) Amount {
	o := c.from[row]
	if o < 0 {
		return came[row]
	}
	if !c.wasReady {
		c.wasPaid, c.wasReady = c.amounts(&c.oldSection, unitRows(p.oldPerson, len(c.oldOwner), len(c.oldOnes)-1), c.wasPaid), true
	}
	if !p.oldPerson {
		o = c.oldOwner[o]
	}
	return c.wasPaid[o]
}

// amounts writes out what each row of a section gets.
func (c *comparer) amounts(s *section, rows int, out []Amount) []Amount {
	if cap(out) < rows {
		out = make([]Amount, rows)
	}
	out = out[:rows]
	clear(out)
	c.unit = dense(s.entitled, c.unit, rows)
	i := 0
	for w, x := range c.unit {
		for ; x != 0; x &= x - 1 {
			row := 64*w + bits.TrailingZeros64(x)
			if s.open != nil && s.open.Contains(uint32(row)) {
				continue
			}
			out[row] = Amount{s.pays(i), true}
			i++
		}
	}
	return out
}

func (c *comparer) change(p *programme, row int, present []uint64, came map[int]Amount) Change {
	at, bit := row>>6, uint64(1)<<(row&63)
	out := Change{Person: c.ids[row], Programme: p.ID, Was: No, Now: No}
	switch {
	case c.yes[at]&bit != 0:
		out.Now, out.NowAmount = Entitled, c.paid(p, row)
	case c.unknown[at]&bit != 0:
		out.Now = Unknown
	}
	switch {
	case c.wasYes[at]&bit != 0:
		out.Was, out.WasAmount = Entitled, c.paidBefore(p, row, came)
	case c.wasUnknown[at]&bit != 0:
		out.Was = Unknown
	case present == nil || present[at]&bit == 0:
		out.Was = Absent
	}
	return out
}

// gone are the differences of those who are in the population no more: what they
// were entitled to.
func (s *sweeper) gone(keep bool) (counts []Counts, changes []Change, err error) {
	counts = make([]Counts, len(s.programmes))
	if s.align == nil {
		return counts, nil, nil
	}
	for _, m := range s.align.gone {
		k := &s.align.old.blocks[m.at.block]
		household := k.household(int(m.at.row))
		for i := range s.programmes {
			p := &s.programmes[i]
			if p.old < 0 {
				continue
			}
			state, won, err := s.lookUp(k, p, int(m.at.row), household)
			if err != nil {
				return nil, nil, err
			}
			if state != Entitled {
				continue
			}
			counts[i].Gone++
			if keep {
				changes = append(changes, Change{Person: m.id, Programme: p.ID, Was: Entitled, WasAmount: won, Now: Absent})
			}
		}
	}
	return counts, changes, nil
}

// lookUp is one person's state in the last results.
func (s *sweeper) lookUp(k *block, p *programme, row, household int) (State, Amount, error) {
	sec, err := parse(k.section(p.old), k.rows(p.oldPerson), true)
	if err != nil {
		return Absent, Amount{}, err
	}
	if !p.oldPerson {
		row = household
	}
	state, won := sec.state(row)
	return state, won, nil
}
