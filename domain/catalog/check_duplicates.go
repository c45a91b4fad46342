package catalog

import (
	"strings"
	"unicode"

	"maru/kernel"
)

// nearDuplicate is the share of common bigrams above which two sentences of
// different services say the same thing to a finder.
const nearDuplicate = 0.85

type sentence struct {
	service string
	file    string
	text    string
	grams   map[string]bool
}

// duplicates finds the same sentence twice, and sentences of two services so
// alike that neither helps to tell them apart.
func (c *checker) duplicates() {
	var all []sentence
	exact := map[string]sentence{}
	for _, id := range c.pack.Order {
		for _, lang := range kernel.Langs {
			file := "services/" + id + "/utterances." + string(lang) + ".txt"
			for _, text := range c.pack.Services[id].Utterances[lang] {
				key := plain(text)
				s := sentence{id, file, text, bigrams(key)}
				if old, twice := exact[key]; twice {
					c.found.err(file, 0, "%q stands in %s too", text, old.file)
					continue
				}
				exact[key] = s
				all = append(all, s)
			}
		}
	}
	// An index by bigram keeps this far from comparing each with each.
	index := map[string][]int{}
	for i, s := range all {
		common := map[int]int{}
		for g := range s.grams {
			for _, j := range index[g] {
				common[j]++
			}
			index[g] = append(index[g], i)
		}
		for j, n := range common {
			t := all[j]
			if t.service != s.service && float64(n) >= nearDuplicate*float64(len(s.grams)+len(t.grams)-n) {
				c.found.warn(s.file, 0, "%q is nearly %q of %s", s.text, t.text, t.service)
			}
		}
	}
}

// plain is a sentence as a finder compares it: jamo, lower case, no spaces or
// signs.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 0xAC00 && r <= 0xD7A3: // a Hangul syllable: lead, vowel, tail
			n := r - 0xAC00
			b.WriteRune(0x1100 + n/588)
			b.WriteRune(0x1161 + n%588/28)
			if tail := n % 28; tail > 0 {
				b.WriteRune(0x11A7 + tail)
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func bigrams(s string) map[string]bool {
	out := map[string]bool{}
	var prev rune
	for i, r := range []rune(s) {
		if i > 0 {
			out[string([]rune{prev, r})] = true
		}
		prev = r
	}
	return out
}
