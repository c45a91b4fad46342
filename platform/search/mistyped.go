package search

import "strings"

// What is mended: stems of few syllables, and so many of a query that a long
// one costs no more than some milliseconds.
const (
	mendSyllables = 6
	mendWords     = 32
	// mendShare is what the tokens of a mended word count against those of a
	// word that stands there: chosen by what it saves with typing errors and
	// costs without. Word vectors hear nothing of it, for the same reason.
	mendShare = 0.5
)

// mended gives, for the Korean words of a normalized text whose stem no document
// holds, the stem one letter away that most documents hold, "" for none. A word
// whose pairs of syllables are all known is left: it is rare rather than
// mistyped.
func (ix *Index) mended(normalized string) string {
	var out []string
	for w := range strings.FieldsSeq(normalized) {
		if len(out) == mendWords {
			break
		}
		if s := ix.mend(stem([]rune(w))); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func (ix *Index) mend(word []rune) string {
	if len(word) < 2 || len(word) > mendSyllables || !ix.odd(word) {
		return ""
	}
	s := append([]rune(nil), word...)
	best, rarity := "", float32(0)
	try := func() {
		id, ok := ix.words.id(hash(string(s)))
		if ok && (best == "" || ix.words.idf[id] < rarity) {
			best, rarity = string(s), ix.words.idf[id]
		}
	}
	for i, c := range word {
		n := int(c - syllableFirst)
		lead, vowel, tail := n/(vowels*tails), n/tails%vowels, n%tails
		each := func(count, have int, syllable func(k int) int) {
			for k := range count {
				if k != have {
					s[i] = rune(syllableFirst + syllable(k))
					try()
				}
			}
		}
		each(len(leadJamo), lead, func(k int) int { return (k*vowels+vowel)*tails + tail })
		each(vowels, vowel, func(k int) int { return (lead*vowels+k)*tails + tail })
		each(tails, tail, func(k int) int { return (lead*vowels+vowel)*tails + k })
		s[i] = c
	}
	return best
}

// odd tells whether no document holds the stem, nor one of its pairs of
// syllables.
func (ix *Index) odd(word []rune) bool {
	for _, c := range word {
		if !isSyllable(c) {
			return false
		}
	}
	if _, ok := ix.words.id(hash(string(word))); ok {
		return false
	}
	for i := range len(word) - 1 {
		if _, ok := ix.words.id(hash(string(word[i : i+2]))); !ok {
			return true
		}
	}
	return false
}
