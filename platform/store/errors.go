package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"maru/kernel"
)

var (
	errNested  = kernel.E(kernel.Internal, "", errors.New("store: View or Update inside another one: read before you open your own, write in one"))
	errText    = kernel.E(kernel.Invalid, "store.text", errors.New("store: a text holds NUL or broken UTF-8"))
	errAborted = kernel.E(kernel.Internal, "", errors.New("store: a statement failed before in this transaction, which can only end now"))
)

// The codes of a unique violation: PostgreSQL's SQLSTATE, and SQLite's
// SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE and _ROWID.
const (
	pgUniqueViolation  = "23505"
	sqlitePrimaryKey   = 1555
	sqliteUnique       = 2067
	sqliteRowID        = 2579
	pgSerialization    = "40001"
	pgDeadlock         = "40P01"
	pgBadText          = "22021"
	pgPlanChanged      = "0A000"
	planChangedMessage = "cached plan must not change result type"
)

// IsConflict tells whether err comes from a unique key that is taken, or from
// anything else of kind Conflict.
func IsConflict(err error) bool {
	return kernel.Is(err, kernel.Conflict) || isUnique(err)
}

func isUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == pgUniqueViolation
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlitePrimaryKey || lite.Code() == sqliteUnique || lite.Code() == sqliteRowID
	}
	return false
}

// isRetryable tells whether PostgreSQL asks for another try: the transactions'
// order could not be settled, or a migration changed a table under a prepared
// statement.
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case pgSerialization, pgDeadlock:
		return true
	case pgPlanChanged:
		return pg.Message == planChangedMessage
	}
	return false
}

// isConnection tells whether err came of the way to the server, or of a server
// that shuts down or has no room, and not of a statement or its arguments.
func isConnection(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		var network net.Error
		return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) ||
			err != nil && pgconn.SafeToRetry(err)
	}
	switch pg.Code[:2] {
	case "08", "53", "57": // connection, resources, the operator
		return true
	}
	return false
}

// mapError gives a raw unique violation and a text that cannot be stored their
// kinds; everything else stays.
func mapError(err error) error {
	var known *kernel.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var pg *pgconn.PgError
	switch {
	case isUnique(err):
		return kernel.E(kernel.Conflict, "", err)
	case errors.As(err, &pg) && pg.Code == pgBadText:
		return kernel.E(kernel.Invalid, errText.Key, err)
	}
	return err
}
