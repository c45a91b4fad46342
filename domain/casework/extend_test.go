package casework_test

import (
	"slices"
	"testing"
	"time"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

func day(t kernel.Time) kernel.Date { return t.DateIn(kernel.Seoul) }

// TestExtend: once by the office, once more with the applicant's consent, each
// time by no more than the limit itself, and never once it is over.
func TestExtend(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		a := submitted(t, w)
		furthest := w.Extension(look(t, w, a)).Until
		if !day(a.DueAt).Before(furthest) {
			t.Fatalf("due %v, to be extended to %v", day(a.DueAt), furthest)
		}
		_, err := w.Extend(t.Context(), kim, a.ID, "", kernel.Date{}, "현장이 멀어요.")
		wantField(t, err, "until", "casework.error.until_missing")
		for _, until := range []kernel.Date{day(a.DueAt), furthest.AddDays(1)} {
			_, err = w.Extend(t.Context(), kim, a.ID, "", until, "현장이 멀어요.")
			wantField(t, err, "until", "casework.error.until_range")
		}
		_, err = w.Extend(t.Context(), kim, a.ID, "", furthest, "")
		wantField(t, err, "reason", "casework.error.reason_missing")
		_, err = w.Extend(t.Context(), w.Official("park", "south"), a.ID, "", furthest, "제가요")
		wantKind(t, err, kernel.NotFound)

		a, err = w.Extend(t.Context(), kim, a.ID, "e", furthest, "현장이 멀어요.")
		if err != nil || day(a.DueAt) != furthest {
			t.Fatalf("due %v, want %v; %v", a.DueAt, furthest, err)
		}
		if b, err := w.Extend(t.Context(), kim, a.ID, "e", furthest, "현장이 멀어요."); err != nil || b.DueAt != a.DueAt {
			t.Errorf("pressed twice: %v, %v", b, err)
		}

		_, err = w.AnswerExtension(t.Context(), hana, a.ID, "", true)
		wantError(t, err, kernel.Conflict, "casework.error.no_extension")
		again := w.Extension(look(t, w, a)).Until
		before := a.DueAt
		a, err = w.Extend(t.Context(), kim, a.ID, "", again, "검사가 늦어져요.")
		if err != nil || a.DueAt != before {
			t.Fatalf("asked, not extended: %v, %v", a.DueAt, err)
		}
		_, err = w.Extend(t.Context(), kim, a.ID, "", again, "또요.")
		wantError(t, err, kernel.Conflict, "casework.error.extension_waits")
		_, err = w.AnswerExtension(t.Context(), w.Resident("person-3"), a.ID, "", true)
		wantKind(t, err, kernel.NotFound)
		if a, err = w.AnswerExtension(t.Context(), hana, a.ID, "", false); err != nil || a.DueAt != before {
			t.Fatalf("declined: %v, %v", a.DueAt, err)
		}
		if _, err = w.Extend(t.Context(), kim, a.ID, "", again, "꼭 필요해요."); err != nil {
			t.Fatal(err)
		}
		if a, err = w.AnswerExtension(t.Context(), hana, a.ID, "yes", true); err != nil || day(a.DueAt) != again {
			t.Fatalf("agreed: %v, %v", a.DueAt, err)
		}
		_, err = w.Extend(t.Context(), kim, a.ID, "", again.AddDays(1), "한 번만 더요.")
		wantError(t, err, kernel.Conflict, "casework.error.extended_twice")
		var types []string
		for _, e := range w.Events(t)[1:] {
			types = append(types, e.Type)
		}
		slices.Sort(types) // they are of one instant
		if want := []string{contract.Extended, contract.Extended, contract.ExtensionAsked, contract.ExtensionAsked}; !slices.Equal(types, want) {
			t.Errorf("events %v", types)
		}
	})
}

// TestExtendInTimeOnly: a limit that is over, or that stands still, is not
// extended; a new office has a new limit.
func TestExtendInTimeOnly(t *testing.T) {
	w := casetest.SQLite(t)
	kim := w.Official("kim", "north")
	a := submitted(t, w)
	until := w.Extension(look(t, w, a)).Until
	if _, err := w.StopClock(t.Context(), kim, a.ID, "", "hearing", "의견을 들어요."); err != nil {
		t.Fatal(err)
	}
	_, err := w.Extend(t.Context(), kim, a.ID, "", until, "더요")
	wantError(t, err, kernel.Conflict, "casework.error.clock_stands")
	if _, err := w.RunClock(t.Context(), kim, a.ID, ""); err != nil {
		t.Fatal(err)
	}
	if a, err = w.Extend(t.Context(), kim, a.ID, "", until, "더요"); err != nil {
		t.Fatal(err)
	}
	if a, err = w.Transfer(t.Context(), kim, a.ID, "", "south", "남쪽 일이에요."); err != nil {
		t.Fatal(err)
	}
	park := w.Official("park", "south")
	c, err := w.Look(t.Context(), park, a.ID)
	if err != nil || w.Extension(c).Times != 0 {
		t.Fatalf("%+v, %v", w.Extension(c), err)
	}
	w.Clock.Set(a.DueAt.Add(time.Second))
	_, err = w.Extend(t.Context(), park, a.ID, "", w.Extension(c).Until, "늦었어요")
	wantError(t, err, kernel.Conflict, "casework.error.extension_late")
	if c, err = w.Look(t.Context(), park, a.ID); err != nil || !w.Extension(c).Until.IsZero() {
		t.Errorf("%+v, %v", w.Extension(c), err)
	}
}

// TestExtensionMoot: once the clock stood still the limit is another one. What
// was asked about the one before cannot be agreed to, and so shorten it.
func TestExtensionMoot(t *testing.T) {
	w := casetest.SQLite(t)
	hana, kim := w.Resident("person-1"), w.Official("kim", "north")
	a := submitted(t, w)
	for range 2 {
		if _, err := w.Extend(t.Context(), kim, a.ID, "", day(a.DueAt).AddDays(1), "현장이 멀어요."); err != nil {
			t.Fatal(err)
		}
		a = look(t, w, a).Application
	}
	if _, err := w.StopClock(t.Context(), kim, a.ID, "", "expert", "감정을 받아요."); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(14 * 24 * time.Hour)
	a, err := w.RunClock(t.Context(), kim, a.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.AnswerExtension(t.Context(), hana, a.ID, "", true)
	wantError(t, err, kernel.Conflict, "casework.error.no_extension")
	c := look(t, w, a)
	if c.DueAt < a.DueAt {
		t.Errorf("due %v was brought forward to %v", a.DueAt, c.DueAt)
	}
	if x := w.Extension(c); x.Until.IsZero() {
		t.Errorf("the office cannot ask again: %+v", x)
	}
}
