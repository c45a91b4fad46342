package payment

import (
	"sync"
	"testing"

	"maru/domain/audit"
	"maru/domain/payment/internal/store"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestRefundOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *clock.Manual) {
		paid, err := s.Pay(t.Context(), payer, "casework:a", 400)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		got := make([]string, 4)
		for i := range got {
			wg.Go(func() {
				r, won, err := s.Refund(t.Context(), "casework:a")
				if err != nil || won != 400 {
					t.Errorf("%d, %v", won, err)
				}
				got[i] = r
			})
		}
		wg.Wait()
		for _, r := range got {
			if r != got[0] || r == paid || r == "" {
				t.Errorf("receipts %q, charged %q", got, paid)
			}
		}
		if _, err := s.Pay(t.Context(), payer, "casework:a", 400); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("paid after the refund: %v", err)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM audit_row WHERE act = 'payment.refund'`); n != 1 {
			t.Errorf("%d audit rows", n)
		}
	})
}

// What was withdrawn before the cashier took the fee is not charged after.
func TestRefundClosesTheRef(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *clock.Manual) {
		if r, won, err := s.Refund(t.Context(), "casework:a"); r != "" || won != 0 || err != nil {
			t.Errorf("%q, %d, %v", r, won, err)
		}
		if _, err := s.Pay(t.Context(), payer, "casework:a", 400); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("charged: %v", err)
		}
		if _, _, err := s.Refund(t.Context(), ""); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("no ref: %v", err)
		}
	})
}

func TestRefundClosedCashier(t *testing.T) {
	db := storetest.SQLite(t, audit.Migrations(), store.Migrations())
	c := clock.NewManual(webtest.Start)
	if _, err := New(Deps{DB: db, Clock: c, Demo: true}).Pay(t.Context(), payer, "casework:a", 400); err != nil {
		t.Fatal(err)
	}
	s := New(Deps{DB: db, Clock: c})
	if _, _, err := s.Refund(t.Context(), "casework:a"); !kernel.Is(err, kernel.Unavailable) {
		t.Errorf("gave back: %v", err)
	}
	if _, won, err := s.Refund(t.Context(), "casework:b"); won != 0 || err != nil {
		t.Errorf("nothing charged: %d, %v", won, err)
	}
}
