package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"maru/kernel"
	"maru/platform/store"
)

// errTrouble is why nothing is chained any more.
var errTrouble = errors.New("audit: the log contradicts what was signed before")

// Trouble is a contradiction that was found while the log runs. While there is
// one, acts are recorded as ever but wait unchained: a second history must not
// be signed. See Recover.
type Trouble struct {
	Kind   FindingKind
	At     kernel.Time
	Detail string
}

// Troubles are the contradictions found, none in a sound log.
func (l *Log) Troubles(ctx context.Context) (list []Trouble, err error) {
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		list, err = troubles(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("audit: read the troubles: %w", err)
	}
	return list, nil
}

func troubles(tx *store.Tx) ([]Trouble, error) {
	rows, err := tx.Query(`SELECT kind, at, detail FROM audit_trouble ORDER BY kind`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Trouble
	for rows.Next() {
		var t Trouble
		if err := rows.Scan(&t.Kind, &t.At, &t.Detail); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// trouble writes a contradiction down, the first of each kind, and returns it
// as an error.
func (l *Log) trouble(ctx context.Context, kind FindingKind, detail string) error {
	l.d.Log.Error("the audit log stops", "finding", string(kind), "detail", detail)
	err := l.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO audit_trouble (kind, at, detail) VALUES ($1, $2, $3) ON CONFLICT (kind) DO NOTHING`,
			string(kind), int64(l.now()), detail)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: write a trouble down: %w", err)
	}
	return fmt.Errorf("%w: %s", errTrouble, detail)
}

// sound sees, before anything is chained, that the tree in the store is the
// one whose checkpoint was signed last.
func (l *Log) sound(ctx context.Context, s *signer) error {
	var size, signedSize int64
	var root, signedRoot tlog.Hash
	var wrong string
	err := l.d.DB.View(ctx, func(tx *store.Tx) error {
		size, signedSize, wrong = 0, 0, ""
		var signed string
		err := tx.QueryRow(`SELECT size FROM audit_lease WHERE name = 'sequencer'`).Scan(&size)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		err = tx.QueryRow(`SELECT note FROM audit_checkpoint ORDER BY size DESC, day DESC LIMIT 1`).Scan(&signed)
		if errors.Is(err, sql.ErrNoRows) {
			if size > 0 {
				wrong = "no checkpoint of the tree is left"
			}
			return nil
		}
		if err != nil {
			return err
		}
		if signedSize, signedRoot, err = s.openCheckpoint(signed); err != nil {
			wrong = "the newest checkpoint is not signed by this log"
			return nil
		}
		if root, err = tlog.TreeHash(size, openTree(tx, size)); err != nil {
			wrong = "tiles of the tree are missing"
		}
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("audit: look at the tree: %w", err)
	case wrong != "":
		return l.trouble(ctx, BrokenTree, wrong)
	case signedSize != size:
		return l.trouble(ctx, RolledBack, fmt.Sprintf("the tree has %d records, %d were signed", size, signedSize))
	case size > 0 && signedRoot != root:
		return l.trouble(ctx, BrokenTree, fmt.Sprintf("the tree of %d records is not the one that was signed", size))
	}
	return nil
}
