package audit

import (
	"context"

	"maru/kernel"
	"maru/platform/store"
)

// Mandates names people for the access log of whom they act for.
type Mandates interface {
	// ActorName is who acts under a mandate.
	ActorName(ctx context.Context, mandate kernel.ID) (string, error)
}

// Delegated is the event that somebody acted for another person. It is
// published in the transaction that gives the act its place in the tree: what
// the log holds is told, once, whatever room it was done in.
const Delegated = "audit.delegated.v1"

// DelegatedAct is the payload of Delegated: ids and codes.
type DelegatedAct struct {
	Row     kernel.ID `json:"row"`
	At      int64     `json:"at"`
	Mandate kernel.ID `json:"mandate"`
	Act     string    `json:"act"` // "casework.submit"
	Object  string    `json:"object"`
	Service string    `json:"service"`
}

// tellDelegated publishes what was done under mandates in rows from .. to-1.
func (l *Log) tellDelegated(tx *store.Tx, from, to int64) error {
	if l.d.Events == nil {
		return nil
	}
	rows, err := tx.Query(`SELECT id, at, basis, act, object, service FROM audit_row WHERE seq >= $1 AND seq < $2 AND role = $3 ORDER BY seq`, from, to, roleDelegate)
	if err != nil {
		return err
	}
	defer rows.Close()
	var list []DelegatedAct
	for rows.Next() {
		var a DelegatedAct
		var basis string
		if err := rows.Scan(&a.Row, &a.At, &basis, &a.Act, &a.Object, &a.Service); err != nil {
			return err
		}
		a.Mandate = mandateOf(basis)
		list = append(list, a)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, a := range list {
		if err := l.d.Events.Publish(tx, Delegated, a); err != nil {
			return err
		}
	}
	return nil
}
