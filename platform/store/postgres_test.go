package store_test

import (
	"errors"
	"testing"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// TestConnectionEnded: a connection that the server has ended is replaced, and
// a transaction that could not begin says so.
func TestConnectionEnded(t *testing.T) {
	url := storetest.PostgresURL(t, things)
	first, second := opened(t, url), opened(t, url)
	end := func() {
		t.Helper()
		err := second.UpdateReadCommitted(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(tx *store.Tx) error {
		return tx.Later("INSERT INTO things_thing (id, n) VALUES ('a', 1) ON CONFLICT (id) DO NOTHING")
	}
	count := func(tx *store.Tx) error {
		var n int
		return tx.QueryRow("SELECT COUNT(*) FROM things_thing").Scan(&n)
	}
	if err := first.Update(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	end()
	for range 40 { // each may meet a connection of the pool that is dead
		if err := first.View(t.Context(), count); err != nil && !kernel.Is(err, kernel.Unavailable) {
			t.Errorf("a View that could not begin: %v", err)
		}
	}
	end()
	var err error
	for range 40 {
		if err = first.Update(t.Context(), add); err == nil {
			break
		}
	}
	if err != nil {
		t.Errorf("dead connections stay: %v", err)
	}
}

// TestNothingAsked: what asks nothing of the server commits nothing and fails
// with its own error.
func TestNothingAsked(t *testing.T) {
	db := storetest.Postgres(t, things)
	told := false
	if err := db.Update(t.Context(), func(tx *store.Tx) error { tx.OnCommit(func() { told = true }); return nil }); err != nil || !told {
		t.Errorf("%v, told %v", err, told)
	}
	no := errors.New("no")
	if err := db.Update(t.Context(), func(*store.Tx) error { return no }); !errors.Is(err, no) {
		t.Error(err)
	}
}

// TestNoTransaction: where BEGIN never came to be, nothing runs outside of it.
func TestNoTransaction(t *testing.T) {
	db := storetest.Postgres(t, things)
	count := func() (n int) {
		if err := db.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow("SELECT COUNT(*) FROM things_thing").Scan(&n) }); err != nil {
			t.Error(err)
		}
		return n
	}
	for name, first := range map[string]func(tx *store.Tx) error{
		"later, no such table": func(tx *store.Tx) error { return tx.Later("INSERT INTO nowhere (id) VALUES ('a')") },
		"at once":              func(tx *store.Tx) error { _, err := tx.Exec("INSERT INTO nowhere (id) VALUES ('a')"); return err },
		"what cannot be stored": func(tx *store.Tx) error {
			return tx.Later("INSERT INTO things_thing (id, n) VALUES ('a', $1)", struct{}{})
		},
	} {
		err := db.Update(t.Context(), func(tx *store.Tx) error {
			_ = first(tx)
			var id string
			_ = tx.QueryRow("INSERT INTO things_thing (id, n) VALUES ('b', 1) RETURNING id").Scan(&id)
			return nil
		})
		if err == nil || kernel.Is(err, kernel.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if n := count(); n != 0 {
			t.Errorf("%s: %d rows stay", name, n)
		}
	}
	var b store.Batch
	err := b.Collect(t.Context(), db.Engine(), func(tx *store.Tx) error {
		_, err := tx.Exec("INSERT INTO things_thing (id, n) VALUES ($1, $2)", "c", 1)
		return errors.Join(err, tx.Later("INSERT INTO nowhere (id) VALUES ($1)", "d"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), &b); err == nil || count() != 0 {
		t.Errorf("half of what was collected stays: %v", err)
	}
}

func opened(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
