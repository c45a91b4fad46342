package kernel_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"maru/kernel"
)

// version7 is RFC 9562's text form of a UUID of version 7 and variant 10.
var version7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestNewID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Microseconds up to the year 10889, where 48 bits of milliseconds end.
		instant := rapid.Int64Range(1, 1<<48*1000-1)
		a, b := kernel.Time(instant.Draw(t, "a")), kernel.Time(instant.Draw(t, "b"))
		x, y := kernel.NewID(a), kernel.NewID(b)
		if !version7.MatchString(string(x)) {
			t.Fatalf("%q is no UUID version 7", x)
		}
		if again, err := kernel.ParseID(string(x)); err != nil || again != x {
			t.Fatalf("ParseID(%q) = %q, %v", x, again, err)
		}
		if a/1000 < b/1000 && x >= y || x == y {
			t.Fatalf("%q of %d does not sort before %q of %d", x, a, y, b)
		}
	})
	if a, b := kernel.NewID(1), kernel.NewID(1); a == b {
		t.Errorf("two ids of one instant are %q", a)
	}
}

func TestRandomID(t *testing.T) {
	version4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[kernel.ID]bool{}
	for range 100 {
		id := kernel.RandomID()
		if !version4.MatchString(string(id)) || seen[id] {
			t.Errorf("%q is no fresh UUID version 4", id)
		}
		if again, err := kernel.ParseID(string(id)); err != nil || again != id {
			t.Errorf("ParseID(%q) = %q, %v", id, again, err)
		}
		seen[id] = true
	}
}

func FuzzParseID(f *testing.F) {
	for _, s := range []string{"", "018f6b1e-7c2a-7d3e-9f00-0123456789ab", "018F6B1E-7C2A-7D3E-9F00-0123456789AB",
		"018f6b1e-7c2a-7d3e-9f00-0123456789ag", "018f6b1e7c2a7d3e9f000123456789ab", "{18f6b1e-7c2a-7d3e-9f00-0123456789a}", strings.Repeat("-", 36)} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	f.Fuzz(func(t *testing.T, s string) {
		id, err := kernel.ParseID(s)
		if ok := form.MatchString(s); ok != (err == nil) {
			t.Fatalf("ParseID(%q) = %v", s, err)
		}
		if err != nil {
			if id != "" {
				t.Errorf("an error, and the id %q", id)
			}
			return
		}
		if string(id) != strings.ToLower(s) {
			t.Errorf("ParseID(%q) = %q", s, id)
		}
	})
}
