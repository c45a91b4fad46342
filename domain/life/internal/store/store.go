// Package store holds the table of life and its statements.
package store

import (
	"database/sql"
	"embed"
	"errors"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the table life_progress.
func Migrations() store.Migrations { return store.Embedded("life", migrations, "migrations") }

// Progress is one row of life_progress.
type Progress struct {
	Account   kernel.ID
	Event     string
	State     []byte // sealed
	Remind    bool
	RemindAt  kernel.Time
	BeganAt   kernel.Time
	UpdatedAt kernel.Time
}

const columns = `account, event, state, remind, remind_at, began_at, updated_at`

func scan(r interface{ Scan(dest ...any) error }) (*Progress, error) {
	var p Progress
	err := r.Scan(&p.Account, &p.Event, &p.State, &p.Remind, &p.RemindAt, &p.BeganAt, &p.UpdatedAt)
	return &p, err
}

// Get reads what an account keeps of a life event, nil when it keeps nothing.
func Get(tx *store.Tx, account kernel.ID, event string) (*Progress, error) {
	p, err := scan(tx.QueryRow(`SELECT `+columns+` FROM life_progress WHERE account = $1 AND event = $2`, account, event))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return p, err
}

// Put writes it.
func Put(tx *store.Tx, p *Progress) error {
	_, err := tx.Exec(`INSERT INTO life_progress (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, event) DO UPDATE SET state = excluded.state, remind = excluded.remind, remind_at = excluded.remind_at, updated_at = excluded.updated_at`,
		p.Account, p.Event, p.State, p.Remind, p.RemindAt, p.BeganAt, p.UpdatedAt)
	return err
}

// Drop forgets it.
func Drop(tx *store.Tx, account kernel.ID, event string) error {
	_, err := tx.Exec(`DELETE FROM life_progress WHERE account = $1 AND event = $2`, account, event)
	return err
}

// ToRemind lists up to n rows whose time has come, the oldest first.
func ToRemind(tx *store.Tx, now kernel.Time, n int) ([]*Progress, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM life_progress WHERE remind_at > 0 AND remind_at <= $1 ORDER BY remind_at LIMIT $2`, now, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*Progress
	for rows.Next() {
		p, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// DropBefore forgets what nobody touched since before.
func DropBefore(tx *store.Tx, before kernel.Time) (int64, error) {
	return tx.Exec(`DELETE FROM life_progress WHERE updated_at < $1`, before)
}
