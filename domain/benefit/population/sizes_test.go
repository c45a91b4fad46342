package population

import (
	"fmt"
	"os"
	"testing"
)

// TestSizes tells what each fact takes; the facts themselves are to stay within
// 96 bytes a person.
func TestSizes(t *testing.T) {
	law := testLaw(t)
	m, _ := marginals(t)
	for _, missing := range []float64{0, .05} {
		s := testSample(t, law, SampleOptions{Seed: 1, Persons: 400_000, Marginals: m, Missing: missing})
		path := testFile(t, law, s)
		v := testOpen(t, path, law).View()
		facts, text := 0., ""
		for _, z := range v.Sizes() {
			each := float64(z.Bytes) / float64(v.Persons())
			text += fmt.Sprintf("%-28s %6.2f  constant %d dense %d sparse %d\n", z.Name, each, z.Constant, z.Dense, z.Sparse)
			if z.Name != "pseudonyms" && z.Name != "birthdays" && z.Name != "members" {
				facts += each
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("missing %v: facts %.1f bytes a person, the whole file %.1f\n%s", missing, facts, float64(info.Size())/float64(v.Persons()), text)
		if facts > 96 {
			t.Errorf("facts take %.1f bytes a person", facts)
		}
	}
}
