package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Inspection is one row of casework_inspection.
type Inspection struct {
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

const inspectionColumns = `id, application, agency, official, day, plan, record, key, shared, planned_at, recorded_at`

func scanInspection(r row) (*Inspection, error) {
	var v Inspection
	err := r.Scan(&v.ID, &v.Application, &v.Agency, &v.Official, &v.Day, &v.Plan, &v.Record, &v.Key, &v.Shared, &v.PlannedAt, &v.RecordedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.field.error.none", nil)
	}
	return &v, err
}

// InsertInspection adds a planned inspection.
func InsertInspection(tx *store.Tx, v *Inspection) error {
	_, err := tx.Exec(`INSERT INTO casework_inspection (`+inspectionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		v.ID, v.Application, v.Agency, v.Official, v.Day, v.Plan, []byte{}, "", false, v.PlannedAt, kernel.Time(0))
	return err
}

// RecordInspection writes what was found, once.
func RecordInspection(tx *store.Tx, v *Inspection) error {
	n, err := tx.Exec(`UPDATE casework_inspection SET record = $1, key = $2, shared = $3, recorded_at = $4 WHERE id = $5 AND recorded_at = 0`,
		v.Record, v.Key, v.Shared, v.RecordedAt, v.ID)
	if err == nil && n == 0 {
		return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
	}
	return err
}

// DeleteInspection removes one inspection.
func DeleteInspection(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_inspection WHERE id = $1`, id)
	return err
}

// DropInspections removes a case's inspections.
func DropInspections(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_inspection WHERE application = $1`, application)
	return err
}

// GetInspection reads one inspection, or NotFound.
func GetInspection(tx *store.Tx, id kernel.ID) (*Inspection, error) {
	return scanInspection(tx.QueryRow(`SELECT `+inspectionColumns+` FROM casework_inspection WHERE id = $1`, id))
}

// Inspections lists a case's inspections, oldest first.
func Inspections(tx *store.Tx, application kernel.ID) ([]*Inspection, error) {
	return inspectionList(tx, `SELECT `+inspectionColumns+` FROM casework_inspection WHERE application = $1 ORDER BY id`, application)
}

// PlannedInspections lists the inspections that an official has still to make.
func PlannedInspections(tx *store.Tx, official kernel.ID, limit int) ([]*Inspection, error) {
	return inspectionList(tx, `SELECT `+inspectionColumns+` FROM casework_inspection WHERE official = $1 AND recorded_at = 0 ORDER BY day, id LIMIT $2`, official, limit)
}

func inspectionList(tx *store.Tx, q string, args ...any) ([]*Inspection, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Inspection
	for rows.Next() {
		v, err := scanInspection(rows)
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
	Inspection  kernel.ID
	Application kernel.ID
	Key         string
	Caption     []byte // sealed
	Size        int64
	Cleaned     bool // something beside the picture was taken out
	At          kernel.Time
}

// InsertPhoto adds a photo; false when the inspection has one under this key.
func InsertPhoto(tx *store.Tx, p *Photo) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO casework_photo (id, inspection, application, key, caption, size, cleaned, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (inspection, key) DO NOTHING`, p.ID, p.Inspection, p.Application, p.Key, p.Caption, p.Size, p.Cleaned, p.At)
	return n == 1, err
}

// Photos lists a case's photos in the order they came.
func Photos(tx *store.Tx, application kernel.ID) ([]*Photo, error) {
	rows, err := tx.Query(`SELECT id, inspection, application, key, caption, size, cleaned, at FROM casework_photo WHERE application = $1 ORDER BY id`, application)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Photo
	for rows.Next() {
		var p Photo
		if err := rows.Scan(&p.ID, &p.Inspection, &p.Application, &p.Key, &p.Caption, &p.Size, &p.Cleaned, &p.At); err != nil {
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

// HasPhoto tells whether an inspection holds the blob.
func HasPhoto(tx *store.Tx, id kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_photo WHERE id = $1`, id).Scan(&n)
	return n > 0, err
}
