package population

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"maru/kernel"
)

// town lists a few households.
type town struct{ homes []Home }

func (t town) Households(_ context.Context, _, _ []string, each func(Home) error) error {
	for _, h := range t.homes {
		if err := each(h); err != nil {
			return err
		}
	}
	return nil
}

func resident(id, born string) Resident {
	return Resident{ID: id, Facts: map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate(born)), "pregnant": {}}}
}

func home(rent int64, members ...Resident) Home {
	return Home{Facts: map[string]kernel.Value{"rent_month": kernel.IntOf(rent)}, Members: members}
}

// TestRegisters: what registers hold stands in the file, and a refresh writes
// what has changed and nothing else.
func TestRegisters(t *testing.T) {
	law := testLaw(t)
	path := filepath.Join(t.TempDir(), "people")
	at := town{[]Home{
		home(1, resident("a", "1950-01-01"), resident("b", "1980-01-01")),
		home(2, resident("c", "1960-01-01")),
		home(3, resident("d", "1970-01-01"), resident("e", "2020-02-29")),
	}}
	ctx := context.Background()
	if err := Build(ctx, path, law, Origin{}, testKey, at); !errors.Is(err, ErrAccess) {
		t.Fatalf("built without a basis: %v", err)
	}
	if err := Build(ctx, path, law, testOrigin(), testKey, at); err != nil {
		t.Fatal(err)
	}
	s := testOpen(t, path, law)
	ids, err := NewPseudonyms(testKey)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(want town) {
		t.Helper()
		v, h := s.View(), NewHousehold(law)
		if v.Households() != len(want.homes) {
			t.Fatalf("%d households, want %d", v.Households(), len(want.homes))
		}
		expected := NewHousehold(law)
		for _, one := range want.homes {
			n, _, ok := v.Find(ids.Of([]byte(one.Members[0].ID)))
			if !ok {
				t.Fatalf("%s is not there", one.Members[0].ID)
			}
			v.Household(n, h)
			if err := expected.take(one, ids); err != nil {
				t.Fatal(err)
			}
			if !h.same(expected) {
				t.Errorf("the household of %s is %+v, want %+v", one.Members[0].ID, h, expected)
			}
		}
	}
	holds(at)
	refresh := func(want [3]int) {
		t.Helper()
		changed, came, gone, err := s.Refresh(ctx, testKey, at)
		if got := [3]int{changed, came, gone}; err != nil || got != want {
			t.Fatalf("%v, %v; want %v", got, err, want)
		}
		holds(at)
	}
	refresh([3]int{})
	before := s.written
	refresh([3]int{})
	if s.written != before {
		t.Error("a refresh without changes was written down")
	}
	// b moves out, e moves to c and d dies; c pays more.
	at.homes = []Home{
		home(1, resident("a", "1950-01-01")),
		home(9, resident("c", "1960-01-01"), resident("e", "2020-02-29")),
		home(4, resident("b", "1980-01-01")),
	}
	changed, came, gone, err := s.Refresh(ctx, testKey, at)
	if err != nil || changed+came != 3 || gone-came != 0 {
		t.Fatalf("%d, %d, %d, %v", changed, came, gone, err)
	}
	holds(at)
	if _, _, ok := s.View().Find(ids.Of([]byte("d"))); ok {
		t.Error("d is still there")
	}
	if _, _, _, err := s.Refresh(ctx, []byte("another key of thirty-two bytes!!"), at); !errors.Is(err, ErrAccess) {
		t.Errorf("refreshed under another key: %v", err)
	}
	holds(at)
}
