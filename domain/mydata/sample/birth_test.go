package sample_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"maru/domain/mydata/contract"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestBirth: an accepted report makes a child of the household and the family,
// once; the child moves along, and everybody whom it concerns is told of.
func TestBirth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r, people := open(t, db)
		runner := jobs.New(db, clock.NewManual(1_764_000_000_000_000), nil)
		bus := events.New(runner)
		told := map[string]string{}
		bus.Subscribe(contract.Changed, "test", func(_ context.Context, e events.Event) error {
			var c contract.Change
			err := json.Unmarshal(e.Data, &c)
			told[c.Person] = c.What
			return err
		})
		r.Announce(bus)
		hear := func() map[string]string {
			t.Helper()
			clear(told)
			if _, err := runner.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			return told
		}
		mother := people["newborn"]
		father := fact(t, r, mother, "spouse").Value.Text()
		before, err := r.Household(t.Context(), mother)
		if err != nil {
			t.Fatal(err)
		}
		birth := sample.Birth{ID: "report-1", Mother: mother, Father: father, Name: "김예시", Sex: "female", On: day.AddDays(-5)}
		var child string
		for range 2 {
			if child, err = r.Birth(t.Context(), birth); err != nil {
				t.Fatal(err)
			}
		}
		if got := hear(); got[mother] != "birth" || got[father] != "birth" || got[child] != "" {
			t.Errorf("told of %v", got)
		}
		after, err := r.Household(t.Context(), child)
		if err != nil || len(after) != len(before)+1 {
			t.Fatalf("household %v, %v", after, err)
		}
		i := slices.IndexFunc(after, func(m contract.Member) bool { return m.Person == child })
		if i < 0 || after[i].Name != "김예시" || after[i].Relation != "child" {
			t.Errorf("the child among %v", after)
		}
		for f, want := range map[string]string{"birth_date": day.AddDays(-5).String(), "sex": "female", "nationality": "citizen", "relation_to_head": "child",
			"region": fact(t, r, mother, "region").Value.Text(), "address": fact(t, r, mother, "address").Value.Text(), "student": "none"} {
			if got := fact(t, r, child, f).Value.Text(); got != want {
				t.Errorf("%s is %q, want %q", f, got, want)
			}
		}
		if n, _ := fact(t, r, mother, "household_size").Value.Int(); int(n) != len(after) {
			t.Errorf("household_size %d", n)
		}
		if got := fact(t, r, child, "tenure").Value; !got.Equal(fact(t, r, mother, "tenure").Value) {
			t.Errorf("the household's means do not go for the child: %q", got.Text())
		}
		if !sample.IsSample(fact(t, r, child, "resident_number").Value.Text()) {
			t.Error("the child's number could be somebody's")
		}
		for _, who := range []string{mother, father} {
			family, err := r.Family(t.Context(), who)
			if err != nil || !slices.ContainsFunc(family, func(m contract.Member) bool { return m.Person == child && m.Relation == "child" }) {
				t.Errorf("the family of %s: %v %v", who, family, err)
			}
			if ok, err := r.Guards(t.Context(), who, child); !ok || err != nil {
				t.Errorf("%s does not guard the child (%v)", who, err)
			}
		}
		if ok, err := r.Guards(t.Context(), people["alone_80"], child); ok || err != nil {
			t.Errorf("a stranger guards the child (%v)", err)
		}
		family, err := r.Family(t.Context(), child)
		if err != nil || len(family) != 2 {
			t.Errorf("the child's family %v %v", family, err)
		}

		// The child moves with the mother, who makes a household of her own.
		if err := r.Move(t.Context(), sample.Move{Movers: []string{child, mother}, Region: "11110", Address: "서울특별시 종로구 가상로 3", On: day}); err != nil {
			t.Fatal(err)
		}
		if got := hear(); got[mother] != "address" || got[child] != "address" || got[father] != "household" {
			t.Errorf("told of %v", got)
		}
		home, err := r.Household(t.Context(), child)
		if err != nil || len(home) != 2 || home[0].Person != mother || home[0].Relation != "head" || home[1].Relation != "child" {
			t.Errorf("the new household %v %v", home, err)
		}

		// A second child is the second.
		second, err := r.Birth(t.Context(), sample.Birth{ID: "report-2", Mother: mother, Name: "김보기", Sex: "male", On: day})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := fact(t, r, child, "birth_order").Value.Int()
		b, _ := fact(t, r, second, "birth_order").Value.Int()
		if b != a+1 {
			t.Errorf("birth orders %d and %d", a, b)
		}
		if _, err := r.Birth(t.Context(), sample.Birth{ID: "report-3", Mother: "nobody"}); !kernel.Is(err, kernel.NotFound) {
			t.Errorf("a child of nobody: %v", err)
		}
	}, sample.Migrations(), jobs.Migrations())
}
