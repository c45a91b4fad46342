package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// smallLog opens a database whose log is looked after as if it were large.
func smallLog(t *testing.T, path string) *lite {
	t.Helper()
	e, err := openSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.close() })
	c := e.writer.copier
	c.step, c.tail, c.limit = 200, 50, 2000
	put(t, e, `CREATE TABLE IF NOT EXISTS log_row (id BIGINT PRIMARY KEY, body TEXT NOT NULL)`)
	return e
}

// largest is how many bytes a small log has at most: the limit and the greatest
// transaction of these tests, 64 callers with three pages each.
const largest = (2000 + 300) * (4096 + 24)

var page = strings.Repeat("x", 4000)

func put(t *testing.T, e *lite, query string, args ...any) {
	t.Helper()
	if err := e.update(t.Context(), 0, func(tx *Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Error(err)
	}
}

func putRow(t *testing.T, e *lite, id int64) {
	t.Helper()
	put(t, e, `INSERT INTO log_row (id, body) VALUES ($1, $2)`, id, page)
}

func rows(t *testing.T, e *lite) (n int) {
	t.Helper()
	err := e.view(t.Context(), func(tx *Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM log_row`).Scan(&n) })
	if err != nil {
		t.Error(err)
	}
	return n
}

func logSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestLogBegins writes many times what the log may hold, without a pause and
// with readers who come and go.
func TestLogBegins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maru.db")
	e := smallLog(t, path)
	const workers, each = 8, 600
	var wg sync.WaitGroup
	for w := range int64(workers) {
		wg.Go(func() {
			for i := range int64(each) {
				putRow(t, e, i*workers+w)
				err := e.view(t.Context(), func(tx *Tx) error {
					var last int64
					return tx.QueryRow(`SELECT MAX(id) FROM log_row`).Scan(&last)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if size := logSize(t, path); size > largest {
		t.Errorf("the log has grown to %d bytes", size)
	}
	if n := rows(t, e); n != workers*each {
		t.Errorf("%d rows of %d", n, workers*each)
	}
	if err := e.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after closing there is a log: %v", err)
	}
}

// TestLogUnderOldSnapshot has somebody read for so long that the log grows past
// its limit: the writer goes on, and afterwards the log begins again.
func TestLogUnderOldSnapshot(t *testing.T) {
	e := smallLog(t, filepath.Join(t.TempDir(), "maru.db"))
	var id int64
	err := e.view(t.Context(), func(tx *Tx) error {
		for range 2 {
			var n int
			if err := tx.QueryRow(`SELECT COUNT(*) FROM log_row`).Scan(&n); err != nil {
				return err
			}
			if n != 0 {
				t.Errorf("saw %d rows", n)
			}
			for e.writer.pagesSeen() < 3000 {
				id++
				putRow(t, e, id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for begun := false; !begun; {
		id++
		putRow(t, e, id)
		begun = e.writer.pagesSeen() < 2000
		if id > 20_000 {
			t.Fatal("the log did not begin again")
		}
	}
	if n := rows(t, e); n != int(id) {
		t.Errorf("%d rows of %d", n, id)
	}
}

// pagesSeen asks on the writer's goroutine.
func (w *writer) pagesSeen() (n int) {
	_ = w.do(context.Background(), func(*Tx) error { n = w.pages; return nil })
	return n
}

// TestCloseWhileCopying closes at any point of a checkpoint.
func TestCloseWhileCopying(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	path := filepath.Join(t.TempDir(), "maru.db")
	for round := range 10 {
		e := smallLog(t, path)
		for i := range 190 + round {
			putRow(t, e, int64(round*1000+i))
		}
		if err := e.close(); err != nil {
			t.Fatal(err)
		}
	}
	goleak.VerifyNone(t, ignore)
}

// TestCheckpointFails sees that who closes is told, and nothing is lost.
func TestCheckpointFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maru.db")
	e := smallLog(t, path)
	c := e.writer.copier
	broken, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = broken.Close()
	c.file = broken
	for i := range int64(400) {
		putRow(t, e, i)
	}
	if err := e.close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closing told %v", err)
	}
	again := smallLog(t, path)
	if n := rows(t, again); n != 400 {
		t.Errorf("%d rows of 400", n)
	}
}

// TestBusyTimeout sees that the writer is patient again after each checkpoint.
func TestBusyTimeout(t *testing.T) {
	e := smallLog(t, filepath.Join(t.TempDir(), "maru.db"))
	for range 3 {
		err := e.update(t.Context(), 0, func(tx *Tx) error {
			var ms int
			if err := tx.QueryRow("PRAGMA busy_timeout;").Scan(&ms); err != nil {
				return err
			}
			if ms != int(writerWait.Milliseconds()) {
				t.Errorf("busy_timeout %d", ms)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		e.writer.copier.settle <- struct{}{}
	}
}

// childPath tells the test below that it is the one to be killed.
const childPath = "MARU_STORE_TEST_KILLED"

// TestKilledWhileCopying kills a writing program again and again, whose log is
// copied all the time: what it has acknowledged is there.
func TestKilledWhileCopying(t *testing.T) {
	if path := os.Getenv(childPath); path != "" {
		writeUntilKilled(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "maru.db")
	acknowledged := map[string]bool{}
	for round := range 6 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileCopying$")
		cmd.Env = append(os.Environ(), childPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			if id, ok := strings.CutPrefix(lines.Text(), "row "); ok {
				acknowledged[id] = true
				if n++; n == 700+round*37 {
					_ = cmd.Process.Kill()
				}
			}
		}
		_ = cmd.Wait()
	}
	if len(acknowledged) < 4200 {
		t.Fatalf("only %d rows were acknowledged: the program failed by itself", len(acknowledged))
	}
	e := smallLog(t, path)
	err := e.view(t.Context(), func(tx *Tx) error {
		var found string
		if err := tx.QueryRow("PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
			return fmt.Errorf("integrity: %q %w", found, err)
		}
		for id := range acknowledged {
			var n int
			if err := tx.QueryRow(`SELECT 1 FROM log_row WHERE id = $1`, mustInt(id)).Scan(&n); err != nil {
				return fmt.Errorf("row %s: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func mustInt(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func writeUntilKilled(t *testing.T, path string) {
	e := smallLog(t, path)
	var next atomic.Int64
	next.Store(int64(rows(t, e)) + 1_000_000*int64(os.Getpid()))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !t.Failed() {
				id := next.Add(1)
				putRow(t, e, id)
				fmt.Printf("row %d\n", id)
			}
		})
	}
	wg.Wait()
}
