package i18n

import "strings"

// pairs lists the particles: first the form after a final consonant, then the
// form after a vowel.
var pairs = [...][2]string{
	{"은", "는"}, {"이", "가"}, {"을", "를"}, {"과", "와"}, {"으로", "로"},
	{"으로서", "로서"}, {"으로써", "로써"}, {"으로부터", "로부터"}, {"이라", "라"}, {"이라고", "라고"},
	{"이란", "란"}, {"이라는", "라는"}, {"이에요", "예요"}, {"이었어요", "였어요"}, {"이며", "며"},
	{"이고", "고"}, {"이나", "나"}, {"이든", "든"}, {"이랑", "랑"}, {"이면", "면"}, {"아", "야"},
}

// findPair reads "은/는" or "는/은".
func findPair(s string) (after, open string, ok bool) {
	a, b, _ := strings.Cut(s, "/")
	for _, p := range pairs {
		if a == p[0] && b == p[1] || a == p[1] && b == p[0] {
			return p[0], p[1], true
		}
	}
	return a, b, false
}

func knownPair(s string) bool { _, _, ok := findPair(s); return ok }

// Josa is word with the particle of pair ("은/는", "을/를", "으로/로" ...) that
// fits how the word is read aloud. After ㄹ, 으로 loses its 으. Where nobody can
// tell the reading (Chinese characters, signs), both forms are written, as
// official letters do: 은(는).
func Josa(word, pair string) string {
	after, open, known := findPair(pair)
	if !known && open == "" {
		return word + pair
	}
	switch s := ending(word); {
	case s == soundUnknown:
		return word + bothForms(after, open)
	case s == soundVowel, s == soundRieul && strings.HasPrefix(after, "으로"):
		return word + open
	}
	return word + after
}

// bothForms is "은(는)", or "(으)로" where one form holds the other.
func bothForms(after, open string) string {
	if head, ok := strings.CutSuffix(after, open); ok {
		return "(" + head + ")" + open
	}
	return after + "(" + open + ")"
}
