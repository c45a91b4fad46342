package words

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var in []posting
	x := posting{}
	for range 20_000 {
		in = append(in, x)
		if r.IntN(3) == 0 {
			x = posting{x.term + 1 + Term(r.Uint64N(1<<r.IntN(30))), r.Uint64N(1 << r.IntN(62))}
		} else {
			x.place += 1 + r.Uint64N(1<<r.IntN(30))
		}
	}
	var p packer
	for _, x := range in {
		p.add(x)
	}
	p.flush()
	var out []posting
	for i, b := range p.blocks {
		if len(b.data) > 2000 || cap(b.data) > mostBytes || i < len(p.blocks)-1 && len(b.data) < blockBytes {
			t.Errorf("block %d has %d bytes", i, len(b.data))
		}
		if err := b.each(func(p posting) bool { out = append(out, p); return true }); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(in, out) {
		t.Errorf("%d postings, %d came back", len(in), len(out))
	}
}

// FuzzBlock: whatever stands in a block, reading it ends, and gives postings in
// order or an error.
func FuzzBlock(f *testing.F) {
	var p packer
	for i := range 100 {
		p.add(posting{Term(i / 3), uint64(i)})
	}
	p.flush()
	f.Add(int64(0), int64(0), p.blocks[0].data)
	f.Add(int64(maxTerm), int64(1), []byte{0, 2, 0, 1, 1, 0})
	f.Add(int64(0), int64(0), []byte{0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0})
	f.Fuzz(func(t *testing.T, term, top int64, data []byte) {
		b := block{first: Term(term) & maxTerm, top: uint64(top), data: data}
		var last *posting
		err := b.each(func(p posting) bool {
			if p.term > maxTerm || last != nil && !last.before(p) {
				t.Errorf("%v after %v", p, last)
			}
			last = &p
			return true
		})
		if _, _, other := b.of(5); err == nil && other != nil {
			t.Errorf("read through: nothing, by word: %v", other)
		}
	})
}
