package benefit

import (
	"flag"
	"testing"

	"pgregory.net/rapid"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/column"
	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/internal/index"
	"maru/domain/benefit/internal/reference"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

// pairs is how many random pairs of a programme and a person or household the
// back ends are compared on. `make bench` compares a million.
var pairs = flag.Int("pairs", 20_000, "pairs of programme and person to compare the back ends on")

// TestBackEnds: functions, columns, the index and explanations decide as the
// reference evaluator does, by random laws for random households with facts
// missing. The reference goes through the checked expressions; it knows nothing
// of the graph that the others share.
func TestBackEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	done := 0
	for done < *pairs {
		rapid.Check(t, func(t *rapid.T) {
			if done >= *pairs {
				return
			}
			d := ruletest.Laws().Draw(t, "law")
			date, knownOn := kernel.Date{}, kernel.Date{}
			var list []situation.Situation
			for range 40 {
				s := ruletest.Situations(d.Law).Draw(t, "situation")
				if date.IsZero() {
					date, knownOn = s.Date, s.KnownOn
				}
				s.Date, s.KnownOn = date, knownOn // a population is decided on one day
				list = append(list, s)
			}
			done += compareBackEnds(t, d, list)
		})
		if t.Failed() {
			return
		}
	}
	t.Logf("%d pairs", done)
}

func compareBackEnds(t *rapid.T, d ruletest.Drawn, list []situation.Situation) (pairs int) {
	e, err := NewEngine(Pack{Source: d.Source})
	if err != nil {
		t.Fatal(err)
	}
	law := e.Law()
	run := law.At(list[0].Date, list[0].KnownOn)
	people := &crowd{law: law, start: []uint32{0}}
	for _, s := range list {
		people.add(t, e, s)
	}
	columns := &kept{verdicts: map[[2]int]closure.Verdict{}}
	all := make([]int, len(law.Programmes))
	for i := range all {
		all[i] = i
	}
	if err := column.New(law).Run(t.Context(), run, people, column.Options{Wanted: all, Amounts: true, Workers: 1}, columns); err != nil {
		t.Fatal(err)
	}
	x := index.New(e.machine, run)
	scratch, set := x.Scratch(), x.Set()
	for h, s := range list {
		want, err := reference.All(law, s)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := e.Evaluate(s)
		if err != nil {
			t.Fatal(err)
		}
		scratch.Begin(people.frames[h])
		for m := range s.Members {
			scratch.Decide(m, set)
			for k, p := range law.Programmes {
				if !p.Person && m > 0 {
					continue
				}
				pairs++
				row, verdict := h, want[p.ID].Verdict
				if p.Person {
					row, verdict = int(people.start[h])+m, want[p.ID].Members[m]
				}
				if got := columns.verdicts[[2]int{k, row}]; tri(got.Eligible) != verdict.Eligible || got.AmountKnown != (verdict.Amount != nil) || got.AmountKnown && got.Amount != *verdict.Amount {
					t.Fatalf("%s, member %d: columns %+v, reference %+v\n%v", p.ID, m, got, verdict, d)
				}
				if got := tri(set.Of(k)); got != verdict.Eligible {
					t.Fatalf("%s, member %d: index %v, reference %v\n%v", p.ID, m, got, verdict.Eligible, d)
				}
				// What an explanation says of the conditions makes up the verdict.
				said := situation.Yes
				for _, r := range answer.Reasons(&answer.Results[k], m, plainTexts{}, kernel.EN) {
					said = min(said, r.Holds) // no stands below unknown, unknown below yes
				}
				if said != verdict.Eligible {
					t.Fatalf("%s, member %d: reasons say %v, reference %v\n%v", p.ID, m, said, verdict.Eligible, d)
				}
			}
		}
		agree(t, e, s) // functions: verdicts, amounts, missing facts, arrears
	}
	return pairs
}

type plainTexts struct{}

func (plainTexts) T(_ kernel.Lang, key string, _ ...any) string { return key }

// kept is a sink that keeps every verdict.
type kept struct {
	verdicts map[[2]int]closure.Verdict
}

func (k *kept) Take(_ int, r *column.Result) {
	for i := range r.Rows {
		w, bit := i/64, uint64(1)<<(i%64)
		v := closure.Verdict{Eligible: closure.No, AmountKnown: true}
		switch {
		case r.Entitled[w]&bit != 0:
			v.Eligible = closure.Yes
			v.AmountKnown = r.Amount != nil && (r.AmountKnown == nil || r.AmountKnown[w]&bit != 0)
			if v.AmountKnown {
				v.Amount = r.Amount[i]
			}
		case r.Unknown(w)&bit != 0:
			v = closure.Verdict{}
		}
		k.verdicts[[2]int{r.Wanted, r.First + i}] = v
	}
}

// crowd is a population in memory, a frame a household.
type crowd struct {
	law    *rule.Law
	start  []uint32
	frames []*frame.Frame
}

func (c *crowd) add(t *rapid.T, e *Engine, s situation.Situation) {
	w := &worker{frame: frame.New(c.law)}
	if err := w.take(e, s); err != nil {
		t.Fatal(err)
	}
	c.frames = append(c.frames, w.frame)
	c.start = append(c.start, c.start[len(c.start)-1]+uint32(len(s.Members)))
}

func (c *crowd) Households() int { return len(c.frames) }
func (c *crowd) Persons() int    { return int(c.start[len(c.start)-1]) }
func (c *crowd) Start() []uint32 { return c.start }

func (c *crowd) LoadPerson(slot, from, to int, out []int64, known []uint64) {
	clear(known)
	row := 0
	for _, f := range c.frames {
		for m := range f.Members {
			if row >= from && row < to {
				put(out, known, row-from, f.Person[m*f.Stride+slot], f.PersonKnown[m]>>slot&1 != 0)
			}
			row++
		}
	}
}

func (c *crowd) LoadHousehold(slot, from, to int, out []int64, known []uint64) {
	clear(known)
	for h := from; h < to; h++ {
		f := c.frames[h]
		put(out, known, h-from, f.Household[slot], f.HouseholdKnown>>slot&1 != 0)
	}
}

func put(out []int64, known []uint64, i int, v int64, isKnown bool) {
	out[i] = v
	if isKnown {
		known[i/64] |= 1 << (i % 64)
	}
}
