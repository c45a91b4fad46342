// Package backup writes everything a database holds into one archive and
// brings it back, from either engine into either engine.
//
// The archive is a gzipped tar: the rows of each table as JSON lines in parts
// of about a megabyte, and, last, a manifest with the schema's versions, the
// row counts and a SHA-256 of each part. It is taken from one snapshot while
// the system works on. With a key file the manifest carries a MAC, so that
// nobody without it can make or alter an archive unnoticed.
//
// The key file is NOT inside: what is sealed in the rows stays sealed in the
// archive, and whoever steals the one has nothing without the other. Keep the
// key file elsewhere; without it a restored database cannot be read.
//
// Restore takes an unused database only. It checks the whole archive before it
// writes a row, makes the schema of the archive's day, inserts all rows in one
// transaction and then migrates on. Until that transaction is durable the
// database is stamped "restoring", which neither serve nor demo opens.
package backup
