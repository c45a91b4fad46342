package ask

import (
	"os"
	"testing"
)

// TestSentencesOfSomebodyElse measures with sentences whose author had not
// seen the pack's examples. They are not in the index; the gate is that the
// right service is among the first five for at least 80 of 100.
func TestSentencesOfSomebodyElse(t *testing.T) {
	f, err := os.Open("testdata/heldout.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := ReadLines(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) < 300 {
		t.Fatalf("only %d sentences: too few to measure with", len(lines))
	}
	s := New(Deps{Catalog: fixed(readPack(t))})
	for _, score := range s.Evaluate(lines) {
		t.Logf("%q: first %v, among five %v, n=%d", score.Lang, score.Hit1, score.Hit5, score.Hit5.Of)
		if score.Hit5.Part() < 0.8 {
			t.Errorf("language %q: among the first five only %v", score.Lang, score.Hit5)
		}
	}
}
