package population

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

func TestPut(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 1000})
	path := testFile(t, law, s)
	want := households(t, law, s)
	snap := testOpen(t, path, law)
	before := snap.View()
	id := want[7].ids[0]
	put := func(ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
	}
	put(snap.PutPerson(id, map[string]kernel.Value{"earned_income_month": kernel.IntOf(1_234_567), "disability": kernel.TextOf("severe"), "pregnant": {}, "relation_to_head": kernel.TextOf("child")}))
	put(snap.PutHousehold(id, map[string]kernel.Value{"rent_month": kernel.IntOf(555_000), "receives": kernel.SetOf("basic-pension"), "debt": {}}))
	slot := func(id string) int { return law.Fact(false, id).Slot }
	w := want[7]
	w.person[slot("earned_income_month")] = 1_234_567
	w.person[slot("disability")], _ = law.WordOf("severe")
	w.person[slot("pregnant")] = 0
	w.personKnown[0] |= 1<<slot("earned_income_month") | 1<<slot("disability")
	w.personKnown[0] &^= 1 << slot("pregnant")
	rent, debt, receives := law.Fact(true, "rent_month").Slot, law.Fact(true, "debt").Slot, law.Fact(true, "receives").Slot
	w.household[rent], w.household[debt], w.household[receives] = 555_000, 0, 1<<law.SetBit("basic-pension")
	w.householdKnown |= 1<<rent | 1<<receives
	w.householdKnown &^= 1 << debt
	same(t, law, snap.View(), want)
	same(t, law, before, households(t, law, s)) // an earlier view stays as it was
	same(t, law, testOpen(t, path, law).View(), want)

	if ok, err := snap.PutPerson(99, nil); ok || err != nil {
		t.Errorf("nobody was changed: %v, %v", ok, err)
	}
	if _, err := snap.PutPerson(id, map[string]kernel.Value{"earned_income_month": kernel.IntOf(-1)}); !errors.Is(err, ErrFact) {
		t.Errorf("a negative income: %v", err)
	}
	if _, err := snap.PutPerson(id, map[string]kernel.Value{"shoe_size": kernel.IntOf(1)}); !errors.Is(err, ErrDictionary) {
		t.Errorf("an unknown fact: %v", err)
	}
	same(t, law, snap.View(), want)
	for _, name := range []string{path, path + ".journal"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// model changes a snapshot and a plain list of households alike. gone are
// households that are not there any more.
type model struct {
	t    *testing.T
	law  *rule.Law
	snap *Snapshot
	list []*stored // by key; nil when gone
	r    *rand.Rand
}

func (m *model) now() []*stored {
	return slices.DeleteFunc(slices.Clone(m.list), func(s *stored) bool { return s == nil })
}

// step makes one change of a random kind.
func (m *model) step() {
	m.t.Helper()
	slot := m.law.Fact(false, "other_income_month").Slot
	var from, to *stored
	err := m.snap.Update(func(v *View) ([]Change, error) {
		h, g := NewHousehold(m.law), NewHousehold(m.law)
		at := m.r.IntN(v.Households())
		v.Household(at, h)
		key := v.Key(at)
		from = storedOf(h)
		switch m.r.IntN(5) {
		case 0: // somebody is born or moves in
			n := len(h.IDs)
			h.IDs = append(h.IDs, ID(m.r.Uint64()))
			grow(h)
			h.Frame.SetPerson(n, slot, int64(m.r.IntN(1e9)))
		case 1: // the last member leaves for a new household, or the only one is gone
			n := len(h.IDs) - 1
			id := h.IDs[n]
			if n == 0 {
				m.list[key] = nil
				return []Change{{Key: key}}, nil
			}
			h.IDs = h.IDs[:n]
			shrink(h)
			g.IDs = []ID{id}
			g.Frame.Reset(1)
			g.Frame.SetHousehold(m.law.Fact(true, "household_size").Slot, 1)
			m.list[key] = storedOf(h)
			m.list = append(m.list, storedOf(g))
			return []Change{{key, h}, {NewKey, g}}, nil
		case 2: // two households merge
			other := m.r.IntN(v.Households())
			v.Household(other, g)
			if other == at || len(h.IDs)+len(g.IDs) > rule.MaxMembers {
				return nil, nil
			}
			n := len(h.IDs)
			for i, id := range g.IDs {
				h.IDs = append(h.IDs, id)
				grow(h)
				h.Frame.SetPerson(n+i, slot, int64(i))
			}
			m.list[v.Key(other)], m.list[key] = nil, storedOf(h)
			return []Change{{key, h}, {Key: v.Key(other)}}, nil
		default: // a fact changes
			h.Frame.SetPerson(m.r.IntN(len(h.IDs)), slot, int64(m.r.IntN(1e9)))
		}
		to = storedOf(h)
		m.list[key] = to
		return []Change{{key, h}}, nil
	})
	if err != nil {
		m.t.Fatalf("%v: from %v to %v", err, from, to)
	}
}

// grow adds a member of whom nothing is known; shrink takes the last one out.
func grow(h *Household) { resize(h, h.Frame.Members+1) }

func shrink(h *Household) { resize(h, h.Frame.Members-1) }

func resize(h *Household, n int) {
	old := storedOf(&Household{IDs: h.IDs, Frame: h.Frame})
	h.Frame.Reset(n)
	copy(h.Frame.Person, old.person)
	copy(h.Frame.PersonKnown, old.personKnown)
	copy(h.Frame.Household, old.household)
	h.Frame.HouseholdKnown = old.householdKnown
}

func TestUpdates(t *testing.T) {
	law := testLaw(t)
	for seed := range uint64(4) {
		s := testSample(t, law, SampleOptions{Seed: seed, Persons: 120, Missing: .1})
		path := testFile(t, law, s)
		m := &model{t: t, law: law, snap: testOpen(t, path, law), list: households(t, law, s), r: rand.New(rand.NewPCG(seed, 1))}
		for i := range 150 {
			m.step()
			if i%10 == 0 {
				m.check(m.snap.View())
			}
		}
		m.check(m.snap.View())
		again := testOpen(t, path, law)
		m.check(again.View())

		// The other one has not seen later changes, and so may not write.
		m.step()
		if _, err := again.PutHousehold(m.now()[0].ids[0], map[string]kernel.Value{"debt": kernel.IntOf(1)}); err == nil {
			t.Error("two changed one file")
		}
		if err := m.snap.Rebuild(t.Context(), "rebuilder", 5); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + ".journal"); !os.IsNotExist(err) {
			t.Errorf("the journal is still there: %v", err)
		}
		m.check(m.snap.View()) // still the old file
		if _, err := m.snap.PutHousehold(m.now()[0].ids[0], map[string]kernel.Value{"debt": kernel.IntOf(1)}); !errors.Is(err, ErrReplaced) {
			t.Errorf("the replaced file was changed: %v", err)
		}
		m.snap = testOpen(t, path, law)
		if o := m.snap.Origin(); o.Builder != "rebuilder" || o.Basis != testOrigin().Basis {
			t.Errorf("origin %+v", o)
		}
		now := m.now()
		m.list = now
		m.check(m.snap.View())
		for range 20 {
			m.step()
		}
		m.check(m.snap.View())
	}
}

// check compares a view, everybody's place included.
func (m *model) check(v *View) {
	m.t.Helper()
	now := m.now()
	same(m.t, m.law, v, now)
	for i, s := range now {
		for k, id := range s.ids {
			if h, member, ok := v.Find(id); !ok || h != i || member != k {
				m.t.Fatalf("%d of household %d was found as %d of %d, %v", k, i, member, h, ok)
			}
		}
	}
	row := 0
	for _, s := range now {
		for _, id := range s.ids {
			if v.ID(row) != id {
				m.t.Fatalf("row %d has another pseudonym", row)
			}
			row++
		}
	}
}

// TestCrash: the journal cut off at any byte shows the changes that were whole.
func TestCrash(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 40})
	path := testFile(t, law, s)
	m := &model{t: t, law: law, snap: testOpen(t, path, law), list: households(t, law, s), r: rand.New(rand.NewPCG(7, 7))}
	type state struct {
		size int64
		list []*stored
	}
	states := []state{{0, m.now()}}
	for range 6 {
		m.step()
		if size := m.snap.written; size > states[len(states)-1].size {
			states = append(states, state{size, m.now()})
		}
	}
	journal, err := os.ReadFile(path + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for n := 0; n <= len(journal); n++ {
		for _, tail := range [][]byte{nil, make([]byte, 600)} { // file systems may leave zeros
			if tail != nil && n%7 != 0 {
				continue
			}
			cut := filepath.Join(dir, "people")
			if err := os.WriteFile(cut, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(cut+".journal", append(journal[:n:n], tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			snap, err := Open(t.Context(), cut, law, testAccess(), &recorder{})
			if err != nil {
				if tail != nil && n < journalHead {
					continue // a torn beginning with zeros behind is told apart from another journal by its checksum only
				}
				t.Fatalf("cut at %d: %v", n, err)
			}
			want := states[0].list
			for _, s := range states {
				// A record whose lost bytes were zeros is whole again.
				if s.size <= int64(n) || tail != nil && zeros(journal[n:s.size]) {
					want = s.list
				}
			}
			same(t, law, snap.View(), want)
			// It goes on from there.
			if n%29 == 0 {
				if ok, err := snap.PutHousehold(want[0].ids[0], map[string]kernel.Value{"debt": kernel.IntOf(77)}); !ok || err != nil {
					t.Fatalf("cut at %d: %v, %v", n, ok, err)
				}
				again := testOpen(t, cut, law)
				h := NewHousehold(law)
				again.View().Household(0, h)
				if h.Frame.Household[law.Fact(true, "debt").Slot] != 77 {
					t.Errorf("cut at %d: the next change is lost", n)
				}
			}
			if err := snap.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	// What is damaged in the middle is not taken for a crash.
	broken := slices.Clone(journal)
	broken[states[1].size-3] ^= 1
	if err := os.WriteFile(path+".journal", broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, law, testAccess(), &recorder{}); !errors.Is(err, ErrFormat) {
		t.Errorf("a damaged record: %v", err)
	}
}

// TestRebuildCrash: a journal that went into the rebuilt file does not count
// again, that of another file is refused.
func TestRebuildCrash(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 300})
	path := testFile(t, law, s)
	snap := testOpen(t, path, law)
	id := households(t, law, s)[3].ids[0]
	put := func(snap *Snapshot, n int64) {
		t.Helper()
		if ok, err := snap.PutHousehold(id, map[string]kernel.Value{"debt": kernel.IntOf(n)}); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	put(snap, 1)
	journal, err := os.ReadFile(path + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	if err := snap.Rebuild(t.Context(), "x", 2); err != nil {
		t.Fatal(err)
	}
	restore := func() {
		if err := os.WriteFile(path+".journal", journal, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	restore() // as if killed before it was struck out
	next := testOpen(t, path, law)
	put(next, 2)
	put(next, 3)
	debt := func(snap *Snapshot) int64 {
		h := NewHousehold(law)
		at, _, _ := snap.View().Find(id)
		snap.View().Household(at, h)
		return h.Frame.Household[law.Fact(true, "debt").Slot]
	}
	if got := debt(testOpen(t, path, law)); got != 3 {
		t.Errorf("debt %d", got)
	}
	if err := next.Rebuild(t.Context(), "x", 3); err != nil {
		t.Fatal(err)
	}
	restore()
	if _, err := Open(t.Context(), path, law, testAccess(), &recorder{}); !errors.Is(err, ErrFormat) {
		t.Errorf("the journal of an older file: %v", err)
	}
}

func TestBadUpdates(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 300})
	snap := testOpen(t, testFile(t, law, s), law)
	want := households(t, law, s)
	for name, change := range map[string]func(v *View, h *Household) []Change{
		"no such key":  func(v *View, h *Household) []Change { return []Change{{Key(v.Households() + 3), h}} },
		"twice":        func(v *View, h *Household) []Change { return []Change{{v.Key(0), h}, {v.Key(0), h}} },
		"lives there":  func(v *View, h *Household) []Change { h.IDs[0] = want[1].ids[0]; return []Change{{v.Key(0), h}} },
		"member twice": func(v *View, h *Household) []Change { return []Change{{v.Key(0), h}, {NewKey, h}} },
		"no pseudonym": func(v *View, h *Household) []Change { h.IDs = nil; return []Change{{v.Key(0), h}} },
		"too many": func(v *View, h *Household) []Change {
			h.IDs = make([]ID, 51)
			h.Frame.Reset(51)
			return []Change{{v.Key(0), h}}
		},
		"not a number": func(v *View, h *Household) []Change {
			h.Frame.SetHousehold(law.Fact(true, "household_size").Slot, 0)
			return []Change{{v.Key(0), h}}
		},
		"not a member": func(v *View, h *Household) []Change {
			h.Frame.SetHousehold(law.Fact(true, "tenure").Slot, 1<<40)
			return []Change{{v.Key(0), h}}
		},
		"no such bit": func(v *View, h *Household) []Change {
			h.Frame.SetHousehold(law.Fact(true, "receives").Slot, 1<<40)
			return []Change{{v.Key(0), h}}
		},
	} {
		err := snap.Update(func(v *View) ([]Change, error) {
			h := NewHousehold(law)
			v.Household(0, h)
			return change(v, h), nil
		})
		if !errors.Is(err, ErrFact) {
			t.Errorf("%s: %v", name, err)
		}
	}
	same(t, law, snap.View(), want)
}

// TestRace: readers and a writer at once.
func TestRace(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 2000})
	snap := testOpen(t, testFile(t, law, s), law)
	m := &model{t: t, law: law, snap: snap, list: households(t, law, s), r: rand.New(rand.NewPCG(1, 1))}
	stop, done := make(chan struct{}), make(chan struct{})
	for range 3 {
		go func() {
			defer func() { done <- struct{}{} }()
			out, known := make([]int64, 10_000), make([]uint64, words(10_000))
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := snap.View()
				v.Start()
				for slot := range law.Persons {
					v.LoadPerson(slot, 0, v.Persons(), out, known)
				}
				v.Birthdays(s.day)
			}
		}()
	}
	for range 60 {
		m.step()
	}
	close(stop)
	for range 3 {
		<-done
	}
	m.check(snap.View())
}
