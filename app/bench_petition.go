package app

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// sentenceFile is what petitions of the benchmark are made of, one a line: the
// made-up everyday matters that such petitions are about.
//
//go:embed bench_sentences.txt
var sentenceFile string

var sentences = sync.OnceValue(func() []string { return strings.Split(strings.TrimSpace(sentenceFile), "\n") })

// petition is the n-th petition of a benchmark. It is made from n alone, so
// that runs can be repeated, and every one holds a word that no other has.
type petition struct {
	n    int
	key  string // of its acts, printable ASCII
	word string
}

func newPetition(n int) petition {
	return petition{n: n, key: fmt.Sprintf("bench-%d", n), word: madeUpWord(n)}
}

// application is the body of POST /applications.
func (p petition) application() map[string]any {
	return map[string]any{"service": "general-petition", "answers": p.answers()}
}

func (p petition) answers() map[string]string {
	lines := sentences()
	var content []string
	x := mix(uint64(p.n))
	for range 3 {
		content = append(content, lines[x%uint64(len(lines))])
		x = mix(x)
	}
	return map[string]string{
		"subject": string([]rune(lines[x%uint64(len(lines))])[:12]) + " " + p.word,
		"content": strings.Join(content, " ") + " " + p.word + ".",
	}
}

// decision is the body of POST /desk/cases/{id}/decision.
func (p petition) decision() map[string]string {
	lines := sentences()
	return map[string]string{"decision": "replied", "reason": lines[p.n%len(lines)]}
}

// madeUpWord is five Hangul syllables of the 399 without a final consonant
// that come of n, too many words (10^13) for two to meet in a run. Hangul is the
// harder case for the index: such a word is found by its pairs of syllables.
func madeUpWord(n int) string {
	const initials, vowels, finals = 19, 21, 28
	x := mix(uint64(n) ^ 0x6d617275)
	var b strings.Builder
	for range 5 {
		i := rune(x % (initials * vowels))
		x /= initials * vowels
		b.WriteRune('\uac00' + i*finals)
	}
	return b.String()
}

// mix spreads n over 64 bits (the finaliser of splitmix64).
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
