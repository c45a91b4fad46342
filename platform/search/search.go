package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"maru/platform/wordvec"
)

// Query is what is looked for.
type Query struct {
	Text string // normalized
	// Also are other readings of the text, normalized: what dialect says in
	// standard words. Their tokens count as the text's own.
	Also []string
	// Extra are rankings made elsewhere, such as by an embeddings service.
	Extra []Extra
	// Lift raises documents by hand, by as many deviations of the rankings.
	Lift map[int]float64
	N    int // how many documents at most
	// Hide are sentences that a hit does not show, Rather those that it shows
	// before others up to twice as near; nil for none. They find their document
	// all the same.
	Hide, Rather func(line string) bool
}

// Extra is a ranking made elsewhere: a score a document.
type Extra struct {
	Scores []float64
	Weight float64
}

// candidates is how many documents at most are compared sentence by sentence.
const candidates = 512

// Search finds the documents that fit a query best. Documents that share
// nothing with it are not among them, unless an extra ranking or a lift names
// them.
func (ix *Index) Search(q Query) []Hit {
	if ix.docs == 0 || strings.TrimSpace(q.Text) == "" {
		return nil
	}
	p := ix.parse(q)
	byWords, byGrams := make([]float32, ix.docs), make([]float32, ix.docs)
	for _, x := range p.words {
		ix.words.score(x, byWords)
	}
	for _, x := range p.grams {
		ix.grams.score(x, byGrams)
	}
	var whole []float32
	if p.embedded {
		whole = make([]float32, ix.docs)
		for d := range whole {
			whole[d] = p.vector.Dot(&ix.meaning.docs[d])
		}
	}
	docs := ix.candidates(byWords, byGrams, whole, q)
	near := ix.nearest(p, docs)

	score := make([]float64, len(docs))
	add := func(weight float64, of func(i int) float64) {
		if weight != 0 {
			standardize(score, weight, of)
		}
	}
	add(ix.mix.Words, func(i int) float64 { return float64(byWords[docs[i]]) })
	add(ix.mix.Grams, func(i int) float64 { return float64(byGrams[docs[i]]) })
	add(ix.mix.Names, func(i int) float64 { return float64(near[i].named) })
	add(ix.mix.Examples, func(i int) float64 { return float64(near[i].said) })
	if p.embedded {
		add(ix.mix.Near, func(i int) float64 { return float64(near[i].meant) })
		add(ix.mix.Whole, func(i int) float64 { return float64(whole[docs[i]]) })
	}
	for _, e := range q.Extra {
		if len(e.Scores) == ix.docs {
			add(e.Weight, func(i int) float64 { return e.Scores[docs[i]] })
		}
	}
	hits := make([]Hit, 0, len(docs))
	at := make(map[int]int, len(docs))
	for i, d := range docs {
		_, lifted := q.Lift[d]
		if byWords[d] == 0 && byGrams[d] == 0 && near[i].said == 0 && !lifted && len(q.Extra) == 0 {
			continue
		}
		at[d] = i
		hits = append(hits, Hit{Doc: d, Score: score[i] + q.Lift[d]})
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Doc, b.Doc))
	})
	hits = hits[:min(q.N, len(hits))]
	for h := range hits {
		if n := near[at[hits[h].Doc]]; n.line >= 0 {
			hits[h].Line, hits[h].Field = ix.sentence(hits[h].Doc, n.line)
			if q.Rather != nil || q.Hide != nil && q.Hide(hits[h].Line) {
				hits[h].Line, hits[h].Field = ix.shown(p, q, hits[h].Doc)
			}
		}
	}
	ix.strongest(q, hits)
	return hits
}

// near is a document's nearest sentence: by its words, and by its meaning.
type near struct {
	said, meant float32
	named       float32 // how much of one of its names the query holds
	line        int     // which of the document's sentences, -1 for none
}

// sentence is the nth example sentence of a document, with its field.
func (ix *Index) sentence(doc, n int) (string, int) {
	for f, ls := range ix.doc(doc).Lines {
		if !ix.fields[f].Example {
			continue
		}
		if n < len(ls) {
			return ls[n], f
		}
		n -= len(ls)
	}
	return "", 0
}

// nearest compares the query with the sentences of the documents.
func (ix *Index) nearest(p *parsed, docs []int) []near {
	out := make([]near, len(docs))
	var table *wordvec.Table
	if p.embedded {
		table = p.vector.Table()
	}
	for i, d := range docs {
		best := near{line: -1}
		var meant float32
		meantLine := -1
		first, at := int(ix.lines.of[d]), int(ix.lines.from[d])
		for l := first; l < int(ix.lines.of[d+1]); l++ {
			var s, held float32
			if s, held, at = ix.lines.similar(at, p, ix.words.idf); s > best.said {
				best.said, best.line = s, l-first
			}
			best.named = max(best.named, held)
			if p.embedded {
				if m := table.Dot(&ix.meaning.lines[l]); m > meant {
					meant, meantLine = m, l-first
				}
			}
		}
		best.meant = meant
		if best.line < 0 {
			best.line = meantLine
		}
		out[i] = best
	}
	return out
}

// candidates are the documents worth comparing sentence by sentence: all, or
// the best by words, letters and meaning where there are very many.
func (ix *Index) candidates(byWords, byGrams, whole []float32, q Query) []int {
	all := make([]int, ix.docs)
	for d := range all {
		all[d] = d
	}
	if ix.docs <= candidates {
		return all
	}
	rough := make([]float64, ix.docs)
	standardize(rough, ix.mix.Words, func(d int) float64 { return float64(byWords[d]) })
	standardize(rough, ix.mix.Grams, func(d int) float64 { return float64(byGrams[d]) })
	if whole != nil {
		standardize(rough, ix.mix.Whole+ix.mix.Near, func(d int) float64 { return float64(whole[d]) })
	}
	for _, e := range q.Extra {
		if len(e.Scores) == ix.docs {
			standardize(rough, e.Weight, func(d int) float64 { return e.Scores[d] })
		}
	}
	for d, by := range q.Lift {
		if d >= 0 && d < ix.docs {
			rough[d] += by
		}
	}
	return top(rough, all, candidates)
}

// top are the n best documents, in no order that means anything but always in
// the same one.
func top(score []float64, docs []int, n int) []int {
	lo, hi := 0, len(docs)
	better := func(a, b int) bool { return score[a] > score[b] || score[a] == score[b] && a < b }
	for hi-lo > 1 { // quickselect
		pivot := docs[lo+(hi-lo)/2]
		i, j := lo, hi-1
		for i <= j {
			for better(docs[i], pivot) {
				i++
			}
			for better(pivot, docs[j]) {
				j--
			}
			if i <= j {
				docs[i], docs[j] = docs[j], docs[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j + 1
		case n >= i:
			lo = i
		default:
			lo = hi
		}
	}
	out := docs[:n]
	slices.Sort(out)
	return out
}

// standardize adds weight times the z-scores of a ranking, so that rankings of
// unlike scale can be added.
func standardize(to []float64, weight float64, of func(i int) float64) {
	var sum, squares float64
	for i := range to {
		x := of(i)
		sum += x
		squares += x * x
	}
	n := float64(len(to))
	mean := sum / n
	deviation := math.Sqrt(max(0, squares/n-mean*mean))
	if deviation < 1e-9 {
		return
	}
	for i := range to {
		to[i] += weight * (of(i) - mean) / deviation
	}
}
