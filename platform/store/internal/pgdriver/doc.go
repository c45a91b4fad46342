// Package pgdriver is a small database/sql driver over the core of pgx: one
// connection, its own statement cache, and only the value types that the
// portable subset of SQL uses. pgx's own adapter would bring a second
// connection pool along, which database/sql already is.
package pgdriver
