// Package store holds the tables of ask and their statements.
package store

import (
	"embed"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations of the tables ask_*.
func Migrations() store.Migrations { return store.Embedded("ask", migrations, "migrations") }

// Unmet is what somebody said that nothing fitted.
type Unmet struct {
	ID      string
	Lang    kernel.Lang
	Day     string
	Words   []byte // sealed
	PurgeAt kernel.Time
}

// Keep adds a row; a row of the same id stays as it is.
func Keep(tx *store.Tx, u *Unmet) error {
	_, err := tx.Exec(`INSERT INTO ask_unmet (id, lang, day, words, purge_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		u.ID, string(u.Lang), u.Day, u.Words, int64(u.PurgeAt))
	if err != nil {
		return fmt.Errorf("ask: keep: %w", err)
	}
	return nil
}

// OfDay counts the rows of a day.
func OfDay(tx *store.Tx, day string) (n int64, err error) {
	if err := tx.QueryRow(`SELECT COUNT(*) FROM ask_unmet WHERE day = $1`, day).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask: count a day: %w", err)
	}
	return n, nil
}

// All reads the newest rows that are to be kept yet, at most most of them.
func All(tx *store.Tx, now kernel.Time, most int) ([]Unmet, error) {
	rows, err := tx.Query(`SELECT id, lang, day, words, purge_at FROM ask_unmet WHERE purge_at > $1 ORDER BY day DESC, id LIMIT $2`, int64(now), most)
	if err != nil {
		return nil, fmt.Errorf("ask: read what was kept: %w", err)
	}
	defer rows.Close()
	var out []Unmet
	for rows.Next() {
		var u Unmet
		if err := rows.Scan(&u.ID, &u.Lang, &u.Day, &u.Words, &u.PurgeAt); err != nil {
			return nil, fmt.Errorf("ask: read what was kept: %w", err)
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

// Missed counts one more of a day.
func Missed(tx *store.Tx, day string, l kernel.Lang) error {
	_, err := tx.Exec(`INSERT INTO ask_missed (day, lang, n) VALUES ($1, $2, 1) ON CONFLICT (day, lang) DO UPDATE SET n = ask_missed.n + 1`, day, string(l))
	if err != nil {
		return fmt.Errorf("ask: count: %w", err)
	}
	return nil
}

// MissedSince adds up the counts from a day on.
func MissedSince(tx *store.Tx, day string) (n int64, err error) {
	if err := tx.QueryRow(`SELECT COALESCE(SUM(n), 0) FROM ask_missed WHERE day >= $1`, day).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask: count: %w", err)
	}
	return n, nil
}

// Purge drops what is not to be kept any more, and counts older than a day.
func Purge(tx *store.Tx, now kernel.Time, day string) (int64, error) {
	if _, err := tx.Exec(`DELETE FROM ask_missed WHERE day < $1`, day); err != nil {
		return 0, fmt.Errorf("ask: purge: %w", err)
	}
	n, err := tx.Exec(`DELETE FROM ask_unmet WHERE purge_at <= $1`, int64(now))
	if err != nil {
		return 0, fmt.Errorf("ask: purge: %w", err)
	}
	return n, nil
}

// Stale counts the rows that should have been dropped before an instant.
func Stale(tx *store.Tx, before kernel.Time) (n int64, err error) {
	if err := tx.QueryRow(`SELECT COUNT(*) FROM ask_unmet WHERE purge_at <= $1`, int64(before)).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask: count: %w", err)
	}
	return n, nil
}
