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
	topics, err := ReadTopics(strings.NewReader("Question,Answer,Documents\n가스 호스를 바꾸려면?,바꿔 드려요,가스 개선\n가스 배관은?,네,가스 개선\n등록금이 비싸요,장학금,국가장학금\n장학금 언제 나와요,봄에,국가장학금\n"))
	if err != nil || len(topics) != 2 || len(topics[0].Questions) != 2 {
		t.Fatalf("%v, %v", topics, err)
	}
	report, err := Bench(readPack(t), Benching{Tiny: true, Services: 700, Sentences: 3})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := report.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"held-out", "all", "ko", "en", "95 %", "no spaces", "typos", "wrong layout", "life events", "700 services x 3"} {
		if !strings.Contains(out.String(), w) {
			t.Errorf("the report lacks %q:\n%s", w, out.String())
		}
	}
	t.Log("\n" + out.String())
	out.Reset()
	if err := report.WriteJSON(&out); err != nil || !strings.Contains(out.String(), `"hit1"`) {
		t.Errorf("%v %s", err, out.String())
	}
	if _, err := ReadTopics(strings.NewReader("a,b\n")); err == nil {
		t.Error("a table of two columns is taken")
	}
}

// TestHoldOutIsStable: a sentence's place hangs on itself alone, and the third
// is about a third.
func TestHoldOutIsStable(t *testing.T) {
	p := readPack(t)
	_, a, _ := HoldOut(p)
	fewer := p
	fewer.Services = p.Services[:10]
	_, b, _ := HoldOut(fewer)
	for i, l := range b {
		if a[i].Text != l.Text {
			t.Fatalf("%q moved", l.Text)
		}
	}
	all := 0
	for _, s := range p.Services {
		all += len(s.Utterances["ko"]) + len(s.Utterances["en"])
	}
	if share := float64(len(a)) / float64(all); share < 0.3 || share > 0.37 {
		t.Errorf("%d of %d sentences are held out", len(a), all)
	}
}
