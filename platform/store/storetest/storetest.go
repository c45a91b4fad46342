package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"maru/platform/store"
)

// Each runs fn on a fresh migrated database of each engine, in subtests named
// "sqlite" and "postgres".
func Each(t *testing.T, fn func(t *testing.T, db *store.DB), ms ...store.Migrations) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, ms...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, ms...)) })
}

// EachBench is Each for benchmarks; making the database is not measured.
func EachBench(b *testing.B, fn func(b *testing.B, db *store.DB), ms ...store.Migrations) {
	b.Helper()
	run := func(b *testing.B, db *store.DB) {
		b.ResetTimer()
		fn(b, db)
	}
	b.Run("sqlite", func(b *testing.B) { run(b, SQLite(b, ms...)) })
	b.Run("postgres", func(b *testing.B) { run(b, Postgres(b, ms...)) })
}

// SQLite is a fresh migrated SQLite database.
func SQLite(t testing.TB, ms ...store.Migrations) *store.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "maru.db"), ms...)
}

// Postgres is a fresh migrated PostgreSQL database.
func Postgres(t testing.TB, ms ...store.Migrations) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t, ms...))
}

// PostgresURL is the address of a fresh migrated PostgreSQL database, for tests
// that open it themselves. It is dropped after the test.
func PostgresURL(t testing.TB, ms ...store.Migrations) string {
	t.Helper()
	c, err := theCluster()
	if errors.Is(err, errNoPrograms) && os.Getenv("CI") == "" {
		t.Skipf("SKIPPED, NOT PASSED, on PostgreSQL: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	url, drop, err := c.clone(t.Context(), ms)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return url
}

func open(t testing.TB, url string, ms ...store.Migrations) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if len(ms) == 0 {
		return db
	}
	if err := db.Migrate(context.Background(), ms...); err != nil {
		t.Fatal(err)
	}
	return db
}

// Main runs a package's tests and stops the PostgreSQL server, if one was
// started. It returns the exit code.
func Main(m *testing.M) int {
	mainRuns.Store(true)
	defer stopCluster()
	return m.Run()
}
