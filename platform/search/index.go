package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Field is one part of a document, such as its title or its example
// sentences.
type Field struct {
	// Weight is how much a word here counts against one elsewhere.
	Weight float64
	// Length normalisation of BM25, 0 (none) to 1: how much a word in a long
	// field counts less.
	B float64
	// Example marks lines that are sentences as people say them: each is also
	// compared with the query by itself.
	Example bool
}

// Doc is a document: its lines by field, in the order of the index's fields.
type Doc struct {
	ID    string
	Lines [][]string
}

// Mix weighs the rankings against each other.
type Mix struct{ Words, Grams, Examples float64 }

// DefaultMix weighs the rankings as measured best on held-out sentences.
var DefaultMix = Mix{Words: 1, Grams: 1, Examples: 0.6}

// saturation is k1 of BM25: how fast repeating a word stops to count.
const saturation = 1.2

// Hit is one document found.
type Hit struct {
	Doc   int     // index into the documents
	Score float64 // higher fits better; comparable within one search only
	Line  string  // the example sentence nearest to the query, "" for none
}

// Index finds documents. It is read-only.
type Index struct {
	docs    int
	mix     Mix
	words   channel[string]
	grams   channel[uint32]
	lines   lines
	english map[string]bool
}

// New builds the index of docs.
func New(fields []Field, docs []Doc, mix Mix) *Index {
	ix := &Index{docs: len(docs), mix: mix, english: map[string]bool{}}
	wb := newBuilder[string](fields, len(docs))
	gb := newBuilder[uint32](fields, len(docs))
	for d, doc := range docs {
		for f, ls := range doc.Lines {
			for _, line := range ls {
				n := Normalize(line)
				words(n, func(t string) { wb.add(d, f, t) })
				grams(n, func(g uint32) { gb.add(d, f, g) })
				for w := range strings.FieldsSeq(n) {
					if w[0] >= 'a' && w[0] <= 'z' {
						ix.english[w] = true
					}
				}
			}
		}
	}
	ix.words, ix.grams = wb.done(), gb.done()
	ix.lines = newLines(ix, fields, docs)
	return ix
}

// Knows tells whether an English word (lower case) occurs in the documents.
func (ix *Index) Knows(word string) bool { return ix.english[word] }

// posting is the weight of a token in a document or line.
type posting struct {
	at     int32
	weight float32
}

// channel is one BM25F index.
type channel[T comparable] struct {
	idf      map[T]float32
	postings map[T][]posting
}

// builder counts tokens by document and field.
type builder[T comparable] struct {
	fields []Field
	tf     []map[T][]float32 // by document: token -> count by field
	length [][]float64       // by document and field
}

func newBuilder[T comparable](fields []Field, docs int) *builder[T] {
	b := &builder[T]{fields: fields, tf: make([]map[T][]float32, docs), length: make([][]float64, docs)}
	for d := range b.tf {
		b.tf[d] = map[T][]float32{}
		b.length[d] = make([]float64, len(fields))
	}
	return b
}

func (b *builder[T]) add(doc, field int, token T) {
	counts := b.tf[doc][token]
	if counts == nil {
		counts = make([]float32, len(b.fields))
		b.tf[doc][token] = counts
	}
	counts[field]++
	b.length[doc][field]++
}

// done computes the weights (Robertson and Zaragoza's BM25F, simple form):
// field frequencies are normalised by length, weighed and summed, then
// saturated.
func (b *builder[T]) done() channel[T] {
	mean := make([]float64, len(b.fields))
	for f := range b.fields {
		for d := range b.length {
			mean[f] += b.length[d][f]
		}
		mean[f] = max(1, mean[f]/float64(max(1, len(b.length))))
	}
	c := channel[T]{idf: map[T]float32{}, postings: map[T][]posting{}}
	for d := range b.tf {
		for token, counts := range b.tf[d] {
			var tf float64
			for f, n := range counts {
				norm := 1 - b.fields[f].B + b.fields[f].B*b.length[d][f]/mean[f]
				tf += b.fields[f].Weight * float64(n) / norm
			}
			if tf > 0 {
				c.postings[token] = append(c.postings[token], posting{int32(d), float32(tf / (saturation + tf))})
			}
		}
	}
	n := float64(len(b.tf))
	for token, p := range c.postings {
		df := float64(len(p))
		c.idf[token] = float32(math.Log(1 + (n-df+0.5)/(df+0.5)))
		slices.SortFunc(p, func(a, b posting) int { return cmp.Compare(a.at, b.at) })
	}
	return c
}

// score adds the weights of one query token to the documents' scores.
func (c *channel[T]) score(token T, scores []float64) {
	idf := c.idf[token]
	for _, p := range c.postings[token] {
		scores[p.at] += float64(idf * p.weight)
	}
}
