package search

import (
	"math"
	"strings"

	"maru/platform/wordvec"
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
type Mix struct {
	Words, Grams, Examples float64
	// Near and Whole weigh word vectors: the example sentence that is nearest,
	// and the document as a whole.
	Near, Whole float64
}

// DefaultMix weighs the rankings as measured best on held-out sentences.
var DefaultMix = Mix{Words: 1, Grams: 1, Examples: 0.6, Near: 0.6, Whole: 0.8}

// Options are what an index may be made with.
type Options struct {
	Mix Mix // DefaultMix where all is zero
	// Vectors are word vectors, nil for none.
	Vectors *wordvec.Model
}

// saturation is k1 of BM25: how fast repeating a word stops to count.
const saturation = 1.2

// Hit is one document found.
type Hit struct {
	Doc   int     // index into the documents
	Score float64 // higher fits better; comparable within one search only
	Line  string  // the example sentence nearest to the query, "" for none
	Field int     // the field of Line
	// Words are the words of the query that count most for this document, the
	// strongest first.
	Words []string
}

// Index finds documents. It is read-only.
type Index struct {
	docs    int
	mix     Mix
	words   channel[string]
	grams   channel[uint32]
	lines   lines
	meaning *meaning // nil without vectors
	english map[string]bool
}

// New builds the index of docs.
func New(fields []Field, docs []Doc, o Options) *Index {
	if o.Mix == (Mix{}) {
		o.Mix = DefaultMix
	}
	ix := &Index{docs: len(docs), mix: o.Mix, english: map[string]bool{}}
	wb := builder[string]{fields: len(fields), ids: map[string]uint32{}}
	gb := builder[uint32]{fields: len(fields), ids: map[uint32]uint32{}}
	for d, doc := range docs {
		for f, ls := range doc.Lines {
			for _, line := range ls {
				n := Normalize(line)
				words(n, wb.add)
				grams(n, gb.add)
				wb.end(d, f)
				gb.end(d, f)
				ix.lines.note(line, d, f, fields[f].Example)
				for w := range strings.FieldsSeq(n) {
					if w[0] >= 'a' && w[0] <= 'z' {
						ix.english[w] = true
					}
				}
			}
		}
	}
	ix.words, ix.grams = wb.done(fields, len(docs)), gb.done(fields, len(docs))
	ix.lines.done(len(docs), &wb.stream, &gb.stream, ix.words.idf, ix.grams.idf)
	if o.Vectors != nil {
		ix.meaning = newMeaning(ix, o.Vectors)
	}
	return ix
}

// Knows tells whether an English word (lower case) occurs in the documents.
func (ix *Index) Knows(word string) bool { return ix.english[word] }

// Documents is how many documents there are.
func (ix *Index) Documents() int { return ix.docs }

// channel is one BM25F index. A posting is a document's number and, in the
// last eight bits, the weight of the token in it: 255 stands for 1.
type channel[T comparable] struct {
	ids      map[T]uint32
	idf      []float32
	from     []uint32 // postings of token i are post[from[i]:from[i+1]]
	postings []uint32
}

// stream is the tokens of all lines, one line after the other.
type stream struct {
	tokens []uint32
	ends   []uint32 // by line
	docs   []int32  // by line
	fields []uint8  // by line
}

func (s *stream) line(i int) []uint32 {
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.tokens[from:s.ends[i]]
}

// builder numbers tokens as they come.
type builder[T comparable] struct {
	fields int
	ids    map[T]uint32
	stream stream
}

func (b *builder[T]) add(token T) {
	id, ok := b.ids[token]
	if !ok {
		id = uint32(len(b.ids))
		b.ids[token] = id
	}
	b.stream.tokens = append(b.stream.tokens, id)
}

func (b *builder[T]) end(doc, field int) {
	b.stream.ends = append(b.stream.ends, uint32(len(b.stream.tokens)))
	b.stream.docs = append(b.stream.docs, int32(doc))
	b.stream.fields = append(b.stream.fields, uint8(field))
}

// done computes the weights (Robertson and Zaragoza's BM25F, simple form):
// field frequencies are normalised by length, weighed and summed, then
// saturated.
func (b *builder[T]) done(fields []Field, docs int) channel[T] {
	s := &b.stream
	nf := b.fields
	length := make([]float64, docs*nf)
	for i := range s.ends {
		length[int(s.docs[i])*nf+int(s.fields[i])] += float64(len(s.line(i)))
	}
	mean := make([]float64, nf)
	for i, n := range length {
		mean[i%max(1, nf)] += n
	}
	for f := range mean {
		mean[f] = max(1, mean[f]/float64(max(1, docs)))
	}
	// norm is what one occurrence in a field of a document weighs.
	norm := make([]float32, docs*nf)
	for i := range norm {
		f := fields[i%nf]
		norm[i] = float32(f.Weight / (1 - f.B + f.B*length[i]/mean[i%nf]))
	}
	c := channel[T]{ids: b.ids, idf: make([]float32, len(b.ids)), from: make([]uint32, len(b.ids)+1)}
	weight := make([]float32, len(b.ids))
	var seen []uint32
	// eachDoc gives the tokens of each document with their weights.
	eachDoc := func(emit func(doc int, token uint32, w float32)) {
		for i := 0; i < len(s.ends); {
			d := s.docs[i]
			seen = seen[:0]
			for ; i < len(s.ends) && s.docs[i] == d; i++ {
				w := norm[int(d)*nf+int(s.fields[i])]
				for _, t := range s.line(i) {
					if weight[t] == 0 && w > 0 {
						seen = append(seen, t)
					}
					weight[t] += w
				}
			}
			for _, t := range seen {
				emit(int(d), t, weight[t])
				weight[t] = 0
			}
		}
	}
	eachDoc(func(_ int, t uint32, _ float32) { c.from[t+1]++ })
	n := float64(docs)
	for t := range c.idf {
		df := float64(c.from[t+1])
		c.idf[t] = float32(math.Log(1 + (n-df+0.5)/(df+0.5)))
		c.from[t+1] += c.from[t]
	}
	c.postings = make([]uint32, c.from[len(c.idf)])
	next := append([]uint32(nil), c.from[:len(c.idf)]...)
	eachDoc(func(d int, t uint32, tf float32) {
		w := tf / (saturation + tf)
		c.postings[next[t]] = uint32(d)<<8 | uint32(max(1, math.RoundToEven(float64(w)*255)))
		next[t]++
	})
	return c
}

// of are the postings of a token.
func (c *channel[T]) of(id uint32) []uint32 { return c.postings[c.from[id]:c.from[id+1]] }

// score adds the weights of one query token to the documents' scores.
func (c *channel[T]) score(id uint32, scores []float32) {
	idf := c.idf[id] / 255
	for _, p := range c.of(id) {
		scores[p>>8] += idf * float32(p&255)
	}
}

// in is what one query token weighs in one document, 0 where it is absent.
func (c *channel[T]) in(id uint32, doc int) float32 {
	list := c.of(id)
	lo, hi := 0, len(list)
	for lo < hi {
		if mid := (lo + hi) / 2; int(list[mid]>>8) < doc {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(list) && int(list[lo]>>8) == doc {
		return c.idf[id] / 255 * float32(list[lo]&255)
	}
	return 0
}
