package blob_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"maru/platform/blob"
)

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"plain.pdf":                 "plain.pdf",
		"":                          "file.pdf",
		".":                         "file.pdf",
		"..":                        "file.pdf",
		"../../etc/passwd":          "passwd.pdf",
		`..\..\windows\system.ini`:  "system.pdf",
		"C:evil.exe":                "evil.pdf",
		".htaccess":                 "file.pdf",
		"a\x00b.pdf":                "ab.pdf",
		"a\r\nSet-Cookie: x":        "x.pdf",
		"photo\u202egpj.exe":        "photogpj.pdf",
		"\u200b\ufeff":              "file.pdf",
		"진단서.hwp":                   "진단서.pdf",
		"진단서.pdf":                   "진단서.pdf",
		"  two \u00a0 words  .pdf":  "two words.pdf",
		"CON.png":                   "file.pdf",
		"com1":                      "file.pdf",
		"bro\xffken":                "broken.pdf",
		strings.Repeat("가", 300):    strings.Repeat("가", 65) + ".pdf",
		"a.tar.gz":                  "a.tar.pdf",
		"<img src=x onerror=1>.pdf": "img src=x onerror=1.pdf",
	} {
		if got := blob.CleanName(in, ".pdf"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "a\u202eb", "\xff\x00", strings.Repeat("가", 99), "CON . pdf", "a/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := blob.CleanName(name, ".png")
		switch {
		case !utf8.ValidString(got), len(got) > 200, len(got) < len("a.png"), !strings.HasSuffix(got, ".png"):
			t.Errorf("%q became %q", name, got)
		case strings.ContainsAny(got, "/\\:\x00\r\n\"") || strings.HasPrefix(got, "."):
			t.Errorf("%q became %q", name, got)
		case blob.CleanName(got, ".png") != got:
			t.Errorf("%q became %q and then %q", name, got, blob.CleanName(got, ".png"))
		}
	})
}
