package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Bulk is one row of casework_bulk with its cases.
type Bulk struct {
	ID      kernel.ID
	Agency  string
	Account kernel.ID
	Act     string
	Params  []byte // sealed
	Status  string // waiting, running, done, undone
	MadeAt  kernel.Time
	RunAt   kernel.Time
	Cases   []BulkCase
}

// BulkCase is what became of one case.
type BulkCase struct {
	Application kernel.ID
	Outcome     string // "" while it waits, "done", or the key of why not
}

const bulkColumns = `id, agency, account, act, params, status, made_at, run_at`

func scanBulk(r row) (*Bulk, error) {
	var b Bulk
	err := r.Scan(&b.ID, &b.Agency, &b.Account, &b.Act, &b.Params, &b.Status, &b.MadeAt, &b.RunAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.bulk.error.none", nil)
	}
	return &b, err
}

// InsertBulk adds a bulk act and its cases.
func InsertBulk(tx *store.Tx, b *Bulk) error {
	if _, err := tx.Exec(`INSERT INTO casework_bulk (`+bulkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		b.ID, b.Agency, b.Account, b.Act, b.Params, b.Status, b.MadeAt, b.RunAt); err != nil {
		return err
	}
	for _, c := range b.Cases {
		if _, err := tx.Exec(`INSERT INTO casework_bulk_case (bulk, application, outcome) VALUES ($1, $2, $3)`, b.ID, c.Application, c.Outcome); err != nil {
			return err
		}
	}
	return nil
}

// GetBulk reads a bulk act with its cases, or NotFound.
func GetBulk(tx *store.Tx, id kernel.ID) (*Bulk, error) {
	b, err := scanBulk(tx.QueryRow(`SELECT `+bulkColumns+` FROM casework_bulk WHERE id = $1`, id))
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT application, outcome FROM casework_bulk_case WHERE bulk = $1 ORDER BY application`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c BulkCase
		if err := rows.Scan(&c.Application, &c.Outcome); err != nil {
			return nil, err
		}
		b.Cases = append(b.Cases, c)
	}
	return b, rows.Err()
}

// BulksDue lists what has waited long enough, and what a program that stopped
// half-way left behind.
func BulksDue(tx *store.Tx, now kernel.Time) ([]kernel.ID, error) {
	rows, err := tx.Query(`SELECT id FROM casework_bulk WHERE status IN ('waiting', 'running') AND run_at <= $1 ORDER BY run_at LIMIT 20`, now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []kernel.ID
	for rows.Next() {
		var id kernel.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// TurnBulk changes a bulk act's status and tells whether it had the old one.
func TurnBulk(tx *store.Tx, id kernel.ID, from, to string) (bool, error) {
	n, err := tx.Exec(`UPDATE casework_bulk SET status = $1 WHERE id = $2 AND status = $3`, to, id, from)
	return n == 1, err
}

// BulkOutcome notes what became of one case.
func BulkOutcome(tx *store.Tx, bulk, application kernel.ID, outcome string) error {
	_, err := tx.Exec(`UPDATE casework_bulk_case SET outcome = $1 WHERE bulk = $2 AND application = $3`, outcome, bulk, application)
	return err
}

// ForgetBulks drops what was done or undone before a time.
func ForgetBulks(tx *store.Tx, before kernel.Time) error {
	if _, err := tx.Exec(`DELETE FROM casework_bulk_case WHERE bulk IN (SELECT id FROM casework_bulk WHERE run_at < $1 AND status IN ('done', 'undone'))`, before); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM casework_bulk WHERE run_at < $1 AND status IN ('done', 'undone')`, before)
	return err
}
