package population

import (
	"slices"
	"testing"

	"maru/domain/benefit/internal/frame"
	"maru/domain/benefit/rule"
)

// households are all households of a sample in the order of a file.
func households(t testing.TB, law *rule.Law, s *Sample) []*stored {
	t.Helper()
	m, err := s.Maker()
	if err != nil {
		t.Fatal(err)
	}
	h := NewHousehold(law)
	var out []*stored
	for region := range s.Regions() {
		for i := range s.In(region) {
			m.Household(region, i, h)
			out = append(out, storedOf(h))
		}
	}
	return out
}

// same tells whether a view shows exactly these households, by every way of
// reading it.
func same(t testing.TB, law *rule.Law, v *View, want []*stored) {
	t.Helper()
	if v.Households() != len(want) {
		t.Fatalf("%d households, want %d", v.Households(), len(want))
	}
	starts := v.Start()
	if len(starts) != len(want)+1 || int(starts[len(want)]) != v.Persons() {
		t.Fatalf("%d starts to %d, of %d persons", len(starts), starts[len(starts)-1], v.Persons())
	}
	row := 0
	h, f := NewHousehold(law), frame.New(law)
	for i, w := range want {
		if int(starts[i]) != row {
			t.Fatalf("household %d begins at %d, want %d", i, starts[i], row)
		}
		row += w.members()
		v.Household(i, h)
		v.Frame(i, f)
		got := storedOf(h)
		if !slices.Equal(got.ids, w.ids) || !slices.Equal(got.person, w.person) || !slices.Equal(got.personKnown, w.personKnown) ||
			!slices.Equal(got.household, w.household) || got.householdKnown != w.householdKnown {
			t.Fatalf("household %d came back as %+v, want %+v", i, got, w)
		}
		if !slices.Equal(f.Person, w.person) || f.HouseholdKnown != w.householdKnown {
			t.Fatalf("frame of household %d: %+v", i, f)
		}
	}
	// By columns, in spans that begin anywhere.
	for _, span := range []int{1 << 30, 1000, 77} {
		if span == 77 && len(want) > 5000 {
			continue
		}
		loaded(t, v.Persons(), span, len(law.Persons), v.LoadPerson, func(slot int, each func(int64, uint64)) {
			for _, w := range want {
				for m := range w.ids {
					each(w.person[m*len(law.Persons)+slot], w.personKnown[m]>>slot&1)
				}
			}
		})
		loaded(t, v.Households(), span, len(law.Households), v.LoadHousehold, func(slot int, each func(int64, uint64)) {
			for _, w := range want {
				each(w.household[slot], w.householdKnown>>slot&1)
			}
		})
	}
}

func loaded(t testing.TB, n, span, slots int, load func(slot, from, to int, out []int64, known []uint64), want func(slot int, each func(int64, uint64))) {
	t.Helper()
	out, known := make([]int64, n), make([]uint64, words(n))
	for slot := range slots {
		values, bits := make([]int64, 0, n), make([]uint64, 0, n)
		for from := 0; from < n; from += span {
			to := min(from+span, n)
			for i := range known {
				known[i] = 0xdeadbeef // what was there before must not matter
			}
			load(slot, from, to, out, known)
			for i := range to - from {
				values, bits = append(values, out[i]), append(bits, known[i>>6]>>(i&63)&1)
			}
			if last := (to - from) & 63; last != 0 && known[words(to-from)-1]>>last != 0 {
				t.Fatalf("slot %d: bits beyond the last row", slot)
			}
		}
		i := 0
		want(slot, func(v int64, k uint64) {
			if values[i] != v || bits[i] != k {
				t.Fatalf("slot %d, row %d: %d known %d, want %d known %d", slot, i, values[i], bits[i], v, k)
			}
			i++
		})
	}
}

func TestRoundTrip(t *testing.T) {
	law := testLaw(t)
	for _, o := range []SampleOptions{
		{Seed: 1, Persons: 1},
		{Seed: 1, Persons: 3000},
		{Seed: 2, Persons: 3000, Missing: .05},
		{Seed: 3, Persons: 2000, Missing: .6},
		{Seed: 4, Persons: 500, Missing: 1},
		{Seed: 5, Persons: 150_000, Missing: .02},
	} {
		s := testSample(t, law, o)
		snap := testOpen(t, testFile(t, law, s), law)
		want := households(t, law, s)
		same(t, law, snap.View(), want)
		v := snap.View()
		row := 0
		for i, w := range want {
			for m, id := range w.ids {
				h, member, ok := v.Find(id)
				if !ok || h != i || member != m {
					t.Fatalf("%d of household %d was found as %d of %d, %v", m, i, member, h, ok)
				}
				if v.ID(row) != id {
					t.Fatalf("row %d has another pseudonym", row)
				}
				row++
			}
		}
		if _, _, ok := v.Find(12345); ok {
			t.Error("nobody was found")
		}
	}
}

// TestUsed: a file holds the facts that the rules read, and a law that reads no
// others sees the rest as unknown.
func TestUsed(t *testing.T) {
	law := testLaw(t)
	schema, err := NewSchema(law, false)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range append(slices.Clone(schema.persons), schema.households...) {
		names = append(names, d.fact.ID)
	}
	slices.Sort(names)
	if want := []string{"birth_date", "disability", "earned_income_month", "other_income_month", "receives", "region", "relation_to_head"}; !slices.Equal(names, want) {
		t.Errorf("facts %v, want %v", names, want)
	}
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 2000})
	path := t.TempDir() + "/people"
	if err := s.Write(t.Context(), path, schema, testOrigin(), 1); err != nil {
		t.Fatal(err)
	}
	want := households(t, law, s)
	snap := testOpen(t, path, law)
	for _, w := range want {
		snap.base.trim(w)
	}
	same(t, law, snap.View(), want)
}
