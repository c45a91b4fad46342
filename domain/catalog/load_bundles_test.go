package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"maru/domain/catalog"
)

// TestBundles: a bundle that cannot be moved is a finding with its line.
func TestBundles(t *testing.T) {
	files := samplePack(t)
	files["bundles.yaml"] = &fstest.MapFile{Data: []byte(`bundles:
  - {id: a, version: "1", title: {ko: 가, en: A}, summary: {ko: 가., en: A.}, purpose: {ko: 가, en: A}, basis: law, keep_days: 400, every: [0], facts: [no_such_fact]}
  - {id: a, version: "", title: {ko: 가, en: A}, summary: {ko: 가., en: A.}, purpose: {ko: 가, en: A}, basis: law, keep_days: 1, facts: []}
`)}
	_, found, err := catalog.LoadPack(files)
	if !errors.Is(err, catalog.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{`no fact "no_such_fact"`, "keep_days", "a period is", "stands twice", "version", "has no facts"} {
		ok := false
		for _, f := range found {
			ok = ok || f.File == "bundles.yaml" && f.Line > 0 && strings.Contains(f.Message, want)
		}
		if !ok {
			t.Errorf("no finding %q in %v", want, found)
		}
	}
}
