package search

import "math"

// lines compares the query with every example sentence: cosine of vectors of
// word and letter tokens, weighed by how rare a token is among documents.
type lines struct {
	text  []string
	doc   []int32
	words map[string][]posting
	grams map[uint32][]posting
}

// wordShare is how much of a sentence's vector its words make up; its n-grams
// of letters are the rest.
const wordShare = 0.6

func newLines(ix *Index, fields []Field, docs []Doc) lines {
	l := lines{words: map[string][]posting{}, grams: map[uint32][]posting{}}
	for d, doc := range docs {
		for f, ls := range doc.Lines {
			if !fields[f].Example {
				continue
			}
			for _, text := range ls {
				v := ix.vector(Normalize(text))
				if v.empty() {
					continue
				}
				at := int32(len(l.text))
				l.text = append(l.text, text)
				l.doc = append(l.doc, int32(d))
				for _, t := range v.words {
					l.words[t.token] = append(l.words[t.token], posting{at, t.weight})
				}
				for _, t := range v.grams {
					l.grams[t.token] = append(l.grams[t.token], posting{at, t.weight})
				}
			}
		}
	}
	return l
}

// weighed is a token with its share of the vector.
type weighed[T comparable] struct {
	token  T
	weight float32
}

// vector is a text as tokens; each part has length 1 or is empty.
type vector struct {
	words []weighed[string]
	grams []weighed[uint32]
}

func (v vector) empty() bool { return len(v.words) == 0 && len(v.grams) == 0 }

// vector makes the vector of a normalized text. Tokens that no document holds
// count as the rarest, so that a sentence with much that is unknown is near to
// nothing.
func (ix *Index) vector(normalized string) vector {
	var v vector
	rare := float32(math.Log(1 + (float64(ix.docs)+0.5)/0.5))
	words(normalized, func(t string) { v.words = put(v.words, t, ix.words.idf, rare) })
	grams(normalized, func(g uint32) { v.grams = put(v.grams, g, ix.grams.idf, rare) })
	scale(v.words)
	scale(v.grams)
	return v
}

// put adds a token once: a sentence that repeats a word says it once.
func put[T comparable](in []weighed[T], token T, idf map[T]float32, rare float32) []weighed[T] {
	for i := range in {
		if in[i].token == token {
			return in
		}
	}
	w, ok := idf[token]
	if !ok {
		w = rare
	}
	return append(in, weighed[T]{token, w})
}

func scale[T comparable](in []weighed[T]) {
	var sum float64
	for _, t := range in {
		sum += float64(t.weight) * float64(t.weight)
	}
	if sum == 0 {
		return
	}
	norm := float32(1 / math.Sqrt(sum))
	for i := range in {
		in[i].weight *= norm
	}
}

// best gives for every document the similarity of its nearest sentence, and
// which one that is (-1 for none).
func (l *lines) best(v vector, docs int) (score []float64, line []int32) {
	sum := make([]float32, len(l.text))
	for _, t := range v.words {
		for _, p := range l.words[t.token] {
			sum[p.at] += wordShare * t.weight * p.weight
		}
	}
	for _, t := range v.grams {
		for _, p := range l.grams[t.token] {
			sum[p.at] += (1 - wordShare) * t.weight * p.weight
		}
	}
	score, line = make([]float64, docs), make([]int32, docs)
	for d := range line {
		line[d] = -1
	}
	for i, s := range sum {
		if d := l.doc[i]; float64(s) > score[d] {
			score[d], line[d] = float64(s), int32(i)
		}
	}
	return score, line
}
