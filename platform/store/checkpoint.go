package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
)

// Sizes of SQLite's log, in pages of 4 KiB.
const (
	// logStep is by how much the log grows between two checkpoints. A busy
	// writer changes the same pages of its indexes again and again: the longer
	// the log, the fewer of them are copied into the database file.
	logStep = 8000
	// logTail is so little that the writer may as well copy it itself: some
	// milliseconds of work.
	logTail = 600
	// logLimit is what the log never exceeds by more than one transaction,
	// unless a reader holds on to an old snapshot: 256 MB.
	logLimit = 64_000
)

// passes is how often the copier runs after the writer, each time over what
// was written during the time before, until so little is left that the
// writer can do it.
const passes = 6

// copier does the long part of a checkpoint: it copies pages from the log into
// the database file while the writer goes on. SQLite would do so inside of a
// commit, with thousands of scattered writes and a sync, and everybody would
// wait. What was written meanwhile is left to the writer, see writer.settle:
// the log begins again only when all of it is copied, and only between two
// commits is that ever so while a writer is busy.
type copier struct {
	step, tail, limit int // logStep, logTail, logLimit

	dsn      string
	pool     *sql.DB       // connects at the first pass
	file     *os.File      // the database, to sync it
	wake     chan struct{} // by the writer: the log has grown
	settle   chan struct{} // to the writer: only a little is left
	stopping chan struct{}
	stopped  chan struct{}

	copying sync.Mutex // held while somebody of this program copies

	mu     sync.Mutex
	failed error // the first checkpoint that did
}

// extent tells of how many pages the log consists and how many of them are
// copied into the database file. Both are -1 when nobody could look.
type extent struct{ pages, copied int }

// newCopier gives one for the database file f, which it does not close.
func newCopier(dsn string, f *os.File) *copier {
	return &copier{
		step: logStep, tail: logTail, limit: logLimit,
		dsn:      dsn,
		file:     f,
		wake:     make(chan struct{}, 1),
		settle:   make(chan struct{}),
		stopping: make(chan struct{}),
		stopped:  make(chan struct{}),
	}
}

// stop ends the goroutine after the pass under way, and gives the first error
// of any checkpoint.
func (c *copier) stop() error {
	close(c.stopping)
	<-c.stopped
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.failed, c.pool.Close())
}

func (c *copier) start() {
	c.pool = sql.OpenDB(&cachingConnector{dsn: c.dsn})
	c.pool.SetMaxOpenConns(1)
	go c.loop()
}

func (c *copier) loop() {
	defer close(c.stopped)
	for {
		select {
		case <-c.wake:
			c.catchUp()
		case <-c.stopping:
			return
		}
	}
}

// grown has the copier begin, unless it is at it.
func (c *copier) grown() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// catchUp copies until little is left, or no less than before, and has the
// writer do the rest. Where much is left somebody reads an old snapshot: the
// writer wakes the copier again when the log has grown further.
func (c *copier) catchUp() {
	left := c.limit
	for range passes {
		e, err := c.pass()
		c.note(err)
		if err != nil {
			return
		}
		before := left
		left = e.pages - e.copied
		if left <= c.tail || left >= before {
			break
		}
	}
	if left > c.step/2 {
		return
	}
	select {
	case c.settle <- struct{}{}:
	case <-c.stopping:
	}
}

// pass copies what can be copied now.
func (c *copier) pass() (extent, error) {
	c.copying.Lock()
	defer c.copying.Unlock()
	ctx := context.Background()
	if _, err := checkpoint(ctx, c.pool, "PASSIVE"); err != nil {
		return extent{}, err
	}
	// SQLite syncs the database file when the whole log is in it. That will be
	// the writer's part: it would wait for all these pages.
	if err := c.file.Sync(); err != nil {
		return extent{}, fmt.Errorf("store: sync: %w", err)
	}
	return checkpoint(ctx, c.pool, "NOOP")
}

// note keeps the first failure for stop. A checkpoint that fails loses nothing,
// the log keeps it all, and a later one begins where it left off.
func (c *copier) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil { // and stays so when err is nil
		c.failed = err
	}
}

// rower is a *sql.DB or a *sql.Conn.
type rower interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// checkpoint runs a checkpoint, or with the mode NOOP only looks. That somebody
// else is at it or reads what would be overwritten is no error.
func checkpoint(ctx context.Context, conn rower, mode string) (extent, error) {
	var busy int
	var e extent
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &e.pages, &e.copied); err != nil {
		return e, fmt.Errorf("store: checkpoint: %w", err)
	}
	return e, nil
}
