package once_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"maru/kernel"
	"maru/platform/crypto"
	"maru/platform/once"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestTake(t *testing.T) {
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	tables := store.Migrations{Domain: "shop", FS: fstest.MapFS{"0001_shop.sql": {Data: []byte(
		`CREATE TABLE shop_key (account TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, thing TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (account, key));`)}}}
	k := once.Keys{Room: "shop", Made: "thing", Keys: keys}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i, c := range []struct {
			account kernel.ID
			key     string
			what    any
			id      kernel.ID
			want    string // what was made before, or what the error says
		}{
			{"a", "", "tea", "1", ""},
			{"a", "", "milk", "2", ""},
			{"a", "k", "tea", "3", ""},
			{"a", "k", "tea", "4", "3"},
			{"a", "k", "milk", "5", "key_reused"},
			{"b", "k", "milk", "6", ""},
			{"a", strings.Repeat("x", 255), "tea", "7", ""},
			{"a", strings.Repeat("x", 256), "tea", "8", "Idempotency-Key"},
		} {
			err := db.Update(t.Context(), func(tx *store.Tx) error {
				prior, err := k.Take(tx, c.account, c.key, c.what, c.id, 1)
				if err == nil && string(prior) != c.want {
					t.Errorf("%d: made before: %q, want %q", i, prior, c.want)
				}
				return err
			})
			if err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%d: %v", i, err)
			}
		}
	}, tables)
}
