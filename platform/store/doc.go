// Package store keeps what Maru knows: plain SQL in a portable subset, written
// once, run on embedded SQLite or on PostgreSQL.
//
// Both engines give the same promise. Update is serializable and durable: when
// it returns nil the rows survive a power cut (SQLite in WAL mode with
// synchronous=FULL, PostgreSQL with synchronous_commit). View sees one
// consistent snapshot and cannot write.
//
// The closures are pure: they may run more than once, so that they send no
// mail, call no other service and change nothing outside the transaction; what
// must follow a commit is a job or an OnCommit function. They do not nest.
//
// SQLite has one writer, a goroutine with group commit: up to 64 callers, each
// inside a savepoint of its own, share one transaction and so one sync of the
// disk. Nobody is answered before that sync. A caller that fails or panics
// rolls back its savepoint only.
//
// SQLite's log is copied into the database file, in checkpoints, by a goroutine
// of its own, because SQLite would do so inside of a commit. The writer does
// only the last bit, between two commits, so that the log begins again. It
// takes some tens of megabytes, and never more than 256 MB and one transaction
// unless a View lasts: what it sees stays in the log, and holds up nobody.
//
// # The portable subset
//
//   - placeholders $1, $2 ... in order; types BIGINT, BOOLEAN, TEXT, BYTEA,
//     DOUBLE PRECISION; no SERIAL, no schemas, table names begin with the
//     domain's name and an underscore
//   - instants are BIGINT (kernel.Time), dates TEXT, ids TEXT (kernel.ID)
//   - signed or hashed documents are TEXT or BYTEA: JSONB reformats them
//   - LIKE is case-sensitive on both; compare lower(x) to ignore case
//   - create the PostgreSQL database with the C collation (or C.UTF-8), so that
//     both engines sort text alike
//   - RETURNING, ON CONFLICT, partial and expression indexes, recursive CTEs,
//     window functions and row values are fine
//
// A transaction carries one query at a time: rows are read to the end or closed
// before the next statement. After a statement failed, a transaction can only end: the store refuses
// further statements on both engines, because PostgreSQL would.
package store
