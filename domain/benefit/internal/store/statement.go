// Package store holds the table of benefit and its statements.
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
var migrations embed.FS

// Migrations of the table benefit_statement.
func Migrations() store.Migrations { return store.Embedded("benefit", migrations, "migrations") }

// Statement is one row of benefit_statement.
type Statement struct {
	ID       kernel.ID
	Person   string // who told it
	Subject  string // register's id of whom it is about, "" for the household
	Fact     string
	Value    []byte // sealed
	StatedAt kernel.Time
}

const columns = `id, person, subject, fact, value, stated_at`

func scan(r interface{ Scan(dest ...any) error }) (Statement, error) {
	var s Statement
	err := r.Scan(&s.ID, &s.Person, &s.Subject, &s.Fact, &s.Value, &s.StatedAt)
	return s, err
}

// Of lists what a person told, the newest first.
func Of(tx *store.Tx, person string) ([]Statement, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM benefit_statement WHERE person = $1 ORDER BY stated_at DESC, id DESC`, person)
	if err != nil {
		return nil, fmt.Errorf("benefit: read statements: %w", err)
	}
	defer rows.Close()
	var out []Statement
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("benefit: read statements: %w", err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("benefit: read statements: %w", err)
	}
	return out, nil
}

// Find is what a person told of a fact, nil where they told nothing.
func Find(tx *store.Tx, person, subject, fact string) (*Statement, error) {
	s, err := scan(tx.QueryRow(`SELECT `+columns+` FROM benefit_statement WHERE person = $1 AND subject = $2 AND fact = $3`, person, subject, fact))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("benefit: read statement: %w", err)
	}
	return &s, nil
}

// Count is how many statements a person made.
func Count(tx *store.Tx, person string) (int64, error) {
	var n int64
	if err := tx.QueryRow(`SELECT count(*) FROM benefit_statement WHERE person = $1`, person).Scan(&n); err != nil {
		return 0, fmt.Errorf("benefit: count statements: %w", err)
	}
	return n, nil
}

// Put writes a statement; one about the same fact is replaced and keeps its id.
func Put(tx *store.Tx, s Statement) error {
	_, err := tx.Exec(`INSERT INTO benefit_statement (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (person, subject, fact) DO UPDATE SET value = excluded.value, stated_at = excluded.stated_at`,
		string(s.ID), s.Person, s.Subject, s.Fact, s.Value, int64(s.StatedAt))
	if err != nil {
		return fmt.Errorf("benefit: store statement: %w", err)
	}
	return nil
}

// Drop deletes one statement of a person; none is no error.
func Drop(tx *store.Tx, person string, id kernel.ID) error {
	if _, err := tx.Exec(`DELETE FROM benefit_statement WHERE person = $1 AND id = $2`, person, string(id)); err != nil {
		return fmt.Errorf("benefit: delete statement: %w", err)
	}
	return nil
}

// DropOf deletes what a person told up to a time, that included.
func DropOf(tx *store.Tx, person string, until kernel.Time) error {
	if _, err := tx.Exec(`DELETE FROM benefit_statement WHERE person = $1 AND stated_at <= $2`, person, int64(until)); err != nil {
		return fmt.Errorf("benefit: delete statements: %w", err)
	}
	return nil
}

// DropFact deletes what a person told of one fact, of whomsoever, up to a time,
// that included.
func DropFact(tx *store.Tx, person, fact string, until kernel.Time) error {
	if _, err := tx.Exec(`DELETE FROM benefit_statement WHERE person = $1 AND fact = $2 AND stated_at <= $3`, person, fact, int64(until)); err != nil {
		return fmt.Errorf("benefit: delete statements: %w", err)
	}
	return nil
}

// DropBefore deletes what was told before a time, and counts it.
func DropBefore(tx *store.Tx, before kernel.Time) (int64, error) {
	n, err := tx.Exec(`DELETE FROM benefit_statement WHERE stated_at < $1`, int64(before))
	if err != nil {
		return 0, fmt.Errorf("benefit: delete old statements: %w", err)
	}
	return n, nil
}
