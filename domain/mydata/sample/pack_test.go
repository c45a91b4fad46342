package sample

import (
	"os"
	"regexp"
	"testing"
)

// The Korean pack names the facts and regions; the world must speak the same.
func packFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../../pack/kr/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFactOfTheDictionaryHasASource(t *testing.T) {
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  - id: (\w+)$`).FindAllSubmatch(packFile(t, "facts.yaml"), -1) {
		named[string(m[1])] = true
		if _, ok := sources[string(m[1])]; !ok {
			t.Errorf("no register of the sample world holds %s", m[1])
		}
	}
	if len(named) < 60 {
		t.Fatalf("%d facts read from the dictionary", len(named))
	}
	for f := range sources {
		if !named[f] {
			t.Errorf("%s is not in the fact dictionary", f)
		}
	}
}

func TestEveryRegionIsInThePack(t *testing.T) {
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(\d{5})"`).FindAllSubmatch(packFile(t, "regions.yaml"), -1) {
		known[string(m[1])] = true
	}
	for _, r := range regions {
		if !known[string(r.code)] {
			t.Errorf("%s %s is not a region of the pack", r.code, r.name)
		}
	}
}
