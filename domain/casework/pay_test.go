package casework_test

import (
	"sync"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/internal/casetest"
	"maru/kernel"
	"maru/platform/authz"
)

// unpaid is a grant that waits for its fee.
func unpaid(t testing.TB, w *casetest.World, actor authz.Actor) *casework.Application {
	t.Helper()
	id := draft(t, w, actor, "grant", answers{"income": text("900000"), "kind": text("rent"), "starts_on": text("2099-04-01")})
	attach(t, w, actor, id, "lease", "계약서.pdf")
	a, err := w.Submit(t.Context(), actor, id, string(id))
	if err != nil || a.Status != casework.Payment {
		t.Fatalf("%+v, %v", a, err)
	}
	return a
}

// paid is a grant at the ministry.
func paid(t testing.TB, w *casetest.World, actor authz.Actor) *casework.Application {
	t.Helper()
	a, err := w.Pay(t.Context(), actor, unpaid(t, w, actor).ID)
	if err != nil || a.Status != casework.Submitted {
		t.Fatalf("%+v, %v", a, err)
	}
	return a
}

func TestPayAtOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := unpaid(t, w, hana)
		if a.Number != "" {
			t.Errorf("number %s before the fee", a.Number)
		}
		_, err := w.Look(t.Context(), w.Official("kim", "interior"), a.ID)
		wantKind(t, err, kernel.NotFound)
		_, err = w.Pay(t.Context(), w.Resident("person-3"), a.ID)
		wantKind(t, err, kernel.NotFound)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got, err := w.Pay(t.Context(), hana, a.ID); err != nil || got.Status != casework.Submitted {
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
		wg.Wait()
		c := look(t, w, a)
		if w.Cashier.Taken() != 1000 || c.Paid != 1000 || history(c) != "paid:R-1 submitted" {
			t.Errorf("took %d, paid %d: %s", w.Cashier.Taken(), c.Paid, history(c))
		}
	})
}
