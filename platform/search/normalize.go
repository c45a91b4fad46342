package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Normalize gives texts that people take for the same one spelling: NFC,
// half-width forms, lower case, composed jamo, letters repeated at most twice,
// single blanks between words. What is neither letter nor digit separates
// words; laughter and sighs (ㅋㅋ, ㅠㅠ) go. Broken UTF-8 and control characters
// separate words too. Normalizing twice changes nothing more.
func Normalize(s string) string {
	s = norm.NFC.String(strings.ToLower(width.Fold.String(strings.ToValidUTF8(s, " "))))
	var out []rune
	var run []rune // of single jamo
	flush := func() {
		for _, r := range compose(run) {
			if !isJamo(r) {
				out = appendLetter(out, r)
			}
		}
		run = run[:0]
	}
	for _, r := range s {
		if isJamo(r) {
			run = append(run, r)
			continue
		}
		flush()
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out = appendLetter(out, r)
		case r == '\'' || r == '’' || unicode.Is(unicode.M, r):
			// don't stays one word; lone marks carry nothing.
		default:
			out = appendBlank(out)
		}
	}
	flush()
	// What stood between two letters may be gone: they may compose now.
	return strings.TrimSpace(norm.NFC.String(string(out)))
}

// appendLetter adds r unless it stands there twice already. Digits repeat as
// they like.
func appendLetter(out []rune, r rune) []rune {
	if n := len(out); n >= 2 && out[n-1] == r && out[n-2] == r && !unicode.IsDigit(r) {
		return out
	}
	return append(out, r)
}

func appendBlank(out []rune) []rune {
	if n := len(out); n == 0 || out[n-1] == ' ' {
		return out
	}
	return append(out, ' ')
}

// Squeeze is the normalized text without blanks: for finding fixed words
// however they are spaced.
func Squeeze(s string) string { return strings.ReplaceAll(Normalize(s), " ", "") }
