package store

import (
	"context"
	"database/sql"
	"strings"

	"maru/kernel"
)

// Engine names what carries a DB.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	kind   Engine
}

// engine is what differs between SQLite and PostgreSQL.
type engine interface {
	view(ctx context.Context, fn func(*Tx) error) error
	update(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) error
	close() error
}

// Open opens the database at url: "postgres://..." is a PostgreSQL server, a
// file path or "sqlite:PATH" an embedded SQLite file, which is made, readable
// by its owner only, when absent. A server that does not answer is Unavailable.
func Open(ctx context.Context, url string) (*DB, error) {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		e, err := openPostgres(ctx, url)
		if err != nil {
			return nil, err
		}
		return &DB{engine: e, kind: PostgreSQL}, nil
	}
	e, err := openSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		return nil, err
	}
	return &DB{engine: e, kind: SQLite}, nil
}

// Close waits for the acts under way and closes the database. Acts begun later
// are refused as Unavailable.
func (db *DB) Close() error { return db.engine.close() }

// Engine tells what carries the database.
func (db *DB) Engine() Engine { return db.kind }

// View runs fn in a read-only snapshot.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	if err := refuseNesting(ctx); err != nil {
		return err
	}
	return mapError(db.engine.view(ctx, fn))
}

// Update runs fn in a serializable transaction and returns nil only when it is
// durable. fn may run more than once and must be pure. An error of fn rolls
// everything back. A unique violation comes back as kernel.Conflict. Once fn
// has begun on SQLite, cancelling ctx no longer stops it: neighbours share its
// transaction.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	return db.write(ctx, sql.LevelSerializable, fn)
}

// UpdateReadCommitted is Update at READ COMMITTED on PostgreSQL. At this level
// two transactions may each act on what the other is about to change, so it is
// for those that read nothing (a unique key refuses the second of two), and for
// those that lock each row they decide by (Tx.ForUpdate, SKIP LOCKED of a
// queue). It spares them failures that SERIALIZABLE cannot help: it watches
// pages of indexes, and where new rows come last they all meet on one page.
func (db *DB) UpdateReadCommitted(ctx context.Context, fn func(tx *Tx) error) error {
	return db.write(ctx, sql.LevelReadCommitted, fn)
}

func (db *DB) write(ctx context.Context, level sql.IsolationLevel, fn func(tx *Tx) error) error {
	if err := refuseNesting(ctx); err != nil {
		return err
	}
	return mapError(db.engine.update(ctx, level, fn))
}

// insideKey marks the contexts that Tx.Context hands out.
type insideKey struct{}

func inside(ctx context.Context) context.Context {
	return context.WithValue(ctx, insideKey{}, true)
}

func refuseNesting(ctx context.Context) error {
	if ctx.Value(insideKey{}) != nil {
		return errNested
	}
	return ctx.Err()
}

var errClosed = kernel.E(kernel.Unavailable, "store.closed", nil)
