package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
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

func (p *postgres) view(ctx context.Context, fn func(*Tx) error) error {
	return p.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

// maxTries bounds how often a serialization failure is tried again. With the
// waits of pause it stands for several seconds of contention.
const maxTries = 64

func (p *postgres) update(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := p.once(ctx, &sql.TxOptions{Isolation: level}, fn)
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

func (p *postgres) once(ctx context.Context, o *sql.TxOptions, fn func(*Tx) error) error {
	if p.closed.Load() {
		return errClosed
	}
	// The transaction itself does not hang on ctx: a context that ends between
	// the last statement and COMMIT must not leave the outcome in doubt. Each
	// statement does.
	conn, err := p.pool.Conn(ctx)
	if err != nil {
		return p.connectError(ctx, err)
	}
	defer conn.Close() //nolint:errcheck // the connection goes back to the pool
	raw, err := conn.BeginTx(context.WithoutCancel(ctx), o)
	if err != nil {
		return p.connectError(ctx, err)
	}
	tx := &Tx{ctx: inside(ctx), conn: raw, engine: PostgreSQL, raw: conn}
	settled := false
	defer func() {
		if !settled { // fn panicked or left the goroutine
			_ = raw.Rollback()
		}
	}()
	err = tx.run(fn)
	if err == nil {
		err = ctx.Err()
	}
	settled = true
	if err != nil {
		_ = raw.Rollback()
		if tx.failed != nil && isRetryable(tx.failed) {
			// fn may have hidden the cause in an error of its own.
			return tx.failed
		}
		return err
	}
	if err := raw.Commit(); err != nil {
		return err
	}
	tx.committed()
	return nil
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
