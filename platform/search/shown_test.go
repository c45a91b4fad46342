package search

import (
	"strings"
	"testing"

	"maru/platform/wordvec"
)

// TestShown: what a query hides is not shown and finds its document all the
// same; what it would rather show stands before what is nearer, up to a point.
func TestShown(t *testing.T) {
	docs := []Doc{
		{ID: "leave", Lines: [][]string{{"출산휴가 급여"}, {"아기를 낳고 회사를 쉬어요", "아기를 잃고 회사를 쉬어요", "아기가 떠났어요"}}},
		{ID: "birth", Lines: [][]string{{"출생신고"}, {"아기가 태어났어요"}}},
		{ID: "pension", Lines: [][]string{{"기초연금"}, {"예순다섯이 되면 받는 돈"}}},
	}
	var text []wordvec.Document
	for _, d := range docs {
		var doc wordvec.Document
		for _, lines := range d.Lines {
			for _, l := range lines {
				doc = append(doc, Sentence(Normalize(l)))
			}
		}
		text = append(text, doc)
	}
	vectors, err := wordvec.Train(text, wordvec.Options{Seed: 1, MinCount: 1, Buckets: 4096}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sad := func(line string) bool { return strings.Contains(line, "잃") || strings.Contains(line, "떠났") }
	all := func(string) bool { return true }
	fields := []Field{{Weight: 2, Example: true, Name: true}, {Weight: 1, Example: true}}
	for name, ix := range map[string]*Index{
		"words":   made(fields, docs),
		"vectors": New(fields, len(docs), func(i int) Doc { return docs[i] }, Options{Vectors: vectors}),
	} {
		for _, c := range []struct {
			what, text   string
			hide, rather func(string) bool
			want         string
		}{
			{"no wish", "아기를 잃고 회사를 쉬어요", nil, nil, "아기를 잃고 회사를 쉬어요"},
			{"hidden", "아기를 잃고 회사를 쉬어요", sad, nil, "아기를 낳고 회사를 쉬어요"},
			{"all hidden", "아기를 잃고 회사를 쉬어요", all, nil, ""},
			{"rather", "아기를 보내고 회사를 쉬어요", nil, sad, "아기를 잃고 회사를 쉬어요"},
			{"rather, but far", "출산휴가 급여", nil, sad, "출산휴가 급여"},
		} {
			q := Query{Text: Normalize(c.text), N: 3}
			before := ix.Search(q)
			q.Hide, q.Rather = c.hide, c.rather
			hits := ix.Search(q)
			if len(hits) == 0 || hits[0].Doc != 0 || hits[0].Line != c.want {
				t.Errorf("%s, %s: %+v, want %q", name, c.what, hits, c.want)
				continue
			}
			if hits[0].Score != before[0].Score || len(hits) != len(before) {
				t.Errorf("%s, %s: what is shown changes the order", name, c.what)
			}
			if hits[0].Line == c.text && hits[0].Field != 0 && c.text == "출산휴가 급여" {
				t.Errorf("%s, %s: field %d", name, c.what, hits[0].Field)
			}
		}
	}
}
