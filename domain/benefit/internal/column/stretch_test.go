package column

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/kernel"
	"maru/pack"
)

// stretched gathers results and notes when stretches are through.
type stretched struct {
	gather
	mu   sync.Mutex
	done []int
	fail int
	m    *memory
	o    Options
	t    *testing.T
}

var errDone = errors.New("enough")

func (s *stretched) Done(_, stretch int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, stretch)
	if len(s.done) == s.fail {
		return errDone
	}
	// Everybody in it was decided before.
	s.gather.mu.Lock()
	defer s.gather.mu.Unlock()
	for h := s.o.Stretches[stretch].From; h < s.o.Stretches[stretch].To; h++ {
		if _, ok := s.rows[[2]int{0, h}]; !ok {
			s.t.Errorf("stretch %d was through before household %d", stretch, h)
		}
	}
	return nil
}

// TestStretches: stretches are computed as all is, and nothing else is.
func TestStretches(t *testing.T) {
	law := packLaw(t)
	m := populate(law, 900, 0.1, rand.New(rand.NewPCG(1, 8)))
	run := law.At(kernel.MustDate("2026-03-31"), kernel.Date{})
	// A programme of households stands first.
	wanted := everything(law)
	slices.SortStableFunc(wanted, func(a, b int) int {
		return int(truth(law.Programmes[a].Person)) - int(truth(law.Programmes[b].Person))
	})
	e := New(law)
	all := &gather{rows: map[[2]int]closure.Verdict{}}
	if err := e.Run(context.Background(), run, m, Options{Wanted: wanted, Amounts: true, Workers: 1}, all); err != nil {
		t.Fatal(err)
	}
	o := Options{Wanted: wanted, Amounts: true, Workers: 3, blockPersons: 200,
		Stretches: []Stretch{{0, 10}, {10, 10}, {10, 400}, {500, 501}, {600, 900}}}
	s := &stretched{gather: gather{rows: map[[2]int]closure.Verdict{}}, m: m, o: o, t: t}
	if err := e.Run(context.Background(), run, m, o, s); err != nil {
		t.Fatal(err)
	}
	slices.Sort(s.done)
	if !slices.Equal(s.done, []int{0, 1, 2, 3, 4}) {
		t.Errorf("through: %v", s.done)
	}
	in := func(h int) bool {
		return slices.ContainsFunc(o.Stretches, func(s Stretch) bool { return s.From <= h && h < s.To })
	}
	want := maps.Clone(all.rows)
	maps.DeleteFunc(want, func(key [2]int, _ closure.Verdict) bool {
		h := key[1]
		if law.Programmes[wanted[key[0]]].Person {
			at, found := slices.BinarySearch(m.start, uint32(key[1]))
			if h = at; !found {
				h--
			}
		}
		return !in(h)
	})
	if !maps.Equal(s.rows, want) {
		t.Errorf("%d verdicts, want %d", len(s.rows), len(want))
	}
	s = &stretched{gather: gather{rows: map[[2]int]closure.Verdict{}}, m: m, o: o, t: t, fail: 2}
	if err := e.Run(context.Background(), run, m, o, s); !errors.Is(err, errDone) {
		t.Errorf("a sink that has enough: %v", err)
	}
	for _, bad := range [][]Stretch{{{-1, 3}}, {{3, 2}}, {{0, 901}}} {
		o.Stretches = bad
		if err := e.Run(context.Background(), run, m, o, s); err == nil {
			t.Errorf("stretches %v were computed", bad)
		}
	}
	o.Stretches, o.Atoms = []Stretch{{0, 1}}, NewAtoms(1<<20)
	if err := e.Run(context.Background(), run, m, o, s); err == nil {
		t.Error("conditions were kept of a stretch")
	}
}

// TestMeanings: a meaning changes with what is computed, and with nothing else.
func TestMeanings(t *testing.T) {
	of := func(change func(*rule.Source), date string) map[string][32]byte {
		t.Helper()
		src := ruletest.Pack(t, pack.KR())
		change(&src)
		law, problems := rule.Compile(src)
		if law == nil {
			t.Fatal(problems[0])
		}
		list, err := New(law).Meanings(law.At(kernel.MustDate(date), kernel.Date{}), everything(law))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][32]byte{}
		for i, p := range law.Programmes {
			out[p.ID] = list[i]
		}
		return out
	}
	others := func(a, b map[string][32]byte) (ids []string) {
		for id, m := range a {
			if b[id] != m {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return ids
	}
	const date = "2026-06-01"
	first := of(func(*rule.Source) {}, date)
	if got := others(first, of(func(*rule.Source) {}, date)); got != nil {
		t.Errorf("the same law means something else for %v", got)
	}
	// Other words, another order, and a value that is not in force.
	same := of(func(s *rule.Source) {
		slices.Reverse(s.Programmes)
		for i := range s.Programmes {
			s.Programmes[i].Benefit.Simplified = kernel.Text{KO: "x", EN: "x"}
		}
		for i, p := range s.Law.Parameters {
			if p.ID == "single_parent_percent" {
				s.Law.Parameters[i].Values[0].Value = 1
			}
		}
	}, date)
	if got := others(first, same); got != nil {
		t.Errorf("programmes that mean the same are taken for others: %v", got)
	}
	limit := of(func(s *rule.Source) {
		for i, p := range s.Law.Parameters {
			if p.ID == "single_parent_percent" {
				s.Law.Parameters[i].Values[len(p.Values)-1].Value = 70
			}
		}
	}, date)
	if got := others(first, limit); !slices.Equal(got, []string{"culture-card", "single-parent-support"}) {
		t.Errorf("a limit of two programmes changes %v", got)
	}
	amount := of(func(s *rule.Source) {
		for i, p := range s.Programmes {
			if p.ID == "culture-card" {
				s.Programmes[i].Benefit.Amount = "123450"
			}
		}
	}, date)
	if got := others(first, amount); !slices.Equal(got, []string{"culture-card"}) {
		t.Errorf("an amount of one programme changes %v", got)
	}
	if got := others(first, of(func(*rule.Source) {}, "2026-06-02")); len(got) == 0 || len(got) == len(first) {
		t.Errorf("a day later, %d of %d programmes mean something else", len(got), len(first))
	}
}
