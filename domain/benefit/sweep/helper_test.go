package sweep

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"maru/domain/benefit/internal/closure"
	"maru/domain/benefit/internal/ruletest"
	"maru/domain/benefit/population"
	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
)

var access = population.Access{Basis: "Social Security Act art. 24", Purpose: "tests", Role: "tester"}

type silent struct{}

func (silent) RecordOpening(context.Context, population.Opening) error { return nil }

// verdict is one person's in one programme.
type verdict struct {
	state State
	won   Amount
}

// verdicts are those of everybody, by person and programme.
type verdicts map[population.ID]map[string]verdict

// world is a population that changes, with a law.
type world struct {
	t    testing.TB
	law  *rule.Law
	path string
	snap *population.Snapshot
	r    *rand.Rand
	next population.ID
	pool []situation.Situation // drawing one takes milliseconds
}

func newWorld(t testing.TB, law *rule.Law, households int, seed uint64) *world {
	w := &world{t: t, law: law, path: filepath.Join(t.TempDir(), "people"), r: rand.New(rand.NewPCG(seed, 5)), next: 1}
	drawn := ruletest.Situations(law)
	for i := range 24 {
		w.pool = append(w.pool, drawn.Example(int(seed)*100+i))
	}
	schema, err := population.NewSchema(law, true)
	w.must(err)
	out, err := population.NewWriter(w.path, schema, population.Origin{Basis: access.Basis, Purpose: access.Purpose, Role: access.Role, Builder: "test", BuiltAt: 1})
	w.must(err)
	for range households {
		w.must(out.Add(w.household()))
	}
	w.must(out.Close())
	w.open()
	t.Cleanup(func() { w.must(w.snap.Close()) })
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) open() {
	w.t.Helper()
	var err error
	w.snap, err = population.Open(context.Background(), w.path, w.law, access, silent{})
	w.must(err)
}

// as opens the population under another law.
func (w *world) as(law *rule.Law) {
	w.t.Helper()
	w.must(w.snap.Close())
	w.law = law
	w.open()
}

// household draws a household of people who are new.
func (w *world) household() *population.Household {
	s := w.pool[w.r.IntN(len(w.pool))]
	h := population.NewHousehold(w.law)
	h.Frame.Reset(len(s.Members))
	for id, v := range s.Household {
		w.must(h.Frame.Put(-1, id, v))
	}
	for m := range s.Members {
		for id, v := range s.Members[m].Facts {
			w.must(h.Frame.Put(m, id, v))
		}
		h.IDs = append(h.IDs, w.someone())
	}
	return h
}

func (w *world) someone() population.ID {
	w.next++
	return population.ID(uint64(w.next) * 0x9e3779b97f4a7c15)
}

// with is a household with other members; who is not in of is new.
func (w *world) with(h *population.Household, members []member) *population.Household {
	out := population.NewHousehold(w.law)
	out.Frame.Reset(len(members))
	copy(out.Frame.Household, h.Frame.Household)
	out.Frame.HouseholdKnown = h.Frame.HouseholdKnown
	for m, one := range members {
		out.IDs = append(out.IDs, one.id)
		for slot := range one.facts {
			if one.known>>slot&1 != 0 {
				out.Frame.SetPerson(m, slot, one.facts[slot])
			}
		}
	}
	return out
}

type member struct {
	id    population.ID
	facts []int64
	known uint64
}

func membersOf(h *population.Household) (out []member) {
	f := h.Frame
	for m := range f.Members {
		out = append(out, member{h.IDs[m], slices.Clone(f.Person[m*f.Stride : (m+1)*f.Stride]), f.PersonKnown[m]})
	}
	return out
}

func (w *world) some(v *population.View) (population.Key, *population.Household, int) {
	at := w.r.IntN(v.Households())
	h := population.NewHousehold(w.law)
	v.Household(at, h)
	return v.Key(at), h, at
}

// happen lets something happen: a birth, a death, a move, a new household, one
// that goes, a change of facts.
func (w *world) happen() {
	w.t.Helper()
	w.must(w.snap.Update(func(v *population.View) ([]population.Change, error) {
		key, h, at := w.some(v)
		members := membersOf(h)
		switch w.r.IntN(6) {
		case 0:
			if len(members) < 20 {
				baby := membersOf(w.household())[0]
				members = append(members, baby)
			}
			return []population.Change{{Key: key, Household: w.with(h, members)}}, nil
		case 1:
			k := w.r.IntN(len(members))
			members = slices.Delete(members, k, k+1)
			if len(members) == 0 {
				if v.Households() == 1 {
					return nil, nil
				}
				return []population.Change{{Key: key}}, nil
			}
			return []population.Change{{Key: key, Household: w.with(h, members)}}, nil
		case 2:
			toKey, to, other := w.some(v)
			if other == at {
				return nil, nil
			}
			k := w.r.IntN(len(members))
			there := append(membersOf(to), members[k])
			members = slices.Delete(members, k, k+1)
			changes := []population.Change{{Key: toKey, Household: w.with(to, there)}, {Key: key}}
			if len(members) > 0 {
				changes[1].Household = w.with(h, members)
			}
			return changes, nil
		case 3:
			return []population.Change{{Key: population.NewKey, Household: w.household()}}, nil
		case 4:
			// Somebody moves out into a household of their own.
			if len(members) < 2 {
				return nil, nil
			}
			k := 1 + w.r.IntN(len(members)-1)
			own := w.with(w.household(), members[k:k+1])
			members = slices.Delete(members, k, k+1)
			return []population.Change{{Key: key, Household: w.with(h, members)}, {Key: population.NewKey, Household: own}}, nil
		default:
			fresh := w.household()
			for m := range members {
				if m < fresh.Frame.Members {
					one := membersOf(fresh)[m]
					members[m].facts, members[m].known = one.facts, one.known
				}
			}
			return []population.Change{{Key: key, Household: w.with(fresh, members)}}, nil
		}
	}))
}

// rebuild writes the population anew; those who were added get a block of their
// own.
func (w *world) rebuild() {
	w.t.Helper()
	w.must(w.snap.Rebuild(context.Background(), "test", 2))
	w.must(w.snap.Close())
	w.open()
}

// truth decides for everybody by package closure.
func (w *world) truth(day kernel.Date, ids []string) verdicts {
	machine, run := closure.New(w.law), w.law.At(day, kernel.Date{})
	s, h, v := machine.Scratch(), population.NewHousehold(w.law), w.snap.View()
	var out closure.Verdicts
	all := verdicts{}
	for i := range v.Households() {
		v.Household(i, h)
		s.Begin(run, h.Frame)
		s.Decide(&out)
		for m, id := range h.IDs {
			all[id] = map[string]verdict{}
			for k, p := range w.law.Programmes {
				if ids != nil && !slices.Contains(ids, p.ID) {
					continue
				}
				one := out.Of(k)[0]
				if p.Person {
					one = out.Of(k)[m]
				}
				all[id][p.ID] = verdictOf(one)
			}
		}
	}
	return all
}

func verdictOf(v closure.Verdict) verdict {
	switch v.Eligible {
	case closure.Yes:
		if v.AmountKnown {
			return verdict{Entitled, Amount{v.Amount, true}}
		}
		return verdict{state: Entitled}
	case closure.Unknown:
		return verdict{state: Unknown}
	}
	return verdict{state: No}
}

// stored reads everybody out of a results file.
func stored(t testing.TB, path string) verdicts {
	t.Helper()
	r, err := openResults(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.release() //nolint:errcheck // it was only read
	all := verdicts{}
	for i := range r.blocks {
		k := &r.blocks[i]
		for row := range k.persons {
			one := map[string]verdict{}
			for n, p := range r.head.Programmes {
				s, err := parse(k.section(n), k.rows(p.Person), false)
				if err != nil {
					t.Fatal(err)
				}
				at := row
				if !p.Person {
					at = k.household(row)
				}
				state, won := s.state(at)
				one[p.ID] = verdict{state, won}
			}
			all[k.id(row)] = one
		}
	}
	return all
}

// differences is what a listener must hear, and the counts.
func differences(was, is verdicts) (map[string]Change, map[string]Counts) {
	changes, counts := map[string]Change{}, map[string]Counts{}
	note := func(id population.ID, p string, a, b verdict) {
		n := counts[p]
		switch {
		case b.state == Entitled && a.state != Entitled:
			n.Newly++
		case a.state == Entitled && b.state == No:
			n.Lost++
		case b.state == Unknown && (a.state == Entitled || a.state == No):
			n.BecameUnknown++
		case a.state == Unknown && b.state == No:
			n.RuledOut++
		case a.state == Entitled && b.state == Entitled && a.won != b.won:
			n.OtherAmount++
		case a.state == Entitled && b.state == Absent:
			n.Gone++
		default:
			return
		}
		counts[p] = n
		changes[fmt.Sprintf("%x %s", id, p)] = Change{id, p, a.state, b.state, a.won, b.won}
	}
	for id, of := range is {
		for p, b := range of {
			note(id, p, was[id][p], b)
		}
	}
	for id, of := range was {
		if is[id] == nil {
			for p, a := range of {
				note(id, p, a, verdict{})
			}
		}
	}
	return changes, counts
}

// ears hears of changes.
type ears struct {
	heard map[string]Change
	calls int
	fail  int // the call that fails, from 1; 0: none
	err   error
	again bool // changes may be told again
	t     testing.TB
}

func (e *ears) Changed(_ context.Context, run Run, changes []Change) error {
	e.calls++
	if e.calls == e.fail {
		return e.err
	}
	if e.heard == nil {
		e.heard = map[string]Change{}
	}
	for _, c := range changes {
		key := fmt.Sprintf("%x %s", c.Person, c.Programme)
		if _, twice := e.heard[key]; twice && !e.again {
			e.t.Errorf("%s was told twice", key)
		}
		e.heard[key] = c
	}
	return nil
}
