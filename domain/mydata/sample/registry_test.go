package sample_test

import (
	"os"
	"slices"
	"testing"

	"maru/domain/mydata"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var day = kernel.MustDate("2026-11-20")

func open(t *testing.T, db *store.DB) (*sample.Registry, map[string]string) {
	t.Helper()
	r, err := sample.Open(t.Context(), db, day)
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]string{}
	for _, s := range r.World().Situations() {
		people[s.ID] = s.Person
	}
	return r, people
}

func fact(t *testing.T, r *sample.Registry, person, name string) mydata.Fact {
	t.Helper()
	got, err := r.Facts(t.Context(), person, []string{name})
	if err != nil {
		t.Fatal(err)
	}
	return got[name]
}

func ids(members []mydata.Member) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.Person)
	}
	return out
}

func TestWorldStaysAsItBegan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, _ := open(t, db)
		later, err := sample.Open(t.Context(), db, day.AddDays(400))
		if err != nil {
			t.Fatal(err)
		}
		if later.World().Day != first.World().Day {
			t.Errorf("opened later, the world is of %s", later.World().Day)
		}
	}, sample.Migrations())
}

func TestWholeHouseholdMoves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r, people := open(t, db)
		me := people["moved"]
		members, err := r.Household(t.Context(), me)
		if err != nil {
			t.Fatal(err)
		}
		old := fact(t, r, me, "address").Value
		tenure := fact(t, r, me, "tenure").Value
		m := sample.Move{Movers: ids(members), Region: "46110", Address: "전라남도 목포시 가상로 1", On: day}
		for range 2 { // the second time changes nothing
			if err := r.Move(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range m.Movers {
			for name, want := range map[string]string{
				"address": m.Address, "region": "46110", "resident_since": day.String(), "previous_address": old.Text(),
				"household_size": "4", "region_class": "other", "capital_area": "false", "depopulation_area": "false",
			} {
				if got := fact(t, r, id, name); got.Value.Text() != want {
					t.Errorf("%s: %s is %q, want %q", id, name, got.Value.Text(), want)
				}
			}
		}
		if got := fact(t, r, me, "tenure").Value; !got.Equal(tenure) {
			t.Errorf("tenure became %q", got.Text())
		}
		if got := fact(t, r, me, "region"); got.AsOf != day || got.Registry != "resident register" {
			t.Errorf("region %+v", got)
		}
		if kind := fact(t, r, me, "resident_since").Value.Kind(); kind != kernel.DateValue {
			t.Errorf("resident_since is of kind %d after the move", kind)
		}
		after, err := r.Household(t.Context(), me)
		if err != nil || !slices.Equal(ids(after), ids(members)) {
			t.Errorf("household %v, want %v (%v)", after, members, err)
		}
	}, sample.Migrations())
}

func TestChildJoinsParents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r, people := open(t, db)
		child, head := people["joins"], people["joins_head"]
		before, err := r.Household(t.Context(), head)
		if err != nil {
			t.Fatal(err)
		}
		address := fact(t, r, head, "address").Value.Text()
		region := fact(t, r, head, "region").Value.Text()
		if err := r.Move(t.Context(), sample.Move{Movers: []string{child}, Head: head, Region: kernel.Region(region), Address: address, On: day}); err != nil {
			t.Fatal(err)
		}
		after, err := r.Household(t.Context(), child)
		if err != nil || len(after) != len(before)+1 || after[0].Person != head {
			t.Fatalf("household %v, %v", after, err)
		}
		if got := fact(t, r, child, "relation_to_head").Value.Text(); got != "child" {
			t.Errorf("relation %q", got)
		}
		if got, want := fact(t, r, child, "tenure").Value, fact(t, r, head, "tenure").Value; !got.Equal(want) {
			t.Errorf("the household's means do not go for whoever joins: %q, %q", got.Text(), want.Text())
		}
	}, sample.Migrations())
}

func TestPartOfAHouseholdLeaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r, people := open(t, db)
		members, err := r.Household(t.Context(), people["moved"])
		if err != nil {
			t.Fatal(err)
		}
		head, rest := members[0].Person, ids(members)[1:]
		if err := r.Move(t.Context(), sample.Move{Movers: []string{head}, Region: "11110", Address: "서울특별시 종로구 가상로 2", On: day}); err != nil {
			t.Fatal(err)
		}
		alone, err := r.Household(t.Context(), head)
		if err != nil || len(alone) != 1 || alone[0].Relation != "head" {
			t.Errorf("who left: %v, %v", alone, err)
		}
		if v := fact(t, r, head, "rent_month").Value; v.Known() {
			t.Errorf("rent of a home that no register knows is %q", v.Text())
		}
		stay, err := r.Household(t.Context(), rest[0])
		if err != nil || len(stay) != len(rest) {
			t.Fatalf("who stayed: %v, %v", stay, err)
		}
		heads := 0
		for _, m := range stay {
			if m.Relation == "head" {
				heads++
			}
		}
		if heads != 1 || stay[0].Relation != "head" {
			t.Errorf("who stayed: %v, want one head", stay)
		}
	}, sample.Migrations())
}

func TestMoveRefusesNonsense(t *testing.T) {
	r, people := open(t, storetest.SQLite(t, sample.Migrations()))
	for name, c := range map[string]struct {
		move sample.Move
		kind kernel.Kind
	}{
		"nobody":         {sample.Move{}, kernel.Invalid},
		"a stranger":     {sample.Move{Movers: []string{"p-99999"}}, kernel.NotFound},
		"a strange head": {sample.Move{Movers: []string{people["moved"]}, Head: "nobody"}, kernel.NotFound},
	} {
		if err := r.Move(t.Context(), c.move); !kernel.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Facts(t.Context(), "p-99999", []string{"name"}); !kernel.Is(err, kernel.NotFound) {
		t.Errorf("facts of a stranger: %v", err)
	}
}
