package app

import (
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestBenchCasework runs the whole benchmark, briefly, against a server in this
// process: every answer of the program is checked by it.
func TestBenchCasework(t *testing.T) {
	dir := t.TempDir()
	var out safeBuffer
	o := CaseworkBench{Seconds: 1, Workers: 4, Cases: []int{0, 100}, Dir: dir, Profile: filepath.Join(dir, "cpu.prof"), warmUp: time.Millisecond}
	if err := BenchCasework(t.Context(), o, &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	lines := regexp.MustCompile(`(?m)^\d+ cases before: \d+ lifecycles/s`).FindAllString(out.String(), -1)
	if len(lines) != 2 || !strings.HasPrefix(lines[1], "100 cases") {
		t.Errorf("measured %q:\n%s", lines, out.String())
	}
	left, err := filepath.Glob(filepath.Join(dir, "maru-bench-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestQuantile(t *testing.T) {
	var d []time.Duration
	if quantile(d, 0.5) != 0 {
		t.Error("of nothing")
	}
	for i := range 100 {
		d = append(d, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{0: 0, 0.5: 50, 0.95: 95, 1: 99} {
		if got := quantile(d, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
}

func TestPetitions(t *testing.T) {
	seen := map[string]int{}
	for n := range 100_000 {
		p := newPetition(n)
		if other, ok := seen[p.word]; ok {
			t.Fatalf("petitions %d and %d share the word %s", other, n, p.word)
		}
		seen[p.word] = n
	}
	p := newPetition(7)
	if a, again := p.answers(), newPetition(7).answers(); !maps.Equal(a, again) || !strings.Contains(a["content"], p.word) {
		t.Errorf("petition 7 says %q, then %q", a, again)
	}
}

func TestListening(t *testing.T) {
	for text, want := range map[string]string{
		"Maru is open at http://localhost:8080\n":                "127.0.0.1:8080",
		"first\nMaru is open at http://localhost:41/\nlast line": "127.0.0.1:41",
		"it failed\n": "",
	} {
		got, err := listening(strings.NewReader(text))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
