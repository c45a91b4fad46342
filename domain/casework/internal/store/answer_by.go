package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// SetAnswerBy notes until when a correction is asked for.
func SetAnswerBy(tx *store.Tx, application kernel.ID, until kernel.Date) error {
	_, err := tx.Exec(`INSERT INTO casework_answer_by (application, until, reminded_at) VALUES ($1, $2, 0)
		ON CONFLICT (application) DO UPDATE SET until = excluded.until, reminded_at = 0`, application, until)
	return err
}

// AnswerBy is the last day for the answer; the zero Date when none was set.
func AnswerBy(tx *store.Tx, application kernel.ID) (until kernel.Date, err error) {
	err = tx.QueryRow(`SELECT until FROM casework_answer_by WHERE application = $1`, application).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) {
		return kernel.Date{}, nil
	}
	return until, err
}

// DropAnswerBy forgets the day.
func DropAnswerBy(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_answer_by WHERE application = $1`, application)
	return err
}

// AnswersDue lists applications that wait for an answer until a day, or until
// one before it, and of which nobody was reminded.
func AnswersDue(tx *store.Tx, until kernel.Date, limit int) ([]*Application, error) {
	return list(tx, `SELECT `+columns+` FROM casework_application WHERE status = 'correction_requested' AND id IN
		(SELECT application FROM casework_answer_by WHERE reminded_at = 0 AND until <= $1) LIMIT $2`, until, limit)
}

// AnswerReminded notes that the applicant was reminded.
func AnswerReminded(tx *store.Tx, application kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_answer_by SET reminded_at = $1 WHERE application = $2`, now, application)
	return err
}
