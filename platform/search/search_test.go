package search

import (
	"strings"
	"testing"
	"unicode/utf8"

	"maru/kernel"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"  전입신고,  하고 싶어요!! ", "전입신고 하고 싶어요"},
		{"\u110c\u1165\u11ab\u110b\u1175\u11b8", "전입"}, // decomposed
		{"ＡＢＣ　１２３", "abc 123"},                         // full-width
		{"ㅇㅣㅅㅏ 했어요ㅠㅠㅠ", "이사 했어요"},
		{"너무너무우우우우 힘들다ㅋㅋㅋㅋ", "너무너무우우 힘들다"},
		{"1000000원", "1000000원"},
		{"Don't know", "dont know"},
		{"a\x00b\xffc", "a b c"},
		{"", ""},
		{"!!! ...", ""},
		{"👶 태어남", "태어남"},
	} {
		if got := Normalize(c.in); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestComposeIsTheOtherWayRound(t *testing.T) {
	for r := rune(syllableFirst); r <= syllableLast; r++ {
		lead, vowel, tail := letters(r)
		in := []rune{lead, vowel}
		if tail != 0 {
			in = append(in, tail)
		}
		if got := string(compose(in)); got != string(r) {
			t.Fatalf("compose(%q) = %q, want %q", string(in), got, string(r))
		}
		if got, complete := toHangul(Mistype(string(r))); got != string(r) || !complete {
			t.Fatalf("%q typed as %q reads %q", string(r), Mistype(string(r)), got)
		}
	}
}

func TestRepair(t *testing.T) {
	english := map[string]bool{"passport": true, "help": true, "tv": true, "license": true, "lost": true, "my": true, "go": true, "to": true}
	known := func(w string) bool { return english[w] }
	for _, c := range []struct {
		in, want string
		mended   bool
	}{
		{"rkwhrrhksrPwmdaudtj Epwntpdy", "가족관계증명서 떼주세요", true},
		{"RKWHRRHKSRpWMDAUDTJ", "가족관계증명서", true}, // Caps Lock
		{"DLTK", "이사", true},
		{"wjsdlqtlsrh 3dnjf", "전입신고 3월", true},
		{"help", "help", false},
		{"TV license", "TV license", false},
		{"go to", "go to", false},
		{"I lost my passport", "I lost my passport", false},
		{"ㅔㅁㄴ네ㅐㄳ", "passport", true},
		{"네ㅔ", "네ㅔ", false},
		{"전입신고", "전입신고", false},
		{"LH 임대", "LH 임대", false},
		{"", "", false},
		{"123", "123", false},
	} {
		got, mended := Repair(c.in, known)
		if got != c.want || mended != c.mended {
			t.Errorf("Repair(%q) = %q, %v; want %q, %v", c.in, got, mended, c.want, c.mended)
		}
	}
}

func TestLanguage(t *testing.T) {
	for in, want := range map[string]kernel.Lang{
		"이사했어요": kernel.KO, "i moved": kernel.EN, "": kernel.KO, "123": kernel.KO,
		"lh 임대주택": kernel.KO, "visa 연장": kernel.KO, "my 전입신고 form please help": kernel.EN,
	} {
		if got := Language(in); got != want {
			t.Errorf("Language(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for in, want := range map[string]string{
		"전입신고를": "전입신고", "주민센터에서": "주민센터", "집이": "집", "돈을": "돈", "아기가": "아기", "집": "집", "신청하려고": "신청",
	} {
		if got := string(stem([]rune(in))); got != want {
			t.Errorf("stem(%q) = %q, want %q", in, got, want)
		}
	}
}

func testIndex() *Index {
	return made([]Field{{Weight: 2, Example: true}, {Weight: 1, Example: true}}, []Doc{
		{ID: "moving", Lines: [][]string{{"전입신고", "Moving-in report"}, {"새집으로 이사했어요", "I moved to a new flat"}}},
		{ID: "birth", Lines: [][]string{{"출생신고", "Birth registration"}, {"아기가 태어났어요", "our baby was born"}}},
		{ID: "pension", Lines: [][]string{{"기초연금", "Basic pension"}, {"예순다섯이 되면 받는 돈", "money for people over 65"}}},
	})
}

// made is the index of documents.
func made(fields []Field, docs []Doc) *Index {
	return New(fields, len(docs), func(i int) Doc { return docs[i] }, Options{})
}

func TestSearch(t *testing.T) {
	ix := testIndex()
	for query, want := range map[string]int{
		"어제 이사했는데요": 0, "새 집으로이사": 0, "moving to another flat": 0,
		"애기가 태어낫어요": 1, "babies": 1,
		"연금": 2, "65 years": 2,
	} {
		hits := ix.Search(Query{Text: Normalize(query), N: 3})
		if len(hits) == 0 || hits[0].Doc != want {
			t.Errorf("%q finds %+v, want document %d first", query, hits, want)
			continue
		}
		if hits[0].Line == "" {
			t.Errorf("%q: no sentence matched", query)
		}
	}
	for _, query := range []string{"", " ", "zzzz", "뷁"} {
		if hits := ix.Search(Query{Text: Normalize(query), N: 3}); len(hits) != 0 {
			t.Errorf("%q finds %+v", query, hits)
		}
	}
	if hits := New(nil, 0, nil, Options{}).Search(Query{Text: "이사", N: 3}); hits != nil {
		t.Errorf("an empty index finds %+v", hits)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"전입신고", "ㅇㅣㅅㅏㅏㅏ", "ＡＢ\x00", "a\u0301e", "ᄀ'ᅡ", "İI", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalize(s)
		if !utf8.ValidString(once) {
			t.Fatalf("%q becomes broken %q", s, once)
		}
		if twice := Normalize(once); twice != once {
			t.Fatalf("%q: once %q, twice %q", s, once, twice)
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("%q: stray blanks in %q", s, once)
		}
	})
}

func FuzzRepair(f *testing.F) {
	for _, s := range []string{"dltk", "DLTK", "이사", "ㅔㅁㄴ네ㅐㄳ", "a1b", "\xff\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, mended := Repair(s, func(string) bool { return false })
		if !mended && got != s {
			t.Fatalf("%q was not mended but became %q", s, got)
		}
	})
}

func FuzzSearch(f *testing.F) {
	ix := testIndex()
	for _, s := range []string{"이사", "moving", "ㅋㅋ", "0", "\u3164"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hits := ix.Search(Query{Text: Normalize(s), N: 2})
		if len(hits) > 2 {
			t.Fatalf("%d hits", len(hits))
		}
		for _, h := range hits {
			if h.Score != h.Score {
				t.Fatalf("%q: score is no number", s)
			}
		}
	})
}
