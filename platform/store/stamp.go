package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"maru/kernel"
)

const stampTable = `CREATE TABLE IF NOT EXISTS store_stamp (
	one   BIGINT PRIMARY KEY CHECK (one = 1),
	world TEXT NOT NULL
)`

const keysTable = `CREATE TABLE IF NOT EXISTS store_keys (
	one         BIGINT PRIMARY KEY CHECK (one = 1),
	fingerprint TEXT NOT NULL
)`

// Stamp marks the database as belonging to world ("demo", "serve") when it is
// opened for the first time, and refuses it when it belongs to another one:
// the try-out world's accounts must never guard real data.
func (db *DB) Stamp(ctx context.Context, world string) error {
	return db.own(ctx, "store_stamp", stampTable, func(tx *Tx) error {
		found, err := only(tx, "SELECT world FROM store_stamp")
		switch {
		case err != nil || found == world:
			return err
		case found == "":
			_, err := tx.Exec("INSERT INTO store_stamp (one, world) VALUES (1, $1)", world)
			return err
		}
		return kernel.E(kernel.Conflict, "store.stamp",
			fmt.Errorf("store: this database belongs to %q, not to %q", found, world)).
			With("found", found).With("wanted", world)
	})
}

// Keys is the fingerprint of the key file that seals what is in the database,
// "" while there is none.
func (db *DB) Keys(ctx context.Context) (fingerprint string, err error) {
	err = db.own(ctx, "store_keys", keysTable, func(tx *Tx) error {
		fingerprint, err = only(tx, "SELECT fingerprint FROM store_keys")
		return err
	})
	return fingerprint, err
}

// BindKeys notes which key file seals what is in the database, the first time,
// and refuses another one: what it sealed could not be opened by the first,
// and nobody could sign in.
func (db *DB) BindKeys(ctx context.Context, fingerprint string) error {
	return db.own(ctx, "store_keys", keysTable, func(tx *Tx) error {
		found, err := only(tx, "SELECT fingerprint FROM store_keys")
		switch {
		case err != nil || found == fingerprint:
			return err
		case found == "":
			_, err := tx.Exec("INSERT INTO store_keys (one, fingerprint) VALUES (1, $1)", fingerprint)
			return err
		}
		return kernel.E(kernel.Conflict, "store.keys",
			fmt.Errorf("store: this database is sealed with key file %s, not with %s", found, fingerprint)).
			With("found", found).With("given", fingerprint)
	})
}

// only is the one text of a table with one row, "" while it has none.
func only(tx *Tx, query string) (s string, err error) {
	err = tx.QueryRow(query).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return s, err
}
