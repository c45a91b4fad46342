package search

import (
	"math/rand/v2"
	"strings"
)

// Typos mistypes a share of the words that hold Hangul, one letter in each:
// another key beside it, a look-alike vowel, a lost or doubled letter. It is
// for measuring; equal seeds mistype alike.
func Typos(s string, share float64, rng *rand.Rand) string {
	words := strings.Fields(s)
	for i, w := range words {
		if rng.Float64() < share {
			words[i] = typo(w, rng)
		}
	}
	return strings.Join(words, " ")
}

// slips are what fingers and ears confuse, by letter.
var slips = map[rune][]rune{
	'ㅐ': {'ㅔ'}, 'ㅔ': {'ㅐ'}, 'ㅗ': {'ㅜ', 'ㅓ'}, 'ㅜ': {'ㅗ', 'ㅠ'}, 'ㅓ': {'ㅏ', 'ㅗ'}, 'ㅏ': {'ㅓ', 'ㅑ'}, 'ㅣ': {'ㅏ'}, 'ㅡ': {'ㅜ'},
	'ㅕ': {'ㅑ'}, 'ㅑ': {'ㅕ'}, 'ㅛ': {'ㅕ'}, 'ㅠ': {'ㅡ'}, 'ㅚ': {'ㅙ'}, 'ㅙ': {'ㅚ'}, 'ㅝ': {'ㅓ'}, 'ㅘ': {'ㅏ'}, 'ㅢ': {'ㅣ'},
	'ㄱ': {'ㄷ', 'ㄲ'}, 'ㄷ': {'ㄱ', 'ㄸ'}, 'ㅂ': {'ㅈ', 'ㅃ'}, 'ㅈ': {'ㅂ', 'ㄷ'}, 'ㅅ': {'ㄱ', 'ㅆ'}, 'ㅁ': {'ㄴ'}, 'ㄴ': {'ㅁ', 'ㅇ'}, 'ㅇ': {'ㄴ', 'ㄹ'},
	'ㄹ': {'ㅎ', 'ㅇ'}, 'ㅎ': {'ㄹ'}, 'ㅋ': {'ㅌ'}, 'ㅌ': {'ㅋ', 'ㅊ'}, 'ㅊ': {'ㅌ', 'ㅍ'}, 'ㅍ': {'ㅊ'},
}

func typo(word string, rng *rand.Rand) string {
	r := []rune(word)
	var at []int
	for i, c := range r {
		if isSyllable(c) {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return word
	}
	i := at[rng.IntN(len(at))]
	lead, vowel, tail := letters(r[i])
	change := func(j rune) rune {
		if list := slips[j]; len(list) > 0 {
			return list[rng.IntN(len(list))]
		}
		return j
	}
	switch n := rng.IntN(4); {
	case n == 0:
		lead = change(lead)
	case n == 1 && tail != 0:
		if rng.IntN(2) == 0 {
			tail = 0
		} else if c := change(tail); tailIndex[c] > 0 || c == 'ㄱ' {
			tail = c
		}
	default:
		vowel = change(vowel)
	}
	t := 0
	if tail != 0 {
		t = tailIndex[tail] + 1
	}
	r[i] = rune(syllableFirst + (leadIndex[lead]*vowels+vowelIndex[vowel])*tails + t)
	return string(r)
}
