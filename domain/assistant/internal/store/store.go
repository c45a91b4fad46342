// Package store holds the table of assistant and its statements.
package store

import (
	"database/sql"
	"embed"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the table assistant_handover.
func Migrations() store.Migrations { return store.Embedded("assistant", migrations, "migrations") }

// Handover is a link that was used. Application is "" until the draft began.
type Handover struct {
	ID          string
	Account     kernel.ID
	Service     string
	Application kernel.ID
	UsedAt      kernel.Time
	ExpiresAt   kernel.Time
}

// Get reads a used link, nil for one that was not used.
func Get(tx *store.Tx, id string) (*Handover, error) {
	var h Handover
	err := tx.QueryRow(`SELECT id, account, service, application, used_at, expires_at FROM assistant_handover WHERE id = $1`, id).
		Scan(&h.ID, &h.Account, &h.Service, &h.Application, &h.UsedAt, &h.ExpiresAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &h, err
}

// Insert marks a link as used.
func Insert(tx *store.Tx, h *Handover) error {
	_, err := tx.Exec(`INSERT INTO assistant_handover (id, account, service, application, used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		h.ID, h.Account, h.Service, h.Application, h.UsedAt, h.ExpiresAt)
	return err
}

// Became notes the draft that a link began.
func Became(tx *store.Tx, id string, application kernel.ID) error {
	_, err := tx.Exec(`UPDATE assistant_handover SET application = $2 WHERE id = $1`, id, application)
	return err
}

// Purge drops links that expired before now and tells how many.
func Purge(tx *store.Tx, now kernel.Time) (int64, error) {
	return tx.Exec(`DELETE FROM assistant_handover WHERE expires_at < $1`, now)
}
