package store_test

import (
	"errors"
	"fmt"
	"testing"

	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestLater: what runs later has run before anything that could see it, and at
// the commit; where it fails nothing stays.
func TestLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		add := func(tx *store.Tx, id string) error {
			return tx.Later("INSERT INTO things_thing (id, n) VALUES ($1, 1)", id)
		}
		count := func(tx *store.Tx) (n int) {
			if err := tx.QueryRow("SELECT COUNT(*) FROM things_thing").Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			if err := errors.Join(add(tx, "a"), add(tx, "b")); err != nil {
				return err
			}
			if n := count(tx); n != 2 {
				t.Errorf("a query sees %d rows", n)
			}
			if err := add(tx, "c"); err != nil {
				return err
			}
			if n, err := tx.Exec("UPDATE things_thing SET n = 2"); n != 3 || err != nil {
				t.Errorf("a statement sees %d rows, %v", n, err)
			}
			return errors.Join(add(tx, "d"), add(tx, "e"))
		})
		if err != nil {
			t.Fatal(err)
		}
		taken := db.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(add(tx, "f"), add(tx, "a"), add(tx, "g")) })
		if !store.IsConflict(taken) {
			t.Errorf("a taken key: %v", taken)
		}
		refused := errors.New("no")
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return errors.Join(add(tx, "h"), refused) }); !errors.Is(err, refused) {
			t.Error(err)
		}
		err = db.View(t.Context(), func(tx *store.Tx) error {
			if n := count(tx); n != 5 {
				t.Errorf("%d rows in the end", n)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}, things)
}

// TestBatch writes what was collected, all or nothing, and collects no reading.
func TestBatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var b store.Batch
		err := b.Collect(t.Context(), db.Engine(), func(tx *store.Tx) error {
			for i := range 300 {
				if _, err := tx.Exec("INSERT INTO things_thing (id, n) VALUES ($1, $2)", fmt.Sprint("t", i), i); err != nil {
					return err
				}
				if err := tx.Later("INSERT INTO things_thing (id, n) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", fmt.Sprint("t", i), -1); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = db.Write(t.Context(), &b)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Write(t.Context(), &b); !store.IsConflict(err) {
			t.Errorf("twice: %v", err)
		}
		err = db.View(t.Context(), func(tx *store.Tx) error {
			var n, sum int
			if err := tx.QueryRow("SELECT COUNT(*), SUM(n) FROM things_thing").Scan(&n, &sum); err != nil || n != 300 || sum != 299*150 {
				t.Errorf("%d rows, sum %d, %v", n, sum, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, fn := range map[string]func(tx *store.Tx) error{
			"query":  func(tx *store.Tx) error { _, err := tx.Query("SELECT 1"); return err },
			"row":    func(tx *store.Tx) error { var n int; return tx.QueryRow("SELECT 1").Scan(&n) },
			"update": func(tx *store.Tx) error { _, err := tx.Exec("UPDATE things_thing SET n = 1"); return err },
		} {
			if err := b.Collect(t.Context(), db.Engine(), fn); err == nil {
				t.Errorf("%s was collected", name)
			}
		}
	}, things)
}
