package catalog

import (
	"slices"
	"strings"
	"unicode"

	"maru/kernel"
)

// nearDuplicate is the share of common letter pairs above which two sentences
// of different services say the same thing to a finder.
const nearDuplicate = 0.85

type sentence struct {
	service string
	file    string
	text    string
	plain   string
}

// sentences are all utterances, in the order of services and files. A blank is
// none yet.
func (p *Pack) sentences() []sentence {
	var out []sentence
	for _, id := range p.Order {
		for _, lang := range kernel.Langs {
			for _, text := range p.Services[id].Utterances[lang] {
				if !blank.MatchString(text) {
					out = append(out, sentence{id, "services/" + id + "/utterances." + string(lang) + ".txt", text, plain(text)})
				}
			}
		}
	}
	return out
}

// duplicates finds the same sentence twice.
func (c *checker) duplicates() {
	seen := map[string]sentence{}
	for _, s := range c.pack.sentences() {
		if old, twice := seen[s.plain]; twice {
			c.found.err(s.file, 0, "%q stands in %s too", s.text, old.file)
			continue
		}
		seen[s.plain] = s
	}
}

// nearDuplicates finds sentences of two services so alike that neither helps
// to tell them apart. An index by letter pairs keeps this far from comparing
// each with each.
func (p *Pack) nearDuplicates(found *findings) {
	all := p.sentences()
	grams := make([][]uint64, len(all))
	index := map[uint64][]int32{}
	common := make([]int32, len(all))
	for i, s := range all {
		grams[i] = pairs(s.plain)
		var touched []int32
		for _, g := range grams[i] {
			for _, j := range index[g] {
				if common[j] == 0 {
					touched = append(touched, j)
				}
				common[j]++
			}
			index[g] = append(index[g], int32(i))
		}
		for _, j := range touched {
			t, n := all[j], int(common[j])
			common[j] = 0
			if t.service != s.service && t.plain != s.plain && float64(n) >= nearDuplicate*float64(len(grams[i])+len(grams[j])-n) {
				found.warn(s.file, 0, "%q is nearly %q of %s", s.text, t.text, t.service)
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

// pairs are the distinct pairs of neighbouring letters.
func pairs(s string) []uint64 {
	var out []uint64
	var prev rune
	for i, r := range s {
		if i > 0 {
			out = append(out, uint64(prev)<<32|uint64(r))
		}
		prev = r
	}
	slices.Sort(out)
	return slices.Compact(out)
}
