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
	words, grams []counted // distinct tokens that documents hold
	word, gram   []float32 // by token: squared rarity over the query's length
	vector       wordvec.Vector
	embedded     bool
}

// counted is a token of a query with how much it counts, 1 where it was said.
type counted struct {
	id    uint32
	share float32
}

// parse reads a query. Tokens that no document holds count as the rarest, so
// that a sentence with much that is unknown is near to nothing.
func (ix *Index) parse(q Query) *parsed {
	rare := float32(math.Log(1 + (float64(ix.docs)+0.5)/0.5))
	ws := tokens[uint64]{c: &ix.words, rare: rare, seen: map[uint64]bool{}}
	gs := tokens[uint32]{c: &ix.grams, rare: rare, seen: map[uint32]bool{}}
	read := func(text string, known bool, share float32) {
		ws.known, ws.share, gs.known, gs.share = known, share, known, share
		words(text, func(token string) { ws.add(hash(token)) })
		grams(text, gs.add)
	}
	read(q.Text, false, 1)
	for _, text := range q.Also {
		read(text, true, 1)
	}
	read(ix.mended(q.Text), true, mendShare)
	p := &parsed{words: ws.found, grams: gs.found}
	p.word, p.gram = ws.weights(), gs.weights()
	if ix.meaning != nil {
		p.vector, p.embedded = ix.embed(ix.meaning.model, strings.Join(append([]string{q.Text}, q.Also...), " "))
	}
	return p
}

// tokens collects the tokens of a query.
type tokens[T cmp.Ordered] struct {
	c     *channel[T]
	rare  float32
	seen  map[T]bool
	known bool // of another reading only what documents hold counts
	share float32
	found []counted
	sum   float32
}

func (t *tokens[T]) add(token T) {
	if t.seen[token] {
		return
	}
	id, ok := t.c.id(token)
	if !ok && t.known {
		return
	}
	t.seen[token] = true
	if !ok {
		t.sum += t.rare * t.rare
		return
	}
	t.found = append(t.found, counted{id, t.share})
	t.sum += t.c.idf[id] * t.c.idf[id] * t.share * t.share
}

func (t *tokens[T]) weights() []float32 {
	w := make([]float32, len(t.c.idf))
	if t.sum == 0 {
		return w
	}
	length := float32(math.Sqrt(float64(t.sum)))
	for _, x := range t.found {
		w[x.id] = t.c.idf[x.id] * t.c.idf[x.id] * x.share / length
	}
	return w
}

// strongest tells each hit the words of the query that count most for it, three
// at most: those that give half as much as the best one.
func (ix *Index) strongest(q Query, hits []Hit) {
	type part struct {
		word  string
		score float32
	}
	at := make(map[uint32]int, len(hits))
	for i := range hits {
		at[uint32(hits[i].Doc)] = i
	}
	parts := make([][]part, len(hits))
	seen := map[string]bool{}
	for w := range strings.FieldsSeq(q.Text) {
		if seen[w] {
			continue
		}
		seen[w] = true
		words(w, func(t string) {
			id, ok := ix.words.id(hash(t))
			if !ok {
				return
			}
			ix.words.each(id, func(doc uint32, weight float32) {
				i, ok := at[doc]
				if !ok {
					return
				}
				if n := len(parts[i]); n > 0 && parts[i][n-1].word == w {
					parts[i][n-1].score += weight
					return
				}
				parts[i] = append(parts[i], part{w, weight})
			})
		})
	}
	for i, p := range parts {
		slices.SortStableFunc(p, func(a, b part) int { return cmp.Compare(b.score, a.score) })
		for _, x := range p[:min(3, len(p))] {
			if x.score*2 >= p[0].score {
				hits[i].Words = append(hits[i].Words, x.word)
			}
		}
	}
}
