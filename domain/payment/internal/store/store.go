// Package store holds the table of payment and its statements.
package store

import (
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the domain.
func Migrations() store.Migrations { return store.Embedded("payment", files, "migrations") }

// Charge is one amount taken.
type Charge struct {
	Ref     string
	Account kernel.ID
	Won     kernel.Money
	Receipt string
	At      kernel.Time
}

// Find is the charge of ref; ok is false when there is none.
func Find(tx *store.Tx, ref string) (c Charge, ok bool, err error) {
	err = tx.QueryRow(`SELECT ref, account, won, receipt, at FROM payment_charge WHERE ref = $1`, ref).
		Scan(&c.Ref, &c.Account, &c.Won, &c.Receipt, &c.At)
	if errors.Is(err, sql.ErrNoRows) {
		return Charge{}, false, nil
	}
	if err != nil {
		return Charge{}, false, fmt.Errorf("payment: find: %w", err)
	}
	return c, true, nil
}

// Insert keeps a charge; Conflict when its ref was charged meanwhile.
func Insert(tx *store.Tx, c Charge) error {
	_, err := tx.Exec(`INSERT INTO payment_charge (ref, account, won, receipt, at) VALUES ($1, $2, $3, $4, $5)`,
		c.Ref, string(c.Account), int64(c.Won), c.Receipt, int64(c.At))
	if err != nil {
		return fmt.Errorf("payment: insert: %w", err)
	}
	return nil
}
