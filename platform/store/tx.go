package store

import (
	"context"
	"database/sql"
)

// Tx is a transaction under way. It belongs to the goroutine that runs the
// closure and ends with it.
type Tx struct {
	ctx      context.Context
	conn     querier
	engine   Engine
	raw      *sql.Conn   // PostgreSQL's, below the transaction
	failed   error       // the first statement that failed
	rows     *sql.Rows   // of the latest Query
	row      *sql.Row    // of the latest QueryRow
	queued   []statement // of Later; on PostgreSQL BEGIN is the first
	begun    bool        // PostgreSQL has answered BEGIN
	onCommit []func()
}

// querier is a *sql.Conn on SQLite and a *sql.Tx on PostgreSQL.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Exec runs a statement and tells how many rows it touched.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if tx.failed != nil {
		return 0, errAborted
	}
	if err := tx.ready(); err != nil {
		return 0, err
	}
	if len(tx.queued) > 0 {
		return tx.send(tx.ctx, statement{query, args})
	}
	res, err := tx.conn.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, tx.fail(err)
	}
	return res.RowsAffected()
}

// Query runs a query. The rows are closed with the transaction at the latest.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if err := tx.flush(); err != nil {
		return nil, err
	}
	if tx.failed != nil {
		return nil, errAborted
	}
	if err := tx.ready(); err != nil {
		return nil, err
	}
	rows, err := tx.conn.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	tx.rows = rows
	return rows, nil
}

// QueryRow runs a query for one row; Scan gives sql.ErrNoRows when there is
// none.
func (tx *Tx) QueryRow(query string, args ...any) *sql.Row {
	// What failed before has ended the transaction, or BEGIN never came to be:
	// this must not run outside of one.
	if tx.flush() != nil || tx.failed != nil || tx.ready() != nil {
		return nothing.QueryRowContext(tx.ctx, query)
	}
	row := tx.conn.QueryRowContext(tx.ctx, query, args...)
	if err := row.Err(); err != nil {
		_ = tx.fail(err)
		return row
	}
	tx.row = row
	return row
}

// ready refuses a statement while rows of an earlier query are open. SQLite's
// connection does so itself; PostgreSQL's would be given up as broken, and
// database/sql would wait for its rows for ever.
func (tx *Tx) ready() error {
	if tx.raw == nil {
		return nil
	}
	if tx.row != nil {
		_ = tx.row.Scan() // closes the row, if nobody has scanned it
		tx.row = nil
	}
	if tx.rows != nil {
		if _, err := tx.rows.Columns(); err == nil { // they are not closed
			return tx.fail(errReading)
		}
		tx.rows = nil
	}
	return nil
}

// Context ends with the transaction and marks it: View and Update refuse to
// begin under it.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells what carries the transaction.
func (tx *Tx) Engine() Engine { return tx.engine }

// ForUpdate ends a SELECT whose rows nobody else may change before the
// transaction ends. SQLite needs nothing: its writer is alone.
func (tx *Tx) ForUpdate() string {
	if tx.engine == PostgreSQL {
		return " FOR UPDATE"
	}
	return ""
}

// OnCommit has fn run once after the transaction is durable, before Update
// returns, and not at all when it rolls back. fn must be quick and may be lost
// in a crash: it is for waking somebody up, not for duties.
func (tx *Tx) OnCommit(fn func()) { tx.onCommit = append(tx.onCommit, fn) }

func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return mapError(err)
}

// run calls fn and settles what it left behind.
func (tx *Tx) run(fn func(*Tx) error) error {
	defer tx.closeRows()
	err := fn(tx)
	if err == nil && tx.failed != nil {
		// fn swallowed the failure; what it wrote cannot stay.
		return tx.failed
	}
	return err
}

// closeRows closes what fn left open. Only the latest query can be: another
// statement is refused before the rows of the one before are closed.
func (tx *Tx) closeRows() {
	if tx.rows != nil {
		_ = tx.rows.Close()
	}
	if tx.row != nil {
		_ = tx.row.Scan() // closes the row, if nobody has scanned it
	}
}

func (tx *Tx) committed() {
	for _, fn := range tx.onCommit {
		fn()
	}
}
