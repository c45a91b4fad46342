package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"maru/platform/wordvec"
)

// parsed is a query as the rankings need it.
type parsed struct {
	words, grams []uint32  // distinct tokens that documents hold
	word, gram   []float32 // by token, of n-grams the last 16 bits: squared rarity over the query's length
	vector       wordvec.Vector
	embedded     bool
}

// parse reads a query. Tokens that no document holds count as the rarest, so
// that a sentence with much that is unknown is near to nothing.
func (ix *Index) parse(q Query) *parsed {
	rare := float32(math.Log(1 + (float64(ix.docs)+0.5)/0.5))
	ws := tokens[string]{c: &ix.words, rare: rare, seen: map[string]bool{}}
	gs := tokens[uint32]{c: &ix.grams, rare: rare, seen: map[uint32]bool{}}
	for i, text := range append([]string{q.Text}, q.Also...) {
		ws.known, gs.known = i > 0, i > 0
		words(text, ws.add)
		grams(text, gs.add)
	}
	p := &parsed{words: ws.ids, grams: gs.ids}
	p.word, p.gram = ws.weights(len(ix.words.idf)), gs.weights(1<<16)
	if ix.meaning != nil {
		p.vector, p.embedded = ix.embed(ix.meaning.model, strings.Join(append([]string{q.Text}, q.Also...), " "))
	}
	return p
}

// tokens collects the tokens of a query.
type tokens[T comparable] struct {
	c     *channel[T]
	rare  float32
	seen  map[T]bool
	known bool // of another reading only what documents hold counts
	ids   []uint32
	sum   float32
}

func (t *tokens[T]) add(token T) {
	if t.seen[token] {
		return
	}
	id, ok := t.c.ids[token]
	if !ok && t.known {
		return
	}
	t.seen[token] = true
	if !ok {
		t.sum += t.rare * t.rare
		return
	}
	t.ids = append(t.ids, id)
	t.sum += t.c.idf[id] * t.c.idf[id]
}

func (t *tokens[T]) weights(n int) []float32 {
	w := make([]float32, n)
	if t.sum == 0 || n == 0 {
		return w
	}
	length := float32(math.Sqrt(float64(t.sum)))
	for _, id := range t.ids {
		w[int(id)%n] = t.c.idf[id] * t.c.idf[id] / length
	}
	return w
}

// strongest are the words of the query that count most for a document, three
// at most: those that give half as much as the best one.
func (ix *Index) strongest(q Query, doc int) []string {
	type part struct {
		word  string
		score float32
	}
	var parts []part
	for w := range strings.FieldsSeq(q.Text) {
		p := part{word: w}
		words(w, func(t string) {
			if id, ok := ix.words.ids[t]; ok {
				p.score += ix.words.in(id, doc)
			}
		})
		if p.score > 0 && !slices.ContainsFunc(parts, func(o part) bool { return o.word == w }) {
			parts = append(parts, p)
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.score, a.score) })
	var out []string
	for _, p := range parts[:min(3, len(parts))] {
		if p.score*2 >= parts[0].score {
			out = append(out, p.word)
		}
	}
	return out
}
