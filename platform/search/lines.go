package search

import (
	"math"
	"slices"
)

// lines compares the query with example sentences: cosine of vectors of word
// and letter tokens, weighed by how rare a token is among documents. A
// sentence keeps its tokens; which sentences are compared the other rankings
// decide, where there are very many.
//
// Of each sentence code holds, for its words and then for its n-grams: one over
// the length of the vector, how many tokens there are, and the distinct tokens
// in order, each as its distance from the one before. The number of words is
// doubled, and one more for a name.
type lines struct {
	of   []uint32 // sentences of document d are of[d] to of[d+1]
	from []uint32 // code of document d begins here
	code []byte

	fields []Field // by line of the streams; dropped when done
	starts []int   // by document: its first line; dropped when done
}

// wordShare is how much of a sentence's vector its words make up; its n-grams
// of letters are the rest.
const wordShare = 0.6

// begin begins a document, note takes up its lines in the order of the streams.
func (l *lines) begin() { l.starts = append(l.starts, len(l.fields)) }

func (l *lines) note(f Field) { l.fields = append(l.fields, f) }

// each gives the sentences of all documents: which document, and which line of
// the streams.
func (l *lines) each(emit func(doc, line int)) {
	for d, from := range l.starts {
		to := len(l.fields)
		if d+1 < len(l.starts) {
			to = l.starts[d+1]
		}
		for i := from; i < to; i++ {
			if l.fields[i].Example {
				emit(d, i)
			}
		}
	}
}

func (l *lines) done(ws, gs *stream, wordIDF, gramIDF []float32) {
	docs := len(l.starts)
	l.of, l.from = make([]uint32, docs+1), make([]uint32, docs+1)
	var tokens []uint32
	l.each(func(d, i int) {
		name := uint32(0)
		if l.fields[i].Name {
			name = 1
		}
		tokens = l.add(tokens, ws.line(i), wordIDF, name)
		tokens = l.add(tokens, gs.line(i), gramIDF, 0)
		l.of[d+1]++
		l.from[d+1] = uint32(len(l.code))
	})
	for d := range docs {
		l.of[d+1] += l.of[d]
		l.from[d+1] = max(l.from[d+1], l.from[d])
	}
	l.code = slices.Clone(l.code)
	l.fields, l.starts = nil, nil
}

// add appends a sentence's tokens, each once: a sentence that repeats a word
// says it once. It gives back the room it worked in.
func (l *lines) add(room, tokens []uint32, idf []float32, name uint32) []uint32 {
	room = append(room[:0], tokens...)
	slices.Sort(room)
	room = slices.Compact(room)
	var sum float32
	for _, t := range room {
		sum += idf[t] * idf[t]
	}
	short := uint16(0)
	if sum > 0 {
		short = shorten(float32(1 / math.Sqrt(float64(sum))))
	}
	l.code = append(l.code, byte(short), byte(short>>8))
	l.code = number(l.code, uint32(len(room))<<1|name)
	last := uint32(0)
	for _, t := range room {
		l.code = number(l.code, t-last)
		last = t
	}
	return room
}

// shorten rounds to the upper half of a float32: three digits or so.
func shorten(x float32) uint16 { return uint16((math.Float32bits(x) + 0x8000) >> 16) }

func lengthen(x uint16) float32 { return math.Float32frombits(uint32(x) << 16) }

// similar is the cosine with a query of the sentence whose code begins at at;
// of a name how much of it the query holds, by how rare its words are; and where
// the code ends. The query's weights by token are squared rarity over its length.
func (l *lines) similar(at int, p *parsed, wordIDF []float32) (cosine, held float32, end int) {
	over, n, at := head(l.code, at)
	var a, b, have, all float32
	name := n&1 == 1
	t := uint32(0)
	for n >>= 1; n > 0; n-- {
		step := uint32(l.code[at])
		if at++; step >= 0x80 {
			step, at = read(l.code, at-1)
		}
		t += step
		w := p.word[t]
		a += w
		if name {
			all += wordIDF[t]
			if w > 0 {
				have += wordIDF[t]
			}
		}
	}
	a *= over
	over, n, at = head(l.code, at)
	t = 0
	for n >>= 1; n > 0; n-- {
		step := uint32(l.code[at])
		if at++; step >= 0x80 {
			step, at = read(l.code, at-1)
		}
		t += step
		b += p.gram[t]
	}
	if all > 0 {
		held = have / all
	}
	return wordShare*a + (1-wordShare)*b*over, held, at
}

// head reads what stands before a sentence's tokens.
func head(code []byte, at int) (over float32, n uint32, end int) {
	over = lengthen(uint16(code[at]) | uint16(code[at+1])<<8)
	n, end = read(code, at+2)
	return over, n, end
}
