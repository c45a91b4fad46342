package plain

import (
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Rule
	}{
		{"plain", "이사한 날부터 14일 안에 신고해 주세요.", nil},
		{"office word", "구비서류를 지참하여 내방해 주세요.", []Rule{OfficeWord, OfficeWord, OfficeWord}},
		{"inside another word", "기회보다 노력이 중요해요.", nil},
		{"official name", "기초생활수급자는 수수료를 내지 않아요.", nil},
		{"order", "서류를 제출해 주시기 바랍니다.", []Rule{Order}},
		{"double negative", "신고하지 않으면 안 돼요.", []Rule{DoubleNegative}},
		{"long by words", strings.Repeat("집 ", 16) + "이에요.", []Rule{LongSentence}},
		{"long by syllables", "전입신고를하지않은사람은이사한날부터십사일안에가까운읍면사무소나주민센터에찾아가서반드시신고해야합니다.", []Rule{LongSentence}},
		{"two short sentences", "새집으로 이사했나요? 14일 안에 알려 주세요. 온라인으로 할 수 있어요.", nil},
		{"dates are not ends", "2026. 11. 21. 오후 3시에 만나요.", nil},
		{"lines are sentences", strings.Repeat("집으로 이사를 해요\n", 20), nil},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Lint(tt.text)
			if len(got) != len(tt.want) {
				t.Fatalf("findings %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i].Rule != tt.want[i] || got[i].Hint == "" {
					t.Errorf("finding %v, want %s", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestLintError(t *testing.T) {
	if got := LintError("이름이 없어요."); len(got) != 1 || got[0].Rule != NoAction {
		t.Errorf("findings %v", got)
	}
	if got := LintError("이름이 없어요. 이름을 써 주세요."); len(got) != 0 {
		t.Errorf("findings %v", got)
	}
}

func TestTermsAreUseful(t *testing.T) {
	seen := map[string]bool{}
	for _, term := range terms {
		if seen[term.word] {
			t.Errorf("%q is listed twice", term.word)
		}
		seen[term.word] = true
		if term.plain == "" || strings.HasPrefix(term.plain, strings.TrimSpace(term.word)) {
			t.Errorf("%q has no plainer word: %q", term.word, term.plain)
		}
	}
	if len(terms) < 100 {
		t.Errorf("%d terms", len(terms))
	}
}

func FuzzLint(f *testing.F) {
	f.Add("구비서류를 지참하시기 바랍니다.")
	f.Add("\xff.가")
	f.Fuzz(func(t *testing.T, s string) {
		for _, finding := range LintError(s) {
			if finding.Rule == "" || finding.Hint == "" {
				t.Errorf("empty finding %+v", finding)
			}
		}
	})
}
