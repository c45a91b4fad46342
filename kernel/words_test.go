package kernel_test

import (
	"testing"

	"pgregory.net/rapid"

	"maru/kernel"
)

func TestParseLang(t *testing.T) {
	for s, want := range map[string]kernel.Lang{
		"": kernel.KO, "ko": kernel.KO, "ko-KR": kernel.KO, "en": kernel.EN, "EN": kernel.EN, "en-GB": kernel.EN, "en_US": kernel.EN,
		"e": kernel.KO, "eng": kernel.KO, "ja": kernel.KO, "한": kernel.KO,
	} {
		if got := kernel.ParseLang(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

// TestText: whatever the language, a text that exists in Korean says something.
func TestText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := kernel.Text{KO: rapid.String().Draw(t, "ko"), EN: rapid.String().Draw(t, "en")}
		for _, l := range []kernel.Lang{kernel.KO, kernel.EN, kernel.KOEasy, "ja", ""} {
			want := x.KO
			if l == kernel.EN && x.EN != "" {
				want = x.EN
			}
			if got := x.In(l); got != want {
				t.Errorf("in %q: %q, want %q", l, got, want)
			}
		}
		if x.IsZero() != (x == kernel.Text{}) {
			t.Errorf("IsZero of %+v", x)
		}
	})
}

func TestProvince(t *testing.T) {
	for r, want := range map[kernel.Region]kernel.Region{"11110": "11", "11": "11", "1": "1", "": "", kernel.Nationwide: "00"} {
		if got := r.Province(); got != want {
			t.Errorf("%q: %q, want %q", r, got, want)
		}
	}
}
