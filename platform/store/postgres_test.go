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
