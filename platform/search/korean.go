package search

import (
	"slices"
	"strings"
)

// Particles and endings that people hang on words, longest first. What is left
// is the stem that documents share. The list is short on purpose: bigrams and
// jamo carry what it misses.
var suffixes = func() [][]rune {
	s := strings.Fields(`
		이라고 이라는 이라서 이라면 이에요 이예요 인데요 인가요 입니다 이랑 이나 이란 으로 에서 에게 한테 까지 부터 마다 처럼 보다 조차 마저
		은 는 이 가 을 를 에 의 도 만 로 와 과 랑 나 께 야 요
		하려고 하려면 하려는 하고 하는 하면 하나 하기 하지 한테 할게 할래 할까 해서 해야 해요 했는 했어 했는데 했어요 한다 한다고 하는데 하는지
		합니다 하고싶어요 하고싶은데 하고싶다 하나요 할게요 할래요 할까요 해주세요 해줘요 해줘 하세요
		됐어요 됐는데 되나요 되는지 된다 되면 되어 돼요 됐다 되는 됩니다
		이요 인데 인지 이고 이면 이죠 네요 는데요 은데요 는데 은데 던데 다던데 라던데 나요 어요 아요 여요 습니다 습니까 려고 려면
		었어요 았어요 였어요 었는데 았는데 였는데 었습니다 았습니다 였습니다 었다 았다 고싶어요 고싶은데 고싶다 고요 지요 죠 니까 는지
		께서 이라도 라도 라고 라는 면서 다면 다고 대요 래요 더라 거든요 잖아요 라서 어서 아서 어야 아야 어도 아도`)
	out := make([][]rune, len(s))
	for i, w := range s {
		out[i] = []rune(w)
	}
	slices.SortStableFunc(out, func(a, b []rune) int { return len(b) - len(a) })
	return out
}()

// stem cuts an ending or particle off a Korean word, and a further one of two
// syllables and more; a last syllable of its own may well be part of the stem.
// One syllable at least stays where one goes (집이), else two.
func stem(word []rune) []rune {
	word = word[:len(word)-cut(word, 1)]
	return word[:len(word)-cut(word, 2)]
}

// cut is how many syllables of the end of word are a suffix of at least that
// length.
func cut(word []rune, least int) int {
	for _, r := range suffixes {
		if len(r) < least || len(r) >= len(word) || len(word)-len(r) < 2 && len(r) > 1 {
			continue
		}
		if slices.Equal(word[len(word)-len(r):], r) {
			return len(r)
		}
	}
	return 0
}
