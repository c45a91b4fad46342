package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Assist is one row of casework_assist: a session at a counter.
type Assist struct {
	ID          kernel.ID
	Official    kernel.ID
	Agency      string
	Account     kernel.ID // of the person
	Person      string
	Name        []byte // sealed
	Service     string
	Application kernel.ID
	Consent     string
	Paper       []byte // sealed
	StartedAt   kernel.Time
	EndsAt      kernel.Time
	EndedAt     kernel.Time
}

const assistColumns = `id, official, agency, account, person, name, service, application, consent, paper, started_at, ends_at, ended_at`

func scanAssist(r row) (*Assist, error) {
	var a Assist
	err := r.Scan(&a.ID, &a.Official, &a.Agency, &a.Account, &a.Person, &a.Name, &a.Service, &a.Application, &a.Consent, &a.Paper, &a.StartedAt, &a.EndsAt, &a.EndedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "casework.assist.error.none", nil)
	}
	return &a, err
}

// InsertAssist adds a session.
func InsertAssist(tx *store.Tx, a *Assist) error {
	_, err := tx.Exec(`INSERT INTO casework_assist (`+assistColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.ID, a.Official, a.Agency, a.Account, a.Person, a.Name, a.Service, a.Application, a.Consent, a.Paper, a.StartedAt, a.EndsAt, a.EndedAt)
	return err
}

// GetAssist reads one session, or NotFound.
func GetAssist(tx *store.Tx, id kernel.ID) (*Assist, error) {
	return scanAssist(tx.QueryRow(`SELECT `+assistColumns+` FROM casework_assist WHERE id = $1`, id))
}

// AssistFor reads the session in which an application was begun, or NotFound.
func AssistFor(tx *store.Tx, application kernel.ID) (*Assist, error) {
	return scanAssist(tx.QueryRow(`SELECT `+assistColumns+` FROM casework_assist WHERE application = $1`, application))
}

// OpenAssist reads the session that an official has not ended, or NotFound.
func OpenAssist(tx *store.Tx, official kernel.ID) (*Assist, error) {
	return scanAssist(tx.QueryRow(`SELECT `+assistColumns+` FROM casework_assist WHERE ended_at = 0 AND official = $1 ORDER BY id DESC LIMIT 1`, official))
}

// AgreeAssist notes how the person's consent was confirmed.
func AgreeAssist(tx *store.Tx, id kernel.ID, how string, paper []byte) error {
	_, err := tx.Exec(`UPDATE casework_assist SET consent = $1, paper = $2 WHERE id = $3`, how, paper, id)
	return err
}

// EndAssist ends a session.
func EndAssist(tx *store.Tx, id kernel.ID, at kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_assist SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, at, id)
	return err
}

// HasAssisted tells whether an official helped to apply.
func HasAssisted(tx *store.Tx, application, official kernel.ID) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM casework_assist WHERE application = $1 AND official = $2`, application, official).Scan(&n)
	return n > 0, err
}

// DropAssists removes the sessions of an application.
func DropAssists(tx *store.Tx, application kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_assist WHERE application = $1`, application)
	return err
}

// AssistsOf lists the sessions that go on for a person at a counter.
func AssistsOf(tx *store.Tx, account kernel.ID, now kernel.Time) ([]*Assist, error) {
	rows, err := tx.Query(`SELECT `+assistColumns+` FROM casework_assist WHERE ended_at = 0 AND account = $1 AND ends_at > $2 ORDER BY id DESC LIMIT 20`, account, now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Assist
	for rows.Next() {
		a, err := scanAssist(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}
