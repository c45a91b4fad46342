package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"maru/kernel"
)

// postgres carries a DB on a PostgreSQL server.
type postgres struct {
	pool   *sql.DB
	closed atomic.Bool
}

// sessionSettings hold on every connection, unless the URL says otherwise.
var sessionSettings = map[string]string{
	"application_name": "maru",
	"timezone":         "UTC",
	// A copy that hangs inside a transaction must not hold its locks forever.
	"idle_in_transaction_session_timeout": "60000",
}

func openPostgres(ctx context.Context, url string) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, kernel.E(kernel.Invalid, "store.url", err)
	}
	for name, value := range sessionSettings {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
	pool := stdlib.OpenDB(*config)
	// More connections than a server has cores and disks only wait there
	// instead of here.
	size := max(16, 4*runtime.NumCPU())
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, kernel.E(kernel.Unavailable, "store.unreachable", err)
	}
	return &postgres{pool: pool}, nil
}

func (p *postgres) close() error {
	p.closed.Store(true)
	return p.pool.Close()
}

// How transactions begin.
const (
	beginView      = "begin isolation level repeatable read read only"
	beginUpdate    = "begin isolation level serializable"
	beginCommitted = "begin isolation level read committed"
)

func (p *postgres) view(ctx context.Context, fn func(*Tx) error) error {
	return p.once(ctx, beginView, fn)
}

// maxTries bounds how often a serialization failure is tried again. With the
// waits of pause it stands for several seconds of contention.
const maxTries = 64

func (p *postgres) update(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) error {
	begin := beginUpdate
	if level == sql.LevelReadCommitted {
		begin = beginCommitted
	}
	for try := 1; ; try++ {
		err := p.once(ctx, begin, fn)
		if err == nil || !isRetryable(err) {
			return err
		}
		if try == maxTries {
			return kernel.E(kernel.Unavailable, "store.busy", err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// pause waits a random while that grows with the tries, so that rivals do not
// meet again.
func pause(ctx context.Context, try int) error {
	limit := min(time.Millisecond<<min(try, 7), 100*time.Millisecond)
	t := time.NewTimer(rand.N(limit))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *postgres) once(ctx context.Context, begin string, fn func(*Tx) error) error {
	if p.closed.Load() {
		return errClosed
	}
	conn, err := p.pool.Conn(ctx)
	if err != nil {
		return p.connectError(ctx, err)
	}
	defer conn.Close() //nolint:errcheck // the connection goes back to the pool
	// The transaction itself does not hang on ctx: a context that ends between
	// the last statement and COMMIT must not leave the outcome in doubt. Each
	// statement does.
	lasting := context.WithoutCancel(ctx)
	// BEGIN shares the round trip of the first statement.
	tx := &Tx{ctx: inside(ctx), conn: conn, engine: PostgreSQL, raw: conn, queued: []statement{{query: begin}}}
	committed := false
	defer func() {
		switch {
		case committed:
		case tx.begun: // fn failed, panicked or left the goroutine
			rollback(lasting, conn)
		case tx.failed != nil: // nobody knows whether BEGIN arrived
			discard(conn)
		}
	}()
	err = tx.run(fn)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && len(tx.queued) == 1 && !tx.begun {
		committed = true // fn asked nothing of the server
		tx.committed()
		return nil
	}
	if err != nil {
		if !tx.begun && isConnection(tx.failed) {
			return p.connectError(ctx, tx.failed)
		}
		if tx.failed != nil && isRetryable(tx.failed) {
			// fn may have hidden the cause in an error of its own.
			return tx.failed
		}
		return err
	}
	if _, err := tx.send(lasting, statement{query: "commit"}); err != nil {
		// Where COMMIT may have reached the server nobody knows what came of it:
		// that is no transaction that did not begin.
		if !tx.begun && pgconn.SafeToRetry(err) {
			return p.connectError(ctx, err)
		}
		return err
	}
	committed = true
	tx.committed()
	return nil
}

// rollback ends a transaction, or the connection where that fails.
func rollback(ctx context.Context, conn *sql.Conn) {
	if _, err := conn.ExecContext(ctx, "rollback"); err != nil {
		discard(conn)
	}
}

// discard keeps a connection out of the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (p *postgres) connectError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case p.closed.Load() || errors.Is(err, sql.ErrConnDone):
		return errClosed
	}
	return kernel.E(kernel.Unavailable, "store.unreachable", err)
}
