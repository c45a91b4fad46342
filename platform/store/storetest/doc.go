// Package storetest gives tests a database of each engine: a SQLite file in the
// test's own folder, and a database of a PostgreSQL server that the test binary
// starts from the installed programs, cloned from a migrated template.
//
// A package that uses Each has
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
//
// so that the server stops with it. Where PostgreSQL's programs are missing the
// PostgreSQL half is skipped, and fails when CI is set.
package storetest
