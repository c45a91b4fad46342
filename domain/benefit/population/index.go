package population

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sort"
)

// The index of pseudonyms: where each run of equal first bits begins, as uint32,
// and the end, then all rows as uint32 in the order of their pseudonyms.

// sortAtOnce is how many rows are sorted in memory at a time, 16 bytes each.
const sortAtOnce = 4 << 20

// runBits is how many first bits make a run: 16, or fewer so that a run has some
// 64 rows.
func runBits(rows int) int {
	k := 0
	for k < 16 && rows>>k > 64 {
		k++
	}
	return k
}

func indexSize(rows int) int64 { return int64(align(4 * (1<<runBits(rows) + 1 + rows))) }

type numbered struct {
	id  ID
	row uint32
}

// writeIndex writes the index at a place of a file whose blocks are written. It
// reads the pseudonyms back in turns, so that memory is bounded. Two persons of
// one pseudonym are ErrFact.
func writeIndex(f *os.File, at int64, blocks []blockAt, rows int) (extent, error) {
	runs, shift := 1<<runBits(rows), 64-runBits(rows)
	starts := make([]uint32, runs+1)
	err := eachID(f, blocks, func(id ID, _ uint32) { starts[id>>shift+1]++ })
	if err != nil {
		return extent{}, err
	}
	for i := range runs {
		starts[i+1] += starts[i]
	}
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	out := bufio.NewWriterSize(io.MultiWriter(io.NewOffsetWriter(f, at), sum), 1<<20)
	var word [4]byte
	put := func(v uint32) {
		binary.LittleEndian.PutUint32(word[:], v)
		out.Write(word[:]) // an error stays with out until Flush
	}
	for _, s := range starts {
		put(s)
	}
	pairs := make([]numbered, 0, min(rows, sortAtOnce))
	next := make([]uint32, runs)
	for from := 0; from < runs; {
		to := from + 1
		for to < runs && starts[to+1]-starts[from] <= sortAtOnce {
			to++
		}
		base := starts[from]
		pairs = slices.Grow(pairs[:0], int(starts[to]-base))[:starts[to]-base]
		copy(next[from:to], starts[from:to])
		err := eachID(f, blocks, func(id ID, row uint32) {
			if run := int(id >> shift); run >= from && run < to {
				pairs[next[run]-base] = numbered{id, row}
				next[run]++
			}
		})
		if err != nil {
			return extent{}, err
		}
		for run := from; run < to; run++ {
			slices.SortFunc(pairs[starts[run]-base:starts[run+1]-base], func(a, b numbered) int { return cmp.Compare(a.id, b.id) })
		}
		for i, p := range pairs {
			if i > 0 && pairs[i-1].id == p.id {
				return extent{}, fmt.Errorf("%w: two persons have one pseudonym", ErrFact)
			}
			put(p.row)
		}
		from = to
	}
	if (runs+1+rows)%2 == 1 {
		put(0)
	}
	if err := out.Flush(); err != nil {
		return extent{}, err
	}
	return extent{at, indexSize(rows), sum.Sum32()}, nil
}

// eachID reads the pseudonyms of all rows in their order.
func eachID(f io.ReaderAt, blocks []blockAt, each func(ID, uint32)) error {
	buf := make([]byte, 8*maxRows)
	row := uint32(0)
	for _, b := range blocks {
		var at [4]byte
		if _, err := f.ReadAt(at[:], b.At+20); err != nil {
			return err
		}
		ids := buf[:8*b.Rows]
		if _, err := f.ReadAt(ids, b.At+int64(binary.LittleEndian.Uint32(at[:]))); err != nil {
			return err
		}
		for i := range b.Rows {
			each(ID(binary.LittleEndian.Uint64(ids[8*i:])), row)
			row++
		}
	}
	return nil
}

// index is the index of pseudonyms of an open file.
type index struct {
	bytes []byte
	runs  int
	shift int
}

func (x *index) u32(i int) int { return int(binary.LittleEndian.Uint32(x.bytes[4*i:])) }

// parseIndex checks that no entry leads out of it. b has indexSize(rows) bytes.
func parseIndex(b []byte, rows int) (*index, error) {
	x := &index{bytes: b, runs: 1 << runBits(rows), shift: 64 - runBits(rows)}
	if x.u32(0) != 0 || x.u32(x.runs) != rows {
		return nil, fmt.Errorf("%w: the index is of other rows", ErrFormat)
	}
	for i := range x.runs {
		if x.u32(i) > x.u32(i+1) {
			return nil, fmt.Errorf("%w: the index is out of order", ErrFormat)
		}
	}
	for i := range rows {
		if x.u32(x.runs+1+i) >= rows {
			return nil, fmt.Errorf("%w: the index leads to nobody", ErrFormat)
		}
	}
	return x, nil
}

// find is the row of a pseudonym; idOf tells that of a row.
func (x *index) find(id ID, idOf func(row int) ID) (row int, ok bool) {
	run := int(id >> x.shift)
	lo, hi := x.u32(run), x.u32(run+1)
	at := lo + sort.Search(hi-lo, func(i int) bool { return idOf(x.u32(x.runs+1+lo+i)) >= id })
	if at == hi {
		return 0, false
	}
	row = x.u32(x.runs + 1 + at)
	return row, idOf(row) == id
}
