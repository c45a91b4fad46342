package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"maru/kernel"
)

const (
	// batchSize bounds how many callers share a commit.
	batchSize = 64
	// nestingCheck is how long a caller waits before it asks whether it waits
	// for itself.
	nestingCheck = time.Second
)

// writer is the only goroutine that writes to a SQLite file.
type writer struct {
	pool      *sql.DB
	conn      *sql.Conn
	requests  chan *request
	stopping  chan struct{}
	stopped   chan struct{}
	goroutine atomic.Pointer[string] // the name of the goroutine that runs closures
	copier    *copier
	pages     int // of the log after the last commit
	due       int // at how many pages of the log the copier is to be woken
}

// request is one caller's closure on its way.
type request struct {
	ctx   context.Context
	fn    func(*Tx) error
	taken atomic.Bool // by the writer to run it, or by the caller to leave
	tx    *Tx
	err   error
	panic *Panic
	done  chan struct{}
}

// Panic is what a closure panicked with on the writer's goroutine; Update
// panics with it again where it was called.
type Panic struct {
	Value any
	Stack []byte // of the closure
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\nin the closure:\n%s", p.Value, p.Stack) }

func startWriter(ctx context.Context, dsn string, c *copier) (*writer, error) {
	pool := sql.OpenDB(&cachingConnector{dsn: dsn})
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		return nil, errors.Join(err, conn.Close(), pool.Close())
	}
	w := &writer{
		pool:     pool,
		conn:     conn,
		requests: make(chan *request, batchSize),
		stopping: make(chan struct{}),
		stopped:  make(chan struct{}),
		copier:   c,
	}
	c.start()
	go w.loop(nil)
	return w, nil
}

// stop lets the callers that wait finish, copies the whole log into the
// database file and closes the connection.
func (w *writer) stop() error {
	close(w.stopping)
	<-w.stopped
	err := w.copier.stop()
	return errors.Join(err, w.finish("TRUNCATE"), w.conn.Close(), w.pool.Close())
}

// do hands fn to the writer and waits for its outcome.
func (w *writer) do(ctx context.Context, fn func(*Tx) error) error {
	r := &request{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case <-w.stopping:
		return errClosed
	default:
	}
	check := time.NewTimer(nestingCheck)
	defer check.Stop()
	for sent := false; ; {
		requests := w.requests
		if sent {
			requests = nil
		}
		select {
		case requests <- r:
			sent = true
			continue
		case <-r.done:
		case <-ctx.Done():
			if r.taken.CompareAndSwap(false, true) {
				return ctx.Err()
			}
			<-r.done
		case <-check.C:
			if name := w.goroutine.Load(); name != nil && *name == goroutineName() && r.taken.CompareAndSwap(false, true) {
				return errNested
			}
			continue
		case <-w.stopped:
			if r.taken.CompareAndSwap(false, true) {
				return errClosed
			}
			<-r.done
		}
		return r.outcome()
	}
}

func (r *request) outcome() error {
	if r.panic != nil {
		panic(r.panic)
	}
	if r.err == nil {
		r.tx.committed()
	}
	return r.err
}

// loop serves requests, first those that a predecessor left unfinished.
func (w *writer) loop(batch []*request) {
	name := goroutineName()
	w.goroutine.Store(&name)
	if batch != nil {
		// The predecessor ended inside a closure (runtime.Goexit). Its
		// transaction is still open; the others of the batch are settled with it.
		w.commit(batch)
	}
	for {
		select {
		case r := <-w.requests:
			if !w.serve(r) {
				return
			}
		case <-w.copier.settle:
			w.settle()
		case <-w.stopping:
			w.drain()
			close(w.stopped)
			return
		}
	}
}

// drain serves what was queued before the writer was told to stop.
func (w *writer) drain() {
	for {
		select {
		case r := <-w.requests:
			if !w.serve(r) {
				return
			}
		default:
			return
		}
	}
}

// serve commits r and whoever queues behind it in one transaction. It returns
// false when a closure ended the goroutine's work and a successor took over.
func (w *writer) serve(r *request) (alive bool) {
	if !r.taken.CompareAndSwap(false, true) {
		return true
	}
	background := context.Background()
	if _, err := w.conn.ExecContext(background, "BEGIN IMMEDIATE"); err != nil {
		r.finish(busy(err))
		return true
	}
	batch := make([]*request, 0, batchSize)
	defer func() {
		if !alive {
			// Only runtime.Goexit comes here (a test that gives up inside a
			// closure). This goroutine is lost; another one goes on.
			go w.loop(batch)
		}
	}()
	for r != nil {
		batch = append(batch, r)
		if !w.run(r) {
			w.abandon(batch, r.err)
			return true
		}
		r = w.next(len(batch))
	}
	w.commit(batch)
	return true
}

// next takes another waiting request, if there is one and room for it.
func (w *writer) next(n int) *request {
	for n < batchSize {
		select {
		case r := <-w.requests:
			if r.ctx.Err() == nil && r.taken.CompareAndSwap(false, true) {
				return r
			}
		default:
			return nil
		}
	}
	return nil
}

// run carries out one closure inside its savepoint. It returns false when the
// whole transaction is lost.
func (w *writer) run(r *request) (ok bool) {
	background := context.Background()
	if _, err := w.conn.ExecContext(background, "SAVEPOINT caller"); err != nil {
		r.err = busy(err)
		return false
	}
	// A context that ends inside the closure would take the neighbours' rows
	// along: SQLite gives up the whole transaction when it is interrupted.
	r.tx = &Tx{ctx: inside(context.WithoutCancel(r.ctx)), conn: w.conn, engine: SQLite}
	r.err = errLeft
	defer func() {
		if r.err != nil {
			ok = w.rollback(r)
		}
	}()
	r.err = r.call()
	if r.err == nil {
		if _, err := w.conn.ExecContext(background, "RELEASE caller"); err != nil {
			r.err = err
		}
	}
	return true
}

var errLeft = kernel.E(kernel.Internal, "", errors.New("store: the closure left its goroutine"))

func (r *request) call() (err error) {
	defer func() {
		if v := recover(); v != nil {
			r.panic = &Panic{Value: v, Stack: debug.Stack()}
			err = r.panic
		}
	}()
	return r.tx.run(r.fn)
}

// rollback undoes one closure. SQLite may already have rolled back everything
// on its own (disk full, I/O error): then there is no savepoint any more.
func (w *writer) rollback(r *request) bool {
	background := context.Background()
	if _, err := w.conn.ExecContext(background, "ROLLBACK TO caller"); err != nil {
		return false
	}
	_, err := w.conn.ExecContext(background, "RELEASE caller")
	return err == nil
}

// commit makes the batch durable and answers everybody in it.
func (w *writer) commit(batch []*request) {
	if _, err := w.conn.ExecContext(context.Background(), "COMMIT"); err != nil {
		w.abandon(batch, err)
		return
	}
	for _, r := range batch {
		close(r.done)
	}
	w.tend()
}

// abandon answers everybody in a batch whose transaction is lost. Whoever
// failed by itself keeps its own error.
func (w *writer) abandon(batch []*request, cause error) {
	// Fails when SQLite has already rolled back, which is as good.
	_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK")
	for _, r := range batch {
		if r.err == nil {
			r.err = busy(fmt.Errorf("store: the shared transaction was lost: %w", cause))
		}
		close(r.done)
	}
}

func (r *request) finish(err error) {
	r.err = err
	close(r.done)
}

func busy(err error) error { return kernel.E(kernel.Unavailable, "store.busy", err) }

// goroutineName is the first words of a stack trace, "goroutine 17". It is
// asked for rarely: when the writer starts and when a caller has waited long.
func goroutineName() string {
	var b [64]byte
	s := b[:runtime.Stack(b[:], false)]
	words := 0
	for i, c := range s {
		if c == ' ' {
			if words++; words == 2 {
				return string(s[:i])
			}
		}
	}
	return string(s)
}
