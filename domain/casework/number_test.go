package casework

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maru/kernel"
)

func TestNumberSurvivesHowPeopleTypeIt(t *testing.T) {
	now := kernel.TimeOf(kernel.MustDate("2026-03-02").In(kernel.Seoul))
	n := newNumber("M", now, 2)
	if !strings.HasPrefix(n, "M26-") || len(n) != 13 {
		t.Fatalf("number %q", n)
	}
	for _, typed := range []string{n, strings.ToLower(n), strings.ReplaceAll(n, "-", ""), strings.ReplaceAll(n, "-", " "), strings.ReplaceAll(n, "0", "o")} {
		if got, ok := ParseNumber(typed); !ok || got != n {
			t.Errorf("ParseNumber(%q) = %q, %v; want %q", typed, got, ok, n)
		}
	}
	for _, bad := range []string{"", "M26", "X26-0000-0000", n + "0", n + "\x00", strings.Repeat("M", 100_000), "' OR 1=1"} {
		if got, ok := ParseNumber(bad); ok {
			t.Errorf("ParseNumber(%.30q) accepted as %q", bad, got)
		}
	}
}

func TestNumberCheckCatchesOneSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := newNumber("D", kernel.TimeOf(kernel.MustDate("2026-11-21").In(kernel.Seoul)), 3)
		i := rapid.IntRange(4, len(n)-1).Draw(t, "at")
		c := alphabet[rapid.IntRange(0, 30).Draw(t, "char")]
		if n[i] == '-' || n[i] == c {
			return
		}
		slip := n[:i] + string(c) + n[i+1:]
		if _, ok := ParseNumber(slip); ok {
			t.Fatalf("%s accepted for %s", slip, n)
		}
		if i+1 < len(n) && n[i+1] != '-' && n[i] != n[i+1] {
			swap := n[:i] + string(n[i+1]) + string(n[i]) + n[i+2:]
			if _, ok := ParseNumber(swap); ok {
				t.Fatalf("swap %s accepted for %s", swap, n)
			}
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	f.Add("M26-ABCD-EFGH")
	f.Add("d26 1234 5678 9012")
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := ParseNumber(s); ok {
			if again, ok := ParseNumber(n); !ok || again != n {
				t.Fatalf("%q tidied to %q, which does not parse to itself", s, n)
			}
		}
	})
}
