package population

import (
	"context"
	"testing"

	"maru/kernel"
)

// TestStretches: stretches are the rows of the view one after the other, and
// their content changes with what stands in them and with nothing else.
func TestStretches(t *testing.T) {
	law := testLaw(t)
	path := testFile(t, law, testSample(t, law, SampleOptions{Seed: 5, Persons: 130_000}))
	s := testOpen(t, path, law)
	whole := func() {
		t.Helper()
		v, row, household := s.View(), 0, 0
		for b := range v.Stretches() {
			from, to := v.Rows(b)
			first, last := v.HouseholdsIn(b)
			if from != row || first != household || int(v.Start()[first]) != from || int(v.Start()[last]) != to {
				t.Fatalf("stretch %d begins at %d, %d", b, from, first)
			}
			for i, id := range v.IDs(b, nil) {
				if id != v.ID(from+i) {
					t.Fatalf("row %d is %x, not %x", from+i, id, v.ID(from+i))
				}
			}
			row, household = to, last
		}
		if row != v.Persons() || household != v.Households() {
			t.Fatalf("the stretches end at %d, %d", row, household)
		}
	}
	contents := func(v *View) (out [][32]byte) {
		for b := range v.Stretches() {
			out = append(out, v.Content(b))
		}
		return out
	}
	differ := func(a, b [][32]byte) (out []int) {
		t.Helper()
		if len(a) != len(b) {
			t.Fatalf("%d stretches and %d", len(a), len(b))
		}
		for i := range a {
			if a[i] != b[i] {
				out = append(out, i)
			}
		}
		return out
	}
	whole()
	first := contents(s.View())
	if s.View().Stretches() < 4 {
		t.Fatalf("%d stretches", s.View().Stretches())
	}
	id := s.View().ID(70_000)
	if ok, err := s.PutHousehold(id, map[string]kernel.Value{"debt": kernel.IntOf(12_345)}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	whole()
	second := contents(s.View())
	if got := differ(first, second); len(got) != 1 || got[0] != 1 {
		t.Errorf("a change of one household changed stretches %v", got)
	}
	if got := differ(second, contents(testOpen(t, path, law).View())); got != nil {
		t.Errorf("opened again, stretches %v are others", got)
	}
	if ok, err := s.PutHousehold(id, map[string]kernel.Value{"debt": kernel.IntOf(12_346)}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := differ(second, contents(s.View())); len(got) != 1 || got[0] != 1 {
		t.Errorf("a second change changed stretches %v", got)
	}
	h := NewHousehold(law)
	s.View().Household(3, h)
	err := s.Update(func(v *View) ([]Change, error) {
		moved := NewHousehold(law)
		moved.Frame.Reset(1)
		moved.IDs = []ID{4711}
		return []Change{{Key: NewKey, Household: moved}, {Key: v.Key(3)}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	whole()
	third := contents(s.View())
	if got := differ(second, third); len(got) != 3 || got[0] != 0 || got[2] != s.View().Stretches()-1 {
		t.Errorf("one household more and one less changed stretches %v", got)
	}
	if err := s.Rebuild(context.Background(), "test", 2); err != nil {
		t.Fatal(err)
	}
	s = testOpen(t, path, law)
	whole()
	if s.View().Content(2) == third[2] {
		t.Error("another file passes for the same")
	}
}
