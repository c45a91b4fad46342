package search

// Hangul syllables are arranged by lead, vowel and tail (Unicode chapter 3.12).
const (
	syllableFirst = 0xAC00
	syllableLast  = 0xD7A3
	vowels        = 21
	tails         = 28
)

// The letters in the order of the syllable block, as compatibility jamo. The
// first tail is none.
var (
	leadJamo  = [...]rune{'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'}
	vowelJamo = [...]rune{'ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅘ', 'ㅙ', 'ㅚ', 'ㅛ', 'ㅜ', 'ㅝ', 'ㅞ', 'ㅟ', 'ㅠ', 'ㅡ', 'ㅢ', 'ㅣ'}
	tailJamo  = [...]rune{0, 'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ', 'ㅀ', 'ㅁ', 'ㅂ', 'ㅄ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'}
)

// joined are the letters that are typed as two.
var joined = map[[2]rune]rune{
	{'ㅗ', 'ㅏ'}: 'ㅘ', {'ㅗ', 'ㅐ'}: 'ㅙ', {'ㅗ', 'ㅣ'}: 'ㅚ', {'ㅜ', 'ㅓ'}: 'ㅝ', {'ㅜ', 'ㅔ'}: 'ㅞ', {'ㅜ', 'ㅣ'}: 'ㅟ', {'ㅡ', 'ㅣ'}: 'ㅢ',
	{'ㄱ', 'ㅅ'}: 'ㄳ', {'ㄴ', 'ㅈ'}: 'ㄵ', {'ㄴ', 'ㅎ'}: 'ㄶ', {'ㄹ', 'ㄱ'}: 'ㄺ', {'ㄹ', 'ㅁ'}: 'ㄻ', {'ㄹ', 'ㅂ'}: 'ㄼ',
	{'ㄹ', 'ㅅ'}: 'ㄽ', {'ㄹ', 'ㅌ'}: 'ㄾ', {'ㄹ', 'ㅍ'}: 'ㄿ', {'ㄹ', 'ㅎ'}: 'ㅀ', {'ㅂ', 'ㅅ'}: 'ㅄ',
}

// split is joined the other way round.
var split = func() map[rune][2]rune {
	m := make(map[rune][2]rune, len(joined))
	for pair, j := range joined {
		m[j] = pair
	}
	return m
}()

var (
	leadIndex  = indexOf(leadJamo[:])
	vowelIndex = indexOf(vowelJamo[:])
	tailIndex  = indexOf(tailJamo[1:])
)

func indexOf(letters []rune) map[rune]int {
	m := make(map[rune]int, len(letters))
	for i, r := range letters {
		m[r] = i
	}
	return m
}

func isSyllable(r rune) bool { return r >= syllableFirst && r <= syllableLast }

// isJamo tells whether r is a letter of Hangul on its own.
func isJamo(r rune) bool { return r >= 'ㄱ' && r <= 'ㅣ' }

func isVowel(r rune) bool { return r >= 'ㅏ' && r <= 'ㅣ' }

// letters gives the jamo of a syllable; tail is 0 where there is none.
func letters(r rune) (lead, vowel, tail rune) {
	n := int(r - syllableFirst)
	return leadJamo[n/(vowels*tails)], vowelJamo[n/tails%vowels], tailJamo[n%tails]
}

// compose makes syllables of a run of jamo, as a keyboard does: a consonant
// before a vowel begins a syllable, otherwise it ends one. Letters that fit
// nowhere stay as they are.
func compose(in []rune) []rune {
	out := make([]rune, 0, len(in))
	for i := 0; i < len(in); {
		lead, isLead := leadIndex[in[i]]
		if !isLead || i+1 >= len(in) || !isVowel(in[i+1]) {
			out = append(out, in[i])
			i++
			continue
		}
		vowel := in[i+1]
		i += 2
		if i < len(in) {
			if j, ok := joined[[2]rune{vowel, in[i]}]; ok {
				vowel = j
				i++
			}
		}
		tail, n := tailOf(in[i:])
		i += n
		out = append(out, rune(syllableFirst+(lead*vowels+vowelIndex[vowel])*tails+tail))
	}
	return out
}

// tailOf reads the tail at the start of in and how many letters it takes. A
// consonant before a vowel belongs to the next syllable.
func tailOf(in []rune) (tail, n int) {
	free := func(k int) bool { return k >= len(in) || !isVowel(in[k]) }
	if len(in) == 0 {
		return 0, 0
	}
	if len(in) > 1 && free(2) {
		if j, ok := joined[[2]rune{in[0], in[1]}]; ok {
			if t, ok := tailIndex[j]; ok {
				return t + 1, 2
			}
		}
	}
	if t, ok := tailIndex[in[0]]; ok && free(1) {
		return t + 1, 1
	}
	return 0, 0
}
