package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// statement is a query with its arguments.
type statement struct {
	query string
	args  []any
}

// Later runs a statement whose outcome fn does not need: now, or at the latest
// before the next statement or the end of the transaction. On PostgreSQL all
// that come together so share one round trip, with the commit too. What it
// fails with may come from a later call, or from Update.
func (tx *Tx) Later(query string, args ...any) error {
	if tx.raw == nil {
		_, err := tx.Exec(query, args...)
		return err
	}
	if tx.failed != nil {
		return errAborted
	}
	tx.queued = append(tx.queued, statement{query, args})
	return nil
}

// flush runs what Later left, before a query.
func (tx *Tx) flush() error {
	n := len(tx.queued)
	if n == 0 || tx.failed != nil {
		return nil
	}
	if err := tx.ready(); err != nil {
		return err
	}
	last := tx.queued[n-1]
	tx.queued = tx.queued[:n-1]
	_, err := tx.send(tx.ctx, last)
	return err
}

var errRolledBack = errors.New("store: the server rolled back instead of committing")

// send runs what Later left and then s, in one round trip, and tells how many
// rows s touched.
func (tx *Tx) send(ctx context.Context, s statement) (rows int64, err error) {
	var b pgx.Batch
	for _, q := range append(tx.queued, s) {
		args := make([]any, len(q.args))
		for i, a := range q.args {
			if args[i], err = driver.DefaultParameterConverter.ConvertValue(a); err != nil {
				return 0, tx.fail(err)
			}
		}
		b.Queue(q.query, args...)
	}
	tx.queued = nil
	err = tx.raw.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		if b.Len() == 1 {
			tag, err := conn.Exec(ctx, s.query, b.QueuedQueries[0].Arguments...)
			rows = tag.RowsAffected()
			tx.begun = tx.begun || err == nil
			return settled(s, tag.String(), err)
		}
		r := conn.SendBatch(ctx, &b)
		for range b.Len() - 1 {
			if _, err := r.Exec(); err != nil {
				_ = r.Close() // repeats the error
				return err
			}
			tx.begun = true
		}
		tag, err := r.Exec()
		rows = tag.RowsAffected()
		if err := settled(s, tag.String(), err); err != nil {
			_ = r.Close()
			return err
		}
		return r.Close()
	})
	if err != nil {
		return 0, tx.fail(err)
	}
	return rows, nil
}

// settled refuses the answer of a server that could not commit.
func settled(s statement, tag string, err error) error {
	if err == nil && s.query == "commit" && tag != "COMMIT" {
		return errRolledBack
	}
	return err
}
