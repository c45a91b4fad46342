// Package store holds the tables of imported catalogues and their statements.
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
func Migrations() store.Migrations { return store.Embedded("benefit_import", files, "migrations") }

// Version is one import without its programmes. Report is JSON.
type Version struct {
	Number     int64
	Source     string
	Origin     string
	FetchedAt  kernel.Time
	ImportedAt kernel.Time
	MadeBy     string
	Programmes int64
	SHA256     string
	Report     string
}

// partSize keeps rows small enough for every driver and for a backup's parts.
const partSize = 512 << 10

// Active is the number of the version that is shown, 0 for none.
func Active(tx *store.Tx) (int64, error) {
	var n int64
	err := tx.QueryRow(`SELECT version FROM benefit_import_active WHERE slot = 1`).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("benefit: active import: %w", err)
	}
	return n, nil
}

// Activate makes a version the one that is shown.
func Activate(tx *store.Tx, number int64, now kernel.Time) error {
	_, err := tx.Exec(`INSERT INTO benefit_import_active (slot, version, since) VALUES (1, $1, $2)
		ON CONFLICT (slot) DO UPDATE SET version = excluded.version, since = excluded.since`, number, int64(now))
	if err != nil {
		return fmt.Errorf("benefit: activate import: %w", err)
	}
	return nil
}

const columns = `number, source, origin, fetched_at, imported_at, made_by, programmes, sha256, report`

func scan(row interface{ Scan(...any) error }) (v Version, err error) {
	err = row.Scan(&v.Number, &v.Source, &v.Origin, &v.FetchedAt, &v.ImportedAt, &v.MadeBy, &v.Programmes, &v.SHA256, &v.Report)
	return v, err
}

// Find is a version; ok is false when there is none of that number.
func Find(tx *store.Tx, number int64) (v Version, ok bool, err error) {
	v, err = scan(tx.QueryRow(`SELECT `+columns+` FROM benefit_import_version WHERE number = $1`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, false, nil
	}
	if err != nil {
		return Version{}, false, fmt.Errorf("benefit: find import: %w", err)
	}
	return v, true, nil
}

// List are all versions, the newest first.
func List(tx *store.Tx) ([]Version, error) {
	rows, err := tx.Query(`SELECT ` + columns + ` FROM benefit_import_version ORDER BY number DESC`)
	if err != nil {
		return nil, fmt.Errorf("benefit: list imports: %w", err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("benefit: list imports: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Insert keeps a version with its content under the next number, which it
// gives.
func Insert(tx *store.Tx, v Version, content []byte) (int64, error) {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(number), 0) + 1 FROM benefit_import_version`).Scan(&v.Number); err != nil {
		return 0, fmt.Errorf("benefit: number an import: %w", err)
	}
	_, err := tx.Exec(`INSERT INTO benefit_import_version (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.Number, v.Source, v.Origin, int64(v.FetchedAt), int64(v.ImportedAt), v.MadeBy, v.Programmes, v.SHA256, v.Report)
	if err != nil {
		return 0, fmt.Errorf("benefit: insert import: %w", err)
	}
	for n := 0; len(content) > 0; n++ {
		size := min(len(content), partSize)
		if _, err := tx.Exec(`INSERT INTO benefit_import_part (version, number, content) VALUES ($1, $2, $3)`, v.Number, int64(n), content[:size]); err != nil {
			return 0, fmt.Errorf("benefit: insert import: %w", err)
		}
		content = content[size:]
	}
	return v.Number, nil
}

// Content is what a version holds.
func Content(tx *store.Tx, number int64) ([]byte, error) {
	rows, err := tx.Query(`SELECT content FROM benefit_import_part WHERE version = $1 ORDER BY number`, number)
	if err != nil {
		return nil, fmt.Errorf("benefit: read import: %w", err)
	}
	defer rows.Close()
	var out []byte
	for rows.Next() {
		var part []byte
		if err := rows.Scan(&part); err != nil {
			return nil, fmt.Errorf("benefit: read import: %w", err)
		}
		out = append(out, part...)
	}
	return out, rows.Err()
}

// Purge deletes all versions but the newest n and the active one.
func Purge(tx *store.Tx, n int) error {
	active, err := Active(tx)
	if err != nil {
		return err
	}
	list, err := List(tx)
	if err != nil {
		return err
	}
	for i, v := range list {
		if i < n || v.Number == active {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM benefit_import_part WHERE version = $1`, v.Number); err != nil {
			return fmt.Errorf("benefit: purge imports: %w", err)
		}
		if _, err := tx.Exec(`DELETE FROM benefit_import_version WHERE number = $1`, v.Number); err != nil {
			return fmt.Errorf("benefit: purge imports: %w", err)
		}
	}
	return nil
}
