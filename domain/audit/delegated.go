package audit

import (
	"maru/kernel"
	"maru/platform/store"
)

// Delegated is the event that somebody, or a program, acted for a person. It is
// published in the transaction that gives the act its place in the tree: what
// the log holds is told, once, whatever room it was done in.
const Delegated = "audit.delegated.v1"

// DelegatedAct is the payload of Delegated: ids and codes.
type DelegatedAct struct {
	Row     kernel.ID `json:"row"`
	At      int64     `json:"at"`
	Mandate kernel.ID `json:"mandate,omitempty"`
	// App is the program, where one acted for the account's own person.
	App     string    `json:"app,omitempty"`
	Account kernel.ID `json:"account,omitempty"`
	Act     string    `json:"act"` // "casework.submit"
	Object  string    `json:"object"`
	Service string    `json:"service"`
}

// tellDelegated publishes what was done for people in rows from .. to-1: under
// mandates, and by programs in their own matters.
func (l *Log) tellDelegated(tx *store.Tx, from, to int64) error {
	if l.d.Events == nil {
		return nil
	}
	rows, err := tx.Query(`SELECT id, at, account, role, basis, act, object, service FROM audit_row WHERE seq >= $1 AND seq < $2
		AND (role = $3 OR role = $4 AND basis LIKE '%`+byApp+`%') ORDER BY seq`, from, to, roleDelegate, roleSelf)
	if err != nil {
		return err
	}
	defer rows.Close()
	var list []DelegatedAct
	for rows.Next() {
		var a DelegatedAct
		var role, basis string
		var account kernel.ID
		if err := rows.Scan(&a.Row, &a.At, &account, &role, &basis, &a.Act, &a.Object, &a.Service); err != nil {
			return err
		}
		g := groundsOf(basis)
		if a.Mandate = g.mandate; role == roleSelf {
			if a.App, a.Account = g.app, account; a.App == "" {
				continue
			}
		}
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
