package search

import "math"

// lines compares the query with example sentences: cosine of vectors of word
// and letter tokens, weighed by how rare a token is among documents. A
// sentence keeps its tokens; which sentences are compared the other rankings
// decide, where there are very many.
type lines struct {
	text  []string
	field []uint8
	of    []uint32 // sentences of document d are of[d] to of[d+1]
	words []uint32 // distinct tokens, sentence after sentence
	// grams are the last sixteen bits of theirs: exact up to 65,536 n-grams. In
	// larger catalogues one sentence in sixty has one too many, for half the room.
	grams []uint16
	ends  []lineEnd
	doc   []int32
	at    []uint32 // by sentence: its line in the streams; dropped when done
	seen  uint32   // lines noted so far
}

// lineEnd is where a sentence's tokens end, and one over the length of its
// vectors.
type lineEnd struct {
	words, grams         uint32
	wordLength, gramLeng float32
}

// wordShare is how much of a sentence's vector its words make up; its n-grams
// of letters are the rest.
const wordShare = 0.6

// note takes up a line in the order of the streams.
func (l *lines) note(text string, doc, field int, example bool) {
	if example {
		l.text = append(l.text, text)
		l.field = append(l.field, uint8(field))
		l.doc = append(l.doc, int32(doc))
		l.at = append(l.at, l.seen)
	}
	l.seen++
}

func (l *lines) done(docs int, ws, gs *stream, wordIDF, gramIDF []float32) {
	l.of = make([]uint32, docs+1)
	for _, d := range l.doc {
		l.of[d+1]++
	}
	for d := range docs {
		l.of[d+1] += l.of[d]
	}
	l.ends = make([]lineEnd, len(l.text))
	nw, ng := 0, 0
	for _, at := range l.at {
		nw, ng = nw+len(ws.line(int(at))), ng+len(gs.line(int(at)))
	}
	l.words, l.grams = make([]uint32, 0, nw), make([]uint16, 0, ng)
	stampW, stampG := make([]uint32, len(wordIDF)), make([]uint32, len(gramIDF))
	for i, at := range l.at {
		e := &l.ends[i]
		l.words, e.wordLength = distinct(l.words, ws.line(int(at)), wordIDF, stampW, uint32(i+1))
		l.grams, e.gramLeng = distinct(l.grams, gs.line(int(at)), gramIDF, stampG, uint32(i+1))
		e.words, e.grams = uint32(len(l.words)), uint32(len(l.grams))
	}
	l.at, l.doc = nil, nil
}

// distinct appends each token once: a sentence that repeats a word says it
// once. It gives one over the length of their vector, 0 for none.
func distinct[T uint16 | uint32](to []T, tokens []uint32, idf []float32, stamp []uint32, mark uint32) ([]T, float32) {
	var sum float32
	for _, t := range tokens {
		if stamp[t] != mark {
			stamp[t] = mark
			to = append(to, T(t))
			sum += idf[t] * idf[t]
		}
	}
	if sum == 0 {
		return to, 0
	}
	return to, float32(1 / math.Sqrt(float64(sum)))
}

// begin is where sentence i's tokens begin.
func (l *lines) begin(i int) (words, grams uint32) {
	if i == 0 {
		return 0, 0
	}
	return l.ends[i-1].words, l.ends[i-1].grams
}

// similar is the cosine of sentence i with a query, whose weights by token
// word and gram hold: squared rarity over the query's length.
func (l *lines) similar(i int, word, gram []float32) float32 {
	w, g := l.begin(i)
	e := &l.ends[i]
	var a, b float32
	for _, t := range l.words[w:e.words] {
		a += word[t]
	}
	for _, t := range l.grams[g:e.grams] {
		b += gram[t]
	}
	return wordShare*a*e.wordLength + (1-wordShare)*b*e.gramLeng
}
