package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"maru/kernel"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// schema makes migrations out of scripts, numbered from 0001.
func schema(domain string, scripts ...string) store.Migrations {
	files := fstest.MapFS{}
	for i, s := range scripts {
		files["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(s)}
	}
	return store.Migrations{Domain: domain, FS: files}
}

var things = schema("things", `
-- every type of the portable subset; a comment with BIGINT; and a semicolon
CREATE TABLE things_thing (
	id    TEXT PRIMARY KEY,
	n     BIGINT NOT NULL DEFAULT 0,
	yes   BOOLEAN NOT NULL DEFAULT FALSE,
	at    BIGINT,
	day   TEXT NOT NULL DEFAULT 'BIGINT; BOOLEAN',
	body  BYTEA,
	ratio DOUBLE PRECISION
);
CREATE INDEX things_thing_n ON things_thing (n) WHERE yes;
CREATE UNIQUE INDEX things_thing_lower ON things_thing (lower(id));
CREATE TABLE things_part (
	thing TEXT NOT NULL REFERENCES things_thing (id),
	no    BIGINT NOT NULL,
	PRIMARY KEY (thing, no)
)`)

func update(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
}

func one[T any](t *testing.T, db *store.DB, query string, args ...any) T {
	t.Helper()
	var v T
	err := db.View(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(query, args...).Scan(&v) })
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// TestConformance holds both engines to what the portable subset promises.
func TestConformance(t *testing.T) {
	tests := map[string]func(t *testing.T, db *store.DB){
		"placeholders bind by number, not by appearance": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id, n) VALUES ($1, $2)", "a", 1)
			exec(t, db, "UPDATE things_thing SET n = $2 WHERE id = $1", "a", 7)
			exec(t, db, "UPDATE things_thing SET n = n + $1 WHERE n = $2 OR n = $1 + $2", 1, 7)
			if n := one[int64](t, db, "SELECT n FROM things_thing WHERE id = $1", "a"); n != 8 {
				t.Errorf("n = %d, want 8", n)
			}
		},
		"values come back as they went in": func(t *testing.T, db *store.DB) {
			at := kernel.Time(1764000000123456)
			id, day, body := kernel.NewID(at), kernel.MustDate("2024-02-29"), []byte{0, 1, 0xff, '\''}
			exec(t, db, "INSERT INTO things_thing (id, n, yes, at, day, body, ratio) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				id, int64(-1)<<62, true, at, day, body, 0.1)
			update(t, db, func(tx *store.Tx) error {
				var (
					gotID   kernel.ID
					n       int64
					yes     bool
					gotAt   kernel.Time
					gotDay  kernel.Date
					gotBody []byte
					ratio   float64
				)
				err := tx.QueryRow("SELECT id, n, yes, at, day, body, ratio FROM things_thing").Scan(&gotID, &n, &yes, &gotAt, &gotDay, &gotBody, &ratio)
				if gotID != id || n != -1<<62 || !yes || gotAt != at || gotDay != day || !bytes.Equal(gotBody, body) || ratio != 0.1 {
					t.Errorf("got %v %v %v %v %v %v %v", gotID, n, yes, gotAt, gotDay, gotBody, ratio)
				}
				return err
			})
		},
		"nulls": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id, at) VALUES ($1, $2)", "a", nil)
			if v := one[sql.NullInt64](t, db, "SELECT at FROM things_thing"); v.Valid {
				t.Errorf("at = %v, want null", v)
			}
			if !one[bool](t, db, "SELECT at IS NOT DISTINCT FROM NULL FROM things_thing") {
				t.Error("IS NOT DISTINCT FROM")
			}
		},
		"arguments of types with a name": func(t *testing.T, db *store.DB) {
			// Their String, JSON and text forms must not count, only what
			// they are made of.
			type code string
			day := kernel.MustDate("2025-01-01")
			exec(t, db, "INSERT INTO things_thing (id, n, at, day, body) VALUES ($1, $2, $3, $4, $5)",
				code("a"), kernel.NotFound, time.Second, &day, json.RawMessage(`{"b": 1}`))
			exec(t, db, "INSERT INTO things_thing (id, n, at, body) VALUES ($1, $2, $3, $4)", "b", uint8(7), (*kernel.Time)(nil), []byte(nil))
			if n := one[int64](t, db, "SELECT n FROM things_thing WHERE id = $1", kernel.ID("a")); n != int64(kernel.NotFound) {
				t.Errorf("n = %d", n)
			}
			if at := one[int64](t, db, "SELECT at FROM things_thing WHERE id = $1", "a"); at != int64(time.Second) {
				t.Errorf("at = %d", at)
			}
			if got := one[kernel.Date](t, db, "SELECT day FROM things_thing WHERE id = $1", "a"); got != day {
				t.Errorf("day = %v", got)
			}
			if got := one[json.RawMessage](t, db, "SELECT body FROM things_thing WHERE id = $1", "a"); string(got) != `{"b": 1}` {
				t.Errorf("body = %s", got)
			}
			if n := one[int](t, db, "SELECT COUNT(*) FROM things_thing WHERE at IS NULL AND body IS NULL"); n != 1 {
				t.Errorf("%d rows with nulls, want 1", n)
			}
		},
		"what is no value is refused": func(t *testing.T, db *store.DB) {
			for _, bad := range []any{[]string{"a"}, struct{ A int }{1}, map[string]int{"a": 1}, uint64(1) << 63} {
				err := db.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec("INSERT INTO things_thing (id, day) VALUES ('a', $1)", bad)
					return err
				})
				if err == nil {
					t.Errorf("%T %v: accepted as %q", bad, bad, one[string](t, db, "SELECT day FROM things_thing"))
				}
			}
		},
		"instants compare as numbers": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id, at) VALUES ('a', $1), ('b', $2)", kernel.Time(999), kernel.Time(1000))
			if n := one[int](t, db, "SELECT COUNT(*) FROM things_thing WHERE at < $1", kernel.Time(1000)); n != 1 {
				t.Errorf("%d rows, want 1", n)
			}
		},
		"a text in a number column is refused": func(t *testing.T, db *store.DB) {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec("INSERT INTO things_thing (id, n) VALUES ('a', $1)", "many")
				return err
			})
			if err == nil {
				t.Error("accepted")
			}
		},
		"LIKE minds case": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id) VALUES ('Abc')")
			if n := one[int](t, db, "SELECT COUNT(*) FROM things_thing WHERE id LIKE 'abc'"); n != 0 {
				t.Error("LIKE ignored case")
			}
			if n := one[int](t, db, "SELECT COUNT(*) FROM things_thing WHERE lower(id) LIKE 'abc'"); n != 1 {
				t.Error("lower(id) LIKE did not match")
			}
		},
		"text sorts by bytes": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id) VALUES ('b'), ('B2'), ('가'), ('a_')")
			var got []string
			update(t, db, func(tx *store.Tx) error {
				got = nil
				rows, err := tx.Query("SELECT id FROM things_thing ORDER BY id")
				if err != nil {
					return err
				}
				for rows.Next() {
					var s string
					if err := rows.Scan(&s); err != nil {
						return err
					}
					got = append(got, s)
				}
				return rows.Err()
			})
			if want := []string{"B2", "a_", "b", "가"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		},
		"upsert, returning, update from, row values": func(t *testing.T, db *store.DB) {
			update(t, db, func(tx *store.Tx) error {
				var n int64
				for want := int64(1); want <= 2; want++ {
					err := tx.QueryRow(`INSERT INTO things_thing (id, n) VALUES ('a', 1)
						ON CONFLICT (id) DO UPDATE SET n = things_thing.n + excluded.n RETURNING n`).Scan(&n)
					if err != nil {
						return err
					}
					if n != want {
						t.Errorf("n = %d, want %d", n, want)
					}
				}
				if _, err := tx.Exec("UPDATE things_thing SET n = x.v FROM (SELECT 'a' AS id, 9 AS v) x WHERE things_thing.id = x.id"); err != nil {
					return err
				}
				return tx.QueryRow("SELECT n FROM things_thing WHERE (n, id) > (8, 'z')").Scan(&n)
			})
		},
		"recursive query, window, aggregate": func(t *testing.T, db *store.DB) {
			got := one[string](t, db, `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3)
				SELECT string_agg(r, ',') FROM (SELECT CAST(row_number() OVER (ORDER BY n DESC) AS TEXT) AS r FROM c ORDER BY n) x`)
			if got != "3,2,1" {
				t.Errorf("got %q", got)
			}
		},
		"a taken key is a conflict": func(t *testing.T, db *store.DB) {
			insert := func(query string) error {
				return db.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec(query)
					return err
				})
			}
			if err := insert("INSERT INTO things_thing (id) VALUES ('a')"); err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{"INSERT INTO things_thing (id) VALUES ('a')", "INSERT INTO things_thing (id) VALUES ('A')"} {
				if err := insert(q); !store.IsConflict(err) || !kernel.Is(err, kernel.Conflict) {
					t.Errorf("%s: %v", q, err)
				}
			}
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				var id string
				return tx.QueryRow("INSERT INTO things_thing (id) VALUES ('a') RETURNING id").Scan(&id)
			})
			if !store.IsConflict(err) {
				t.Errorf("RETURNING: %v", err)
			}
		},
		"foreign keys inside a domain hold": func(t *testing.T, db *store.DB) {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec("INSERT INTO things_part (thing, no) VALUES ('nobody', 1)")
				return err
			})
			if err == nil || store.IsConflict(err) {
				t.Errorf("got %v", err)
			}
		},
		"no row": func(t *testing.T, db *store.DB) {
			err := db.View(t.Context(), func(tx *store.Tx) error {
				var n int
				return tx.QueryRow("SELECT n FROM things_thing WHERE id = 'nobody'").Scan(&n)
			})
			if !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("got %v", err)
			}
		},
		"a misspelt column is no string": func(t *testing.T, db *store.DB) {
			err := db.View(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Query(`SELECT "nothing" FROM things_thing`)
				return err
			})
			if err == nil {
				t.Error("accepted")
			}
		},
		"a view cannot write": func(t *testing.T, db *store.DB) {
			err := db.View(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec("INSERT INTO things_thing (id) VALUES ('a')")
				return err
			})
			if err == nil {
				t.Error("accepted")
			}
		},
		"after a failed statement nothing stays, even if the error is swallowed": func(t *testing.T, db *store.DB) {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.Exec("INSERT INTO things_thing (id) VALUES ('a')"); err != nil {
					return err
				}
				_, _ = tx.Exec("INSERT INTO things_thing (id) VALUES ('a')")
				if _, err := tx.Exec("INSERT INTO things_thing (id) VALUES ('b')"); err == nil {
					t.Error("a statement was accepted after a failed one")
				}
				return nil
			})
			if !store.IsConflict(err) {
				t.Errorf("got %v", err)
			}
			if n := one[int](t, db, "SELECT COUNT(*) FROM things_thing"); n != 0 {
				t.Errorf("%d rows stayed", n)
			}
		},
		"NUL and broken UTF-8 are no text": func(t *testing.T, db *store.DB) {
			for _, bad := range []string{"a\x00b", "a\xff"} {
				err := db.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec("INSERT INTO things_thing (id) VALUES ($1)", bad)
					return err
				})
				if !kernel.Is(err, kernel.Invalid) {
					t.Errorf("%q: %v", bad, err)
				}
			}
		},
		"one query at a time": func(t *testing.T, db *store.DB) {
			exec(t, db, "INSERT INTO things_thing (id, n) VALUES ('a', 1), ('b', 2)")
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				rows, err := tx.Query("SELECT id FROM things_thing")
				if err != nil || !rows.Next() {
					t.Fatal("no rows", err)
				}
				_, err = tx.Exec("UPDATE things_thing SET n = 3")
				return err
			})
			if err == nil {
				t.Error("a statement was accepted while rows were open")
			}
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { storetest.Each(t, test, things) })
	}
}
