package imported

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  난방비 \t 지원 ":                          "난방비 지원",
		"a\x00b\x07c\x1b[31m":                   "abc[31m",
		"돈\u202e원지\u202c":                       "돈원지",
		"\ufeff가\u200b나\u00ad":                  "가나",
		"가\xff나":                                "가나",
		"\ue000가\uffff":                         "가",
		"한\r\n줄":                                "한 줄",
		"e\u0301\u0301\u0301\u0301\u0301\u0301": "e\u0301\u0301\u0301",
		"<script>alert(1)</script>":             "<script>alert(1)</script>", // text, and shown as text
	} {
		var c cleaner
		if got := c.line(in, 100); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	var c cleaner
	if got := c.long("○ 하나\r\n\r\n\n\n- 둘  셋\n\u2028\n"); got != "○ 하나\n\n- 둘 셋" {
		t.Errorf("%q", got)
	}
	if got := c.long(strings.Repeat("가", 1_000_000)); utf8.RuneCountInString(got) != maxLong || c.cut != 1 {
		t.Errorf("%d characters, %d cut", utf8.RuneCountInString(got), c.cut)
	}
}

// FuzzClean: whatever comes in, what goes out is bounded, valid and without
// characters that steer a display; cleaning again changes nothing.
func FuzzClean(f *testing.F) {
	f.Add("가\u202e\x00나\r\n")
	f.Add("\xf0\x9f\x87")
	f.Fuzz(func(t *testing.T, s string) {
		var c cleaner
		for _, out := range []string{c.line(s, maxName), c.long(s)} {
			if !utf8.ValidString(out) || utf8.RuneCountInString(out) > maxLong {
				t.Fatalf("%q", out)
			}
			for _, r := range out {
				if r != '\n' && unicode.In(r, unicode.C) {
					t.Fatalf("%q holds %U", out, r)
				}
			}
		}
		if once := c.line(s, maxName); strings.Contains(once, "\n") || c.line(once, maxName) != once {
			t.Fatalf("%q is not clean", once)
		}
	})
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.gov.kr/portal/rcvfvrSvc/dtlEx/135200000001": "https://www.gov.kr/portal/rcvfvrSvc/dtlEx/135200000001",
		"https://www.gov.kr.evil.example/x":                      "",
		"https://www.gov.kr@evil.example/":                       "",
		"https://evil.example/https://www.gov.kr":                "",
		"https://WWW.GOV.KR/x":                                   "",
		"https://www.gov.kr:8443/":                               "",
		"http://www.gov.kr/":                                     "",
		"//www.gov.kr/":                                          "",
		"javascript:alert(1)":                                    "",
		"JaVaScRiPt://www.gov.kr/%0aalert(1)":                    "",
		"https:\\\\www.gov.kr\\":                                 "",
		"https://www.gov.kr/\"onmouseover=\"x":                   "",
		"https://www.bokjiro.go.kr/x":                            "",
		"":                                                       "",
		"https://www.gov.kr/" + strings.Repeat("x", 600):         "",
		"data:text/html,x||https://www.gov.kr/a":                 "https://www.gov.kr/a",
	} {
		if got := officialLink(in, isPortal); got != want {
			t.Errorf("portal, %q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"https://www.bokjiro.go.kr/x?a=b":  "https://www.bokjiro.go.kr/x?a=b",
		"https://plus.gov.kr/":             "https://plus.gov.kr/",
		"https://go.kr/":                   "",
		"https://.go.kr/":                  "",
		"https://evilgo.kr/":               "",
		"https://xn--go-kr.go.kr/":         "",
		"https://a..go.kr/":                "",
		"https://evil.com%EF%BC%8F.go.kr/": "",
		"https://evil.com&x.go.kr/":        "",
		"https://evil.com;.go.kr/":         "",
		"https://www.bokjiro.go.kr./":      "",
		"https://example.or.kr/":           "",
	} {
		if got := officialLink(in, isGovernment); got != want {
			t.Errorf("government, %q: %q, want %q", in, got, want)
		}
	}
}
