package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"maru/domain/audit/proof"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Receipt is the proof of one record about the actor's data: a file that
// holds without this installation. The errors are NotFound for records about
// others and those that retention erased, Conflict while the record waits to be
// chained (and, where there are witnesses, to be seen by them).
func (l *Log) Receipt(ctx context.Context, a authz.Actor, id kernel.ID) (*proof.Receipt, error) {
	if err := a.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	account, either := pseudonym(SubjectOf("", a.Account)), pseudonym(SubjectOf(a.Person, a.Account))
	var out *proof.Receipt
	err := l.d.DB.View(ctx, func(tx *store.Tx) error {
		r, seq, err := l.about(tx, id, account, either)
		if err != nil {
			return err
		}
		out, err = l.prove(tx, r, seq)
		return err
	})
	var told *kernel.Error
	if err != nil && !errors.As(err, &told) {
		err = fmt.Errorf("audit: receipt: %w", err)
	}
	return out, err
}

// about is a row about one of two subjects.
func (l *Log) about(tx *store.Tx, id kernel.ID, subjects ...string) (*row, sql.NullInt64, error) {
	rows, err := tx.Query(rowColumns+` WHERE id = $1 AND subject <> '' AND subject IN ($2, $3)`, string(id), subjects[0], subjects[1])
	if err != nil {
		return nil, sql.NullInt64{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, sql.NullInt64{}, err
		}
		return nil, sql.NullInt64{}, kernel.E(kernel.NotFound, "audit.receipt.none", nil)
	}
	return scanRow(rows)
}

func (l *Log) prove(tx *store.Tx, r *row, seq sql.NullInt64) (*proof.Receipt, error) {
	record, err := r.canonical()
	if err != nil {
		return nil, err
	}
	size, signed, err := l.shown(tx)
	if err != nil {
		return nil, err
	}
	if !seq.Valid || seq.Int64 >= size {
		return nil, kernel.E(kernel.Conflict, "audit.receipt.waiting", nil)
	}
	path, err := tlog.ProveRecord(size, seq.Int64, openTree(tx, size))
	if err != nil {
		return nil, err
	}
	return &proof.Receipt{Record: record, Salt: r.salt, Index: seq.Int64, Path: path, Signed: signed}, nil
}

// shown is the checkpoint that the log shows: the newest, or the newest that
// the witnesses signed.
func (l *Log) shown(tx *store.Tx) (size int64, signed string, err error) {
	if len(l.d.Witnesses) > 0 {
		return witnessed(tx)
	}
	err = tx.QueryRow(`SELECT size, note FROM audit_checkpoint ORDER BY size DESC, day DESC LIMIT 1`).Scan(&size, &signed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return size, signed, err
}

// Checked is what a receipt proves, in words.
type Checked struct {
	Access
	Index, Size int64
	// Witnesses are the bodies among those known here that signed too.
	Witnesses []string
	Origin    string
}

// CheckReceipt checks a receipt of this log and puts it into words. The errors
// are those of proof, ErrSignature for a receipt of another log.
func (l *Log) CheckReceipt(ctx context.Context, text string, lang kernel.Lang) (*Checked, error) {
	r, err := proof.Parse(text)
	if err != nil {
		return nil, err
	}
	keys, err := l.keys(ctx)
	if err != nil {
		return nil, err
	}
	var p proof.Proven
	err = proof.ErrSignature
	for _, key := range keys {
		if p, err = r.Verify(key, 0, l.verifiers()...); !errors.Is(err, proof.ErrSignature) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	var told row
	if err := json.Unmarshal(r.Record, &told); err != nil {
		return nil, proof.ErrReceipt
	}
	return &Checked{Access: l.words(&told, lang), Index: r.Index, Size: p.Checkpoint.Size, Witnesses: p.Witnesses, Origin: p.Checkpoint.Origin}, nil
}

// keys are what this log's checkpoints are checked with, those of ended
// origins too.
func (l *Log) keys(ctx context.Context) (list []note.Verifier, err error) {
	err = l.d.DB.View(ctx, func(tx *store.Tx) error {
		list = nil
		v := verification{tx: tx, rep: &Report{}}
		signers, err := v.signers(l)
		if err != nil {
			return err
		}
		for _, s := range signers {
			key, err := note.NewVerifier(s.verifier)
			if err != nil {
				return err
			}
			list = append(list, key)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("audit: keys: %w", err)
	}
	return list, nil
}
