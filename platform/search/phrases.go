package search

import (
	"strings"

	"maru/kernel"
)

// Phrases are words that a text may hold: Korean ones wherever they stand, with
// or without their blanks, English ones at the beginning of a word.
type Phrases struct{ korean, english []string }

// NewPhrases are words by language.
func NewPhrases(words map[kernel.Lang][]string) Phrases {
	var p Phrases
	p.Add(words)
	return p
}

// Add takes further words up.
func (p *Phrases) Add(words map[kernel.Lang][]string) {
	for lang, list := range words {
		for _, w := range list {
			n := Normalize(w)
			switch {
			case n == "":
			case lang == kernel.EN:
				p.english = append(p.english, " "+n)
			default:
				p.korean = append(p.korean, n)
				if s := strings.ReplaceAll(n, " ", ""); s != n {
					p.korean = append(p.korean, s)
				}
			}
		}
	}
}

// In tells whether a normalized text holds one of them.
func (p *Phrases) In(normalized string) bool {
	for _, w := range p.korean {
		if strings.Contains(normalized, w) {
			return true
		}
	}
	spaced := " " + normalized
	for _, w := range p.english {
		if strings.Contains(spaced, w) {
			return true
		}
	}
	return false
}
