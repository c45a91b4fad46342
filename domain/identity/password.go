package identity

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A password that is the only factor is long (NIST SP 800-63B-4 section 3.1.1:
// 15 characters alone, 8 beside another); what it is made of is its owner's
// affair.
const (
	minPassword = 15  // characters, alone
	minBeside   = 8   // characters, beside a passkey or app codes
	maxPassword = 256 // characters: enough for any sentence, bounds the work
)

//go:embed blocklist.txt
var blocklistText string

// blocklist are passwords that guessers try first, written small and without
// spaces.
var blocklist = func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(blocklistText) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			m[line] = true
		}
	}
	return m
}()

// passwordTrouble is the message key of what is wrong with a new password, ""
// if nothing. about are words of its owner (login name, name): a password that
// is little more than them is a guess away.
func passwordTrouble(password string, least int, about ...string) string {
	switch n := utf8.RuneCountInString(password); {
	case n < least:
		return "identity.password.short"
	case n > maxPassword:
		return "identity.password.long"
	}
	plain := squeeze(password)
	for _, w := range about {
		if w = squeeze(w); utf8.RuneCountInString(w) >= 3 {
			plain = strings.ReplaceAll(plain, w, "")
		}
	}
	if utf8.RuneCountInString(plain) < 6 || blocklist[plain] || blocklist[squeeze(password)] || monotonous(plain) {
		return "identity.password.common"
	}
	return ""
}

// squeeze writes a password as guessers' lists do: small, no spaces.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// monotonous tells whether s is a short piece repeated, or a run along the
// keyboard or the alphabet.
func monotonous(s string) bool {
	r := []rune(s)
	for size := 1; size <= 5 && size < len(r); size++ {
		same := true
		for i := size; i < len(r) && same; i++ {
			same = r[i] == r[i-size]
		}
		if same {
			return true
		}
	}
	const least = 15 // of all characters, how many may follow their neighbour: all but these many per cent
	follow := 0
	for i := 1; i < len(r); i++ {
		if d := r[i] - r[i-1]; d >= -1 && d <= 1 || neighbours(r[i-1], r[i]) {
			follow++
		}
	}
	return len(r) > 1 && follow*100 >= (len(r)-1)*(100-least)
}

// rows of the keyboard, Latin and Korean.
var rows = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"}

func neighbours(a, b rune) bool {
	for _, row := range rows {
		i, j := strings.IndexRune(row, a), strings.IndexRune(row, b)
		if i >= 0 && j >= 0 {
			return utf8.RuneCountInString(row[min(i, j):max(i, j)]) <= 1
		}
	}
	return false
}
