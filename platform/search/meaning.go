package search

import (
	"slices"
	"strings"

	"maru/platform/wordvec"
)

// meaning compares by word vectors, which also see what shares no word.
type meaning struct {
	model *wordvec.Model
	lines []wordvec.Tiny  // by sentence
	docs  []wordvec.Small // by document: the mean of its sentences
}

// Features of a word, for vectors: its tokens and its n-grams of letters, in
// number ranges of their own.
func features(word string, emit func(feature uint64, token string, gram uint32)) {
	words(word, func(t string) { emit(hash(t)|1<<63, t, 0) })
	grams(word, func(g uint32) { emit(uint64(g), "", g) })
}

// hash is FNV-1a.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// Sentence is a normalized text as words to train vectors with.
func Sentence(normalized string) []wordvec.Word {
	var out []wordvec.Word
	for w := range strings.FieldsSeq(normalized) {
		var word wordvec.Word
		features(w, func(f uint64, _ string, _ uint32) { word.Features = append(word.Features, f) })
		word.ID = uint32(hash(stems(w))) >> 1
		out = append(out, word)
	}
	return out
}

// embed makes the unit vector of a normalized text: its features, each by how
// rare it is. It tells whether anything in it is known.
func (ix *Index) embed(m *wordvec.Model, normalized string) (wordvec.Vector, bool) {
	var v wordvec.Vector
	features(normalized, func(f uint64, token string, gram uint32) {
		idf := float32(1) // where only the vectors know it
		if token != "" {
			if id, ok := ix.words.id(hash(token)); ok {
				idf = ix.words.idf[id]
			}
		} else if id, ok := ix.grams.id(gram); ok {
			idf = ix.grams.idf[id]
		}
		m.Add(&v, f, idf)
	})
	return v, v.Unit()
}

// newMeaning embeds the sentences from their tokens, as embed does from words.
func newMeaning(ix *Index, m *wordvec.Model, ws *builder[uint64], gs *builder[uint32]) *meaning {
	out := &meaning{model: m, docs: make([]wordvec.Small, ix.docs)}
	means := make([]wordvec.Vector, ix.docs)
	ix.lines.each(func(d, i int) {
		var v wordvec.Vector
		for _, t := range ws.stream.line(i) {
			m.Add(&v, ws.keys[t]|1<<63, ix.words.idf[t])
		}
		for _, t := range gs.stream.line(i) {
			m.Add(&v, uint64(gs.keys[t]), ix.grams.idf[t])
		}
		if v.Unit() {
			for k := range v {
				means[d][k] += v[k]
			}
		}
		out.lines = append(out.lines, v.Tiny())
	})
	for d := range means {
		if means[d].Unit() {
			out.docs[d] = means[d].Small()
		}
	}
	out.lines = slices.Clone(out.lines)
	return out
}
