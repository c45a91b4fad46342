package casework_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

func card(slot string) answers {
	return answers{"where": text("11110"), "in_person": text("true"), "visit_at": text(slot)}
}

// carded is an application for a card with a visit, paid.
func carded(t testing.TB, w *casetest.World, actor authz.Actor, slot string) *casework.Application {
	t.Helper()
	a := apply(t, w, actor, "card", card(slot))
	a, err := w.Pay(t.Context(), actor, a.ID)
	if err != nil || a.Status != casework.Submitted {
		t.Fatalf("%+v, %v", a, err)
	}
	return a
}

const nine = "2026-03-05T09:00"

func TestOpenings(t *testing.T) {
	w := casetest.SQLite(t)
	w.Clock.Set(kernel.TimeOf(kernel.MustDate("2026-04-30").In(kernel.Seoul)).Add(10 * time.Hour)) // a Thursday
	days, err := w.OpeningsAt(t.Context(), w.Resident("person-1"), "card", "north")
	if err != nil || len(days) != 15 {
		t.Fatalf("%d days, %v", len(days), err)
	}
	var got []string
	for _, d := range days[:3] {
		got = append(got, d.Day.String())
	}
	// Saturday, Sunday and Children's Day are left out.
	if strings.Join(got, " ") != "2026-05-01 2026-05-04 2026-05-06" {
		t.Errorf("days %s", got)
	}
	o := days[0].Openings
	if len(o) != 16 || o[0].Slot() != "2026-05-01T09:00" || o[5].Slot() != "2026-05-01T11:30" || o[6].Slot() != "2026-05-01T13:00" || o[15].Slot() != "2026-05-01T17:30" || o[0].Left != 2 {
		t.Errorf("openings %+v", o)
	}
	_, err = w.OpeningsAt(t.Context(), w.Resident("person-1"), "card", "interior")
	wantKind(t, err, kernel.NotFound)
}

// TestLastPlaceAtOnce: of those who race for it one is told to pick again.
func TestLastPlaceAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		carded(t, w, w.Resident("person-4"), nine)
		people := []authz.Actor{w.Resident("person-1"), w.Resident("person-3"), w.Resident("person-9")}
		errs := make([]error, len(people))
		var wg sync.WaitGroup
		for i, who := range people {
			wg.Go(func() {
				_, errs[i] = w.Apply(t.Context(), who, casework.Submission{Service: "card", Answers: card(nine), Key: who.Person})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			wantField(t, err, "visit_at", "casework.error.slot_taken")
		}
		if n := count(t, w, `SELECT COUNT(*) FROM casework_visit`); won != 1 || n != 2 {
			t.Errorf("%d won, %d places taken", won, n)
		}
	})
}

func TestSlotsThatAreNone(t *testing.T) {
	w := casetest.SQLite(t)
	for _, slot := range []string{"2026-03-05T12:00", "2026-03-05T09:10", "2026-03-07T09:00", "2026-03-03T15:00", "2027-03-05T09:00", "soon"} {
		_, err := w.Apply(t.Context(), w.Resident("person-1"), casework.Submission{Service: "card", Answers: card(slot), Key: slot})
		wantField(t, err, "visit_at", "casework.answer.slot_gone")
	}
	// Whoever does not come needs no time.
	a := apply(t, w, w.Resident("person-1"), "card", answers{"where": text("11110"), "in_person": text("false")})
	if c := open(t, w, w.Resident("person-1"), a.ID); c.Visit != nil || c.MayBook(w.Today()) {
		t.Errorf("visit %+v", c.Visit)
	}
}

func TestMoveAndCancelVisit(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := carded(t, w, hana, nine)
		ten := strings.Replace(nine, "09:00", "10:00", 1)
		for range 2 { // pressed twice
			if _, err := w.BookVisit(t.Context(), hana, a.ID, "k1", ten); err != nil {
				t.Fatal(err)
			}
		}
		c := open(t, w, hana, a.ID)
		if catalog.SlotOf(c.Visit.At) != ten || c.Content.Answers["visit_at"].Text() != ten {
			t.Errorf("visit %+v, answer %s", c.Visit, c.Content.Answers["visit_at"].Text())
		}
		// A full time leaves the place that was held.
		for _, who := range []string{"person-3", "person-9"} {
			carded(t, w, w.Resident(who), nine)
		}
		_, err := w.BookVisit(t.Context(), hana, a.ID, "k2", nine)
		wantField(t, err, "visit_at", "casework.error.slot_taken")
		if c = open(t, w, hana, a.ID); catalog.SlotOf(c.Visit.At) != ten {
			t.Errorf("visit %+v", c.Visit)
		}
		// The answer is not changed by a correction.
		if _, err := w.AskBack(t.Context(), w.Official("kim", "north"), a.ID, "", "왜요?"); err != nil {
			t.Fatal(err)
		}
		_, err = w.Correct(t.Context(), hana, a.ID, "", "", answers{"visit_at": text(nine)})
		wantField(t, err, "visit_at", "casework.error.slot_own_act")
		if _, err := w.CancelVisit(t.Context(), hana, a.ID, "k3"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Correct(t.Context(), hana, a.ID, "", "그래요", nil); err != nil {
			t.Errorf("without a visit: %v", err)
		}
		if c = open(t, w, hana, a.ID); c.Visit != nil || !c.MayBook(w.Today()) {
			t.Errorf("visit %+v", c.Visit)
		}
		if _, err := w.BookVisit(t.Context(), hana, a.ID, "k4", ten); err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, e := range w.Events(t) {
			if e.Type == contract.VisitChanged && e.Application == a.ID {
				codes = append(codes, e.Code)
			}
		}
		slices.Sort(codes) // of one instant
		if strings.Join(codes, " ") != "booked booked cancelled moved" {
			t.Errorf("told %s", codes)
		}
		// The day itself is too late.
		w.Clock.Set(c.UpdatedAt.Add(48 * time.Hour))
		_, err = w.BookVisit(t.Context(), hana, a.ID, "k5", "2026-03-09T09:00")
		wantError(t, err, kernel.Conflict, "casework.error.visit_late")
		_, err = w.CancelVisit(t.Context(), hana, a.ID, "k6")
		wantError(t, err, kernel.Conflict, "casework.error.visit_late")
	})
}

func TestVisitAtTheDesk(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		a := carded(t, w, hana, nine)
		apply(t, w, w.Resident("person-3"), "card", card(nine)) // not paid: not received
		day := kernel.MustDate("2026-03-05")
		l, at, err := w.DeskVisits(t.Context(), kim, "", day)
		if err != nil || at != "north" || len(l) != 1 || l[0].Number != a.Number {
			t.Fatalf("%s %+v, %v", at, l, err)
		}
		if l, _, err = w.DeskVisits(t.Context(), kim, "", day.AddDays(1)); err != nil || len(l) != 0 {
			t.Errorf("the day after: %+v, %v", l, err)
		}
		_, _, err = w.DeskVisits(t.Context(), kim, "south", day)
		wantKind(t, err, kernel.Forbidden)
		_, _, err = w.DeskVisits(t.Context(), hana, "", day)
		wantKind(t, err, kernel.Forbidden)
		_, err = w.MarkVisit(t.Context(), kim, a.ID, "", true)
		wantError(t, err, kernel.Conflict, "casework.error.visit_not_yet")
		w.Clock.Set(kernel.TimeOf(day.In(kernel.Seoul)).Add(10 * time.Hour))
		for _, came := range []bool{false, true, true} {
			if _, err := w.MarkVisit(t.Context(), kim, a.ID, "", came); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.MarkVisit(t.Context(), w.Official("lee", "south"), a.ID, "", true)
		wantKind(t, err, kernel.NotFound)
		c := look(t, w, a)
		if c.Visit.Status != casework.VisitCame || history(c) != "paid:R-1 submitted visit_missed:"+nine+" visit_came:"+nine {
			t.Errorf("%s: %s", c.Visit.Status, history(c))
		}
	})
}

// TestVisitReleased: nobody waits for somebody who need not come.
func TestVisitReleased(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		places := func() int { return count(t, w, `SELECT COUNT(*) FROM casework_visit`) }
		for name, end := range map[string]func(id kernel.ID) error{
			"withdrawn": func(id kernel.ID) error {
				_, err := w.Withdraw(t.Context(), hana, id, "")
				return err
			},
			"returned": func(id kernel.ID) error {
				_, err := w.Decide(t.Context(), kim, id, "", casework.Decision{Decision: casework.Returned, Reason: "사진이 없어요."})
				return err
			},
			"transferred": func(id kernel.ID) error {
				_, err := w.Transfer(t.Context(), kim, id, "", "south", "이사했어요")
				return err
			},
		} {
			a := carded(t, w, hana, nine)
			if err := end(a.ID); err != nil || places() != 0 {
				t.Errorf("%s: %d places held, %v", name, places(), err)
			}
		}
		// A granted card is fetched: the visit stays.
		a := carded(t, w, hana, nine)
		if _, err := w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Granted, Reason: "네"}); err != nil || places() != 1 {
			t.Errorf("granted: %d places, %v", places(), err)
		}
		if c := open(t, w, hana, a.ID); !c.MayBook(w.Today()) {
			t.Error("the visit cannot be moved")
		}
		// Paid too late, the day is over.
		late := apply(t, w, w.Resident("person-3"), "card", card(nine))
		w.Clock.Advance(5 * 24 * time.Hour)
		if _, err := w.Pay(t.Context(), w.Resident("person-3"), late.ID); err != nil {
			t.Fatal(err)
		}
		if c := open(t, w, w.Resident("person-3"), late.ID); c.Visit != nil || !strings.Contains(history(c), "visit_released") || !c.MayBook(w.Today()) {
			t.Errorf("%+v %s", c.Visit, history(c))
		}
	})
}
