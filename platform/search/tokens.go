package search

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// gram is the length of the n-grams of letters: a syllable is two or three.
const gram = 3

// words calls emit for every word token of a normalized text: of Korean words
// the stem and its bigrams of syllables, of English words the Snowball stem,
// numbers as they are.
func words(normalized string, emit func(token string)) {
	for w := range strings.FieldsSeq(normalized) {
		korean(w, emit)
	}
}

// korean emits the tokens of one word, which may mix scripts (lh임대).
func korean(word string, emit func(string)) {
	r := []rune(word)
	for from := 0; from < len(r); {
		to := from + 1
		hangul := isSyllable(r[from])
		for to < len(r) && isSyllable(r[to]) == hangul {
			to++
		}
		if !hangul {
			emit(english.Stem(string(r[from:to]), false))
			from = to
			continue
		}
		s := stem(r[from:to])
		if len(s) != 2 {
			emit(string(s))
		}
		for i := 0; i+1 < len(s); i++ {
			emit(string(s[i : i+2]))
		}
		from = to
	}
}

// grams calls emit for the n-grams of letters of each word of a normalized
// text. Vowels that sound alike and tense consonants count as one, since that
// is how people misspell.
func grams(normalized string, emit func(g uint32)) {
	var window uint32 // the last letters, seven bits each
	n := 0
	end := func() {
		if n > 0 && n < gram {
			emit(window)
		}
		window, n = 0, 0
	}
	letter := func(code uint32) {
		window = (window<<7 | code) & (1<<(7*gram) - 1)
		if n++; n >= gram {
			emit(window)
		}
	}
	for _, r := range normalized {
		switch {
		case r == ' ':
			end()
		case isSyllable(r):
			lead, vowel, tail := letters(r)
			letter(alike(lead))
			letter(alike(vowel))
			if tail != 0 {
				letter(alike(tail))
			}
		case r >= 'a' && r <= 'z':
			letter(60 + uint32(r-'a'))
		case r >= '0' && r <= '9':
			letter(90 + uint32(r-'0'))
		default:
			letter(127)
		}
	}
	end()
}

// alike is the code of a jamo, 1 to 51, one for those that are confused.
func alike(j rune) uint32 {
	switch j {
	case 'ㅔ', 'ㅖ', 'ㅒ':
		j = 'ㅐ'
	case 'ㅚ', 'ㅞ':
		j = 'ㅙ'
	case 'ㄲ':
		j = 'ㄱ'
	case 'ㄸ':
		j = 'ㄷ'
	case 'ㅃ':
		j = 'ㅂ'
	case 'ㅆ':
		j = 'ㅅ'
	case 'ㅉ':
		j = 'ㅈ'
	}
	return uint32(j-'ㄱ') + 1
}

// stems is a word without its endings, as one text: what two inflections of a
// word share.
func stems(word string) string {
	r := []rune(word)
	if len(r) == 0 || !isSyllable(r[0]) {
		return english.Stem(word, false)
	}
	return string(stem(r))
}
