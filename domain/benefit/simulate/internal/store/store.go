// Package store holds at which level results over real people were shown.
package store

import (
	"database/sql"
	"embed"
	"errors"
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

// Get is the level of a programme, nil where there is none.
func Get(tx *store.Tx, programme string) (*Level, error) {
	l := &Level{Programme: programme}
	var at int64
	err := tx.QueryRow(`SELECT geography, min_cell, at FROM benefit_simulate_level WHERE programme = $1`, programme).Scan(&l.Geography, &l.MinCell, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("simulate: read level: %w", err)
	}
	l.At = kernel.Time(at)
	return l, nil
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
