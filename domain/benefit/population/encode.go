package population

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"slices"

	"maru/domain/benefit/rule"
)

// How a column holds its numbers.
const (
	constant = 0 // one number, or nothing known
	dense    = 1 // a number a row
	sparse   = 2 // a default, and the rows that differ from it
)

// What is known of a column: nothing, all, or what its bits say.
const (
	knownNone = 0
	knownAll  = 1
	knownBits = 2
)

// A block begins with blockHead bytes, then columnHead bytes a column.
const (
	blockHead  = 32
	columnHead = 24
	// birthdays are the month-days of a leap year, 1 January being 0.
	birthdays = 366
)

// sparseFrom: a column is sparse where at most one row in so many differs from
// its default; more would take longer to read than a dense one.
const sparseFrom = 8

// encoded is a block ready to be written.
type encoded struct {
	bytes            []byte
	rows, households int
	crc              uint32
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// encode makes the block; buf is written over if it is large enough.
//
//	rows, households, columns of persons, of households: uint32 each
//	where the starts, pseudonyms, birthdays stand: uint32 each; 0
//	the columns: see putColumn
//	starts: uint16 a household and the end; pseudonyms: uint64 a person
//	birthdays: 367 uint16, where each day begins, then rows as uint16
//
// All is little-endian; each part begins at a multiple of 8.
func (b *batch) encode(buf []byte) encoded {
	persons, households := b.schema.width()
	e := encoder{out: append(buf[:0], make([]byte, blockHead+columnHead*(persons+households))...)}
	e.pad()
	e.u32(0, uint32(b.rows))
	e.u32(4, uint32(len(b.starts)))
	e.u32(8, uint32(persons))
	e.u32(12, uint32(households))
	e.u32(16, e.here())
	for _, s := range b.starts {
		e.out = binary.LittleEndian.AppendUint16(e.out, s)
	}
	e.out = binary.LittleEndian.AppendUint16(e.out, uint16(b.rows))
	e.pad()
	e.u32(20, e.here())
	for _, id := range b.ids {
		e.out = binary.LittleEndian.AppendUint64(e.out, uint64(id))
	}
	if b.birth >= 0 {
		e.u32(24, e.here())
		e.birthdays(b.persons[b.birth], b.rows)
	}
	for i := range b.persons {
		e.column(i, b.schema.persons[i].fact.Type, b.persons[i], b.rows)
	}
	for i := range b.households {
		e.column(persons+i, b.schema.households[i].fact.Type, b.households[i], len(b.starts))
	}
	return encoded{bytes: e.out, rows: b.rows, households: len(b.starts), crc: checksum(e.out)}
}

type encoder struct {
	out []byte
	// scratch
	at     []uint16
	codes  []int64
	values []int64
}

func (e *encoder) here() uint32 { return uint32(len(e.out)) }

func (e *encoder) u32(at int, v uint32) { binary.LittleEndian.PutUint32(e.out[at:], v) }

func (e *encoder) pad() {
	for len(e.out)%8 != 0 {
		e.out = append(e.out, 0)
	}
}

// birthdays lists the rows by month and day of a date.
func (e *encoder) birthdays(g gathered, rows int) {
	var starts [birthdays + 1]uint16
	days := make([]uint16, rows)
	for row := range rows {
		days[row] = birthdays
		if g.known[row>>6]>>(row&63)&1 == 1 {
			days[row] = uint16(monthDay(g.values[row]))
			starts[days[row]+1]++
		}
	}
	for d := range birthdays {
		starts[d+1] += starts[d]
	}
	for _, s := range starts {
		e.out = binary.LittleEndian.AppendUint16(e.out, s)
	}
	n := int(starts[birthdays])
	base := len(e.out)
	e.out = append(e.out, make([]byte, 2*n)...)
	next := starts
	for row, d := range days {
		if d < birthdays {
			binary.LittleEndian.PutUint16(e.out[base+2*int(next[d]):], uint16(row))
			next[d]++
		}
	}
	e.pad()
}

// monthDay is the place of a day in a leap year, from 0.
func monthDay(day int64) int {
	_, m, d := rule.Civil(day)
	return monthDayOf(m, d)
}

func monthDayOf(m, d int64) int {
	before := [...]int{0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335}
	return before[m-1] + int(d) - 1
}

// column writes one fact.
//
//	0 kind  1 bytes a number (1 without sign)  2 what is known  3 the default is known
//	4 how many differ, uint32   8 where the data stand, uint32
//	12 how many codes, uint32   16 the default, int64
//
// Data of a dense column: the numbers, the known-bits. Of a sparse one: the rows
// as uint16, the numbers, the known-bits. Then the codes as uint32.
func (e *encoder) column(index int, t rule.Type, g gathered, rows int) {
	values := g.values[:rows]
	known := 0
	for _, w := range g.known[:(rows+63)/64] {
		known += bits.OnesCount64(w)
	}
	var codes []int64
	if t == rule.Code && known > 0 {
		values, codes = e.byCode(values)
	}
	head := blockHead + columnHead*index
	fallback, fallbackKnown := majority(values, g.known, known == rows)
	e.at = e.at[:0]
	limit := rows / sparseFrom
	for row, v := range values {
		if v != fallback || g.known[row>>6]>>(row&63)&1 != fallbackKnown {
			if e.at = append(e.at, uint16(row)); len(e.at) > limit {
				break
			}
		}
	}
	binary.LittleEndian.PutUint64(e.out[head+16:], uint64(fallback))
	e.out[head+3] = uint8(fallbackKnown)
	e.u32(head+8, e.here())
	switch {
	case len(e.at) == 0:
		e.out[head], e.out[head+2] = constant, uint8(fallbackKnown)
	case len(e.at) <= limit:
		e.sparse(head, values, g.known)
	default:
		e.dense(head, values, g.known, known)
	}
	if codes != nil {
		e.u32(head+12, uint32(len(codes)))
		for _, c := range codes {
			e.out = binary.LittleEndian.AppendUint32(e.out, uint32(c))
		}
		e.pad()
	}
}

// byCode are the values as their places among the codes, in order; as they are,
// without codes, when there are too many. Unknown rows hold the code 0.
func (e *encoder) byCode(values []int64) (places, codes []int64) {
	codes = e.codes[:0]
	for i, v := range values {
		if i > 0 && v == values[i-1] {
			continue
		}
		if at, found := slices.BinarySearch(codes, v); !found {
			codes = slices.Insert(codes, at, v)
		}
		if len(codes) > 255 {
			return values, nil
		}
	}
	e.codes, e.values = codes, e.values[:0]
	for _, v := range values {
		at, _ := slices.BinarySearch(codes, v)
		e.values = append(e.values, int64(at))
	}
	return e.values, codes
}

// majority is a number that more than half of the rows hold, if there is one,
// and whether it is known there.
func majority(values []int64, known []uint64, all bool) (v int64, k uint64) {
	votes := 0
	if all {
		for _, x := range values {
			switch {
			case votes == 0:
				v, votes = x, 1
			case x == v:
				votes++
			default:
				votes--
			}
		}
		return v, 1
	}
	for row, x := range values {
		kx := known[row>>6] >> (row & 63) & 1
		switch {
		case votes == 0:
			v, k, votes = x, kx, 1
		case x == v && kx == k:
			votes++
		default:
			votes--
		}
	}
	return v, k
}

func (e *encoder) sparse(head int, values []int64, known []uint64) {
	e.out[head], e.out[head+2] = sparse, knownBits
	e.u32(head+4, uint32(len(e.at)))
	for _, row := range e.at {
		e.out = binary.LittleEndian.AppendUint16(e.out, row)
	}
	e.pad()
	lo, hi := int64(0), int64(0)
	for _, row := range e.at {
		lo, hi = min(lo, values[row]), max(hi, values[row])
	}
	width := widthOf(lo, hi)
	e.out[head+1] = uint8(width)
	for _, row := range e.at {
		e.number(values[row], width)
	}
	e.pad()
	word := uint64(0)
	for i, row := range e.at {
		word |= known[row>>6] >> (row & 63) & 1 << (i & 63)
		if i&63 == 63 || i == len(e.at)-1 {
			e.out = binary.LittleEndian.AppendUint64(e.out, word)
			word = 0
		}
	}
}

func (e *encoder) dense(head int, values []int64, known []uint64, count int) {
	lo, hi := slices.Min(values), slices.Max(values)
	width := widthOf(lo, hi)
	e.out[head], e.out[head+1] = dense, uint8(width)
	switch width {
	case 1:
		for _, v := range values {
			e.out = append(e.out, uint8(v))
		}
	case 2:
		for _, v := range values {
			e.out = binary.LittleEndian.AppendUint16(e.out, uint16(v))
		}
	case 4:
		for _, v := range values {
			e.out = binary.LittleEndian.AppendUint32(e.out, uint32(v))
		}
	default:
		for _, v := range values {
			e.out = binary.LittleEndian.AppendUint64(e.out, uint64(v))
		}
	}
	e.pad()
	switch count {
	case 0:
		e.out[head+2] = knownNone
	case len(values):
		e.out[head+2] = knownAll
	default:
		e.out[head+2] = knownBits
		for _, w := range known[:(len(values)+63)/64] {
			e.out = binary.LittleEndian.AppendUint64(e.out, w)
		}
	}
}

// widthOf is how many bytes hold every number from lo to hi.
func widthOf(lo, hi int64) int {
	switch {
	case lo >= 0 && hi <= math.MaxUint8:
		return 1
	case lo >= math.MinInt16 && hi <= math.MaxInt16:
		return 2
	case lo >= math.MinInt32 && hi <= math.MaxInt32:
		return 4
	}
	return 8
}

func (e *encoder) number(v int64, width int) {
	switch width {
	case 1:
		e.out = append(e.out, uint8(v))
	case 2:
		e.out = binary.LittleEndian.AppendUint16(e.out, uint16(v))
	case 4:
		e.out = binary.LittleEndian.AppendUint32(e.out, uint32(v))
	default:
		e.out = binary.LittleEndian.AppendUint64(e.out, uint64(v))
	}
}
