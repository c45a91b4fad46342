package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"maru/platform/crypto"
	"maru/platform/store"
)

// measured is a database of one benchmark, beside what its disk can do.
type measured struct {
	db    *store.DB
	keys  *crypto.Keys
	floor float64 // synced appends of 4 KiB a second
	dir   string
	pg    *cluster
}

// openMeasured makes a new database of the engine in a folder of its own below
// dir, the system's where that is "".
func openMeasured(ctx context.Context, dir, engine string, tables ...store.Migrations) (m *measured, err error) {
	m = &measured{}
	if m.dir, err = os.MkdirTemp(dir, "maru-bench-"); err != nil {
		return nil, err
	}
	if err := m.open(ctx, engine, tables); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return m, nil
}

func (m *measured) open(ctx context.Context, engine string, tables []store.Migrations) (err error) {
	if m.floor, err = syncRate(m.dir, 2*time.Second); err != nil {
		return err
	}
	url := filepath.Join(m.dir, "maru.db")
	if engine == "postgres" {
		if m.pg, err = startCluster(ctx, filepath.Join(m.dir, "pg")); err != nil {
			return err
		}
		url = m.pg.url()
	}
	if m.db, err = store.Open(ctx, url); err != nil {
		return err
	}
	if err := m.db.Migrate(ctx, tables...); err != nil {
		return err
	}
	m.keys, err = crypto.LoadOrCreate(filepath.Join(m.dir, "keys.json"))
	return err
}

// close ends it and deletes the folder.
func (m *measured) close() error {
	var errs []error
	if m.db != nil {
		errs = append(errs, m.db.Close())
	}
	if m.pg != nil {
		errs = append(errs, m.pg.stop())
	}
	return errors.Join(append(errs, os.RemoveAll(m.dir))...)
}
