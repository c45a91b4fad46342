package search

import (
	"testing"

	"maru/kernel"
)

func TestPhrases(t *testing.T) {
	p := NewPhrases(map[kernel.Lang][]string{kernel.KO: {"이혼", "돈이 없"}, kernel.EN: {"die", "Can't pay", "!"}})
	for text, want := range map[string]bool{
		"이혼했어요": true, "협의 이혼": true, "아이 혼자 있어요": false, "돈이 없어요": true, "돈이없어요": true, "돈이 없는 게 아니라": true,
		"my father died": true, "a studied man": false, "I can’t pay rent": true, "": false, "!": false,
	} {
		if got := p.In(Normalize(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
