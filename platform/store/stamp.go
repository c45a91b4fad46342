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

// Stamp marks the database as belonging to world ("demo", "serve") when it is
// opened for the first time, and refuses it when it belongs to another one:
// the try-out world's accounts must never guard real data.
func (db *DB) Stamp(ctx context.Context, world string) error {
	return db.own(ctx, "store_stamp", stampTable, func(tx *Tx) error {
		var found string
		switch err := tx.QueryRow("SELECT world FROM store_stamp").Scan(&found); {
		case errors.Is(err, sql.ErrNoRows):
			_, err := tx.Exec("INSERT INTO store_stamp (one, world) VALUES (1, $1)", world)
			return err
		case err != nil:
			return err
		case found != world:
			return kernel.E(kernel.Conflict, "store.stamp",
				fmt.Errorf("store: this database belongs to %q, not to %q", found, world)).
				With("found", found).With("wanted", world)
		}
		return nil
	})
}
