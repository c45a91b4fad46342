package i18n

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestJosa(t *testing.T) {
	tests := []struct{ word, pair, want string }{
		{"사과", "은/는", "사과는"},
		{"집", "은/는", "집은"},
		{"집", "는/은", "집은"}, // either order
		{"서울", "으로/로", "서울로"},
		{"서울", "을/를", "서울을"},
		{"부산", "으로/로", "부산으로"},
		{"대구", "으로/로", "대구로"},
		{"친구", "과/와", "친구와"},
		{"동생", "와/과", "동생과"},
		{"마루", "이에요/예요", "마루예요"},
		{"정부", "이라/라", "정부라"},
		{"물", "이라/라", "물이라"},
		{"하늘", "아/야", "하늘아"},

		// Digits by their reading: 영 일 이 삼 사 오 육 칠 팔 구.
		{"0", "이/가", "0이"}, {"1", "이/가", "1이"}, {"2", "이/가", "2가"}, {"3", "이/가", "3이"}, {"4", "이/가", "4가"},
		{"5", "이/가", "5가"}, {"6", "이/가", "6이"}, {"7", "이/가", "7이"}, {"8", "이/가", "8이"}, {"9", "이/가", "9가"},
		{"1", "으로/로", "1로"}, {"7", "으로/로", "7로"}, {"8", "으로/로", "8로"}, {"3", "으로/로", "3으로"}, {"6", "으로/로", "6으로"},
		// With zeros: 십 백 천 만 억 조 경 해.
		{"10", "을/를", "10을"}, {"200", "을/를", "200을"}, {"5000", "을/를", "5000을"},
		{"10,000", "을/를", "10,000을"}, {"500000", "으로/로", "500000으로"},
		{"100,000,000", "이/가", "100,000,000이"},
		{"1000000000000", "이/가", "1000000000000가"}, {"20,000,000,000,000", "을/를", "20,000,000,000,000를"},
		{"10000000000000000", "이/가", "10000000000000000이"}, {"100000000000000000000", "이/가", "100000000000000000000가"},
		{"3조", "이/가", "3조가"}, {"1억", "을/를", "1억을"}, {"5만", "을/를", "5만을"}, {"12,345원", "은/는", "12,345원은"},
		{"3.5", "이/가", "3.5가"}, {"2.10", "이/가", "2.10이"}, {"제1조", "을/를", "제1조를"}, {"010", "이/가", "010이"},
		{"50%", "을/를", "50%를"}, {"20℃", "이/가", "20℃가"}, {"10㎏", "을/를", "10㎏을"},

		// Latin letters and words.
		{"URL", "을/를", "URL을"}, {"URL", "으로/로", "URL로"}, {"FM", "을/를", "FM을"}, {"VPN", "으로/로", "VPN으로"},
		{"PDF", "을/를", "PDF를"}, {"SMS", "으로/로", "SMS로"}, {"QR", "을/를", "QR을"}, {"API", "은/는", "API는"},
		{"email", "으로/로", "email로"}, {"Google", "은/는", "Google은"}, {"online", "은/는", "online은"}, {"meeting", "이/가", "meeting이"},
		{"app", "을/를", "app을"}, {"robot", "이/가", "robot이"}, {"Facebook", "은/는", "Facebook은"}, {"Naver", "은/는", "Naver는"}, {"data", "을/를", "data를"},

		// Signs and brackets at the end.
		{"국민연금공단(공단)", "은/는", "국민연금공단(공단)은"},
		{"기초연금(2026년)", "을/를", "기초연금(2026년)을"},
		{"주민센터 (동사무소)", "이/가", "주민센터 (동사무소)가"},
		{"갑[을(병)]", "은/는", "갑[을(병)]은"},
		{"「전입신고」", "을/를", "「전입신고」를"},
		{"‘신청’", "을/를", "‘신청’을"},
		{"\"마루\"", "이/가", "\"마루\"가"},
		{"《봄날》", "은/는", "《봄날》은"},
		{"(주)", "은/는", "(주)는"},
		{"끝)", "은/는", "끝)은"},
		{"답변.", "을/를", "답변.을"},

		// Decomposed and single letters.
		{"한", "은/는", "한은"},
		{"ㄹ", "으로/로", "ㄹ로"}, {"ㄱ", "을/를", "ㄱ을"}, {"ㅏ", "을/를", "ㅏ를"},

		// Nobody can tell: both forms.
		{"大韓", "은/는", "大韓은(는)"}, {"", "을/를", "을(를)"}, {"★", "으로/로", "★(으)로"}, {"大", "이/가", "大이(가)"},
	}
	for _, tt := range tests {
		if got := Josa(tt.word, tt.pair); got != tt.want {
			t.Errorf("Josa(%q, %q) = %q, want %q", tt.word, tt.pair, got, tt.want)
		}
	}
}

// TestJosaFollowsTheSyllable checks every Hangul syllable against the rule
// stated another way: the Unicode table orders syllables in runs of 28, the
// first of which has no final consonant and the ninth ends in ㄹ.
func TestJosaFollowsTheSyllable(t *testing.T) {
	for r := '가'; r <= '힣'; r++ {
		place := (r - '가') % 28
		object, way := "을", "으로"
		if place == 0 {
			object = "를"
		}
		if place == 0 || place == 8 {
			way = "로"
		}
		if got := Josa(string(r), "을/를"); got != string(r)+object {
			t.Fatalf("%c: %s", r, got)
		}
		if got := Josa(string(r), "으로/로"); got != string(r)+way {
			t.Fatalf("%c: %s", r, got)
		}
	}
}

// TestJosaSkipsWhatIsNotRead: quotes and bracket groups behind a word never
// change its particle.
func TestJosaSkipsWhatIsNotRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[가-힣]{1,5}|[0-9]{1,18}|[a-zA-Z]{1,8}`).Draw(t, "word")
		inner := rapid.StringMatching(`[가-힣a-z0-9 ]{0,6}`).Draw(t, "inner")
		p := rapid.SampledFrom(pairs[:]).Draw(t, "pair")
		pair := p[0] + "/" + p[1]
		particle := strings.TrimPrefix(Josa(word, pair), word)
		for _, dressed := range []string{word + "(" + inner + ")", "‘" + word + "’", "「" + word + "」", word + " (" + inner + ")", word + "[" + inner + "]"} {
			if got := strings.TrimPrefix(Josa(dressed, pair), dressed); got != particle {
				t.Fatalf("%q takes %q but %q takes %q", word, particle, dressed, got)
			}
		}
	})
}

// TestNumbersReadAsWritten: a number takes the particle of its Korean reading.
func TestNumbersReadAsWritten(t *testing.T) {
	digits := []string{"", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"}
	small := []string{"", "십", "백", "천"}
	large := []string{"", "만", "억", "조", "경"}
	read := func(n uint64) string {
		out := ""
		for group := 0; n > 0; group++ {
			part, four := n%10000, ""
			for i := 0; part > 0; i++ {
				if d := part % 10; d > 0 {
					four = digits[d] + small[i] + four
				}
				part /= 10
			}
			if four != "" {
				out = four + large[group] + out
			}
			n /= 10000
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 999_999).Draw(t, "n")
		for range rapid.IntRange(0, 12).Draw(t, "zeros") {
			n *= 10
		}
		word := Number("ko", int64(n))
		for _, pair := range []string{"을/를", "으로/로"} {
			want := strings.TrimPrefix(Josa(read(n), pair), read(n))
			if got := strings.TrimPrefix(Josa(word, pair), word); got != want {
				t.Fatalf("%s (%s) takes %q, want %q", word, read(n), got, want)
			}
		}
	})
}

func FuzzJosa(f *testing.F) {
	for _, s := range []string{"마루", "1,000", "URL", "갑(을)", "((", "\xff", "0.", ")"} {
		f.Add(s, "을/를")
	}
	f.Fuzz(func(t *testing.T, word, pair string) {
		got := Josa(word, pair)
		if !strings.HasPrefix(got, word) {
			t.Errorf("Josa(%q, %q) = %q drops the word", word, pair, got)
		}
		if utf8.ValidString(word) && utf8.ValidString(pair) && !utf8.ValidString(got) {
			t.Errorf("Josa(%q, %q) = %q is not text", word, pair, got)
		}
	})
}
