package search

import (
	"cmp"
	"math"
	"slices"
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
	// Name marks examples that are names of the document: how much of one the
	// query holds counts, whatever else the query says.
	Name bool
}

// Doc is a document: its lines by field, in the order of the index's fields.
type Doc struct {
	ID    string
	Lines [][]string
}

// Mix weighs the rankings against each other.
type Mix struct {
	Words, Grams, Examples float64
	// Names weighs how much of a name of the document the query holds.
	Names float64
	// Near and Whole weigh word vectors: the example sentence that is nearest,
	// and the document as a whole.
	Near, Whole float64
}

// DefaultMix weighs the rankings as measured best on held-out sentences.
var DefaultMix = Mix{Words: 0.83, Grams: 0.7, Examples: 0.41, Names: 0.28, Near: 0.97, Whole: 0.97}

// plainMix is DefaultMix where there are no word vectors.
var plainMix = Mix{Words: 1, Grams: 1, Examples: 0.6}

// Options are what an index may be made with.
type Options struct {
	Mix Mix // where all is zero what did best on held-out sentences
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
	doc     func(i int) Doc
	fields  []Field
	mix     Mix
	words   channel[uint64] // by hash: a word is not kept
	grams   channel[uint32]
	lines   lines
	meaning *meaning // nil without vectors
	english map[string]bool
}

// New builds the index of a number of documents. doc gives each of them, the
// same one whenever it is asked: the index keeps no text, and asks again for
// the sentence that a hit shows. It must be safe for concurrent use.
func New(fields []Field, docs int, doc func(i int) Doc, o Options) *Index {
	if o.Mix == (Mix{}) {
		o.Mix = DefaultMix
		if o.Vectors == nil {
			o.Mix = plainMix
		}
	}
	ix := &Index{docs: docs, doc: doc, fields: fields, mix: o.Mix, english: map[string]bool{}}
	wb := builder[uint64]{fields: len(fields), ids: map[uint64]uint32{}}
	gb := builder[uint32]{fields: len(fields), ids: map[uint32]uint32{}}
	add := func(token string) { wb.add(hash(token)) }
	for d := range docs {
		ix.lines.begin()
		for f, ls := range doc(d).Lines {
			for _, line := range ls {
				n := Normalize(line)
				words(n, add)
				grams(n, gb.add)
				wb.end(d, f)
				gb.end(d, f)
				ix.lines.note(fields[f])
				for w := range strings.FieldsSeq(n) {
					if w[0] >= 'a' && w[0] <= 'z' {
						ix.english[w] = true
					}
				}
			}
		}
	}
	ix.words, ix.grams = wb.done(fields, docs), gb.done(fields, docs)
	if o.Vectors != nil {
		ix.meaning = newMeaning(ix, o.Vectors, &wb, &gb)
	}
	ix.lines.done(&wb.stream, &gb.stream, ix.words.idf, ix.grams.idf)
	return ix
}

// Knows tells whether an English word (lower case) occurs in the documents.
func (ix *Index) Knows(word string) bool { return ix.english[word] }

// Means tells whether word vectors take part.
func (ix *Index) Means() bool { return ix.meaning != nil }

// Documents is how many documents there are.
func (ix *Index) Documents() int { return ix.docs }

// channel is one BM25F index. Tokens are numbered by how many documents hold
// them, most first, so that numbers that occur often are small. The postings of
// a token are, by document: how far its number is from the one before, and the
// weight of the token in it in one byte, where 255 stands for 1.
type channel[T cmp.Ordered] struct {
	keys     []T      // sorted
	ids      []uint32 // of keys
	idf      []float32
	from     []uint32 // postings of token i are post[from[i]:from[i+1]]
	postings []byte
}

// id is the number of a token, false where no document holds it.
func (c *channel[T]) id(key T) (uint32, bool) {
	i, ok := slices.BinarySearch(c.keys, key)
	if !ok {
		return 0, false
	}
	return c.ids[i], true
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
type builder[T cmp.Ordered] struct {
	fields int
	ids    map[T]uint32
	stream stream
	keys   []T // by number, when done
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

// renumber gives the tokens their last numbers and the channel its keys. It
// tells how many documents hold each.
func (b *builder[T]) renumber(c *channel[T]) []uint32 {
	held := make([]uint32, len(b.ids))
	last := make([]int32, len(b.ids))
	for i := range b.stream.ends {
		for _, t := range b.stream.line(i) {
			if d := b.stream.docs[i] + 1; last[t] != d {
				last[t] = d
				held[t]++
			}
		}
	}
	order := make([]uint32, len(held))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(x, y uint32) int { return cmp.Compare(held[y], held[x]) })
	number, df := make([]uint32, len(order)), make([]uint32, len(order))
	for n, t := range order {
		number[t], df[n] = uint32(n), held[t]
	}
	for i, t := range b.stream.tokens {
		b.stream.tokens[i] = number[t]
	}
	b.keys = make([]T, len(order))
	c.keys = make([]T, 0, len(order))
	for key, t := range b.ids {
		b.keys[number[t]] = key
		c.keys = append(c.keys, key)
	}
	slices.Sort(c.keys)
	c.ids = make([]uint32, len(c.keys))
	for i, key := range c.keys {
		c.ids[i] = number[b.ids[key]]
	}
	b.ids = nil
	return df
}

// done computes the weights (Robertson and Zaragoza's BM25F, simple form):
// field frequencies are normalised by length, weighed and summed, then
// saturated.
func (b *builder[T]) done(fields []Field, docs int) channel[T] {
	var c channel[T]
	df := b.renumber(&c)
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
	weight := make([]float32, len(df))
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
	c.idf, c.from = make([]float32, len(df)), make([]uint32, len(df)+1)
	n := float64(docs)
	for t := range c.idf {
		c.idf[t] = float32(math.Log(1 + (n-float64(df[t])+0.5)/(float64(df[t])+0.5)))
	}
	last := make([]int32, len(df))
	eachDoc(func(d int, t uint32, _ float32) {
		c.from[t+1] += uint32(size(uint32(d)-uint32(last[t]))) + 1
		last[t] = int32(d)
	})
	for t := range df {
		c.from[t+1] += c.from[t]
	}
	c.postings = make([]byte, c.from[len(df)])
	next := append([]uint32(nil), c.from[:len(df)]...)
	clear(last)
	eachDoc(func(d int, t uint32, tf float32) {
		w := tf / (saturation + tf)
		at := append(number(c.postings[:next[t]], uint32(d)-uint32(last[t])), byte(max(1, math.RoundToEven(float64(w)*255))))
		next[t], last[t] = uint32(len(at)), int32(d)
	})
	return c
}

// number appends a number in as few groups of seven bits as it needs, lowest
// first; the eighth bit says that more follow.
func number(to []byte, n uint32) []byte {
	for ; n >= 0x80; n >>= 7 {
		to = append(to, byte(n)|0x80)
	}
	return append(to, byte(n))
}

// size is how many bytes number takes.
func size(n uint32) int {
	k := 1
	for ; n >= 0x80; n >>= 7 {
		k++
	}
	return k
}

// read reads what number wrote, and tells where it ends.
func read(b []byte, at int) (n uint32, end int) {
	for shift := 0; ; shift += 7 {
		x := b[at]
		at++
		n |= uint32(x&0x7f) << shift
		if x < 0x80 {
			return n, at
		}
	}
}

// each gives the documents that hold a token with what one query token weighs
// in them.
func (c *channel[T]) each(id uint32, emit func(doc uint32, w float32)) {
	idf := c.idf[id] / 255
	b := c.postings[c.from[id]:c.from[id+1]]
	doc, step := uint32(0), uint32(0)
	for at := 0; at < len(b); at++ {
		step, at = read(b, at)
		doc += step
		emit(doc, idf*float32(b[at]))
	}
}

// score adds the weights of one query token to the documents' scores.
func (c *channel[T]) score(token counted, scores []float32) {
	idf := c.idf[token.id] / 255 * token.share
	b := c.postings[c.from[token.id]:c.from[token.id+1]]
	doc := uint32(0)
	for at := 0; at < len(b); {
		step := uint32(b[at])
		if at++; step >= 0x80 {
			step, at = read(b, at-1)
		}
		doc += step
		scores[doc] += idf * float32(b[at])
		at++
	}
}
