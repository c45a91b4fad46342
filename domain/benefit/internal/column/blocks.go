package column

import (
	"fmt"

	"maru/domain/benefit/rule"
)

// block is a stretch of whole households with its persons.
type block struct {
	number      int
	house, upTo int // households
	from, to    int // persons
}

// layout is a population cut into blocks.
type layout struct {
	blocks []block
	// jobs are what workers take one after the other: blocks from to upTo-1.
	jobs []job
	// households, persons and pairs are the most that a block has.
	households, persons, pairs int
}

// job is what one worker computes as a whole.
type job struct{ from, upTo int }

// cutBlocks makes blocks of about size persons, within stretches where there are
// some. It also sees that what the rest relies on holds: every household has
// members, and not more than rules allow.
func cutBlocks(rows Rows, size int, stretches []Stretch) (*layout, error) {
	start := rows.Start()
	n := rows.Households()
	if len(start) != n+1 || start[0] != 0 || int(start[n]) != rows.Persons() {
		return nil, fmt.Errorf("column: the starts of %d households do not fit %d persons", n, rows.Persons())
	}
	l := &layout{}
	if stretches == nil {
		if err := l.cut(start, size, Stretch{0, n}); err != nil {
			return nil, err
		}
		for i := range l.blocks {
			l.jobs = append(l.jobs, job{i, i + 1})
		}
		return l, nil
	}
	for _, s := range stretches {
		if s.From < 0 || s.From > s.To || s.To > n {
			return nil, fmt.Errorf("column: there are no households %d to %d", s.From, s.To)
		}
		before := len(l.blocks)
		if err := l.cut(start, size, s); err != nil {
			return nil, err
		}
		l.jobs = append(l.jobs, job{before, len(l.blocks)})
	}
	return l, nil
}

// cut makes the blocks of one stretch.
func (l *layout) cut(start []uint32, size int, s Stretch) error {
	b := block{number: len(l.blocks), house: s.From, from: int(start[s.From])}
	pairs := 0
	end := func(h int) {
		b.upTo, b.to = h, int(start[h])
		l.households = max(l.households, b.upTo-b.house)
		l.persons = max(l.persons, b.to-b.from)
		l.pairs = max(l.pairs, pairs)
		l.blocks = append(l.blocks, b)
		b = block{number: len(l.blocks), house: h, from: b.to}
		pairs = 0
	}
	for h := s.From; h < s.To; h++ {
		m := int(start[h+1]) - int(start[h])
		if m < 1 || m > rule.MaxMembers {
			return fmt.Errorf("column: household %d has %d members; 1 to %d are possible", h, m, rule.MaxMembers)
		}
		// Pairs are bounded too, so that a block of homes for fifty stays small.
		if b.house < h && (int(start[h+1])-b.from > size || pairs+m*m > 16*size) {
			end(h)
		}
		pairs += m * m
	}
	if s.To > b.house {
		end(s.To)
	}
	return nil
}
