package search

import (
	"strings"
	"unicode"
)

// keys is the dubeolsik layout (KS X 5002): the jamo under each Latin key.
// Shift changes only those that are listed in capitals.
var keys = map[rune]rune{
	'q': 'ㅂ', 'w': 'ㅈ', 'e': 'ㄷ', 'r': 'ㄱ', 't': 'ㅅ', 'y': 'ㅛ', 'u': 'ㅕ', 'i': 'ㅑ', 'o': 'ㅐ', 'p': 'ㅔ',
	'a': 'ㅁ', 's': 'ㄴ', 'd': 'ㅇ', 'f': 'ㄹ', 'g': 'ㅎ', 'h': 'ㅗ', 'j': 'ㅓ', 'k': 'ㅏ', 'l': 'ㅣ',
	'z': 'ㅋ', 'x': 'ㅌ', 'c': 'ㅊ', 'v': 'ㅍ', 'b': 'ㅠ', 'n': 'ㅜ', 'm': 'ㅡ',
	'Q': 'ㅃ', 'W': 'ㅉ', 'E': 'ㄸ', 'R': 'ㄲ', 'T': 'ㅆ', 'O': 'ㅒ', 'P': 'ㅖ',
}

// latin is keys the other way round, in lower case where Shift is not needed.
var latin = func() map[rune]rune {
	m := make(map[rune]rune, len(keys))
	for k, j := range keys {
		if have, ok := m[j]; !ok || k > have {
			m[j] = k
		}
	}
	return m
}()

// toHangul reads Latin letters as keys of the Korean layout.
func toHangul(word string) (hangul string, complete bool) {
	jamo := make([]rune, 0, len(word))
	for _, r := range word {
		j, ok := keys[r]
		if !ok {
			j, ok = keys[unicode.ToLower(r)]
		}
		if !ok {
			return word, false
		}
		jamo = append(jamo, j)
	}
	out := compose(jamo)
	for _, r := range out {
		if !isSyllable(r) {
			return string(out), false
		}
	}
	return string(out), true
}

// Mistype reads Hangul as keys of the English layout: what appears when
// somebody types Korean with the wrong layout on, Shift included.
func Mistype(s string) string {
	var b strings.Builder
	eachLetter(s, func(j rune) {
		if k, ok := latin[j]; ok {
			j = k
		}
		b.WriteRune(j)
	})
	return b.String()
}

// MistypeEnglish reads Latin letters as keys of the Korean layout: what appears
// when somebody types English with the Korean layout on.
func MistypeEnglish(s string) string {
	return eachWord(s, func(w string) string {
		h, _ := toHangul(w)
		return h
	})
}

// Letters writes every syllable as the single letters that are typed for it.
func Letters(s string) string {
	var b strings.Builder
	eachLetter(s, func(j rune) { b.WriteRune(j) })
	return b.String()
}

// eachLetter gives the letters of a text as they are typed.
func eachLetter(s string, emit func(rune)) {
	typed := func(j rune) {
		if two, ok := split[j]; ok {
			emit(two[0])
			emit(two[1])
			return
		}
		emit(j)
	}
	for _, r := range s {
		if !isSyllable(r) {
			typed(r)
			continue
		}
		lead, vowel, tail := letters(r)
		typed(lead)
		typed(vowel)
		if tail != 0 {
			typed(tail)
		}
	}
}

// Repair mends a text that was typed on the wrong keyboard layout and tells
// whether it did. known says whether an English word (in lower case) is one
// that people would write here; it keeps English sentences whose letters
// happen to make syllables.
func Repair(s string, known func(word string) bool) (string, bool) {
	hangul, roman := false, false
	for _, r := range s {
		switch {
		case isSyllable(r) || isJamo(r):
			hangul = true
		case r <= unicode.MaxASCII && unicode.IsLetter(r):
			roman = true
		}
	}
	switch {
	case hangul && !roman:
		return fromKorean(s, known)
	case roman && !hangul:
		return fromEnglish(s, known)
	}
	return s, false
}

// fromEnglish is for Hangul typed on the English layout. Nine words in ten
// must become whole syllables.
func fromEnglish(s string, known func(string) bool) (string, bool) {
	if mostly(s, known) {
		return s, false
	}
	// With Caps Lock on, Shift works the other way round.
	tries := []string{s, swapCase(s)}
	if upper(s) {
		tries[0], tries[1] = tries[1], tries[0]
	}
	for _, try := range tries {
		words, whole := 0, 0
		out := eachWord(try, func(w string) string {
			words++
			h, complete := toHangul(w)
			if complete {
				whole++
			}
			return h
		})
		if words > 0 && whole*10 >= words*9 {
			return out, true
		}
	}
	return s, false
}

// fromKorean is for English typed on the Korean layout: most words that come
// out must be known ones.
func fromKorean(s string, known func(string) bool) (string, bool) {
	out := strings.ToLower(Mistype(s))
	if !mostly(out, known) {
		return s, false
	}
	return out, true
}

// mostly tells whether more than half of the words of three letters and more
// are known; without such words, of all words.
func mostly(s string, known func(string) bool) bool {
	for _, least := range []int{3, 1} {
		words, hits := 0, 0
		eachWord(s, func(w string) string {
			if len([]rune(w)) >= least {
				words++
				if known(strings.ToLower(w)) {
					hits++
				}
			}
			return w
		})
		if words > 0 {
			return hits*2 > words
		}
	}
	return false
}

// eachWord replaces every run of letters and keeps the rest.
func eachWord(s string, fn func(string) string) string {
	var b, word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			b.WriteString(fn(word.String()))
			word.Reset()
		}
	}
	for _, r := range s {
		if unicode.IsLetter(r) {
			word.WriteRune(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}

func upper(s string) bool {
	up, low := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			up++
		case unicode.IsLower(r):
			low++
		}
	}
	return up > low
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
