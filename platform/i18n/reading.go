package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sound is how a word ends when it is read aloud in Korean.
type sound uint8

const (
	soundUnknown sound = iota
	soundVowel
	soundRieul // ends in ㄹ
	soundConsonant
)

// brackets are groups that add to the word before them and are not read with
// it: 국민연금공단(공단). Quotation marks belong to the word and only they go.
var brackets = map[rune]rune{')': '(', ']': '[', '}': '{', '）': '（', '］': '［', '】': '【', '〕': '〔'}

const quotes = "'\"`’‘”“」「』『》《〉〈>.,!?;:…·~ \t\n\r\u00a0"

// ending finds the last sound of word.
func ending(word string) sound {
	core := spoken(word)
	r, _ := utf8.DecodeLastRuneInString(core)
	switch {
	case r >= '가' && r <= '힣':
		return ofFinal(int(r-'가') % 28)
	case r >= 0x1161 && r <= 0x1175: // decomposed vowel
		return soundVowel
	case r >= 0x11a8 && r <= 0x11c2: // decomposed final consonant
		return ofFinal(int(r-0x11a8) + 1)
	case r == 'ㄹ': // read 리을
		return soundRieul
	case r >= 'ㄱ' && r <= 'ㅎ': // the names of the consonants all end in one
		return soundConsonant
	case r >= 'ㅏ' && r <= 'ㅣ':
		return soundVowel
	case r >= '0' && r <= '9':
		return ofNumber(core)
	case r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
		return ofLatin(core)
	}
	switch r {
	case '%', '％', '℃', '°', '㎡', '㎥', '㎞', '㎝', '㎜': // 퍼센트, 도, 제곱미터 ...
		return soundVowel
	case '㎏', '₩': // 킬로그램, 원
		return soundConsonant
	}
	return soundUnknown
}

func ofFinal(final int) sound {
	const rieul = 8
	switch final {
	case 0:
		return soundVowel
	case rieul:
		return soundRieul
	}
	return soundConsonant
}

// spoken cuts what is not read from the end: quotation marks, signs, and
// bracket groups with what they hold, as long as a word stands before them.
func spoken(word string) string {
	s := strings.TrimRight(word, quotes)
	for {
		r, size := utf8.DecodeLastRuneInString(s)
		open, ok := brackets[r]
		if !ok {
			return s
		}
		head := beforeGroup(s, open, r)
		trimmed := strings.TrimRight(head, quotes)
		if readable(trimmed) {
			s = trimmed
			continue
		}
		// Nothing to read before the group, or it never opened: read inside.
		s = strings.TrimRight(s[:len(s)-size], quotes)
	}
}

// beforeGroup is s up to the bracket that opens the group s ends with, or "".
func beforeGroup(s string, open, shut rune) string {
	depth := 0
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
		switch r {
		case shut:
			depth++
		case open:
			if depth--; depth == 0 {
				return s[:i]
			}
		}
	}
	return ""
}

func readable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// digitSounds: 영 일 이 삼 사 오 육 칠 팔 구.
var digitSounds = [10]sound{soundConsonant, soundRieul, soundVowel, soundConsonant, soundVowel, soundVowel, soundConsonant, soundRieul, soundRieul, soundVowel}

// largeUnits: 만 억 조 경 해 자 양 구 간 정 재 극, each ten thousand times the
// one before.
var largeUnits = [...]sound{soundConsonant, soundConsonant, soundVowel, soundConsonant, soundVowel, soundVowel, soundConsonant, soundVowel, soundConsonant, soundConsonant, soundVowel, soundConsonant}

// ofNumber reads the number that s ends with. A whole number ends in its last
// digit or, with zeros, in the unit of that digit (십 백 천 만 억 조 ...);
// digits after a point and numbers with a leading zero are read one by one.
func ofNumber(s string) sound {
	i := len(s)
	for i > 0 && (s[i-1] >= '0' && s[i-1] <= '9' || s[i-1] == ',') {
		i--
	}
	digits := strings.ReplaceAll(s[i:], ",", "")
	last := digitSounds[digits[len(digits)-1]-'0']
	point := i > 1 && s[i-1] == '.' && s[i-2] >= '0' && s[i-2] <= '9'
	if point || digits[0] == '0' {
		return last
	}
	zeros := len(digits) - len(strings.TrimRight(digits, "0"))
	switch {
	case zeros == 0:
		return last
	case zeros < 4: // 십 백 천
		return soundConsonant
	case zeros/4 <= len(largeUnits):
		return largeUnits[zeros/4-1]
	}
	return soundUnknown
}

// ofLatin reads the Latin word that s ends with. Capitals are spelled (엘 엠 엔
// and 알, as people say QR and PR); small letters are read as Korean writes
// the loan word: l, m, n, ng, also before a silent e, and a stop after one
// short vowel (앱, 로봇, 북).
func ofLatin(s string) sound {
	i := len(s)
	for i > 0 && (s[i-1]|0x20 >= 'a' && s[i-1]|0x20 <= 'z') {
		i--
	}
	w := s[i:]
	last := w[len(w)-1]
	if last >= 'A' && last <= 'Z' || len(w) == 1 {
		return spelled(last | 0x20)
	}
	w = strings.ToLower(w)
	if n := len(w); n > 3 && w[n-1] == 'e' && strings.IndexByte("lmn", w[n-2]) >= 0 {
		w = w[:n-1]
	}
	n := len(w)
	switch c := w[n-1]; {
	case c == 'l':
		return soundRieul
	case c == 'm' || c == 'n' || strings.HasSuffix(w, "ng"):
		return soundConsonant
	case strings.IndexByte("bckpt", c) >= 0 && n > 2 && vowel(w[n-2]):
		return soundConsonant
	case strings.HasSuffix(w, "ck"), strings.HasSuffix(w, "pp"):
		return soundConsonant
	}
	return soundVowel
}

func spelled(c byte) sound {
	switch c {
	case 'l', 'r':
		return soundRieul
	case 'm', 'n':
		return soundConsonant
	}
	return soundVowel
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
