package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Absence is one row of casework_absence.
type Absence struct {
	ID        kernel.ID
	Agency    string
	Account   kernel.ID
	Deputy    kernel.ID // "" for the team's lead
	From      kernel.Date
	Until     kernel.Date // included
	CreatedAt kernel.Time
}

const absenceColumns = `id, agency, account, deputy, from_day, until_day, created_at`

func scanAbsence(r row) (*Absence, error) {
	var a Absence
	err := r.Scan(&a.ID, &a.Agency, &a.Account, &a.Deputy, &a.From, &a.Until, &a.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.absence.error.none", nil)
	}
	return &a, err
}

// InsertAbsence adds an absence.
func InsertAbsence(tx *store.Tx, a *Absence) error {
	_, err := tx.Exec(`INSERT INTO casework_absence (`+absenceColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.ID, a.Agency, a.Account, a.Deputy, a.From, a.Until, a.CreatedAt)
	return err
}

// GetAbsence reads one, or NotFound.
func GetAbsence(tx *store.Tx, id kernel.ID) (*Absence, error) {
	return scanAbsence(tx.QueryRow(`SELECT `+absenceColumns+` FROM casework_absence WHERE id = $1`, id))
}

// EndAbsence has an absence end earlier.
func EndAbsence(tx *store.Tx, id kernel.ID, until kernel.Date) error {
	_, err := tx.Exec(`UPDATE casework_absence SET until_day = $1 WHERE id = $2`, until, id)
	return err
}

// DropAbsence removes an absence that never began.
func DropAbsence(tx *store.Tx, id kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_absence WHERE id = $1`, id)
	return err
}

// DropAbsencesOf removes an account's absences that are not over.
func DropAbsencesOf(tx *store.Tx, agency string, account kernel.ID, today kernel.Date) error {
	_, err := tx.Exec(`DELETE FROM casework_absence WHERE agency = $1 AND until_day >= $2 AND account = $3`, agency, today, account)
	return err
}

// Absences lists an agency's absences that end on a day or later, by their
// first day.
func Absences(tx *store.Tx, agency string, since kernel.Date) ([]*Absence, error) {
	rows, err := tx.Query(`SELECT `+absenceColumns+` FROM casework_absence WHERE agency = $1 AND until_day >= $2 ORDER BY from_day, id`, agency, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Absence
	for rows.Next() {
		a, err := scanAbsence(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// ForgetAbsences drops what ended before a day.
func ForgetAbsences(tx *store.Tx, before kernel.Date) error {
	_, err := tx.Exec(`DELETE FROM casework_absence WHERE until_day < $1`, before)
	return err
}

// MarkLeft notes that an account no longer works at an agency; fresh tells
// that it was not noted before.
func MarkLeft(tx *store.Tx, agency string, account kernel.ID, at kernel.Time) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO casework_left (agency, account, at) VALUES ($1, $2, $3) ON CONFLICT (agency, account) DO NOTHING`, agency, account, at)
	return n == 1, err
}

// UnmarkLeft notes that an account works at an agency again.
func UnmarkLeft(tx *store.Tx, agency string, account kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_left WHERE agency = $1 AND account = $2`, agency, account)
	return err
}

// HasLeft tells whether an account no longer works at an agency.
func HasLeft(tx *store.Tx, agency string, account kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_left WHERE agency = $1 AND account = $2`, agency, account).Scan(&n)
	return n > 0, err
}

// LeftSince lists who left an agency at an instant or later.
func LeftSince(tx *store.Tx, agency string, since kernel.Time) ([]kernel.ID, error) {
	return ids(tx, `SELECT account FROM casework_left WHERE agency = $1 AND at >= $2 ORDER BY account`, agency, since)
}

// NoDeputy takes somebody away as the deputy of others.
func NoDeputy(tx *store.Tx, agency string, deputy kernel.ID, today kernel.Date) error {
	_, err := tx.Exec(`UPDATE casework_absence SET deputy = '' WHERE agency = $1 AND until_day >= $2 AND deputy = $3`, agency, today, deputy)
	return err
}

func ids(tx *store.Tx, q string, args ...any) ([]kernel.ID, error) {
	rows, err := tx.Query(q, args...)
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
