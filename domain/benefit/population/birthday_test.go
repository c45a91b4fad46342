package population

import (
	"math/rand/v2"
	"slices"
	"testing"

	"maru/domain/benefit/rule"
	"maru/kernel"
)

// TestBirthdays: the list is that of going through everybody, on every day of a
// leap and of a common year, before and after changes.
func TestBirthdays(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 9000, Missing: .05})
	snap := testOpen(t, testFile(t, law, s), law)
	m := &model{t: t, law: law, snap: snap, list: households(t, law, s), r: rand.New(rand.NewPCG(1, 9))}
	birth := law.Fact(false, "birth_date").Slot
	check := func() {
		t.Helper()
		v := snap.View()
		n := v.Persons()
		born, known := make([]int64, n), make([]uint64, words(n))
		v.LoadPerson(birth, 0, n, born, known)
		for _, year := range []string{"2027-01-01", "2028-01-01"} {
			first := rule.DayOf(kernel.MustDate(year))
			for day := first; day < first+366; day += 1 + int64(m.r.IntN(3)) {
				checkDay(t, v, born, known, day)
			}
		}
		for _, day := range []string{"2027-02-28", "2027-03-01", "2028-02-29", "2028-03-01", "2028-12-31", "1990-03-01"} {
			checkDay(t, v, born, known, rule.DayOf(kernel.MustDate(day)))
		}
	}
	check()
	for range 100 {
		m.step()
	}
	check()
}

func checkDay(t *testing.T, v *View, born []int64, known []uint64, day int64) {
	t.Helper()
	var want, turning []uint32
	for row, b := range born {
		if known[row>>6]>>(row&63)&1 == 1 && b < day && rule.Years(b, day) > rule.Years(b, day-1) {
			want = append(want, uint32(row))
			if rule.Years(b, day) == 65 {
				turning = append(turning, uint32(row))
			}
		}
	}
	if got := v.Birthdays(day); !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", rule.DateOf(day), got, want)
	}
	if got := v.Turning(day, 65); !slices.Equal(got, turning) {
		t.Fatalf("%s: 65 become %v, want %v", rule.DateOf(day), got, turning)
	}
}

// TestLeapDay: one born on 29 February becomes older on 1 March in a common
// year, on the day itself in a leap year.
func TestLeapDay(t *testing.T) {
	law := testLaw(t)
	s := testSample(t, law, SampleOptions{Seed: 1, Persons: 100})
	snap := testOpen(t, testFile(t, law, s), law)
	id := households(t, law, s)[5].ids[0]
	if ok, err := snap.PutPerson(id, map[string]kernel.Value{"birth_date": kernel.DateValueOf(kernel.MustDate("1960-02-29"))}); !ok || err != nil {
		t.Fatal(ok, err)
	}
	v := snap.View()
	h, _, _ := v.Find(id)
	row := v.Start()[h]
	for day, want := range map[string]bool{"2025-02-28": false, "2025-03-01": true, "2028-02-28": false, "2028-02-29": true, "2028-03-01": false} {
		if got := slices.Contains(v.Birthdays(rule.DayOf(kernel.MustDate(day))), row); got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
	if got := v.Turning(rule.DayOf(kernel.MustDate("2025-03-01")), 65); !slices.Contains(got, row) {
		t.Errorf("turning 65: %v", got)
	}
}
