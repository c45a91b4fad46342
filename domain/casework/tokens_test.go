package casework

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTokens(t *testing.T) {
	tests := []struct{ s, want string }{
		{"", ""},
		{"소음", "소음"},
		{"층간소음이", "간소 소음 음이 층간"},
		{"Lamp LAMP", "lamp"},
		{"A동 101호", "101 a 동 호"},
		{"covid19는", "covid19 는"},
		{"\u1112\u1161\u1102\u1173\u11af", "하늘"}, // letter by letter
		{"가-나_다", "가 나 다"},
		{strings.Repeat("가", 41) + " " + strings.Repeat("9", 41), "가가"}, // a letter repeats at most twice
		{"'; DROP TABLE casework_word; --", "casework drop table word"},
	}
	for _, tt := range tests {
		if got := strings.Join(tokens(tt.s), " "); got != tt.want {
			t.Errorf("tokens(%.30q) = %q, want %q", tt.s, got, tt.want)
		}
	}
}

// FuzzTokens: a query of any of a text's own words asks for nothing that the
// text's index lacks.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"가로등이 꺼졌어요", "A동 101호", "a\x00\xff가", "ㅋㅋㅋ 좋아요", "한", "İstanbul ſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		index := tokens(s)
		for _, w := range index {
			if !utf8.ValidString(w) || w == "" || utf8.RuneCountInString(w) > maxWord {
				t.Fatalf("token %q of %q", w, s)
			}
		}
		for _, w := range runs(s) {
			for _, q := range tokens(string(w)) {
				if !slices.Contains(index, q) {
					t.Fatalf("%q asks for %q, which %q lacks", string(w), q, index)
				}
			}
		}
	})
}
