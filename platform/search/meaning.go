package search

import (
	"strings"

	"maru/platform/wordvec"
)

// meaning compares by word vectors, which also see what shares no word.
type meaning struct {
	model *wordvec.Model
	lines []wordvec.Small // by sentence
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
		var idf float32
		if token != "" {
			if id, ok := ix.words.ids[token]; ok {
				idf = ix.words.idf[id]
			}
		} else if id, ok := ix.grams.ids[gram]; ok {
			idf = ix.grams.idf[id]
		}
		if idf == 0 {
			idf = 1 // only the vectors know it
		}
		m.Add(&v, f, idf)
	})
	return v, v.Unit()
}

func newMeaning(ix *Index, m *wordvec.Model) *meaning {
	out := &meaning{model: m, lines: make([]wordvec.Small, len(ix.lines.text)), docs: make([]wordvec.Small, ix.docs)}
	for d := range ix.docs {
		var mean wordvec.Vector
		for i := ix.lines.of[d]; i < ix.lines.of[d+1]; i++ {
			v, ok := ix.embed(m, Normalize(ix.lines.text[i]))
			if !ok {
				continue
			}
			out.lines[i] = v.Small()
			for k := range mean {
				mean[k] += v[k]
			}
		}
		if mean.Unit() {
			out.docs[d] = mean.Small()
		}
	}
	return out
}
