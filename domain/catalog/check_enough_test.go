package catalog_test

import (
	"testing"

	"maru/domain/catalog"
)

// TestEnough: the sample services have 20 utterances, 8 of them English, and
// 5, 2 of them English.
func TestEnough(t *testing.T) {
	for _, c := range []struct{ all, en, want int }{{0, 0, 0}, {5, 2, 0}, {6, 2, 1}, {20, 8, 1}, {21, 8, 2}, {5, 9, 2}} {
		_, found, err := catalog.Check(samplePack(t), catalog.Hooks{Enough: c.all, EnoughEnglish: c.en})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != c.want || catalog.Errors(found) != 0 {
			t.Errorf("%d, %d of them English: %v, want %d warnings", c.all, c.en, found, c.want)
		}
	}
}
