package simulate

import (
	"sync"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestLevel: over real people all benefits are shown by one kind of place and at
// one threshold, whatever the overlay changes or adds and on whatever day, for a
// year after the last run; of two at once that differ one is refused.
func TestLevel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := clock.NewManual(kernel.TimeOf(testDay.In(kernel.Seoul)))
		s := New(Deps{DB: db, Clock: c})
		base, err := NewBase(tinySource(t))
		if err != nil {
			t.Fatal(err)
		}
		pair := func(text string) *Pair {
			t.Helper()
			o, problems := Decode([]byte(text))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			p, problems := base.With(o, testDay)
			if p == nil {
				t.Fatal(problems)
			}
			return p
		}
		age := func(v string) *Pair {
			return pair("title: change " + v + "\nparameters:\n  - {id: child_age, values: [{from: 2024-01-01, value: " + v + "}]}\n")
		}
		floor := pair("parameters:\n  - {id: floor_won, values: [{from: 2024-01-01, value: 900000}]}\n")
		both := pair("parameters:\n  - {id: floor_won, values: [{from: 2024-01-01, value: 900000}]}\n  - {id: child_age, values: [{from: 2024-01-01, value: 9}]}\n")
		fresh := func(id string) *Pair {
			return pair("programmes:\n  - id: " + id + "\n    title: {ko: 새, en: New}\n    benefit: {unit: household, period: month, amount: \"1\", conditions: [{id: c1, when: \"true\"}]}\n")
		}
		for _, x := range []struct {
			what  string
			pair  *Pair
			by    []string
			least int64
			kind  kernel.Kind
		}{
			{"without places", age("9"), []string{ByAge}, 10, 0},
			{"by region", age("9"), []string{ByRegion, ByAge}, 10, 0},
			{"again", age("9"), []string{ByRegion}, 10, 0},
			{"by district", age("9"), []string{ByDistrict}, 10, kernel.Conflict},
			{"by district, and a hair otherwise", age("10"), []string{ByDistrict}, 10, kernel.Conflict},
			{"at another threshold", age("9"), []string{ByRegion}, 5, kernel.Conflict},
			{"at another threshold without places", age("9"), nil, 11, kernel.Conflict},
			{"both kinds of place", floor, []string{ByRegion, ByDistrict}, 10, kernel.Invalid},
			{"a new benefit by district", fresh("new"), []string{ByDistrict}, 10, kernel.Conflict},
			{"a new benefit at another threshold", fresh("new"), nil, 11, kernel.Conflict},
			{"another benefit by district", floor, []string{ByDistrict}, 10, kernel.Conflict},
			{"both benefits by district", both, []string{ByDistrict}, 10, kernel.Conflict},
			{"both benefits by region", both, []string{ByRegion}, 10, 0},
			{"a new benefit", fresh("new"), []string{ByRegion}, 10, 0},
			{"a new benefit by another name", fresh("newer"), []string{ByDistrict}, 10, kernel.Conflict},
		} {
			if err := s.Level(t.Context(), x.pair, x.by, x.least); x.kind == 0 && err != nil || x.kind != 0 && !kernel.Is(err, x.kind) {
				t.Errorf("%s: %v", x.what, err)
			}
		}
		c.Advance(levelKept - time.Second)
		if err := s.Level(t.Context(), age("9"), []string{ByRegion}, 10); err != nil { // it binds anew from here
			t.Error(err)
		}
		c.Advance(time.Minute)
		if err := s.Level(t.Context(), age("9"), []string{ByDistrict}, 10); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("a year after the first run: %v", err)
		}
		c.Advance(levelKept)
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, by := range []string{ByRegion, ByDistrict} {
			wait.Go(func() { errs[i] = s.Level(t.Context(), age("9"), []string{by}, 10) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two at once: %v", errs)
		}
	}, Migrations())
}
