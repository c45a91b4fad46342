package redact

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

type example struct {
	kinds, words, text string
}

func examples(t testing.TB) []example {
	t.Helper()
	b, err := os.ReadFile("testdata/cases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			t.Fatalf("%q: want three columns", line)
		}
		out = append(out, example{f[0], f[1], f[2]})
	}
	return out
}

func TestRedact(t *testing.T) {
	all := examples(t)
	if len(all) < 150 {
		t.Fatalf("%d cases", len(all))
	}
	for _, c := range all {
		clean, found := Redact(c.text)
		if c.kinds == "-" {
			if len(found) > 0 || !strings.Contains(clean, c.words) {
				t.Errorf("%q: took %v, left %q", c.text, found, clean)
			}
			continue
		}
		var kinds []string
		for _, k := range found {
			kinds = append(kinds, string(k))
		}
		if strings.Join(kinds, "+") != c.kinds {
			t.Errorf("%q: took %v, want %s: %q", c.text, found, c.kinds, clean)
		}
		if strings.Contains(clean, Clean(c.words)) || strings.Contains(clean, c.words) {
			t.Errorf("%q: %q is left in %q", c.text, c.words, clean)
		}
	}
}

// Whatever stands around it, a resident number goes.
func TestRedactAmidWords(t *testing.T) {
	for _, before := range []string{"", "번호", "제 주민번호는 ", "a", "(", "no.", "3명 ", "2026-01-01 ", "월급 300만원, "} {
		for _, number := range []string{"900101-1234567", "9001011234567", "900101 1234567"} {
			for _, after := range []string{"", "입니다", " 원", ")", ".", ", 010-1234-5678", "번"} {
				text := before + number + after
				clean, _ := Redact(text)
				if strings.Contains(clean, "234567") {
					t.Errorf("%q: %q", text, clean)
				}
			}
		}
	}
}

var longRun = regexp.MustCompile(`\d{13,}`)

func FuzzRedact(f *testing.F) {
	for _, c := range examples(f) {
		f.Add(c.text)
	}
	f.Add("\xff\x00900101\u202e-1234567")
	f.Fuzz(func(t *testing.T, s string) {
		clean, found := Redact(s)
		if !utf8.ValidString(clean) {
			t.Fatalf("%q: broken UTF-8", s)
		}
		if !slices.IsSorted(found) {
			t.Fatalf("%q: %v", s, found)
		}
		for _, m := range longRun.FindAllStringIndex(clean, -1) {
			// Amounts of money stay.
			if !amount.MatchString(clean[m[1]:]) && (m[0] == 0 || clean[m[0]-1] != ',') {
				t.Fatalf("%q: a long number is left in %q", s, clean)
			}
		}
	})
}
