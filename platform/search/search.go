package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Search finds the n documents that fit a normalized query best. Documents
// that share nothing with it are not among them.
func (ix *Index) Search(normalized string, n int) []Hit {
	if ix.docs == 0 || strings.TrimSpace(normalized) == "" {
		return nil
	}
	byWords := make([]float64, ix.docs)
	byGrams := make([]float64, ix.docs)
	v := ix.vector(normalized)
	for _, t := range v.words {
		ix.words.score(t.token, byWords)
	}
	for _, g := range v.grams {
		ix.grams.score(g.token, byGrams)
	}
	byLines, line := ix.lines.best(v, ix.docs)
	touched := make([]bool, ix.docs)
	for d := range touched {
		touched[d] = byWords[d] > 0 || byGrams[d] > 0 || byLines[d] > 0
	}
	standardize(byWords)
	standardize(byGrams)
	standardize(byLines)
	hits := make([]Hit, 0, ix.docs)
	for d := range ix.docs {
		if !touched[d] {
			continue
		}
		h := Hit{Doc: d, Score: ix.mix.Words*byWords[d] + ix.mix.Grams*byGrams[d] + ix.mix.Examples*byLines[d]}
		if line[d] >= 0 {
			h.Line = ix.lines.text[line[d]]
		}
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Doc, b.Doc))
	})
	return hits[:min(n, len(hits))]
}

// standardize turns scores into z-scores in place, so that rankings of unlike
// scale can be added.
func standardize(s []float64) {
	var sum, squares float64
	for _, x := range s {
		sum += x
		squares += x * x
	}
	n := float64(len(s))
	mean := sum / n
	deviation := math.Sqrt(max(0, squares/n-mean*mean))
	for i := range s {
		if deviation == 0 {
			s[i] = 0
			continue
		}
		s[i] = (s[i] - mean) / deviation
	}
}
