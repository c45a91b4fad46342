package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/store"
	"maru/platform/store/storetest"
	"maru/platform/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

type agencies struct{}

func (agencies) Name(id string, l kernel.Lang) string {
	if id != "gangnam" {
		return ""
	}
	return kernel.Text{KO: "강남구청", EN: "Gangnam District Office"}.In(l)
}

// newLog is a log on db with a clock that stands at noon of 21 November 2026.
func newLog(t testing.TB, db *store.DB) (*Log, *clock.Manual) {
	t.Helper()
	keys, err := crypto.LoadOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(kernel.TimeOf(kernel.MustDate("2026-11-21").In(kernel.Seoul)).Add(12 * 3600e9))
	return New(Deps{DB: db, Keys: keys, Clock: c, Texts: webtest.Catalog(t, Messages()), Agencies: agencies{}}), c
}

// fill appends n rows, a millisecond apart so that their order is known.
func fill(t testing.TB, l *Log, c *clock.Manual, n int) {
	t.Helper()
	err := l.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		for i := range n {
			c.Advance(1e6)
			if err := Append(tx, c.Now(), Entry{Actor: authz.Actor{Account: "a1"}, Act: "casework.view", Object: fmt.Sprintf("application:%d", i), Subject: "p-1"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sequence(t testing.TB, l *Log) int {
	t.Helper()
	n, err := l.Sequence(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func exec(t testing.TB, db *store.DB, query string, args ...any) {
	t.Helper()
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 {
			return fmt.Errorf("%s: nothing touched", query)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
