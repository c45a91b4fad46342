package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"maru/kernel"
)

// readers is how many Views run at once on SQLite.
const readers = 8

// lite carries a DB in a SQLite file of this process.
type lite struct {
	pool   *sql.DB // readers
	writer *writer
	file   *os.File // the database, to sync it

	// active counts the Views under way; close waits for them.
	mu     sync.RWMutex
	closed bool
}

// dsn is the file's address with the settings of every connection.
func dsn(path string, extra ...string) string {
	q := url.Values{"_pragma": append([]string{
		fmt.Sprintf("busy_timeout(%d)", writerWait.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"case_sensitive_like(1)",
		"trusted_schema(0)",
		"temp_store(MEMORY)",
	}, extra...)}
	// Without the first a misspelt column in double quotes would be a string;
	// without the second plain SQL could corrupt the file on purpose.
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string) (*lite, error) {
	if path == "" {
		return nil, kernel.E(kernel.Invalid, "store.url", errors.New("store: empty path"))
	}
	if err := checkPair(); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "store.url", err)
	}
	// SQLite gives its side files the mode of the database, so that making it
	// first keeps all three private.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, kernel.E(kernel.Unavailable, "store.file", err)
	}
	// The writer keeps up to 64 MB of pages: of a million cases it holds the upper
	// parts of all indexes and the ends that grow. Its commits make no
	// checkpoints; a log that begins again keeps up to 64 MB of its file, which
	// is faster to write over than to extend.
	w, err := startWriter(ctx, dsn(path, "cache_size(-64000)", "wal_autocheckpoint(0)", "journal_size_limit(67108864)"), newCopier(dsn(path), f))
	if err != nil {
		err = errors.Join(fmt.Errorf("store: open %s: %w", path, err), f.Close())
		return nil, kernel.E(kernel.Unavailable, "store.file", err)
	}
	pool := sql.OpenDB(&cachingConnector{dsn: dsn(path, "cache_size(-4000)", "query_only(1)")})
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	return &lite{pool: pool, writer: w, file: f}, nil
}

func (l *lite) close() error {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if again {
		return nil
	}
	// The file goes last: closing it gives up the locks that SQLite holds on it
	// for this program.
	return errors.Join(l.pool.Close(), l.writer.stop(), l.file.Close())
}

func (l *lite) update(ctx context.Context, _ sql.IsolationLevel, fn func(*Tx) error) error {
	return l.writer.do(ctx, fn)
}

func (l *lite) view(ctx context.Context, fn func(*Tx) error) (err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return errClosed
	}
	conn, err := l.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the connection goes back to the pool
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	tx := &Tx{ctx: inside(ctx), conn: conn, engine: SQLite}
	// Nothing was written: rolling back only lets the snapshot go. It must
	// happen whatever became of fn, or the log file could never shrink.
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		if end != nil && err == nil {
			err = end
		}
	}()
	return tx.run(fn)
}
