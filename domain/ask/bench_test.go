package ask

import (
	"math"
	"strings"
	"testing"

	"maru/kernel"
)

func TestReadLines(t *testing.T) {
	got, err := ReadLines(strings.NewReader("# sentences\n\nko\tmoving-in-report|lease-report\t집 옮겼어요\nen\tbirth-report\tour baby\n"))
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	if l := got[0]; l.Lang != kernel.KO || len(l.Services) != 2 || l.Text != "집 옮겼어요" {
		t.Errorf("%+v", l)
	}
	for _, bad := range []string{"ko\tx", "fr\tx\ty", "ko\t\ty", "nonsense"} {
		if _, err := ReadLines(strings.NewReader("\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzReadLines(f *testing.F) {
	f.Add("ko\tx\ty")
	f.Fuzz(func(t *testing.T, s string) {
		lines, err := ReadLines(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, l := range lines {
			if l.Text == "" || len(l.Services) == 0 {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func TestWilson(t *testing.T) {
	// Published example: 81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998).
	s := wilson(81, 263)
	if math.Abs(s.Low-0.2553) > 5e-4 || math.Abs(s.High-0.3662) > 5e-4 {
		t.Errorf("81 of 263: %.4f to %.4f", s.Low, s.High)
	}
	if s := wilson(0, 0); s.Low != 0 || s.High != 0 {
		t.Errorf("0 of 0: %v", s)
	}
}

func TestBench(t *testing.T) {
	p := readPack(t)
	var out strings.Builder
	if err := Bench(&out, p, nil); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"held-out", "all", "ko", "en", "95 %"} {
		if !strings.Contains(out.String(), w) {
			t.Errorf("the report lacks %q:\n%s", w, out.String())
		}
	}
	t.Log("\n" + out.String())
	out.Reset()
	if err := Bench(&out, p, []Line{{Text: "전입신고", Lang: kernel.KO, Services: []string{"moving-in-report"}}}); err != nil || !strings.Contains(out.String(), "100.0 %") {
		t.Errorf("one given sentence: %v\n%s", err, out.String())
	}
}
