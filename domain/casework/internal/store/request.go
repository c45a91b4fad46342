package store

import (
	"database/sql"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

// Request is one row of casework_request.
type Request struct {
	Party       kernel.ID
	Application kernel.ID
	Hash        string // of the code, "" for a person whom the register knows
	AskedAt     kernel.Time
	IssuedAt    kernel.Time // the code follows from it
	Tries       int         // by people whose it is not
}

const requestColumns = `party, application, hash, asked_at, issued_at, tries`

func scanRequest(r row) (*Request, error) {
	var q Request
	err := r.Scan(&q.Party, &q.Application, &q.Hash, &q.AskedAt, &q.IssuedAt, &q.Tries)
	return &q, err
}

// InsertRequest adds a request.
func InsertRequest(tx *store.Tx, q *Request) error {
	_, err := tx.Exec(`INSERT INTO casework_request (`+requestColumns+`, reminded_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		q.Party, q.Application, q.Hash, q.AskedAt, q.IssuedAt, q.Tries)
	return err
}

// RequestByHash finds the request of a code; nil when there is none.
func RequestByHash(tx *store.Tx, hash string) (*Request, error) {
	q, err := scanRequest(tx.QueryRow(`SELECT `+requestColumns+` FROM casework_request WHERE hash = $1 AND hash <> ''`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return q, err
}

// UpdateRequest writes code and tries.
func UpdateRequest(tx *store.Tx, q *Request) error {
	_, err := tx.Exec(`UPDATE casework_request SET hash = $1, issued_at = $2, tries = $3 WHERE party = $4`, q.Hash, q.IssuedAt, q.Tries, q.Party)
	return err
}

// Requests lists an application's requests.
func Requests(tx *store.Tx, application kernel.ID) ([]*Request, error) {
	return requests(tx, `SELECT `+requestColumns+` FROM casework_request WHERE application = $1 ORDER BY party`, application)
}

// RequestsToRemind lists requests from before an instant that still wait and
// of which nobody was reminded.
func RequestsToRemind(tx *store.Tx, before kernel.Time, limit int) ([]*Request, error) {
	return requests(tx, `SELECT `+requestColumns+` FROM casework_request r WHERE reminded_at = 0 AND asked_at <= $1
		AND EXISTS (SELECT 1 FROM casework_party p WHERE p.id = r.party AND p.status = 'asked')
		AND EXISTS (SELECT 1 FROM casework_application a WHERE a.id = r.application AND a.status = 'awaiting_signatures')
		ORDER BY asked_at LIMIT $2`, before, limit)
}

// RequestReminded notes that somebody was reminded.
func RequestReminded(tx *store.Tx, party kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_request SET reminded_at = $1 WHERE party = $2`, now, party)
	return err
}

func requests(tx *store.Tx, q string, args ...any) ([]*Request, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Request
	for rows.Next() {
		r, err := scanRequest(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// AddTry notes that an account tried a code in vain.
func AddTry(tx *store.Tx, account kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`INSERT INTO casework_try (account, at) VALUES ($1, $2) ON CONFLICT (account, at) DO NOTHING`, account, now)
	return err
}

// Tries counts an account's vain tries since an instant.
func Tries(tx *store.Tx, account kernel.ID, since kernel.Time) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM casework_try WHERE account = $1 AND at > $2`, account, since).Scan(&n)
	return n, err
}

// ForgetTries drops tries from before an instant.
func ForgetTries(tx *store.Tx, before kernel.Time) error {
	_, err := tx.Exec(`DELETE FROM casework_try WHERE at < $1`, before)
	return err
}
