package population

import (
	"encoding/binary"
	"fmt"
	"sort"

	"maru/domain/benefit/rule"
)

// bitmap are bits as they stand in a file.
type bitmap []byte

func (b bitmap) word(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }

func (b bitmap) bit(i int) uint64 { return uint64(b[i>>3]) >> (i & 7) & 1 }

// half are 16-bit numbers as they stand in a file.
type half []byte

func (h half) at(i int) int { return int(binary.LittleEndian.Uint16(h[2*i:])) }

func (h half) len() int { return len(h) / 2 }

// search is the first place whose number is v or more.
func (h half) search(v int) int {
	return sort.Search(h.len(), func(i int) bool { return h.at(i) >= v })
}

// block is one block of a file, checked.
type block struct {
	rows, households int
	starts           half // one more than households
	ids              []byte
	days             half // 367 starts, then rows; nil without birth_date
	persons          []column
	facts            []column // of the household
}

func (b *block) start(h int) int { return b.starts.at(h) }

func (b *block) id(row int) ID { return ID(binary.LittleEndian.Uint64(b.ids[8*row:])) }

// householdOf is the household of a row.
func (b *block) householdOf(row int) int { return b.starts.search(row+1) - 1 }

// column is one fact of a block.
type column struct {
	kind, width, known uint8
	rows               int
	fallbackKnown      uint64
	fallback           int64 // as rules hold it
	raw                int64 // as the file holds it
	at                 half  // of a sparse column
	data               []byte
	bits               bitmap
	table              *[256]int64
	field              *field // of a set in other bits than the law's
	bytes              int    // in the file, with its head
}

// parseBlock reads what a block says of itself and checks that no row can lead
// out of it. The error is ErrFormat.
func parseBlock(b []byte, s *Schema) (*block, error) {
	bad := func(format string, args ...any) (*block, error) {
		return nil, fmt.Errorf("%w: a block %s", ErrFormat, fmt.Sprintf(format, args...))
	}
	persons, households := s.width()
	if len(b) < blockHead+columnHead*(persons+households) {
		return bad("is cut off")
	}
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	out := &block{rows: u32(0), households: u32(4)}
	if u32(8) != persons || u32(12) != households {
		return bad("has other columns")
	}
	if out.rows < 1 || out.rows > maxRows || out.households < 1 || out.households > out.rows {
		return bad("has %d rows in %d households", out.rows, out.households)
	}
	p := parser{b: b}
	out.starts = half(p.part(u32(16), 2*(out.households+1)))
	out.ids = p.part(u32(20), 8*out.rows)
	if at := u32(24); at != 0 {
		out.days = half(p.part(at, 2*(birthdays+1)))
		if !p.failed {
			out.days = half(p.part(at, 2*(birthdays+1+out.days.at(birthdays))))
		}
	}
	for i := range persons {
		out.persons = append(out.persons, p.column(i, out.rows, &s.persons[i]))
	}
	for i := range households {
		out.facts = append(out.facts, p.column(persons+i, out.households, &s.households[i]))
	}
	if p.failed {
		return bad("leads out of itself")
	}
	if out.start(0) != 0 || out.start(out.households) != out.rows {
		return bad("begins or ends in the middle of a household")
	}
	for h := range out.households {
		if n := out.start(h+1) - out.start(h); n < 1 || n > rule.MaxMembers {
			return bad("has a household of %d", n)
		}
	}
	if out.days != nil {
		for d := range birthdays {
			if out.days.at(d) > out.days.at(d+1) {
				return bad("has birthdays out of order")
			}
		}
		for i := birthdays + 1; i < out.days.len(); i++ {
			if out.days.at(i) >= out.rows {
				return bad("has birthdays of nobody")
			}
		}
	}
	return out, nil
}

type parser struct {
	b      []byte
	failed bool
}

// part is a part of the block.
func (p *parser) part(at, n int) []byte {
	if at < 0 || n < 0 || at > len(p.b) || n > len(p.b)-at {
		p.failed = true
		return nil
	}
	return p.b[at : at+n : at+n]
}

func align(n int) int { return (n + 7) &^ 7 }

func (p *parser) column(index, rows int, d *field) column {
	h := p.b[blockHead+columnHead*index:]
	c := column{kind: h[0], width: h[1], known: h[2], rows: rows, fallbackKnown: uint64(h[3] & 1), bytes: columnHead}
	n, at, codes := int(binary.LittleEndian.Uint32(h[4:])), int(binary.LittleEndian.Uint32(h[8:])), int(binary.LittleEndian.Uint32(h[12:]))
	c.raw = int64(binary.LittleEndian.Uint64(h[16:]))
	if c.kind > sparse || c.known > knownBits || c.kind != constant && c.width != 1 && c.width != 2 && c.width != 4 && c.width != 8 || n > rows || codes > 256 {
		p.failed = true
		return column{}
	}
	begin := at
	take := func(size int) []byte {
		b := p.part(at, size)
		at = align(at + size)
		return b
	}
	held := rows
	switch c.kind {
	case constant:
		held = 0
	case sparse:
		held = n
		c.at = half(take(2 * n))
	}
	c.data = take(held * int(c.width))
	if c.kind != constant && c.known == knownBits {
		c.bits = bitmap(take((held + 63) / 64 * 8))
	}
	if p.failed {
		return column{}
	}
	for i := range c.at.len() {
		if c.at.at(i) >= rows || i > 0 && c.at.at(i) <= c.at.at(i-1) {
			p.failed = true
			return column{}
		}
	}
	switch d.fact.Type {
	case rule.Word:
		c.table = &d.toWord
	case rule.Code:
		if codes > 0 {
			c.table = new([256]int64)
			list := take(4 * codes)
			for i := range len(list) / 4 {
				c.table[i] = int64(binary.LittleEndian.Uint32(list[4*i:]))
			}
		}
	case rule.Set:
		if d.toBit != nil {
			c.field = d
		}
	}
	// Words and places of codes are numbers of one byte.
	if c.table != nil && c.kind != constant && c.width != 1 {
		p.failed = true
	}
	c.bytes += at - begin
	c.fallback = c.toLaw(c.raw)
	return c
}

// toLaw is a number of the column as rules hold it.
func (c *column) toLaw(v int64) int64 {
	switch {
	case c.table != nil:
		return c.table[uint8(v)]
	case c.field != nil:
		return c.field.toLaw(v)
	}
	return v
}
