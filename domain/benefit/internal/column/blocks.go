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
	// households, persons and pairs are the most that a block has.
	households, persons, pairs int
}

// cutBlocks makes blocks of about size persons. It also sees that what the rest
// relies on holds: every household has members, and not more than rules allow.
func cutBlocks(rows Rows, size int) (*layout, error) {
	start := rows.Start()
	n := rows.Households()
	if len(start) != n+1 || start[0] != 0 || int(start[n]) != rows.Persons() {
		return nil, fmt.Errorf("column: the starts of %d households do not fit %d persons", n, rows.Persons())
	}
	l := &layout{}
	b := block{}
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
	for h := range n {
		m := int(start[h+1]) - int(start[h])
		if m < 1 || m > rule.MaxMembers {
			return nil, fmt.Errorf("column: household %d has %d members; 1 to %d are possible", h, m, rule.MaxMembers)
		}
		// Pairs are bounded too, so that a block of homes for fifty stays small.
		if b.house < h && (int(start[h+1])-b.from > size || pairs+m*m > 16*size) {
			end(h)
		}
		pairs += m * m
	}
	if n > b.house {
		end(n)
	}
	return l, nil
}
