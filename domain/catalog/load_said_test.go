package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
)

// TestSaid: a line of said.yaml that no fact fits is a finding with its line.
func TestSaid(t *testing.T) {
	files := samplePack(t)
	files["said.yaml"] = &fstest.MapFile{Data: []byte(`words:
  - {fact: no_such_fact, value: "true", words: {ko: [말], en: [word]}}
  - {fact: birth_date, value: "true", words: {ko: [말], en: [word]}}
measures:
  - {fact: birth_date, kind: money}
`)}
	_, found, err := catalog.LoadPack(files)
	if !errors.Is(err, catalog.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{`no fact "no_such_fact"`, `no value of the fact "birth_date"`, `kind "money" cannot be`} {
		ok := false
		for _, f := range found {
			ok = ok || f.File == "said.yaml" && f.Line > 0 && strings.Contains(f.Message, want)
		}
		if !ok {
			t.Errorf("no finding %q in %v", want, found)
		}
	}
}
