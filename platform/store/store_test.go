package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

var ledger = schema("ledger", `CREATE TABLE ledger_spent (id TEXT PRIMARY KEY, amount BIGINT NOT NULL)`)

// TestWriteSkew spends from a budget that no row holds: each transaction sums
// what is there and adds to it. Anything less than serializable overspends.
func TestWriteSkew(t *testing.T) {
	const budget, rivals, tries = 100, 16, 12
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		errFull := errors.New("spent")
		var wg sync.WaitGroup
		for range rivals {
			wg.Go(func() {
				for range tries {
					err := db.Update(t.Context(), func(tx *store.Tx) error {
						var sum int64
						if err := tx.QueryRow("SELECT COALESCE(SUM(amount), 0) FROM ledger_spent").Scan(&sum); err != nil {
							return err
						}
						if sum >= budget {
							return errFull
						}
						_, err := tx.Exec("INSERT INTO ledger_spent (id, amount) VALUES ($1, 1)", kernel.NewID(1))
						return err
					})
					if err != nil && !errors.Is(err, errFull) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := one[int64](t, db, "SELECT SUM(amount) FROM ledger_spent"); got != budget {
			t.Errorf("spent %d of %d", got, budget)
		}
	}, ledger)
}

// TestNeighbours mixes callers that succeed, fail, panic, swallow an error and
// lose their context; each outcome must be its own.
func TestNeighbours(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		errOwn := errors.New("own")
		insert := func(tx *store.Tx, id string) error {
			_, err := tx.Exec("INSERT INTO ledger_spent (id, amount) VALUES ($1, 1)", id)
			return err
		}
		var wg sync.WaitGroup
		var commits atomic.Int64
		ids := make([]string, 60)
		for i := range ids {
			ids[i] = string(kernel.NewID(kernel.Time(i)))
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var panicked any
				err := func() error {
					defer func() { panicked = recover() }()
					return db.Update(ctx, func(tx *store.Tx) error {
						if err := insert(tx, ids[i]); err != nil {
							return err
						}
						if i%6 == 0 {
							tx.OnCommit(func() { commits.Add(1) })
						} else {
							tx.OnCommit(func() { commits.Add(100) })
						}
						switch i % 6 {
						case 1:
							return errOwn
						case 2:
							panic("own")
						case 3:
							_ = insert(tx, ids[i])
						case 4:
							return insert(tx, ids[i])
						}
						return nil
					})
				}()
				switch i % 6 {
				case 0, 5:
					if err != nil {
						t.Errorf("good neighbour: %v", err)
					}
				case 1:
					if !errors.Is(err, errOwn) {
						t.Errorf("failing neighbour: %v", err)
					}
				case 2:
					if panicked == nil {
						t.Error("the panic was lost")
					}
				case 3, 4:
					if !store.IsConflict(err) {
						t.Errorf("conflicting neighbour: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for i, id := range ids {
			want := 0
			if i%6 == 0 || i%6 == 5 {
				want = 1
			}
			if n := one[int](t, db, "SELECT COUNT(*) FROM ledger_spent WHERE id = $1", id); n != want {
				t.Errorf("row %d (kind %d) is there %d times, want %d", i, i%6, n, want)
			}
		}
		if n := commits.Load(); n != 10+10*100 {
			t.Errorf("OnCommit count %d, want %d", n, 10+10*100)
		}
	}, ledger)
}

// TestCancelInside ends a caller's context while its closure runs. On SQLite
// the act is carried through; on PostgreSQL it rolls back. In both cases the
// answer agrees with what is stored.
func TestCancelInside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Update(ctx, func(tx *store.Tx) error {
			cancel()
			_, err := tx.Exec("INSERT INTO ledger_spent (id, amount) VALUES ('a', 1)")
			return err
		})
		n := one[int](t, db, "SELECT COUNT(*) FROM ledger_spent")
		if (err == nil) != (n == 1) {
			t.Errorf("error %v, but %d rows", err, n)
		}
		if err := db.Update(ctx, func(*store.Tx) error { t.Error("ran under an ended context"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ('b', 1)")
	}, ledger)
}

// TestGroupCommit holds the writer up so that callers queue, and checks that
// one who leaves the queue leaves alone.
func TestGroupCommit(t *testing.T) {
	db := storetest.SQLite(t, ledger)
	entered, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		update(t, db, func(*store.Tx) error { close(entered); <-release; return nil })
	})
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		left <- db.Update(ctx, func(*store.Tx) error { t.Error("ran after its caller had left"); return nil })
	}()
	for range 20 {
		wg.Go(func() {
			exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ($1, 1)", kernel.NewID(1))
		})
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	wg.Wait()
	if n := one[int](t, db, "SELECT COUNT(*) FROM ledger_spent"); n != 20 {
		t.Errorf("%d rows, want 20", n)
	}
}

// TestGoexit has a closure leave the writer's goroutine, as t.FailNow does.
func TestGoexit(t *testing.T) {
	db := storetest.SQLite(t, ledger)
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Exec("INSERT INTO ledger_spent (id, amount) VALUES ('lost', 1)"); err != nil {
			return err
		}
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Error("a closure that never returned was acknowledged")
	}
	exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ('kept', 1)")
	if n := one[int](t, db, "SELECT COUNT(*) FROM ledger_spent"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestNesting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		none := func(*store.Tx) error { t.Error("ran inside"); return nil }
		for name, outer := range map[string]func(context.Context, func(*store.Tx) error) error{"view": db.View, "update": db.Update} {
			err := outer(t.Context(), func(tx *store.Tx) error {
				if err := db.View(tx.Context(), none); err == nil {
					t.Errorf("View inside %s was accepted", name)
				}
				return db.Update(tx.Context(), none)
			})
			if !kernel.Is(err, kernel.Internal) {
				t.Errorf("Update inside %s: %v", name, err)
			}
		}
	}, ledger)
}

// TestNestingUnseen nests with the outer context, where only the wait for
// oneself gives it away.
func TestNestingUnseen(t *testing.T) {
	db := storetest.SQLite(t, ledger)
	err := db.Update(t.Context(), func(*store.Tx) error {
		return db.Update(t.Context(), func(*store.Tx) error { return nil })
	})
	if !kernel.Is(err, kernel.Internal) {
		t.Errorf("got %v", err)
	}
	exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ('a', 1)")
}

// TestRetry makes two transactions collide for certain, by having both read
// before either writes.
func TestRetry(t *testing.T) {
	db := storetest.Postgres(t, ledger)
	var read, wg sync.WaitGroup
	read.Add(2)
	var runs, commits atomic.Int64
	for range 2 {
		wg.Go(func() {
			first := true
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				runs.Add(1)
				tx.OnCommit(func() { commits.Add(1) })
				var sum int64
				if err := tx.QueryRow("SELECT COALESCE(SUM(amount), 0) FROM ledger_spent").Scan(&sum); err != nil {
					return err
				}
				if first {
					first = false
					read.Done()
					read.Wait()
				}
				if _, err := tx.Exec("INSERT INTO ledger_spent (id, amount) VALUES ($1, $2)", kernel.NewID(1), sum+1); err != nil {
					return errors.New("hidden") // the cause must still be seen
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if runs.Load() < 3 || commits.Load() != 2 {
		t.Errorf("%d runs and %d commits, want at least 3 and exactly 2", runs.Load(), commits.Load())
	}
	if sum := one[int64](t, db, "SELECT SUM(amount) FROM ledger_spent"); sum != 3 {
		t.Errorf("sum %d, want 1 + 2", sum)
	}
}

// TestSnapshot checks that a View does not see what is committed meanwhile.
func TestSnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ('a', 1)")
		err := db.View(t.Context(), func(tx *store.Tx) error {
			for range 2 {
				var n int
				if err := tx.QueryRow("SELECT COUNT(*) FROM ledger_spent").Scan(&n); err != nil {
					return err
				}
				if n != 1 {
					t.Errorf("saw %d rows", n)
				}
				exec(t, db, "INSERT INTO ledger_spent (id, amount) VALUES ($1, 1)", kernel.NewID(1))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}, ledger)
}

func TestStamp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := db.Stamp(t.Context(), "demo"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := db.Stamp(t.Context(), "serve")
		var e *kernel.Error
		if !errors.As(err, &e) || e.Kind != kernel.Conflict || e.Key != "store.stamp" || e.Args["found"] != "demo" {
			t.Errorf("got %v", err)
		}
	})
}

func TestBindKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if found, err := db.Keys(t.Context()); found != "" || err != nil {
			t.Errorf("before: %q, %v", found, err)
		}
		var wg sync.WaitGroup
		for range 4 { // copies that start at once with the same file
			wg.Go(func() {
				if err := db.BindKeys(t.Context(), "k1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := db.BindKeys(t.Context(), "k2")
		var e *kernel.Error
		if !errors.As(err, &e) || e.Kind != kernel.Conflict || e.Key != "store.keys" || e.Args["found"] != "k1" {
			t.Errorf("another key file: %v", err)
		}
		if found, err := db.Keys(t.Context()); found != "k1" || err != nil {
			t.Errorf("after: %q, %v", found, err)
		}
	})
}

func TestClose(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "maru.db"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.Exec("SELECT 1")
				return err
			})
			if err != nil && !kernel.Is(err, kernel.Unavailable) {
				t.Error(err)
			}
		})
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if err := db.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	none := func(*store.Tx) error { t.Error("ran after Close"); return nil }
	for _, err := range []error{db.Update(context.Background(), none), db.View(context.Background(), none)} {
		if !kernel.Is(err, kernel.Unavailable) {
			t.Errorf("after Close: %v", err)
		}
	}
	goleak.VerifyNone(t, ignore)
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "spaced ? # % 이름.db")
	db, err := store.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), ledger); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(f, path) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f, info.Mode())
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for url, kind := range map[string]kernel.Kind{
		"":                                 kernel.Invalid,
		filepath.Join(dir, "no", "folder"): kernel.Unavailable,
		"postgres://%zz":                   kernel.Invalid,
		"postgres://maru@/x?host=" + dir:   kernel.Unavailable,
	} {
		if _, err := store.Open(t.Context(), url); !kernel.Is(err, kind) {
			t.Errorf("%q: got %v, want %v", url, err, kind)
		}
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maru.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); !kernel.Is(err, kernel.Unavailable) {
		t.Errorf("got %v", err)
	}
}
