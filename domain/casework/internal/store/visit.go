package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Visit is one row of casework_visit.
type Visit struct {
	Application kernel.ID
	Service     string
	Agency      string
	At          kernel.Time
	Place       int // which of the people served at a time, from 1
	Minutes     int
	Status      string // booked, came, missed
}

const visitColumns = `application, service, agency, at, place, minutes, status`

func scanVisit(r row) (*Visit, error) {
	var v Visit
	err := r.Scan(&v.Application, &v.Service, &v.Agency, &v.At, &v.Place, &v.Minutes, &v.Status)
	return &v, err
}

// GetVisit reads the visit of an application; nil when none is booked.
func GetVisit(tx *store.Tx, application kernel.ID) (*Visit, error) {
	v, err := scanVisit(tx.QueryRow(`SELECT `+visitColumns+` FROM casework_visit WHERE application = $1`, application))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return v, err
}

// InsertVisit takes a place.
func InsertVisit(tx *store.Tx, v *Visit) error {
	_, err := tx.Exec(`INSERT INTO casework_visit (`+visitColumns+`, reminded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		v.Application, v.Service, v.Agency, v.At, v.Place, v.Minutes, v.Status)
	return err
}

// MarkVisit notes whether somebody came.
func MarkVisit(tx *store.Tx, application kernel.ID, status string) error {
	_, err := tx.Exec(`UPDATE casework_visit SET status = $1 WHERE application = $2`, status, application)
	return err
}

// DropVisit frees the place.
func DropVisit(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_visit WHERE application = $1`, application)
	return err
}

// Taken lists the places taken for a service at an office from an instant on
// (inclusive) until another (exclusive).
func Taken(tx *store.Tx, agency, service string, from, until kernel.Time) ([]*Visit, error) {
	return visits(tx, `SELECT `+visitColumns+` FROM casework_visit WHERE agency = $1 AND service = $2 AND at >= $3 AND at < $4 ORDER BY at, place`,
		agency, service, from, until)
}

// VisitsAt lists an office's visits from an instant on until another, those of
// applications that wait for somebody else left out: no desk sees them yet.
func VisitsAt(tx *store.Tx, agency string, from, until kernel.Time, limit int) ([]*Visit, error) {
	return visits(tx, `SELECT `+visitColumns+` FROM casework_visit v WHERE agency = $1 AND at >= $2 AND at < $3 AND EXISTS
		(SELECT 1 FROM casework_application a WHERE a.id = v.application AND a.number IS NOT NULL) ORDER BY at, place LIMIT $4`,
		agency, from, until, limit)
}

// VisitsToRemind lists booked visits from an instant on until another of which
// nobody was reminded.
func VisitsToRemind(tx *store.Tx, from, until kernel.Time, limit int) ([]*Visit, error) {
	return visits(tx, `SELECT `+visitColumns+` FROM casework_visit WHERE reminded_at = 0 AND at >= $1 AND at < $2 AND status = 'booked' ORDER BY at LIMIT $3`,
		from, until, limit)
}

// VisitReminded notes that the applicant was reminded.
func VisitReminded(tx *store.Tx, application kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_visit SET reminded_at = $1 WHERE application = $2`, now, application)
	return err
}

func visits(tx *store.Tx, q string, args ...any) ([]*Visit, error) {
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
