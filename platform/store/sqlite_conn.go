package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"unicode/utf8"

	"modernc.org/sqlite"
)

// cachingConnector opens SQLite connections that keep their prepared
// statements: preparing costs more than most of our statements take to run.
type cachingConnector struct{ dsn string }

var liteDriver = &sqlite.Driver{}

func (c *cachingConnector) Driver() driver.Driver { return liteDriver }

func (c *cachingConnector) Connect(context.Context) (driver.Conn, error) {
	raw, err := liteDriver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	lite, ok := raw.(liteConn)
	if !ok {
		_ = raw.Close()
		return nil, errors.New("store: the SQLite driver lacks an interface the store relies on")
	}
	return &cachingConn{liteConn: lite, statements: map[string]driver.Stmt{}}, nil
}

// liteConn is what the driver's connection can do and the wrapper hands on.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// cacheSize is how many statements a connection keeps.
const cacheSize = 512

// cachingConn is used by one goroutine at a time, as database/sql promises.
type cachingConn struct {
	liteConn
	statements map[string]driver.Stmt
	reading    bool // rows of a query are still open
}

// errReading makes SQLite as strict as PostgreSQL, whose connection carries one
// query at a time.
var errReading = errors.New("store: rows of an earlier query are still open: read them to the end or close them first")

func (c *cachingConn) Close() error {
	for _, s := range c.statements {
		_ = s.Close()
	}
	c.statements = nil
	return c.liteConn.Close()
}

// find gives the prepared statement for query, or nil for a script of several,
// which is run as it is.
func (c *cachingConn) find(ctx context.Context, query string) (driver.Stmt, error) {
	if c.reading {
		return nil, errReading
	}
	if s, ok := c.statements[query]; ok {
		return s, nil
	}
	if strings.Contains(query, ";") {
		return nil, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if len(c.statements) >= cacheSize {
		c.evict()
	}
	c.statements[query] = s
	return s, nil
}

// evict drops one statement, whichever comes first: a program has fewer
// statements than the cache, so that this hardly ever happens.
func (c *cachingConn) evict() {
	for q, s := range c.statements {
		delete(c.statements, q)
		_ = s.Close()
		return
	}
}

func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.find(ctx, query)
	if err != nil {
		return nil, err
	}
	if err := checkText(args); err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	return s.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.find(ctx, query)
	if err != nil {
		return nil, err
	}
	if err := checkText(args); err != nil {
		return nil, err
	}
	var rows driver.Rows
	if s == nil {
		rows, err = c.liteConn.QueryContext(ctx, query, args)
	} else {
		rows, err = s.(driver.StmtQueryContext).QueryContext(ctx, args)
	}
	if err != nil {
		return nil, err
	}
	c.reading = true
	return &rowsOf{Rows: rows, conn: c}, nil
}

// rowsOf tells its connection when it is closed.
type rowsOf struct {
	driver.Rows
	conn *cachingConn
}

func (r *rowsOf) Close() error {
	err := r.Rows.Close()
	r.conn.reading = false
	return err
}

// checkText refuses what PostgreSQL refuses too: SQLite would store such a
// text, and some later reader would stumble over it.
func checkText(args []driver.NamedValue) error {
	for _, a := range args {
		if s, ok := a.Value.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			return errText
		}
	}
	return nil
}
