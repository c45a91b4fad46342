package search

import "maru/kernel"

// Language guesses the language of a normalized text: Korean when at least
// three in ten of its letters are Hangul, or when it has no letters at all.
func Language(normalized string) kernel.Lang {
	hangul, latin := 0, 0
	for _, r := range normalized {
		switch {
		case isSyllable(r):
			hangul++
		case r >= 'a' && r <= 'z':
			latin++
		}
	}
	// One syllable says as much as two or three Latin letters.
	if latin > 0 && hangul*10 < (hangul+latin)*3 {
		return kernel.EN
	}
	return kernel.KO
}
