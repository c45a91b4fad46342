package sweep

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// gathered is what one programme decides in one block, on its way into a
// section: a bit a row of its unit.
type gathered struct {
	entitled []uint64
	unknown  []uint64 // nil while there is none
	open     []uint64 // entitled to an amount that is not known; nil while there is none
	// The known amounts of those entitled, row by row: n times one while they are
	// the same, else all.
	one     int64
	n       int
	amounts []int64
	rows    int
}

func (g *gathered) reset() {
	g.entitled, g.unknown, g.open, g.amounts = g.entitled[:0], g.unknown[:0], g.open[:0], g.amounts[:0]
	g.n, g.rows = 0, 0
}

func (g *gathered) pay(won int64) {
	switch {
	case g.n == 0:
		g.one = won
	case len(g.amounts) > 0:
		g.amounts = append(g.amounts, won)
	case won != g.one:
		g.amounts = slices.Grow(g.amounts, g.n+1)
		for range g.n {
			g.amounts = append(g.amounts, g.one)
		}
		g.amounts = append(g.amounts, won)
	}
	g.n++
}

// cleared is a slice of n words that are 0, in the memory of another where it
// suffices.
func cleared(b []uint64, n int) []uint64 {
	if cap(b) < n {
		return make([]uint64, n)
	}
	b = b[:n]
	clear(b)
	return b
}

func words(rows int) int { return (rows + 63) / 64 }

// A section: three bitmaps, each after its length (0: nobody), then the amounts.
func (g *gathered) append(out []byte) ([]byte, error) {
	var err error
	for _, b := range [][]uint64{g.entitled, g.unknown, g.open} {
		if out, err = appendBits(out, b); err != nil {
			return nil, err
		}
	}
	if len(g.amounts) == 0 {
		return appendSame(out, g.one, g.n), nil
	}
	return appendAmounts(out, g.amounts), nil
}

func appendBits(out []byte, b []uint64) ([]byte, error) {
	if !slices.ContainsFunc(b, func(w uint64) bool { return w != 0 }) {
		return append(out, 0), nil
	}
	m := roaring.FromDense(b, false)
	m.RunOptimize()
	text, err := m.ToBytes()
	if err != nil {
		return nil, fmt.Errorf("sweep: a bitmap: %w", err)
	}
	return append(binary.AppendUvarint(out, uint64(len(text))), text...), nil
}

// How amounts stand in a section.
const (
	paysNobody = iota // no amount is known
	paysSame          // one number
	paysPacked        // the least, a width, and what each is above it in so many bits
	paysTable         // how many there are, they themselves, a width, and the place of each in so many bits
)

// tableMost is how many different amounts a table holds at most.
const tableMost = 1024

func appendSame(out []byte, won int64, n int) []byte {
	if n == 0 {
		return append(out, paysNobody)
	}
	return binary.AppendVarint(append(out, paysSame), won)
}

func appendAmounts(out []byte, list []int64) []byte {
	least, most := slices.Min(list), slices.Max(list)
	if least == most {
		return appendSame(out, least, len(list))
	}
	width := widthOf(uint64(most) - uint64(least))
	place := map[int64]uint64{}
	for _, won := range list {
		if place[won] = 0; len(place) > tableMost {
			break
		}
	}
	table := widthOf(uint64(len(place) - 1))
	if len(place) <= tableMost && 8*len(place)+len(list)*int(table)/8 < len(list)*int(width)/8 {
		all := make([]int64, 0, len(place))
		for won := range place {
			all = append(all, won)
		}
		slices.Sort(all)
		out = binary.AppendUvarint(append(out, paysTable), uint64(len(all)))
		for i, won := range all {
			place[won] = uint64(i)
			out = binary.AppendVarint(out, won)
		}
		return appendPacked(append(out, table), len(list), table, func(i int) uint64 { return place[list[i]] })
	}
	out = binary.AppendVarint(append(out, paysPacked), least)
	return appendPacked(append(out, width), len(list), width, func(i int) uint64 { return uint64(list[i]) - uint64(least) })
}

// widthOf is how many bits numbers up to most take; above 56 all 64, so that
// each lies within eight bytes.
func widthOf(most uint64) uint8 {
	if n := bits.Len64(most); n <= 56 {
		return uint8(n)
	}
	return 64
}

// appendPacked writes n numbers of so many bits, and room to read the last as
// eight bytes.
func appendPacked(out []byte, n int, width uint8, of func(i int) uint64) []byte {
	at := len(out)
	out = append(out, make([]byte, packedSize(n, width))...)
	for i := range n {
		bit := i * int(width)
		p := out[at+bit>>3:]
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)|of(i)<<(bit&7))
	}
	return out
}

func packedSize(n int, width uint8) int { return (n*int(width)+7)/8 + 8 }

// section is a section as it stands in a file.
type section struct {
	entitled, unknown, open *roaring.Bitmap // nil: nobody
	kind                    byte
	base                    int64
	width                   uint8
	table                   []int64
	packed                  []byte
	n                       int // amounts
}

var errSection = errors.New("a section cannot be read")

// parse reads a section of so many rows. What came from a file that was checked
// is not looked through once more.
func parse(b []byte, rows int, checked bool) (s section, err error) {
	for _, m := range []**roaring.Bitmap{&s.entitled, &s.unknown, &s.open} {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return section{}, errSection
		}
		text := b[used : used+int(n)]
		b = b[used+int(n):]
		if n == 0 {
			continue
		}
		*m = roaring.New()
		read, err := (*m).FromBuffer(text)
		if err != nil || read != int64(n) {
			return section{}, errSection
		}
		if !checked && ((*m).Validate() != nil || (*m).IsEmpty() || int64((*m).Maximum()) >= int64(rows)) {
			return section{}, errSection
		}
	}
	if !checked && !s.meet() {
		return section{}, errSection
	}
	s.n = count(s.entitled) - count(s.open)
	return s, s.parseAmounts(b)
}

// meet tells whether nobody is both entitled and unknown, or paid without being
// entitled.
func (s *section) meet() bool {
	if s.entitled != nil && s.unknown != nil && s.entitled.Intersects(s.unknown) {
		return false
	}
	return s.open == nil || s.entitled != nil && s.open.AndCardinality(s.entitled) == s.open.GetCardinality()
}

func count(m *roaring.Bitmap) int {
	if m == nil {
		return 0
	}
	return int(m.GetCardinality())
}

func (s *section) parseAmounts(b []byte) error {
	if len(b) == 0 || (s.n == 0) != (b[0] == paysNobody) {
		return errSection
	}
	s.kind, b = b[0], b[1:]
	varint := func() (v int64) {
		v, used := binary.Varint(b)
		if used <= 0 {
			b = nil
			return 0
		}
		b = b[used:]
		return v
	}
	switch s.kind {
	case paysNobody:
	case paysSame, paysPacked:
		if len(b) == 0 {
			return errSection
		}
		s.base = varint()
	case paysTable:
		n, used := binary.Uvarint(b)
		if used <= 0 || n < 2 || n > tableMost {
			return errSection
		}
		b = b[used:]
		s.table = make([]int64, n)
		for i := range s.table {
			s.table[i] = varint()
		}
	default:
		return errSection
	}
	if s.kind <= paysSame {
		if len(b) != 0 {
			return errSection
		}
		return nil
	}
	if len(b) == 0 || b[0] == 0 || b[0] > 56 && b[0] != 64 || len(b)-1 != packedSize(s.n, b[0]) {
		return errSection
	}
	s.width, s.packed = b[0], b[1:]
	return nil
}

// pays is the i-th known amount.
func (s *section) pays(i int) int64 {
	if s.kind == paysSame {
		return s.base
	}
	bit := i * int(s.width)
	v := binary.LittleEndian.Uint64(s.packed[bit>>3:]) >> (bit & 7)
	if s.width < 64 {
		v &= 1<<s.width - 1
	}
	if s.kind == paysTable {
		if v >= uint64(len(s.table)) {
			return 0 // only where a file was made up under a right checksum
		}
		return s.table[v]
	}
	return s.base + int64(v)
}

// state is what is decided for one row, and its amount.
func (s *section) state(row int) (State, Amount) {
	at := uint32(row)
	switch {
	case s.entitled != nil && s.entitled.Contains(at):
		if s.open != nil && s.open.Contains(at) {
			return Entitled, Amount{}
		}
		i := int(s.entitled.Rank(at)) - 1
		if s.open != nil {
			i -= int(s.open.Rank(at))
		}
		return Entitled, Amount{s.pays(i), true}
	case s.unknown != nil && s.unknown.Contains(at):
		return Unknown, Amount{}
	}
	return No, Amount{}
}

// dense writes a bitmap out.
func dense(m *roaring.Bitmap, out []uint64, rows int) []uint64 {
	out = cleared(out, words(rows))
	if m != nil {
		m.WriteDenseTo(out)
	}
	return out
}

// sum is what is paid in all.
func (s *section) sum() (won int64) {
	if s.kind == paysSame {
		return int64(s.n) * s.base
	}
	for i := range s.n {
		won += s.pays(i)
	}
	return won
}
