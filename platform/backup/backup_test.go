package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"maru/kernel"
	"maru/platform/backup"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

const now kernel.Time = 1_764_000_000_000_000

var first = `
CREATE TABLE shop_order (id TEXT PRIMARY KEY, parent TEXT REFERENCES shop_order (id), n BIGINT, yes BOOLEAN, body BYTEA, ratio DOUBLE PRECISION);
CREATE TABLE shop_a_line (shop TEXT NOT NULL REFERENCES shop_order (id), no BIGINT NOT NULL, PRIMARY KEY (shop, no))`

const second = `ALTER TABLE shop_order ADD COLUMN note TEXT NOT NULL DEFAULT 'none'`

func shop(scripts ...string) store.Migrations {
	files := fstest.MapFS{}
	for i, s := range scripts {
		files[fmt.Sprintf("%04d_step.sql", i+1)] = &fstest.MapFile{Data: []byte(s)}
	}
	return store.Migrations{Domain: "shop", FS: files}
}

func newKeys(t *testing.T) *crypto.Keys {
	t.Helper()
	k, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func do(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// fill stores n orders with every kind of value, and a line to each.
func fill(t *testing.T, db *store.DB, n int) {
	t.Helper()
	do(t, db, func(tx *store.Tx) error {
		for i := range n {
			id := fmt.Sprintf("주문 %05d \"<&>\\\n", i)
			if _, err := tx.Exec("INSERT INTO shop_order (id, n, yes, body, ratio) VALUES ($1, $2, $3, $4, $5)",
				id, int64(math.MinInt64)+int64(i), i%2 == 0, []byte{byte(i), 0, 0xff}, float64(i)/8); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO shop_a_line (shop, no) VALUES ($1, $2)", id, i); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO shop_order (id, yes) VALUES ('nulls', NULL)")
		return err
	})
}

// content is all rows as text, the same on both engines.
func content(t *testing.T, db *store.DB) string {
	t.Helper()
	var out strings.Builder
	err := db.View(t.Context(), func(tx *store.Tx) error {
		out.Reset()
		rows, err := tx.Query("SELECT o.id, n, yes, body, ratio, no FROM shop_order o LEFT JOIN shop_a_line l ON l.shop = o.id ORDER BY o.id")
		if err != nil {
			return err
		}
		for rows.Next() {
			var id string
			var n, no *int64
			var yes *bool
			var body []byte
			var ratio *float64
			if err := rows.Scan(&id, &n, &yes, &body, &ratio, &no); err != nil {
				return err
			}
			fmt.Fprintf(&out, "%q", id)
			if n != nil {
				fmt.Fprintf(&out, " %d %v %x %v %v", *n, *yes, body, *ratio, *no)
			}
			out.WriteByte('\n')
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func take(t *testing.T, db *store.DB, keys *crypto.Keys) (*bytes.Reader, backup.Manifest) {
	t.Helper()
	var archive bytes.Buffer
	m, err := backup.Backup(t.Context(), db, keys, now, &archive)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(archive.Bytes()), m
}

// TestEitherWay restores each engine's backup into each engine, into a program
// that is one migration newer.
func TestEitherWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, from *store.DB) {
		keys := newKeys(t)
		if err := from.Stamp(t.Context(), "demo"); err != nil {
			t.Fatal(err)
		}
		if err := from.BindKeys(t.Context(), keys.Fingerprint()); err != nil {
			t.Fatal(err)
		}
		fill(t, from, 1500)
		archive, m := take(t, from, keys)
		if m.Rows() != 3001 || m.Engine != from.Engine() || m.World != "demo" || m.Schema["shop"] != 1 {
			t.Errorf("manifest %+v", m)
		}
		storetest.Each(t, func(t *testing.T, to *store.DB) {
			got, err := backup.Restore(t.Context(), to, keys, archive, shop(first, second))
			if err != nil {
				t.Fatal(err)
			}
			if got.Archive != m.Archive || m.Archive == "" {
				t.Errorf("restored %s, took %s", got.Archive, m.Archive)
			}
			if content(t, to) != content(t, from) {
				t.Error("the rows differ")
			}
			do(t, to, func(tx *store.Tx) error {
				var n int
				err := tx.QueryRow("SELECT COUNT(*) FROM shop_order WHERE note = 'none'").Scan(&n)
				if n != 1501 {
					t.Errorf("%d rows were migrated on", n)
				}
				return err
			})
			if err := to.Stamp(t.Context(), "serve"); !kernel.Is(err, kernel.Conflict) {
				t.Errorf("the stamp was lost: %v", err)
			}
			if err := to.Stamp(t.Context(), "demo"); err != nil {
				t.Error(err)
			}
			if found, err := to.Keys(t.Context()); found != keys.Fingerprint() {
				t.Errorf("bound to key file %q, %v", found, err)
			}
			if _, err := backup.Restore(t.Context(), to, keys, archive, shop(first, second)); !kernel.Is(err, kernel.Conflict) {
				t.Errorf("restored into a used database: %v", err)
			}
		})
	}, shop(first))
}

// TestUnderLoad takes a backup while writers go on; it must be one instant.
func TestUnderLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, 200)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		defer wg.Wait()
		defer stop()
		wrote := make(chan struct{}, 1)
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					err := db.Update(ctx, func(tx *store.Tx) error {
						id := fmt.Sprintf("%d/%d", w, i)
						if _, err := tx.Exec("INSERT INTO shop_order (id) VALUES ($1)", id); err != nil {
							return err
						}
						_, err := tx.Exec("INSERT INTO shop_a_line (shop, no) VALUES ($1, 1)", id)
						return err
					})
					if err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
					select {
					case wrote <- struct{}{}:
					default:
					}
				}
			})
		}
		<-wrote
		var archive bytes.Buffer
		m, err := backup.Backup(t.Context(), db, nil, now, slow{&archive, wrote})
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int64{}
		for _, table := range m.Tables {
			counts[table.Name] = table.Rows
		}
		if counts["shop_order"] != counts["shop_a_line"]+1 {
			t.Errorf("no instant has %v", counts)
		}
		to := storetest.SQLite(t)
		if _, err := backup.Restore(t.Context(), to, nil, bytes.NewReader(archive.Bytes()), shop(first)); err != nil {
			t.Error(err)
		}
	}, shop(first))
}

// slow has a writer commit something before each piece of the archive is taken.
type slow struct {
	w     io.Writer
	wrote <-chan struct{}
}

func (s slow) Write(p []byte) (int, error) {
	<-s.wrote
	return s.w.Write(p)
}

func TestDamage(t *testing.T) {
	keys := newKeys(t)
	from := storetest.SQLite(t, shop(first))
	fill(t, from, 300)
	archive, _ := take(t, from, keys)
	good := make([]byte, archive.Len())
	if _, err := io.ReadFull(archive, good); err != nil {
		t.Fatal(err)
	}
	verify := func(b []byte) error {
		_, err := backup.Verify(t.Context(), keys, bytes.NewReader(b))
		return err
	}
	if err := verify(good); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(good); i += 1 + len(good)/1000 {
		bad := bytes.Clone(good)
		bad[i] ^= 0xff
		if err := verify(bad); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
		if err := verify(good[:i]); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
	to := storetest.SQLite(t)
	bad := bytes.Clone(good)
	bad[len(bad)/2] ^= 1
	if _, err := backup.Restore(t.Context(), to, keys, bytes.NewReader(bad), shop(first)); !kernel.Is(err, kernel.Invalid) {
		t.Errorf("got %v", err)
	}
	if _, err := backup.Restore(t.Context(), to, keys, bytes.NewReader(good), shop(first)); err != nil {
		t.Errorf("the refused archive left something behind: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	keys := newKeys(t)
	from := storetest.SQLite(t, shop(first, second))
	archive, _ := take(t, from, keys)
	for name, c := range map[string]struct {
		keys *crypto.Keys
		ms   []store.Migrations
	}{
		"no keys":      {nil, []store.Migrations{shop(first, second)}},
		"other keys":   {newKeys(t), []store.Migrations{shop(first, second)}},
		"older":        {keys, []store.Migrations{shop(first)}},
		"other domain": {keys, nil},
	} {
		if _, err := backup.Restore(t.Context(), storetest.SQLite(t), c.keys, archive, c.ms...); !kernel.Is(err, kernel.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := backup.Verify(t.Context(), keys, strings.NewReader("")); !kernel.Is(err, kernel.Invalid) {
		t.Errorf("got %v", err)
	}
}

// TestEmpty backs up a database that has never been used.
func TestEmpty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		archive, m := take(t, db, nil)
		if m.Rows() != 0 || len(m.Tables) != 0 {
			t.Errorf("manifest %+v", m)
		}
		if _, err := backup.Restore(t.Context(), storetest.SQLite(t), nil, archive); err != nil {
			t.Error(err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 0, 0, 0xff, 0xff})
	f.Add([]byte("no archive"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := backup.Verify(t.Context(), nil, bytes.NewReader(b)); err == nil && m.Format != 1 {
			t.Errorf("accepted %+v", m)
		}
	})
}
