package editor_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/catalog/editor"
)

func show(lines []editor.Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteByte(byte(l.Op))
		b.WriteString(l.Text + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestLines(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"", "", ""},
		{"a\n", "", "-a"},
		{"", "a\n", "+a"},
		{"a\nb\nc\n", "a\nc\n", "a -b  c"},
		{"a\nb\nc\n", "a\nx\nc\n", "a -b +x  c"},
		{"a\nb\n", "b\na\n", "-a  b +a"},
		{"a\n", "a", "a"},
	} {
		if got := show(editor.Lines(tt.a, tt.b)); got != tt.want {
			t.Errorf("%q %q: %q, want %q", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestLinesMakeBoth: leaving out what was added gives the one text, leaving
// out what was removed the other, whatever they are, and the numbers fit.
func TestLinesMakeBoth(t *testing.T) {
	line := rapid.SampledFrom([]string{"a", "b", "c", "", "d e"})
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(line, 0, 30).Draw(t, "a"), rapid.SliceOfN(line, 0, 30).Draw(t, "b")
		var old, next []string
		for _, l := range editor.Lines(text(a), text(b)) {
			if l.Op != editor.Add {
				old = append(old, l.Text)
				if l.Old != len(old) {
					t.Fatalf("number %d, want %d", l.Old, len(old))
				}
			}
			if l.Op != editor.Del {
				next = append(next, l.Text)
				if l.New != len(next) {
					t.Fatalf("number %d, want %d", l.New, len(next))
				}
			}
		}
		if text(old) != text(a) || text(next) != text(b) {
			t.Fatalf("%q %q", old, next)
		}
	})
}

func text(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestHunks(t *testing.T) {
	a := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
	b := strings.Replace(strings.Replace(a, "2\n", "two\n", 1), "11\n", "eleven\n", 1)
	got := ""
	for _, h := range editor.Hunks(editor.Lines(a, b), 2) {
		got += show(h.Lines) + "|"
	}
	if want := "1 -2 +two  3  4|9  10 -11 +eleven  1two|"; got != strings.Replace(want, "1two|", "12|", 1) {
		t.Errorf("got %s", got)
	}
	if big := editor.Lines(strings.Repeat("a\nb\n", 3000), strings.Repeat("b\na\n", 3000)); len(big) != 12000 && len(big) != 6001 {
		t.Errorf("large texts: %d lines", len(big))
	}
}
