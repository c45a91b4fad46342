// Package store keeps the versions of packs and when they come into force.
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

// Migrations are the domain's tables.
func Migrations() store.Migrations { return store.Embedded("catalog", files, "migrations") }

// System is the program as proposer and approver.
const System = "system"

// Version is a stored pack without its files.
type Version struct {
	Hash     string
	StoredAt kernel.Time
	Origin   string
}

// Activation brings a version into force. ApprovedBy is "" until approved.
type Activation struct {
	ID             kernel.ID
	Hash           string
	From           kernel.Date
	ProposedBy     string
	ProposedPerson string
	ProposedAt     kernel.Time
	ApprovedBy     string
	ApprovedAt     kernel.Time
}

// Put stores a version; one that is there already stays as it is.
func Put(tx *store.Tx, v Version, archive []byte) error {
	_, err := tx.Exec(`INSERT INTO catalog_version (hash, stored_at, origin, files) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO NOTHING`, v.Hash, int64(v.StoredAt), v.Origin, archive)
	if err != nil {
		return fmt.Errorf("catalog: store version: %w", err)
	}
	return nil
}

// Has tells whether the version is stored.
func Has(tx *store.Tx, hash string) (bool, error) {
	var n int
	if err := tx.QueryRow(`SELECT COUNT(*) FROM catalog_version WHERE hash = $1`, hash).Scan(&n); err != nil {
		return false, fmt.Errorf("catalog: look for version: %w", err)
	}
	return n > 0, nil
}

// Files is the archive of a version; NotFound when there is none.
func Files(tx *store.Tx, hash string) ([]byte, error) {
	var archive []byte
	err := tx.QueryRow(`SELECT files FROM catalog_version WHERE hash = $1`, hash).Scan(&archive)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, kernel.E(kernel.NotFound, "catalog.no_version", nil)
	}
	if err != nil {
		return nil, fmt.Errorf("catalog: read version: %w", err)
	}
	return archive, nil
}

// Versions lists what is stored, the newest first.
func Versions(tx *store.Tx) ([]Version, error) {
	rows, err := tx.Query(`SELECT hash, stored_at, origin FROM catalog_version ORDER BY stored_at DESC, hash`)
	if err != nil {
		return nil, fmt.Errorf("catalog: list versions: %w", err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		var v Version
		var at int64
		if err := rows.Scan(&v.Hash, &at, &v.Origin); err != nil {
			return nil, fmt.Errorf("catalog: list versions: %w", err)
		}
		v.StoredAt = kernel.Time(at)
		out = append(out, v)
	}
	return out, rows.Err()
}

// Propose adds an activation.
func Propose(tx *store.Tx, a Activation) error {
	_, err := tx.Exec(`INSERT INTO catalog_activation (id, hash, active_from, proposed_by, proposed_person, proposed_at, approved_by, approved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(a.ID), a.Hash, a.From.String(), a.ProposedBy, a.ProposedPerson, int64(a.ProposedAt), a.ApprovedBy, int64(a.ApprovedAt))
	if err != nil {
		return fmt.Errorf("catalog: propose: %w", err)
	}
	return nil
}

// Approve completes an activation that nobody approved yet and tells whether
// there was one.
func Approve(tx *store.Tx, id kernel.ID, by string, at kernel.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE catalog_activation SET approved_by = $1, approved_at = $2 WHERE id = $3 AND approved_by = ''`,
		by, int64(at), string(id))
	if err != nil {
		return false, fmt.Errorf("catalog: approve: %w", err)
	}
	return n == 1, nil
}

const columns = `id, hash, active_from, proposed_by, proposed_person, proposed_at, approved_by, approved_at`

// Find is one activation; NotFound when there is none.
func Find(tx *store.Tx, id kernel.ID) (Activation, error) {
	a, err := scan(tx.QueryRow(`SELECT `+columns+` FROM catalog_activation WHERE id = $1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return a, kernel.E(kernel.NotFound, "catalog.no_activation", nil)
	}
	if err != nil {
		return a, fmt.Errorf("catalog: read activation: %w", err)
	}
	return a, nil
}

// InForce is the activation in force on the day: approved, begun, the latest
// by its date and then by its approval. It is false in an empty store.
func InForce(tx *store.Tx, on kernel.Date) (Activation, bool, error) {
	return InForceSince(tx, on, 0)
}

// InForceSince is InForce among those approved at since or later.
func InForceSince(tx *store.Tx, on kernel.Date, since kernel.Time) (Activation, bool, error) {
	a, err := scan(tx.QueryRow(`SELECT `+columns+` FROM catalog_activation
		WHERE approved_by <> '' AND active_from <= $1 AND approved_at >= $2
		ORDER BY active_from DESC, approved_at DESC, (proposed_by = 'system'), id DESC LIMIT 1`, on.String(), int64(since)))
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("catalog: read activation: %w", err)
	}
	return a, true, nil
}

// Activations lists all, the latest first.
func Activations(tx *store.Tx) ([]Activation, error) {
	rows, err := tx.Query(`SELECT ` + columns + ` FROM catalog_activation ORDER BY active_from DESC, proposed_at DESC, id DESC`)
	if err != nil {
		return nil, fmt.Errorf("catalog: list activations: %w", err)
	}
	defer rows.Close()
	var out []Activation
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("catalog: list activations: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func scan(row interface{ Scan(...any) error }) (Activation, error) {
	var a Activation
	var id string
	var proposed, approved int64
	err := row.Scan(&id, &a.Hash, &a.From, &a.ProposedBy, &a.ProposedPerson, &proposed, &a.ApprovedBy, &approved)
	a.ID, a.ProposedAt, a.ApprovedAt = kernel.ID(id), kernel.Time(proposed), kernel.Time(approved)
	return a, err
}
