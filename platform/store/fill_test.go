package store_test

import (
	"context"
	"errors"
	"testing"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestFill sees that the indexes are away meanwhile, but for those that refuse
// what is there twice, and back afterwards, also when filling fails.
func TestFill(t *testing.T) {
	indexed := schema("ledger", `CREATE TABLE ledger_spent (id TEXT PRIMARY KEY, amount BIGINT NOT NULL, "by" TEXT NOT NULL DEFAULT '');
CREATE INDEX ledger_spent_amount ON ledger_spent (amount) WHERE amount > 1;
CREATE INDEX ledger_spent_lower ON ledger_spent (lower("by"), amount DESC);
CREATE UNIQUE INDEX ledger_spent_once ON ledger_spent (amount)`)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		count := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND name LIKE 'ledger_%'`
		if db.Engine() == store.PostgreSQL {
			count = `SELECT COUNT(*) FROM pg_indexes WHERE indexname LIKE 'ledger_%' AND indexname NOT LIKE '%_pkey'`
		}
		if n := one[int](t, db, count); n != 3 {
			t.Fatalf("%d indexes before", n)
		}
		errOwn := errors.New("own")
		for i, want := range []error{nil, errOwn} {
			ctx, cancel := context.WithCancel(t.Context())
			err := db.Fill(ctx, func(ctx context.Context) error {
				defer cancel()
				if n := one[int](t, db, count); n != 1 {
					t.Errorf("%d indexes while filling", n)
				}
				var b store.Batch
				err := b.Collect(ctx, db.Engine(), func(tx *store.Tx) error {
					_, err := tx.Exec(`INSERT INTO ledger_spent (id, amount) VALUES ($1, $2)`, kernel.NewID(1), int64(i+2))
					return err
				})
				return errors.Join(want, err, db.Write(ctx, &b))
			})
			if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			if n := one[int](t, db, count); n != 3 {
				t.Errorf("%d indexes afterwards", n)
			}
		}
		if n := one[int](t, db, `SELECT COUNT(*) FROM ledger_spent WHERE amount > 1`); n != 2 {
			t.Errorf("%d rows", n)
		}
	}, indexed)
}
