package words

import (
	"encoding/binary"
	"errors"
	"math"
)

// Term is the keyed hash of a word, of 48 bits: with a hundred million
// different words one query in a million meets a foreign one.
type Term uint64

const (
	termBits  = 48
	termBytes = termBits / 8
	maxTerm   = Term(1)<<termBits - 1
)

// TermOf shortens a keyed hash of 63 bits.
func TermOf(hash int64) Term { return Term(uint64(hash)>>(63-termBits)) & maxTerm }

// posting says that an application holds a term. Its place counts down from
// the newest application of the segment, so that postings ascend from the
// newest to the oldest.
type posting struct {
	term  Term
	place uint64 // segment's high - seq
}

func (p posting) before(q posting) bool {
	return p.term < q.term || p.term == q.term && p.place < q.place
}

// block is a run of postings in order. It begins with the posting of its key.
type block struct {
	first Term
	top   uint64 // place of the first posting
	data  []byte
}

// A block stays below 2,000 bytes: two share a page of SQLite, and PostgreSQL
// leaves it in its row. Inside, each term is
//
//	difference to the term before (0 for the first), place + 1 of its first
//	posting, differences of the others, 0
//
// as unsigned varints.
const (
	blockBytes = 1900
	mostBytes  = blockBytes + 4*binary.MaxVarintLen64
)

// packer makes blocks of postings that come in order, each once.
type packer struct {
	blocks []block
	cur    block
	last   posting
}

func (p *packer) add(x posting) {
	b := &p.cur
	switch {
	case len(b.data) == 0:
		*b = block{first: x.term, top: x.place, data: make([]byte, 0, mostBytes)}
		b.data = binary.AppendUvarint(append(b.data, 0), x.place+1)
	case x.term == p.last.term:
		b.data = binary.AppendUvarint(b.data, x.place-p.last.place)
	default:
		b.data = binary.AppendUvarint(append(b.data, 0), uint64(x.term-p.last.term))
		b.data = binary.AppendUvarint(b.data, x.place+1)
	}
	p.last = x
	if len(b.data) >= blockBytes {
		p.flush()
	}
}

// flush ends the block that is being filled.
func (p *packer) flush() {
	if len(p.cur.data) > 0 {
		p.cur.data = append(p.cur.data, 0)
		p.blocks = append(p.blocks, p.cur)
		p.cur = block{}
	}
}

var errBlock = errors.New("casework: a block of the index of words is damaged")

// each gives the postings of a block in order until fn has enough.
func (b block) each(fn func(posting) (more bool)) error {
	data, term := b.data, b.first
	for begin := true; len(data) > 0; begin = false {
		d, err := uvarint(&data)
		if err != nil || begin != (d == 0) || uint64(maxTerm-term) < d {
			return errBlock
		}
		term += Term(d)
		place, err := uvarint(&data)
		if err != nil || place == 0 {
			return errBlock
		}
		place--
		if begin && place != b.top {
			return errBlock
		}
		for {
			if !fn(posting{term, place}) {
				return nil
			}
			d, err := uvarint(&data)
			if err != nil || d > math.MaxInt64-min(place, math.MaxInt64) {
				return errBlock
			}
			if d == 0 {
				break
			}
			place += d
		}
	}
	return nil
}

// of gives the places of a term in the block, and whether the term is its last:
// then the next block may go on with it.
func (b block) of(term Term) (places []uint64, last bool, err error) {
	last = true
	err = b.each(func(p posting) bool {
		switch {
		case p.term == term:
			places = append(places, p.place)
		case p.term > term:
			last = false
			return false
		}
		return true
	})
	return places, last, err
}

func uvarint(data *[]byte) (uint64, error) {
	v, n := binary.Uvarint(*data)
	if n <= 0 || v > math.MaxInt64 {
		return 0, errBlock
	}
	*data = (*data)[n:]
	return v, nil
}
