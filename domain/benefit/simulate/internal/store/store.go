// Package store holds at which level results over real people were shown.
package store

import (
	"embed"
	"fmt"

	"maru/kernel"
	"maru/platform/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables.
func Migrations() store.Migrations { return store.Embedded("benefit_simulate", files, "migrations") }

// Level is how finely results about one programme were shown.
type Level struct {
	Programme string
	Geography string // "" while none was asked for
	MinCell   int64
	At        kernel.Time // of the last run
}

// Since are the levels whose last run was after a time, those that bind longest
// first.
func Since(tx *store.Tx, at kernel.Time) ([]*Level, error) {
	rows, err := tx.Query(`SELECT programme, geography, min_cell, at FROM benefit_simulate_level WHERE at > $1 ORDER BY at DESC, programme`, int64(at))
	if err != nil {
		return nil, fmt.Errorf("simulate: read levels: %w", err)
	}
	defer rows.Close()
	var out []*Level
	for rows.Next() {
		var l Level
		if err := rows.Scan(&l.Programme, &l.Geography, &l.MinCell, &l.At); err != nil {
			return nil, fmt.Errorf("simulate: read levels: %w", err)
		}
		out = append(out, &l)
	}
	return out, rows.Err()
}

// Put writes a level.
func Put(tx *store.Tx, l *Level) error {
	_, err := tx.Exec(`INSERT INTO benefit_simulate_level (programme, geography, min_cell, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (programme) DO UPDATE SET geography = excluded.geography, min_cell = excluded.min_cell, at = excluded.at`,
		l.Programme, l.Geography, l.MinCell, int64(l.At))
	if err != nil {
		return fmt.Errorf("simulate: store level: %w", err)
	}
	return nil
}
