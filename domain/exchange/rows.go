package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

type scanner interface{ Scan(dest ...any) error }

const demandColumns = `id, person, account, consent, definition, every_days, until, level, methods, signed_at, signature, state, ended_at, next_at`

func scanDemand(r scanner) (*Demand, error) {
	var d Demand
	var definition string
	err := r.Scan(&d.ID, &d.Person, &d.Account, &d.Consent, &definition, &d.EveryDays, &d.Until, &d.Level, &d.Methods, &d.SignedAt, &d.Signature,
		&d.State, &d.EndedAt, &d.NextAt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoDemand()
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: read demand: %w", err)
	}
	if err := json.Unmarshal([]byte(definition), &d.Bundle); err != nil {
		return nil, fmt.Errorf("exchange: bundle of demand %s: %w", d.ID, err)
	}
	return &d, nil
}

func insertDemand(tx *store.Tx, d *Demand, key string) error {
	definition, err := json.Marshal(d.Bundle)
	if err != nil {
		return err
	}
	return tx.Later(`INSERT INTO exchange_demand (id, person, account, consent, bundle, definition, every_days, until, level, methods, idem, signed_at, signature, state, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		string(d.ID), d.Person, string(d.Account), string(d.Consent), d.Bundle.ID, string(definition), int64(d.EveryDays), int64(d.Until), int64(d.Level),
		d.Methods, key, int64(d.SignedAt), d.Signature, string(d.State), int64(d.NextAt))
}

func demandByID(tx *store.Tx, id kernel.ID) (*Demand, error) {
	return scanDemand(tx.QueryRow(`SELECT `+demandColumns+` FROM exchange_demand WHERE id = $1`, string(id)))
}

// byKey is the demand that the actor made under a key, nil where there is none.
func (s *Service) byKey(ctx context.Context, actor authz.Actor, key string) (d *Demand, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		d, err = scanDemand(tx.QueryRow(`SELECT `+demandColumns+` FROM exchange_demand WHERE account = $1 AND idem = $2`, string(actor.Account), key))
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		return err
	})
	if err == nil && d != nil && d.Person != actor.Person {
		return nil, errNoDemand()
	}
	return d, err
}

func demands(tx *store.Tx, where string, args ...any) ([]*Demand, error) {
	rows, err := tx.Query(`SELECT `+demandColumns+` FROM exchange_demand WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("exchange: list demands: %w", err)
	}
	defer rows.Close()
	var out []*Demand
	for rows.Next() {
		d, err := scanDemand(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

const transferColumns = `id, demand, begun_at, state, tries, next_at, calls, hash, receipt, done_at, content IS NOT NULL`

func scanTransfer(r scanner) (*Transfer, error) {
	var t Transfer
	var calls string
	err := r.Scan(&t.ID, &t.Demand, &t.BegunAt, &t.State, &t.Tries, &t.NextAt, &calls, &t.Hash, &t.Receipt, &t.DoneAt, &t.Kept)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoDemand()
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: read transfer: %w", err)
	}
	if err := json.Unmarshal([]byte(calls), &t.Calls); err != nil {
		return nil, fmt.Errorf("exchange: calls of transfer %s: %w", t.ID, err)
	}
	return &t, nil
}

func transfersOf(tx *store.Tx, demand kernel.ID, limit int) ([]*Transfer, error) {
	rows, err := tx.Query(`SELECT `+transferColumns+` FROM exchange_transfer WHERE demand = $1 ORDER BY begun_at DESC, id DESC LIMIT $2`, string(demand), int64(limit))
	if err != nil {
		return nil, fmt.Errorf("exchange: list transfers: %w", err)
	}
	defer rows.Close()
	var out []*Transfer
	for rows.Next() {
		t, err := scanTransfer(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
