package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Handover is one row of casework_handover.
type Handover struct {
	Application kernel.ID
	Agency      string
	Giver       kernel.ID
	Had         kernel.ID // who had the case before, "" for nobody
	Taker       kernel.ID
	Note        []byte // sealed
	At          kernel.Time
}

// PutHandover notes a hand-over, instead of an earlier one of the case.
func PutHandover(tx *store.Tx, h *Handover) error {
	_, err := tx.Exec(`INSERT INTO casework_handover (application, agency, giver, had, taker, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (application) DO UPDATE SET agency = excluded.agency, giver = excluded.giver, had = excluded.had, taker = excluded.taker, note = excluded.note, at = excluded.at`,
		h.Application, h.Agency, h.Giver, h.Had, h.Taker, h.Note, h.At)
	return err
}

// FindHandover reads a case's hand-over; ok is false when none waits.
func FindHandover(tx *store.Tx, application kernel.ID) (h *Handover, ok bool, err error) {
	h = &Handover{}
	err = tx.QueryRow(`SELECT application, agency, giver, had, taker, note, at FROM casework_handover WHERE application = $1`, application).
		Scan(&h.Application, &h.Agency, &h.Giver, &h.Had, &h.Taker, &h.Note, &h.At)
	if errors.Is(err, sql.ErrNoRows) {
		return h, false, nil
	}
	return h, err == nil, err
}

// DropHandover forgets a case's hand-over.
func DropHandover(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_handover WHERE application = $1`, application)
	return err
}
