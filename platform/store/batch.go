package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Batch collects the rows that closures insert instead of writing them, so that
// many thousand can be made outside of a transaction, several batches at once,
// and written table by table in one. It is for filling a database with rows
// whose makers are the ones that make them one by one: they may insert, and
// nothing else. A Batch belongs to one goroutine.
type Batch struct {
	inserts map[string]*insert
	order   []string // of the statements, as they first came
}

// insert is a statement with the arguments of each of its runs.
type insert struct {
	query string
	args  [][]any
}

// Collect runs fn and keeps what it inserts. A statement that reads fails.
func (b *Batch) Collect(ctx context.Context, engine Engine, fn func(tx *Tx) error) error {
	if b.inserts == nil {
		b.inserts = map[string]*insert{}
	}
	tx := &Tx{ctx: inside(ctx), conn: collector{b}, engine: engine}
	return mapError(tx.run(fn))
}

// fillCache is how much SQLite's writer may keep in memory from the first Write
// on, in KiB: rows of a great batch go to nearly every page of a score of
// indexes, and a page that does not stay in memory until the commit is written
// again and again.
const fillCache = 1 << 20

// Write inserts the batch's rows in one transaction. A database that is filled
// so takes more memory until it is closed.
func (db *DB) Write(ctx context.Context, b *Batch) error {
	return db.UpdateReadCommitted(ctx, func(tx *Tx) error {
		if db.kind == SQLite {
			// A script: a kept statement would do nothing, see busyTimeout.
			if _, err := tx.Exec(fmt.Sprintf("PRAGMA cache_size(-%d);", fillCache)); err != nil {
				return err
			}
		}
		for _, q := range b.order {
			if err := tx.insert(b.inserts[q]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *Tx) insert(in *insert) error {
	if tx.raw != nil {
		return tx.copyRows(in)
	}
	for _, args := range in.args {
		if _, err := tx.Exec(in.query, args...); err != nil {
			return err
		}
	}
	return nil
}

var plainInsert = regexp.MustCompile(`^\s*INSERT INTO ([a-z0-9_]+) \(([a-z0-9_,\s]+)\)\s+VALUES \(([$0-9,\s]+)\)\s*$`)

// copyRows sends the rows of a plain INSERT by COPY, those of any other
// statement in one pipeline.
func (tx *Tx) copyRows(in *insert) error {
	if err := tx.flush(); err != nil { // BEGIN
		return err
	}
	err := tx.raw.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		table, columns, ok := columnsOf(in.query)
		if ok && len(columns) == len(in.args[0]) {
			_, err := conn.CopyFrom(tx.ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(in.args))
			return err
		}
		var p pgx.Batch
		for _, args := range in.args {
			p.Queue(in.query, args...)
		}
		return conn.SendBatch(tx.ctx, &p).Close()
	})
	if err != nil {
		return tx.fail(err)
	}
	return nil
}

// columnsOf a statement that inserts its arguments in the columns' order.
func columnsOf(query string) (table string, columns []string, ok bool) {
	m := plainInsert.FindStringSubmatch(query)
	if m == nil {
		return "", nil, false
	}
	for i, c := range strings.Split(m[2], ",") {
		columns = append(columns, strings.TrimSpace(c))
		if i >= strings.Count(m[3], "$") {
			return "", nil, false
		}
	}
	return m[1], columns, true
}

// collector is the connection of a Batch.
type collector struct{ b *Batch }

func (c collector) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if !strings.HasPrefix(strings.TrimSpace(query), "INSERT") {
		return nil, errCollect
	}
	in := c.b.inserts[query]
	if in == nil {
		in = &insert{query: query}
		c.b.inserts[query] = in
		c.b.order = append(c.b.order, query)
	}
	values := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	in.args = append(in.args, values)
	return driver.RowsAffected(1), nil
}

func (c collector) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errCollect
}

// QueryRowContext fails: a sql.Row can only be had from a connection, and this
// pool has none to give.
func (c collector) QueryRowContext(ctx context.Context, query string, _ ...any) *sql.Row {
	return nothing.QueryRowContext(ctx, query)
}

var errCollect = errors.New("store: what a batch collects may insert only")

var errNothing = errors.New("store: no query is possible here: what a batch collects may insert only, and one query is read at a time")

var nothing = sql.OpenDB(noConnection{})

type noConnection struct{}

func (noConnection) Connect(context.Context) (driver.Conn, error) { return nil, errNothing }
func (noConnection) Driver() driver.Driver                        { return liteDriver }
