package maru_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatsHaveTests: each attack that docs/threats.md lists names tests, and
// they are there.
func TestThreatsHaveTests(t *testing.T) {
	doc, err := os.ReadFile("docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
	tests := map[string]string{} // the test files of a package, as one text
	rows := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.TrimSpace(cells[1]) == "attack" || strings.HasPrefix(cells[1], " ---") {
			continue
		}
		rows++
		found := named.FindAllStringSubmatch(cells[3], -1)
		if len(found) == 0 || len(found) != strings.Count(cells[3], "`")/2 {
			t.Errorf("what shows that this fails, as `package.TestName`?%s", line)
		}
		for _, m := range found {
			dir := m[1]
			if tests[dir] == "" {
				tests[dir] = testText(t, dir)
			}
			if !strings.Contains(tests[dir], "\nfunc "+m[2]+"(") {
				t.Errorf("docs/threats.md names %s, which %s has not got", m[2], dir)
			}
		}
	}
	if rows == 0 {
		t.Error("docs/threats.md has no table")
	}
}

func testText(t *testing.T, dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := " "
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out += string(b)
	}
	return out
}
