package store

import (
	"maru/kernel"
	"maru/platform/store"
	"strconv"
)

// Ping is one row of casework_ping.
type Ping struct {
	ID          kernel.ID
	Account     kernel.ID
	Agency      string
	Application kernel.ID // "" where it is about several
	Kind        string
	Source      kernel.ID // account, "" for the program
	N           int
	At          kernel.Time
	DoneAt      kernel.Time
}

// AddPing tells an official something.
func AddPing(tx *store.Tx, p *Ping) error {
	_, err := tx.Exec(`INSERT INTO casework_ping (id, account, agency, application, kind, source, n, at, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		p.ID, p.Account, p.Agency, p.Application, p.Kind, p.Source, p.N, p.At)
	return err
}

// Pings lists what waits for any of the accounts at an agency, newest first,
// older than a ping (""; from the newest).
func Pings(tx *store.Tx, agency string, accounts []string, before kernel.ID, limit int) ([]*Ping, error) {
	args := []any{agency}
	q := `SELECT id, account, agency, application, kind, source, n, at, done_at FROM casework_ping WHERE done_at = 0 AND agency = $1 AND account IN (`
	for i, a := range accounts {
		if i > 0 {
			q += `, `
		}
		args = append(args, a)
		q += `$` + strconv.Itoa(len(args))
	}
	q += `)`
	if before != "" {
		args = append(args, before)
		q += ` AND id < $` + strconv.Itoa(len(args))
	}
	args = append(args, limit)
	rows, err := tx.Query(q+` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Ping
	for rows.Next() {
		var p Ping
		if err := rows.Scan(&p.ID, &p.Account, &p.Agency, &p.Application, &p.Kind, &p.Source, &p.N, &p.At, &p.DoneAt); err != nil {
			return nil, err
		}
		out = append(out, &p)
	}
	return out, rows.Err()
}

// DonePings marks what an account was told about a case as read: one kind, or
// every kind with "".
func DonePings(tx *store.Tx, application kernel.ID, account kernel.ID, kind string, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_ping SET done_at = $1 WHERE application = $2 AND account = $3 AND done_at = 0 AND ($4 = '' OR kind = $4)`,
		now, application, account, kind)
	return err
}

// DoneWarnings marks every warning of a case's due date as read.
func DoneWarnings(tx *store.Tx, application kernel.ID, now kernel.Time) error {
	_, err := tx.Exec(`UPDATE casework_ping SET done_at = $1 WHERE application = $2 AND application <> '' AND done_at = 0 AND kind IN ('due_soon', 'due_day', 'due_today')`,
		now, application)
	return err
}

// DonePing marks one as read; NotFound when it is not any of the accounts'.
func DonePing(tx *store.Tx, agency string, accounts []string, id kernel.ID, now kernel.Time) error {
	for _, a := range accounts {
		n, err := tx.Exec(`UPDATE casework_ping SET done_at = $1 WHERE id = $2 AND agency = $3 AND account = $4`, now, id, agency, a)
		if err != nil || n > 0 {
			return err
		}
	}
	return kernel.E(kernel.NotFound, "casework.ping.none", nil)
}

// DropPingsOf removes what an account was told at an agency.
func DropPingsOf(tx *store.Tx, agency string, account kernel.ID) error {
	_, err := tx.Exec(`DELETE FROM casework_ping WHERE done_at = 0 AND agency = $1 AND account = $2`, agency, account)
	return err
}

// ForgetPings drops what was read before an instant.
func ForgetPings(tx *store.Tx, before kernel.Time) error {
	_, err := tx.Exec(`DELETE FROM casework_ping WHERE done_at > 0 AND done_at < $1`, before)
	return err
}
