package search

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestNumbers(t *testing.T) {
	var b []byte
	var want []uint32
	for _, n := range []uint32{0, 1, 127, 128, 16383, 16384, 1 << 21, 1<<28 - 1, 1 << 28, math.MaxUint32} {
		before := len(b)
		b = number(b, n)
		if len(b)-before != size(n) {
			t.Errorf("%d takes %d bytes, not %d", n, len(b)-before, size(n))
		}
		want = append(want, n)
	}
	at := 0
	for _, n := range want {
		var got uint32
		if got, at = read(b, at); got != n {
			t.Errorf("%d is read as %d", n, got)
		}
	}
	if at != len(b) {
		t.Errorf("%d of %d bytes read", at, len(b))
	}
}

// TestCodedIndex compares the index as it is kept with what its documents say:
// which documents hold a token, and how near a sentence is to another.
func TestCodedIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var docs []Doc
	for range 300 {
		var lines []string
		for range 1 + rng.IntN(4) {
			line := ""
			for range 1 + rng.IntN(6) {
				line += string([]rune{'가' + rune(rng.IntN(40)), '나' + rune(rng.IntN(40))}) + " "
			}
			lines = append(lines, line)
		}
		docs = append(docs, Doc{Lines: [][]string{{"제목"}, lines}})
	}
	ix := made([]Field{{Weight: 1}, {Weight: 1, Example: true}}, docs)
	tokens := func(line string) map[uint32]bool {
		out := map[uint32]bool{}
		words(Normalize(line), func(w string) {
			id, ok := ix.words.id(hash(w))
			if !ok {
				t.Fatalf("%q is not in the index", w)
			}
			out[id] = true
		})
		return out
	}
	holders := map[uint32]map[uint32]bool{}
	for d, doc := range docs {
		for _, lines := range doc.Lines {
			for _, line := range lines {
				for id := range tokens(line) {
					if holders[id] == nil {
						holders[id] = map[uint32]bool{}
					}
					holders[id][uint32(d)] = true
				}
			}
		}
	}
	for id, want := range holders {
		got, scores := 0, make([]float32, len(docs))
		ix.words.score(counted{id, 1}, scores)
		ix.words.each(id, func(d uint32, w float32) {
			if got++; !want[d] || w <= 0 || w != scores[d] {
				t.Fatalf("token %d: document %d weighs %v, scored %v", id, d, w, scores[d])
			}
		})
		if got != len(want) {
			t.Fatalf("token %d: %d documents, not %d", id, got, len(want))
		}
	}
	for d := 0; d < len(docs); d += 7 {
		at := int(ix.lines.from[d])
		for n, line := range docs[d].Lines[1] {
			p := ix.parse(Query{Text: Normalize(line)})
			var same float32
			if same, _, at = ix.lines.similar(at, p, ix.words.idf); math.Abs(float64(same)-1) > 0.01 {
				t.Fatalf("document %d: a sentence is %v like itself", d, same)
			}
			if got, field := ix.sentence(d, n); got != line || field != 1 {
				t.Fatalf("document %d: sentence %d is %q of field %d", d, n, got, field)
			}
		}
		if at != int(ix.lines.from[d+1]) {
			t.Fatalf("document %d ends at %d, not %d", d, at, ix.lines.from[d+1])
		}
	}
	if s, _ := ix.sentence(0, 99); s != "" {
		t.Errorf("a sentence that is not there: %q", s)
	}
}
