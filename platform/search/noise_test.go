package search

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestStandard(t *testing.T) {
	for in, want := range map[string]string{
		"어디서 신청합니꺼": "어디서 신청합니까", "이사했는디": "이사했는데", "있나여": "있나요", "고맙슴니다": "고맙습니다", "이사했어요": "", "": "", "용": "",
	} {
		if got := strings.Join(Standard(in), "|"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTypos(t *testing.T) {
	const s = "주민등록등본을 어디서 떼야 하는지 모르겠어요 passport"
	words := strings.Fields(s)
	changed, all := 0, 0
	for seed := range uint64(300) {
		got := strings.Fields(Typos(s, 0.4, rand.New(rand.NewPCG(seed, 1))))
		if again := strings.Fields(Typos(s, 0.4, rand.New(rand.NewPCG(seed, 1)))); strings.Join(got, " ") != strings.Join(again, " ") {
			t.Fatal("equal seeds mistype otherwise")
		}
		for i, w := range got {
			if len([]rune(w)) != len([]rune(words[i])) {
				t.Fatalf("%q became %q", words[i], w)
			}
			if i < 5 {
				if all++; w != words[i] {
					changed++
				}
			}
		}
		if got[5] != "passport" {
			t.Fatalf("English became %q", got[5])
		}
	}
	if share := float64(changed) / float64(all); share < 0.3 || share > 0.45 {
		t.Errorf("%.2f of the words are mistyped", share)
	}
}

// TestVeryMany: where only the best documents are compared sentence by
// sentence, the right one is among them.
func TestVeryMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		r := []rune{0, 0, 0}
		for i := range r {
			r[i] = rune(syllableFirst + rng.IntN(syllableLast-syllableFirst))
		}
		return string(r)
	}
	var docs []Doc
	for range 3 * candidates {
		docs = append(docs, Doc{Lines: [][]string{{word() + " " + word()}}})
	}
	ix := made([]Field{{Weight: 1, Example: true}}, docs)
	for d := 0; d < len(docs); d += 97 {
		hits := ix.Search(Query{Text: Normalize(docs[d].Lines[0][0]), N: 3})
		if len(hits) == 0 || hits[0].Doc != d || hits[0].Line != docs[d].Lines[0][0] || len(hits[0].Words) == 0 {
			t.Fatalf("document %d: %+v", d, hits)
		}
	}
	lifted := ix.Search(Query{Text: Normalize(docs[5].Lines[0][0]), N: 3, Lift: map[int]float64{900: 100}})
	if lifted[0].Doc != 900 {
		t.Errorf("a lift does not count: %+v", lifted)
	}
}
