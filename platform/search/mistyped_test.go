package search

import (
	"strings"
	"testing"
)

// TestMended: a word one letter off is read as the one that documents hold; what
// they hold, what is further off and what is no Hangul is left.
func TestMended(t *testing.T) {
	ix := testIndex()
	for text, want := range map[string]string{
		"전입싱고":                    "전입신고", // a tail
		"출셍신고":                    "출생신고", // a vowel
		"기추연금을":                   "기초연금", // with its particle
		"아기":                      "",     // known
		"전입신고 전입싱고를":              "전입신고",
		"뷁뷁":                      "",
		"passpirt":                "",
		"이":                       "",
		"":                        "",
		strings.Repeat("전입싱고", 3): "", // longer than what is mended
	} {
		if got := ix.mended(Normalize(text)); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if got := strings.Fields(ix.mended(strings.Repeat("전입싱고 ", 200))); len(got) != mendWords {
		t.Errorf("%d words mended", len(got))
	}
	for text, want := range map[string]int{"전입싱고": 0, "출셍신고": 1, "기추연금": 2} {
		if hits := ix.Search(Query{Text: text, N: 3}); len(hits) == 0 || hits[0].Doc != want {
			t.Errorf("%q finds %+v, want document %d first", text, hits, want)
		}
	}
}
