package store_test

import (
	"sync"
	"testing"
	"testing/fstest"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMigrate(t *testing.T) {
	const first, second = "CREATE TABLE a_x (n BIGINT)", "ALTER TABLE a_x ADD COLUMN m TEXT NOT NULL DEFAULT ''"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := db.Migrate(t.Context(), schema("a", first)); err != nil {
			t.Fatal(err)
		}
		exec(t, db, "INSERT INTO a_x (n) VALUES (1)")
		for range 2 {
			if err := db.Migrate(t.Context(), schema("a", first, second), schema("b", "CREATE TABLE b_y (n BIGINT)")); err != nil {
				t.Fatal(err)
			}
		}
		if m := one[string](t, db, "SELECT m FROM a_x"); m != "" {
			t.Errorf("m = %q", m)
		}
		for name, c := range map[string]struct {
			ms   store.Migrations
			kind kernel.Kind
		}{
			"changed": {schema("a", first+" ", second), kernel.Conflict},
			"older":   {schema("a", first), kernel.Conflict},
			"broken":  {schema("a", first, second, "CREATE TABLE a_z (n BIGINT); CREATE TABEL oops"), kernel.Internal},
			"gap":     {store.Migrations{Domain: "c", FS: fstest.MapFS{"0002_x.sql": {Data: []byte(first)}}}, kernel.Internal},
			"name":    {store.Migrations{Domain: "c", FS: fstest.MapFS{"1.sql": {Data: []byte(first)}}}, kernel.Internal},
		} {
			err := db.Migrate(t.Context(), c.ms)
			if !kernel.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Nothing of the broken file stayed, and its better version goes through.
		if err := db.Migrate(t.Context(), schema("a", first, second, "CREATE TABLE a_z (n BIGINT)")); err != nil {
			t.Error(err)
		}
	})
}

// TestMigrateTogether has several copies of the program start at once.
func TestMigrateTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := db.Migrate(t.Context(), things, ledger); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestMigrateTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ms := schema("a", "CREATE TABLE a_x (n BIGINT)", "ALTER TABLE a_x ADD COLUMN m BIGINT")
		if err := db.MigrateTo(t.Context(), map[string]int{"a": 1}, ms, ledger); err != nil {
			t.Fatal(err)
		}
		exec(t, db, "INSERT INTO a_x VALUES (1)")
		if err := db.MigrateTo(t.Context(), map[string]int{"a": 3}, ms); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("got %v", err)
		}
		if err := db.Migrate(t.Context(), ms, ledger); err != nil {
			t.Fatal(err)
		}
		if n := one[int](t, db, "SELECT COUNT(*) FROM a_x WHERE m IS NULL"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
}
