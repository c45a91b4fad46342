package search

import "strings"

// Stems are the words of a normalized text without their endings: what two
// inflections of a word share. Words of one syllable or letter are left out.
func Stems(normalized string) []string {
	var out []string
	for w := range strings.FieldsSeq(normalized) {
		if s := stems(w); len([]rune(s)) > 1 {
			out = append(out, s)
		}
	}
	return out
}
