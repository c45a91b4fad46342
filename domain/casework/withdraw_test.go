package casework_test

import (
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
)

// TestWithdraw: an application is taken back at any time before the decision
// (민원 처리에 관한 법률 제22조제2항), once.
func TestWithdraw(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana, kim := w.Resident("person-1"), w.Official("kim", "north")
		ministry := w.Official("kim", "interior")
		do := func(_ *casework.Application, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, make := range map[string]func() *casework.Application{
			"submitted":  func() *casework.Application { return submitted(t, w) },
			"signatures": func() *casework.Application { return apply(t, w, hana, "move", moveIn("박셋")) },
			"payment":    func() *casework.Application { return unpaid(t, w, hana) },
			"in review": func() *casework.Application {
				a := submitted(t, w)
				do(w.Assign(t.Context(), kim, a.ID, ""))
				return a
			},
			"correction": func() *casework.Application {
				a := submitted(t, w)
				do(w.AskBack(t.Context(), kim, a.ID, "", "무엇을?"))
				return a
			},
			"second look": func() *casework.Application {
				a := paid(t, w, hana)
				do(w.Decide(t.Context(), ministry, a.ID, "", casework.Decision{Decision: casework.Granted, Reason: "예"}))
				return a
			},
		} {
			a := make()
			_, err := w.Withdraw(t.Context(), w.Resident("person-3"), a.ID, "")
			wantKind(t, err, kernel.NotFound)
			for range 2 {
				got, err := w.Withdraw(t.Context(), hana, a.ID, "")
				if err != nil || got.Status != casework.Withdrawn || got.PurgeAt == 0 || got.PausedAt != 0 {
					t.Errorf("%s: %+v, %v", name, got, err)
				}
			}
			if n := count(t, w, "SELECT COUNT(*) FROM casework_event WHERE application = $1 AND act = 'withdrawn'", a.ID); n != 1 {
				t.Errorf("%s: withdrawn %d times", name, n)
			}
			_, err = w.Confirm(t.Context(), w.Official("lee", "interior"), a.ID, "", true, "")
			if err == nil {
				t.Errorf("%s: still decided afterwards", name)
			}
		}
		_, err := w.Withdraw(t.Context(), hana, returned(t, w).ID, "")
		wantKind(t, err, kernel.Conflict)
	})
}
