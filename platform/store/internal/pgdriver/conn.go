package pgdriver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// conn is one connection. pgx keeps the prepared statements.
type conn struct {
	pg *pgx.Conn
}

var (
	_ driver.ConnBeginTx     = (*conn)(nil)
	_ driver.ExecerContext   = (*conn)(nil)
	_ driver.QueryerContext  = (*conn)(nil)
	_ driver.SessionResetter = (*conn)(nil)
	_ driver.Validator       = (*conn)(nil)
	_ driver.Pinger          = (*conn)(nil)
)

// closeGrace bounds the farewell to a server that no longer answers.
const closeGrace = 5 * time.Second

func (c *conn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	return c.pg.Close(ctx)
}

func (c *conn) Ping(ctx context.Context) error { return c.pg.Ping(ctx) }

func (c *conn) IsValid() bool { return !c.pg.IsClosed() }

func (c *conn) ResetSession(context.Context) error {
	if c.pg.IsClosed() {
		return driver.ErrBadConn
	}
	return nil
}

func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.pg.IsClosed() {
		return nil, driver.ErrBadConn
	}
	opts := pgx.TxOptions{AccessMode: pgx.ReadWrite}
	switch sql.IsolationLevel(o.Isolation) {
	case sql.LevelSerializable, sql.LevelDefault:
		opts.IsoLevel = pgx.Serializable
	case sql.LevelRepeatableRead:
		opts.IsoLevel = pgx.RepeatableRead
	case sql.LevelReadCommitted:
		opts.IsoLevel = pgx.ReadCommitted
	default:
		return nil, fmt.Errorf("pgdriver: isolation level %d is not used here", o.Isolation)
	}
	if o.ReadOnly {
		opts.AccessMode = pgx.ReadOnly
	}
	tx, err := c.pg.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return transaction{tx: tx}, nil
}

type transaction struct{ tx pgx.Tx }

func (t transaction) Commit() error { return t.tx.Commit(context.Background()) }

func (t transaction) Rollback() error {
	err := t.tx.Rollback(context.Background())
	if errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return err
}

// ExecContext runs a statement, or a script of several when it takes no
// arguments (migrations).
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 && strings.Contains(query, ";") {
		results, err := c.pg.PgConn().Exec(ctx, query).ReadAll()
		if err != nil {
			return nil, err
		}
		var n int64
		for _, r := range results {
			n += r.CommandTag.RowsAffected()
		}
		return driver.RowsAffected(n), nil
	}
	tag, err := c.pg.Exec(ctx, query, values(args)...)
	if err != nil {
		return nil, err
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// QueryContext runs a query. It waits for the first row, so that an error of
// the statement (a unique violation of INSERT ... RETURNING) shows here.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	all := make([]any, 0, len(args)+1)
	all = append(all, resultFormats)
	all = append(all, values(args)...)
	r, err := c.pg.Query(ctx, query, all...)
	if err != nil {
		return nil, err
	}
	first := r.Next()
	if !first {
		if err := r.Err(); err != nil {
			return nil, err
		}
	}
	return newRows(r, first), nil
}

// Prepare implements driver.Conn; the statement is prepared at its first use.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return &stmt{c: c, query: query}, nil
}

func values(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}
