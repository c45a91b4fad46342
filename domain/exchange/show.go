package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"maru/domain/audit"
	"maru/domain/exchange/wire"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// shown is how many transfers of a demand are listed.
const shown = 50

// Mine lists the actor's demands, the newest first, at most a hundred.
func (s *Service) Mine(ctx context.Context, actor authz.Actor) (out []*Demand, err error) {
	if err := proven(actor); err != nil {
		return nil, err
	}
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		out, err = demands(tx, `person = $1 ORDER BY signed_at DESC, id DESC LIMIT 100`, actor.Person)
		return err
	})
	return out, err
}

// Show is one of the actor's demands with its transfers, the newest first.
// Another person's is NotFound.
func (s *Service) Show(ctx context.Context, actor authz.Actor, id kernel.ID) (d *Demand, ts []*Transfer, err error) {
	if err := proven(actor); err != nil {
		return nil, nil, err
	}
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		if d, err = demandByID(tx, id); err != nil {
			return err
		}
		if d.Person != actor.Person {
			return errNoDemand()
		}
		ts, err = transfersOf(tx, id, shown)
		return err
	})
	return d, ts, err
}

// content reads what a transfer brought. NotFound in its words where that was
// deleted, maybe since somebody looked.
func (s *Service) content(ctx context.Context, t kernel.ID) (facts map[string]wire.Fact, err error) {
	var sealed []byte
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT content FROM exchange_transfer WHERE id = $1`, string(t)).Scan(&sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		sealed, err = nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("exchange: content: %w", err)
	}
	if sealed == nil {
		return nil, kernel.E(kernel.NotFound, "exchange.error.deleted", nil)
	}
	return s.open(t, sealed)
}

// Received is what the newest demand of the actor for a service brought, for
// filling in an application. ok is false where the actor has none that counts:
// none at all, ended, or deleted since. While a source is silent the error is
// Unavailable and names it. The reading is in the access log before anything is
// returned.
func (s *Service) Received(ctx context.Context, actor authz.Actor, service string) (facts map[string]mydata.Fact, ok bool, err error) {
	if actor.OnBehalf() {
		return nil, false, nil // a helper's form is filled in by the application's own consent
	}
	if err := proven(actor); err != nil {
		return nil, false, err
	}
	var d *Demand
	var t *Transfer
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		d, t = nil, nil
		list, err := demands(tx, `person = $1 AND bundle = $2 AND state IN ('standing', 'done') ORDER BY signed_at DESC, id DESC LIMIT 1`, actor.Person, serviceBundle(service))
		if err != nil || len(list) == 0 {
			return err
		}
		ts, err := transfersOf(tx, list[0].ID, 1)
		if err == nil && len(ts) > 0 {
			d, t = list[0], ts[0]
		}
		return err
	})
	if err != nil || t == nil {
		return nil, false, err
	}
	if stands, err := s.d.Consents.Stands(ctx, d.Consent); err != nil || !stands {
		return nil, false, err
	}
	if t.State == Waiting {
		return nil, false, kernel.E(kernel.Unavailable, "exchange.error.waiting", nil)
	}
	if !t.Kept {
		return nil, false, nil
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "exchange.use", Object: "demand:" + string(d.ID), Subject: d.Person,
			Purpose: "mydata.purpose.application", Basis: "consent:" + string(d.Consent), Service: service, Detail: gotOf(t.Calls)})
	})
	if err != nil {
		return nil, false, err
	}
	got, err := s.content(ctx, t.ID)
	if kernel.Is(err, kernel.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	facts = map[string]mydata.Fact{}
	for _, f := range d.Bundle.Fields {
		if g, ok := got[f.ID]; ok {
			v, err := g.Read()
			if err != nil {
				return nil, false, err
			}
			facts[f.ID] = mydata.Fact{Value: v, AsOf: g.AsOf, Registry: f.Registry}
		}
	}
	return facts, true, nil
}

// serviceBundle is the bundle of a public service's own facts.
func serviceBundle(service string) string { return "service." + service }

// Data is what a person takes home of a transfer: every value with its source,
// the receipt, and all of it signed.
type Data struct {
	Transfer kernel.ID            `json:"jti"`
	Issuer   string               `json:"iss"`
	At       int64                `json:"iat"`
	Person   string               `json:"sub"`
	Bundle   string               `json:"bundle"`
	Title    kernel.Text          `json:"title"`
	Facts    map[string]wire.Fact `json:"facts"`
	Hash     string               `json:"hash"`
	Receipt  string               `json:"receipt"`
}

// Take is the signed data of one of the actor's transfers. NotFound where it is
// another's, Conflict while it waits, Gone in its words when it was deleted.
func (s *Service) Take(ctx context.Context, actor authz.Actor, demand, transfer kernel.ID) (signed string, data Data, err error) {
	d, ts, err := s.Show(ctx, actor, demand)
	if err != nil {
		return "", Data{}, err
	}
	var t *Transfer
	for _, one := range ts {
		if one.ID == transfer {
			t = one
		}
	}
	switch {
	case t == nil:
		return "", Data{}, errNoDemand()
	case t.State == Waiting:
		return "", Data{}, kernel.E(kernel.Conflict, "exchange.error.waiting", nil)
	case !t.Kept:
		return "", Data{}, kernel.E(kernel.NotFound, "exchange.error.deleted", nil)
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: "exchange.take", Object: "demand:" + string(d.ID), Subject: d.Person,
			Purpose: "exchange.purpose.take", Basis: d.Bundle.Basis, Detail: gotOf(t.Calls)})
	})
	if err != nil {
		return "", Data{}, err
	}
	facts, err := s.content(ctx, t.ID)
	if err != nil {
		return "", Data{}, err
	}
	signer, err := s.own(ctx)
	if err != nil {
		return "", Data{}, err
	}
	data = Data{t.ID, s.d.Name, s.now().Std().Unix(), d.Person, d.Bundle.ID + "@" + d.Bundle.Version, d.Bundle.Title, facts, t.Hash, t.Receipt}
	b, err := json.Marshal(data)
	if err != nil {
		return "", Data{}, err
	}
	signed, err = signer.Sign(wire.DataType, b)
	return signed, data, err
}
