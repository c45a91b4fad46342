package app

import (
	"fmt"
	"io"
	"os"

	"maru/platform/backup"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/durable"
	"maru/platform/store"
)

type backupCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
	File      string `arg:"" help:"File to write; - for standard output."`
}

// Run writes a backup.
func (c *backupCmd) Run(r *run) error {
	c.demo = c.Try
	if err := c.complete(); err != nil {
		return err
	}
	keys, err := crypto.Load(c.Keys)
	if err != nil {
		return err
	}
	// It is not migrated: what serves it may still be the version of before,
	// and whoever upgrades takes a backup first.
	db, err := store.Open(r.ctx, c.database())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Stamp(r.ctx, c.world()); err != nil {
		return err
	}
	if err := db.BindKeys(r.ctx, keys.Fingerprint()); err != nil {
		return err
	}
	return writeFile(c.File, r.stdout, func(w io.Writer) error {
		m, err := backup.Backup(r.ctx, db, keys, clock.System().Now(), w)
		if err == nil && c.File != "-" {
			fmt.Fprintf(r.stdout, "%d tables, %d rows; the key file is not in it: keep %s apart\n", len(m.Tables), m.Rows(), c.Keys)
		}
		return err
	})
}

// writeFile writes to a new file that appears under its name only when whole.
func writeFile(name string, stdout io.Writer, fn func(io.Writer) error) error {
	if name == "-" {
		return fn(stdout)
	}
	if err := durable.RemoveParts(name); err != nil {
		return err
	}
	return durable.Write(name, fn)
}

type restoreCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
	File      string `arg:"" type:"existingfile" help:"Backup to restore."`
}

// Run restores a backup into an unused database, with the key file that
// belonged to it at its place.
func (c *restoreCmd) Run(r *run) error {
	c.demo = c.Try
	if err := c.complete(); err != nil {
		return err
	}
	keys, err := crypto.Load(c.Keys)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	db, err := store.Open(r.ctx, c.database())
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := backup.Restore(r.ctx, db, keys, f, migrations()...)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "restored %d tables, %d rows\n", len(m.Tables), m.Rows())
	return nil
}
