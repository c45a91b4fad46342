package store

import (
	"database/sql"
	"errors"
	"fmt"

	"maru/platform/store"
)

// Refunded is what was given back for ref; ok is false while nothing was and
// the ref is open. A ref closed before a charge has 0 won.
func Refunded(tx *store.Tx, ref string) (c Charge, ok bool, err error) {
	err = tx.QueryRow(`SELECT ref, account, won, receipt, at FROM payment_refund WHERE ref = $1`, ref).
		Scan(&c.Ref, &c.Account, &c.Won, &c.Receipt, &c.At)
	if errors.Is(err, sql.ErrNoRows) {
		return Charge{}, false, nil
	}
	if err != nil {
		return Charge{}, false, fmt.Errorf("payment: refunded: %w", err)
	}
	return c, true, nil
}

// InsertRefund keeps what was given back; Conflict when it was meanwhile.
func InsertRefund(tx *store.Tx, c Charge) error {
	_, err := tx.Exec(`INSERT INTO payment_refund (ref, account, won, receipt, at) VALUES ($1, $2, $3, $4, $5)`,
		c.Ref, string(c.Account), int64(c.Won), c.Receipt, int64(c.At))
	if err != nil {
		return fmt.Errorf("payment: insert refund: %w", err)
	}
	return nil
}
