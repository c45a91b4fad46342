package payment

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"maru/domain/audit"
	"maru/domain/payment/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	pstore "maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var payer = authz.Actor{Account: "acc-1", Person: "p-1"}

func each(t *testing.T, fn func(t *testing.T, s *Service, c *clock.Manual)) {
	storetest.Each(t, func(t *testing.T, db *pstore.DB) {
		c := clock.NewManual(webtest.Start)
		fn(t, New(Deps{DB: db, Clock: c, Demo: true}), c)
	}, audit.Migrations(), store.Migrations())
}

// count is how many rows a query counts.
func count(t *testing.T, s *Service, query string) (n int) {
	t.Helper()
	err := s.db.View(context.Background(), func(tx *pstore.Tx) error { return tx.QueryRow(query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPayOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		first, err := s.Pay(t.Context(), payer, "casework:a", 400)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^R26(-[0-9A-Z]{4}){3}$`).MatchString(first) {
			t.Errorf("receipt %q", first)
		}
		c.Advance(time.Hour)
		again, err := s.Pay(t.Context(), payer, "casework:a", 400)
		if err != nil || again != first {
			t.Errorf("paid again: %q, want %q (%v)", again, first, err)
		}
		other, err := s.Pay(t.Context(), payer, "casework:b", 400)
		if err != nil || other == first {
			t.Errorf("another ref gets %q (%v)", other, err)
		}
		for name, pay := range map[string]func() (string, error){
			"other amount": func() (string, error) { return s.Pay(t.Context(), payer, "casework:a", 500) },
			"other payer": func() (string, error) {
				return s.Pay(t.Context(), authz.Actor{Account: "acc-2"}, "casework:a", 400)
			},
		} {
			if r, err := pay(); !kernel.Is(err, kernel.Conflict) || r != "" {
				t.Errorf("%s: %q, %v", name, r, err)
			}
		}
		if n := count(t, s, `SELECT COUNT(*) FROM audit_row WHERE act = 'payment.charge'`); n != 2 {
			t.Errorf("%d audit rows for 2 charges", n)
		}
	})
}

func TestPayAtOnceFromManySides(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *clock.Manual) {
		var wg sync.WaitGroup
		got := make([]string, 8)
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = s.Pay(t.Context(), payer, "casework:a", 400); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, r := range got {
			if r != got[0] {
				t.Errorf("receipts %q and %q for one charge", r, got[0])
			}
		}
		if n := count(t, s, `SELECT COUNT(*) FROM payment_charge`); n != 1 {
			t.Errorf("%d charges", n)
		}
	})
}

func TestPayRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *clock.Manual) {
		for name, c := range map[string]struct {
			actor authz.Actor
			ref   string
			won   kernel.Money
			kind  kernel.Kind
		}{
			"visitor":  {authz.Actor{}, "casework:a", 400, kernel.Unauthorized},
			"scope":    {authz.Actor{Account: "a", Token: true}, "casework:a", 400, kernel.Forbidden},
			"no ref":   {payer, "", 400, kernel.Invalid},
			"long ref": {payer, strings.Repeat("x", 201), 400, kernel.Invalid},
			"nothing":  {payer, "casework:a", 0, kernel.Invalid},
			"negative": {payer, "casework:a", -400, kernel.Invalid},
		} {
			if r, err := s.Pay(t.Context(), c.actor, c.ref, c.won); !kernel.Is(err, c.kind) || r != "" {
				t.Errorf("%s: %q, %v", name, r, err)
			}
		}
		if n := count(t, s, `SELECT COUNT(*) FROM payment_charge`); n != 0 {
			t.Errorf("%d charges stayed", n)
		}
	})
}

// A charge whose audit row cannot be written is no charge.
func TestNoChargeWithoutRecord(t *testing.T) {
	db := storetest.SQLite(t, store.Migrations()) // without the log's tables
	s := New(Deps{DB: db, Clock: clock.NewManual(webtest.Start), Demo: true})
	if _, err := s.Pay(t.Context(), payer, "casework:a", 400); err == nil {
		t.Error("paid without a record")
	}
	err := db.View(t.Context(), func(tx *pstore.Tx) error {
		_, ok, err := store.Find(tx, "casework:a")
		if ok {
			t.Error("the charge stayed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClosed(t *testing.T) {
	db := storetest.SQLite(t, audit.Migrations(), store.Migrations())
	s := New(Deps{DB: db, Clock: clock.NewManual(webtest.Start)})
	r, err := s.Pay(t.Context(), payer, "casework:a", 400)
	if r != "" || !kernel.Is(err, kernel.Unavailable) {
		t.Errorf("%q, %v", r, err)
	}
	if n := count(t, s, `SELECT COUNT(*) FROM payment_charge`); n != 0 {
		t.Errorf("a closed cashier made %d charges", n)
	}
}

func TestWords(t *testing.T) {
	words := webtest.Catalog(t, Messages())
	for _, key := range []string{"payment.error.closed", "payment.error.charge", "payment.error.charged", "payment.act.charge", "payment.purpose.fee",
		"payment.error.refunded", "payment.act.refund", "payment.purpose.refund"} {
		if !words.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}
