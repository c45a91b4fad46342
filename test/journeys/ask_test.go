package journeys

import (
	"testing"

	"maru/kernel"
)

// TestAskInOwnWords: a sentence with an age finds the pension, and the card
// quotes what it was chosen by.
func TestAskInOwnWords(t *testing.T) {
	t.Parallel()
	for _, l := range kernel.Langs {
		t.Run(string(l), func(t *testing.T) {
			v := visit(t, in(l))
			v.open("/")
			v.write("q", map[kernel.Lang]string{kernel.KO: "어머니가 72세인데 매달 나라에서 주는 노인 연금 받을 수 있나요", kernel.EN: "my mother is 72, can she get the old age pension every month"}[l])
			v.press(v.T("ask.find"))
			v.reads(map[kernel.Lang]string{kernel.KO: "기초연금", kernel.EN: "Basic pension"}[l], v.T("ask.fits", "quote", map[kernel.Lang]string{kernel.KO: "72세", kernel.EN: "is 72"}[l]))
		})
	}
}
