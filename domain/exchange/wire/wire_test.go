package wire

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maru/kernel"
)

// TestQueryCheck: a query says what it rests on in bounded words, and never what
// the log writes of its own people.
func TestQueryCheck(t *testing.T) {
	now := kernel.TimeOf(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC))
	good := Query{Issuer: "near.test", Source: "far.test", Call: kernel.NewID(now), At: now.Std().Unix(), Person: "p-1", Demand: kernel.NewID(now),
		Bundle: "bundle.work@1", Basis: "전자정부법 제43조의2", Purpose: "보여 주려고", Fields: []string{"name"}}
	if err := good.Check("far.test", now); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxWords+1)
	for name, change := range map[string]func(q *Query){
		"of another source": func(q *Query) { q.Source = "else" },
		"old":               func(q *Query) { q.At -= MaxAge + 1 },
		"no call":           func(q *Query) { q.Call = "1" },
		"no demand":         func(q *Query) { q.Demand = "" },
		"a demand of words": func(q *Query) { q.Demand = "mandate:7" },
		"nobody":            func(q *Query) { q.Person = "" },
		"a long person":     func(q *Query) { q.Person = long },
		"a long issuer":     func(q *Query) { q.Issuer = long },
		"a long bundle":     func(q *Query) { q.Bundle = long },
		"a long purpose":    func(q *Query) { q.Purpose = long },
		"no basis":          func(q *Query) { q.Basis = " " },
		"a long basis":      func(q *Query) { q.Basis = long },
		"a consent":         func(q *Query) { q.Basis = "consent:1" },
		"a consent inside":  func(q *Query) { q.Basis = "law; consent:1" },
		"a mandate":         func(q *Query) { q.Basis = "law; mandate:1" },
		"a helper":          func(q *Query) { q.Basis = "law; assisted " },
		"two lines":         func(q *Query) { q.Basis = "law\nlaw" },
		"no field":          func(q *Query) { q.Fields = nil },
		"an empty field":    func(q *Query) { q.Fields = []string{"name", ""} },
		"a long field":      func(q *Query) { q.Fields = []string{long} },
		"too many fields":   func(q *Query) { q.Fields = slices.Repeat(q.Fields, 201) },
	} {
		q := good
		change(&q)
		if err := q.Check("far.test", now); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
