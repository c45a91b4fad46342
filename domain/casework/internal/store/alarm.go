package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Cursor is where a list by due dates goes on.
type Cursor struct {
	Due kernel.Time
	Seq int64
}

// Warned is an open case and how far its due date was warned of.
type Warned struct {
	ID          kernel.ID
	Seq         int64
	SubmittedAt kernel.Time
	DueAt       kernel.Time
	Stage       int
}

// NotWarned lists an agency's cases of a status whose clock runs, that are due
// before an instant, and of whose due date not everybody was warned.
func NotWarned(tx *store.Tx, agency, status string, before kernel.Time, last int, after Cursor, limit int) ([]Warned, error) {
	rows, err := tx.Query(`SELECT a.id, a.seq, a.submitted_at, a.due_at, COALESCE(w.stage, 0) FROM casework_application a
		LEFT JOIN casework_alarm w ON w.application = a.id AND w.due_at = a.due_at
		WHERE a.agency = $1 AND a.status = $2 AND a.due_at < $3 AND (a.due_at, a.seq) > ($4, $5) AND a.paused_at = 0 AND COALESCE(w.stage, 0) < $6
		ORDER BY a.due_at, a.seq LIMIT $7`, agency, status, before, after.Due, after.Seq, last, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Warned
	for rows.Next() {
		var w Warned
		if err := rows.Scan(&w.ID, &w.Seq, &w.SubmittedAt, &w.DueAt, &w.Stage); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// NextAgency is the next agency with cases, "" after the last.
func NextAgency(tx *store.Tx, after string) (string, error) {
	var agency string
	err := tx.QueryRow(`SELECT agency FROM casework_application WHERE agency > $1 ORDER BY agency LIMIT 1`, after).Scan(&agency)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return agency, err
}

// LimitBegan is since when a case's present limit runs: its receipt at the
// office that has it, or the objection.
func LimitBegan(tx *store.Tx, application kernel.ID) (at kernel.Time, err error) {
	err = tx.QueryRow(`SELECT COALESCE(MAX(at), 0) FROM casework_event WHERE application = $1 AND act IN ('submitted', 'transferred', 'objected')`, application).Scan(&at)
	return at, err
}

// Stage is how far a due date was warned of, 0 for not at all.
func Stage(tx *store.Tx, application kernel.ID, due kernel.Time) (stage int, err error) {
	err = tx.QueryRow(`SELECT stage FROM casework_alarm WHERE application = $1 AND due_at = $2`, application, due).Scan(&stage)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return stage, err
}

// SetStage notes how far a due date was warned of.
func SetStage(tx *store.Tx, application kernel.ID, due kernel.Time, stage int) error {
	_, err := tx.Exec(`INSERT INTO casework_alarm (application, due_at, stage) VALUES ($1, $2, $3)
		ON CONFLICT (application) DO UPDATE SET due_at = excluded.due_at, stage = excluded.stage`, application, due, stage)
	return err
}
