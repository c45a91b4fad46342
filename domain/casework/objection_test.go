package casework_test

import (
	"testing"
	"time"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

func TestObjection(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		a := returned(t, w)
		first := a.Document
		_, err := w.Object(t.Context(), hana, a.ID, "", " ")
		wantField(t, err, "reason", "casework.error.reason_missing")
		_, err = w.Object(t.Context(), w.Resident("person-3"), a.ID, "", "제 일이에요")
		wantKind(t, err, kernel.NotFound)
		// On the last day, in the evening.
		w.Clock.Set(kernel.TimeOf(a.ObjectUntil.In(kernel.Seoul).Add(23 * time.Hour)))
		got, err := w.Object(t.Context(), hana, a.ID, "k", "그곳에 살아요.")
		if err != nil || got.Status != casework.Objected || got.PurgeAt != 0 || got.DueAt <= w.Clock.Now() {
			t.Fatalf("%+v, %v", got, err)
		}
		if _, err := w.Object(t.Context(), hana, a.ID, "k", "그곳에 살아요."); err != nil {
			t.Errorf("pressed twice: %v", err)
		}
		_, err = w.Object(t.Context(), hana, a.ID, "", "또요.")
		wantError(t, err, kernel.Conflict, "casework.error.no_objection")
		_, err = w.Transfer(t.Context(), kim, a.ID, "", "south", "이유")
		wantKind(t, err, kernel.Conflict)

		got, err = w.Decide(t.Context(), kim, a.ID, "", casework.Decision{Decision: casework.Accepted, Reason: "살고 있네요."})
		if err != nil || got.Status != casework.Decided || got.Decision != casework.Accepted || got.Document == first || !got.ObjectUntil.IsZero() {
			t.Fatalf("%+v, %v", got, err)
		}
		for number, revoked := range map[string]bool{first: true, got.Document: false} {
			if c, err := w.Check(t.Context(), number); err != nil || c.Revoked.IsZero() == revoked {
				t.Errorf("document %s: %+v, %v", number, c, err)
			}
		}
		e := w.Events(t)
		if e[len(e)-2].Type != contract.ObjectionLodged || e[len(e)-1].Type != contract.ObjectionDecided || e[len(e)-1].Document != got.Document {
			t.Errorf("events %+v", e)
		}
	})
}

// TestDismissed: the decision stands, with its document, and there is no
// second objection.
func TestDismissed(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := returned(t, w)
		if _, err := w.Object(t.Context(), hana, a.ID, "", "그곳에 살아요."); err != nil {
			t.Fatal(err)
		}
		got, err := w.Decide(t.Context(), w.Official("kim", "north"), a.ID, "", casework.Decision{Decision: casework.Dismissed, Reason: "증거가 없어요."})
		if err != nil || got.Decision != casework.Returned || got.Status != casework.Decided {
			t.Fatalf("%+v, %v", got, err)
		}
		if c, err := w.Check(t.Context(), a.Document); err != nil || !c.Revoked.IsZero() {
			t.Errorf("the document that stands: %+v, %v", c, err)
		}
		p, _, err := w.PaperOf(t.Context(), hana, got.Document)
		if err != nil || p.Decision != casework.Dismissed || p.Objection == nil {
			t.Errorf("paper %+v, %v", p, err)
		}
		_, err = w.Object(t.Context(), hana, a.ID, "", "또요.")
		wantError(t, err, kernel.Conflict, "casework.error.no_objection")
	})
}

func TestNoObjection(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		late := returned(t, w)
		w.Clock.Set(kernel.TimeOf(late.ObjectUntil.AddDays(1).In(kernel.Seoul)))
		_, err := w.Object(t.Context(), hana, late.ID, "", "늦었어요.")
		wantError(t, err, kernel.Conflict, "casework.error.objection_late")

		good := apply(t, w, hana, "move", move())
		_, err = w.Object(t.Context(), hana, good.ID, "", "아직이에요.")
		wantKind(t, err, kernel.Conflict)
		if _, err := w.Decide(t.Context(), w.Official("kim", "north"), good.ID, "", casework.Decision{Decision: casework.Accepted, Reason: "예"}); err != nil {
			t.Fatal(err)
		}
		_, err = w.Object(t.Context(), hana, good.ID, "", "좋은데요.")
		wantError(t, err, kernel.Conflict, "casework.error.no_objection")
	})
}
