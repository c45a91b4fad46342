package casework_test

import (
	"context"
	"testing"

	"maru/domain/casework"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/casetest"
	catalog "maru/domain/catalog/contract"
)

// TestFeeByItem: what is chosen is what is paid, as it stood at submission.
func TestFeeByItem(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := apply(t, w, hana, "pickup", with(pickup("sofa*1", "chair*2", "box*3"), "speed", text("fast")))
		if a.Status != casework.Payment {
			t.Fatalf("%+v", a)
		}
		// A change of prices leaves it as it is.
		w.Catalog.Change("pickup", func(s *catalog.Service) {
			s.Questions[1].Options = []catalog.Option{{Value: "sofa", Won: 9000}, {Value: "box"}}
		})
		if f := w.FeeOf(open(t, w, hana, a.ID)); f.Won != 9000 || len(f.Lines) != 3 || f.Lines[1] != (catalog.FeeLine{Question: "items", Option: "chair", Count: 2, Won: 3000}) {
			t.Errorf("fee %+v", f)
		}
		a, err := w.Pay(t.Context(), hana, a.ID)
		if err != nil || a.Status != casework.Submitted || a.Paid != 9000 || w.Cashier.Taken() != 9000 {
			t.Errorf("%+v, %v", a, err)
		}
		// What costs nothing skips the cashier.
		if free := apply(t, w, w.Resident("person-3"), "pickup", pickup("box*1")); free.Status != casework.Submitted {
			t.Errorf("free of charge, and it is %s", free.Status)
		}
	})
}

// refund runs what the withdrawal asked for, more than once.
func refund(t testing.TB, w *casetest.World, a *casework.Application) {
	t.Helper()
	for range 2 {
		if err := w.Refund(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefundBeforeHandling(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		a := paid(t, w, hana)
		if !casework.GivesBack(a) {
			t.Error("nobody handles it, and the fee stays")
		}
		if _, err := w.Withdraw(t.Context(), hana, a.ID, "k"); err != nil {
			t.Fatal(err)
		}
		refund(t, w, a)
		c := open(t, w, hana, a.ID)
		if w.Cashier.Taken() != 0 || c.Paid != 0 || history(c) != "paid:R-1 submitted withdrawn refunded:B-1" {
			t.Errorf("taken %d, paid %d, %s", w.Cashier.Taken(), c.Paid, history(c))
		}
		e := w.Events(t)
		if last := e[len(e)-1]; last.Type != contract.Refunded || last.Account != hana.Account {
			t.Errorf("told %+v", last)
		}
	})
}

// TestNoRefundOfHandled: an official's work has begun, the fee stays.
func TestNoRefundOfHandled(t *testing.T) {
	w := casetest.SQLite(t)
	hana := w.Resident("person-1")
	a := paid(t, w, hana)
	a, err := w.Assign(t.Context(), w.Official("kim", "interior"), a.ID, "")
	if err != nil || casework.GivesBack(a) {
		t.Fatalf("%+v, %v", a, err)
	}
	if _, err := w.Withdraw(t.Context(), hana, a.ID, "k"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, w, `SELECT COUNT(*) FROM jobs_job WHERE payload LIKE '%refund%' OR kind LIKE '%refund%'`); n != 0 || w.Cashier.Taken() != 1000 {
		t.Errorf("%d refunds asked for, %d taken", n, w.Cashier.Taken())
	}
}

// TestPayRacesWithdrawal: whichever comes first, nobody pays for what is
// withdrawn.
func TestPayRacesWithdrawal(t *testing.T) {
	casetest.Each(t, func(t *testing.T, w *casetest.World) {
		hana := w.Resident("person-1")
		// The charge comes first, the withdrawal before it is noted.
		first := unpaid(t, w, hana)
		w.Cashier.AfterPay(func() {
			if _, err := w.Withdraw(context.WithoutCancel(t.Context()), hana, first.ID, ""); err != nil {
				t.Error(err)
			}
		})
		a, err := w.Pay(t.Context(), hana, first.ID)
		if err != nil || a.Status != casework.Withdrawn || w.Cashier.Taken() != 1000 {
			t.Fatalf("%+v, %v", a, err)
		}
		refund(t, w, a)
		if w.Cashier.Taken() != 0 || history(open(t, w, hana, a.ID)) != "withdrawn refunded:B-1" {
			t.Errorf("taken %d: %s", w.Cashier.Taken(), history(open(t, w, hana, a.ID)))
		}
		// The withdrawal and its refund come first.
		second := unpaid(t, w, hana)
		w.Cashier.BeforePay(func() {
			if _, err := w.Withdraw(context.WithoutCancel(t.Context()), hana, second.ID, ""); err != nil {
				t.Error(err)
			}
			refund(t, w, second)
		})
		a, err = w.Pay(t.Context(), hana, second.ID)
		if err != nil || a.Status != casework.Withdrawn || w.Cashier.Taken() != 0 {
			t.Errorf("%+v, %v, taken %d", a, err, w.Cashier.Taken())
		}
	})
}
