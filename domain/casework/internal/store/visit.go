package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Visit is one row of casework_visit.
type Visit struct {
	ID          kernel.ID
	Application kernel.ID
	Agency      string
	Official    kernel.ID
	Day         kernel.Date
	Plan        []byte // sealed
	Record      []byte // sealed, empty until it is recorded
	Key         string
	Shared      bool
	PlannedAt   kernel.Time
	RecordedAt  kernel.Time
}

const visitColumns = `id, application, agency, official, day, plan, record, key, shared, planned_at, recorded_at`

func scanVisit(r row) (*Visit, error) {
	var v Visit
	err := r.Scan(&v.ID, &v.Application, &v.Agency, &v.Official, &v.Day, &v.Plan, &v.Record, &v.Key, &v.Shared, &v.PlannedAt, &v.RecordedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.field.error.none", nil)
	}
	return &v, err
}

// InsertVisit adds a planned visit.
func InsertVisit(tx *store.Tx, v *Visit) error {
	_, err := tx.Exec(`INSERT INTO casework_visit (`+visitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		v.ID, v.Application, v.Agency, v.Official, v.Day, v.Plan, []byte{}, "", false, v.PlannedAt, kernel.Time(0))
	return err
}

// RecordVisit writes what was found, once.
func RecordVisit(tx *store.Tx, v *Visit) error {
	n, err := tx.Exec(`UPDATE casework_visit SET record = $1, key = $2, shared = $3, recorded_at = $4 WHERE id = $5 AND recorded_at = 0`,
		v.Record, v.Key, v.Shared, v.RecordedAt, v.ID)
	if err == nil && n == 0 {
		return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
	}
	return err
}

// DeleteVisit removes one visit.
func DeleteVisit(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_visit WHERE id = $1`, id)
	return err
}

// DropVisits removes a case's visits.
func DropVisits(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_visit WHERE application = $1`, application)
	return err
}

// GetVisit reads one visit, or NotFound.
func GetVisit(tx *store.Tx, id kernel.ID) (*Visit, error) {
	return scanVisit(tx.QueryRow(`SELECT `+visitColumns+` FROM casework_visit WHERE id = $1`, id))
}

// Visits lists a case's visits, oldest first.
func Visits(tx *store.Tx, application kernel.ID) ([]*Visit, error) {
	return visitList(tx, `SELECT `+visitColumns+` FROM casework_visit WHERE application = $1 ORDER BY id`, application)
}

// PlannedVisits lists the visits that an official has still to make.
func PlannedVisits(tx *store.Tx, official kernel.ID, limit int) ([]*Visit, error) {
	return visitList(tx, `SELECT `+visitColumns+` FROM casework_visit WHERE official = $1 AND recorded_at = 0 ORDER BY day, id LIMIT $2`, official, limit)
}

func visitList(tx *store.Tx, q string, args ...any) ([]*Visit, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Visit
	for rows.Next() {
		v, err := scanVisit(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Photo is one row of casework_photo.
type Photo struct {
	ID          kernel.ID // of the blob
	Visit       kernel.ID
	Application kernel.ID
	Key         string
	Caption     []byte // sealed
	Size        int64
	Cleaned     bool // something beside the picture was taken out
	At          kernel.Time
}

// InsertPhoto adds a photo; false when the visit has one under this key.
func InsertPhoto(tx *store.Tx, p *Photo) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO casework_photo (id, visit, application, key, caption, size, cleaned, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (visit, key) DO NOTHING`, p.ID, p.Visit, p.Application, p.Key, p.Caption, p.Size, p.Cleaned, p.At)
	return n == 1, err
}

// Photos lists a case's photos in the order they came.
func Photos(tx *store.Tx, application kernel.ID) ([]*Photo, error) {
	rows, err := tx.Query(`SELECT id, visit, application, key, caption, size, cleaned, at FROM casework_photo WHERE application = $1 ORDER BY id`, application)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Photo
	for rows.Next() {
		var p Photo
		if err := rows.Scan(&p.ID, &p.Visit, &p.Application, &p.Key, &p.Caption, &p.Size, &p.Cleaned, &p.At); err != nil {
			return nil, err
		}
		out = append(out, &p)
	}
	return out, rows.Err()
}

// DropPhoto removes a photo's row.
func DropPhoto(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_photo WHERE id = $1`, id)
	return err
}

// HasPhoto tells whether a visit holds the blob.
func HasPhoto(tx *store.Tx, id kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_photo WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
