package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"maru/domain/audit"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Ask is what a person wants.
type Ask struct {
	Bundle, Version string // Version as the person saw it
	EveryDays       int    // 0: once; else one of the bundle's periods
	Months          int    // how long a regular one stands: 3, 6 or 12
	Key             string // idempotency: the same key is the same demand
}

// Months are for how long a regular demand may stand.
var Months = []int{3, 6, 12}

// statement is what is signed: whose what goes where, for how long, on which
// proof (Electronic Government Act art. 43-2 para. 3 names what a demand says).
type statement struct {
	Demand  kernel.ID `json:"jti"`
	Issuer  string    `json:"iss"`
	At      int64     `json:"iat"`
	Until   int64     `json:"exp"`
	Person  string    `json:"sub"`
	Account kernel.ID `json:"account"`
	Consent kernel.ID `json:"consent"`
	Bundle  Bundle    `json:"bundle"`
	Every   int       `json:"every_days,omitempty"`
	Level   int       `json:"aal"`
	Methods []string  `json:"amr"`
}

// errNoDemand is also what other people's demands answer.
func errNoDemand() error { return kernel.E(kernel.NotFound, "exchange.error.no_demand", nil) }

// Demand signs a demand for the actor, and begins its first transfer. It wants
// a proof of who the actor is that is minutes old. Sent again under the same
// key it is the demand that was made. Errors: Unauthorized where the actor must
// confirm first, Forbidden without a proven person, Conflict where the bundle
// changed since it was shown, NotFound, Invalid.
func (s *Service) Demand(ctx context.Context, actor authz.Actor, ask Ask) (*Demand, error) {
	if err := proven(actor); err != nil {
		return nil, err
	}
	b, err := s.offer(ctx, ask)
	if err != nil {
		return nil, err
	}
	if d, err := s.byKey(ctx, actor, ask.Key); d != nil || err != nil {
		return d, err
	}
	proof, err := s.d.Prover.Fresh(ctx, actor)
	if err != nil {
		return nil, err
	}
	signer, err := s.own(ctx)
	if err != nil {
		return nil, err
	}
	consent, until, err := s.d.Consents.Give(ctx, actor, b)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if ask.EveryDays > 0 {
		until = min(until, kernel.TimeOf(now.Std().AddDate(0, ask.Months, 0)))
	}
	d := &Demand{ID: kernel.NewID(now), Person: actor.Person, Account: actor.Account, Consent: consent, Bundle: b, EveryDays: ask.EveryDays,
		Until: until, Level: proof.Level, Methods: strings.Join(proof.Methods, " "), SignedAt: now, State: Standing}
	if d.EveryDays > 0 {
		d.NextAt = now.Add(time.Duration(d.EveryDays) * 24 * time.Hour)
	}
	text, err := json.Marshal(statement{Demand: d.ID, Issuer: s.d.Name, At: now.Std().Unix(), Until: until.Std().Unix(), Person: d.Person, Account: d.Account,
		Consent: consent, Bundle: b, Every: d.EveryDays, Level: d.Level, Methods: proof.Methods})
	if err != nil {
		return nil, err
	}
	if d.Signature, err = signer.Sign(wire.DemandType, text); err != nil {
		return nil, err
	}
	t := s.newTransfer(d, now)
	// It reads nothing: of two at once under one key the index refuses one.
	err = s.d.DB.UpdateReadCommitted(ctx, func(tx *store.Tx) error {
		if err := insertDemand(tx, d, ask.Key); err != nil {
			return err
		}
		if err := s.begin(tx, t, now); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "exchange.demand", Object: "demand:" + string(d.ID), Subject: d.Person,
			Purpose: "exchange.purpose.demand", Basis: b.Basis, Service: b.Service, Detail: fieldsOf(b)})
	})
	if store.IsConflict(err) {
		if first, err := s.byKey(ctx, actor, ask.Key); first != nil || err != nil {
			return first, err
		}
	}
	if err != nil {
		return nil, err
	}
	// What fails here is tried again by the sweep.
	if err := s.carry(ctx, d, t); err != nil {
		s.d.Log.WarnContext(ctx, "exchange: first try", "transfer", t.ID, "err", err)
	}
	return d, nil
}

// offer is the bundle as the person saw it, and as it can be asked for.
func (s *Service) offer(ctx context.Context, ask Ask) (Bundle, error) {
	if len(ask.Key) < 8 || len(ask.Key) > 100 {
		return Bundle{}, kernel.E(kernel.Invalid, "", nil).Field("key", "exchange.error.key", nil)
	}
	b, err := s.d.Bundles.Bundle(ctx, ask.Bundle, "")
	if err != nil {
		return Bundle{}, err
	}
	if ask.Version != b.Version {
		return Bundle{}, kernel.E(kernel.Conflict, "exchange.error.changed", nil)
	}
	if len(b.Fields) == 0 {
		return Bundle{}, kernel.E(kernel.NotFound, "exchange.error.nothing", nil)
	}
	if ask.EveryDays == 0 {
		return b, nil
	}
	if !slices.Contains(b.Every, ask.EveryDays) {
		return Bundle{}, kernel.E(kernel.Invalid, "", nil).Field("every", "exchange.error.every", nil)
	}
	if !slices.Contains(Months, ask.Months) {
		return Bundle{}, kernel.E(kernel.Invalid, "", nil).Field("months", "exchange.error.months", nil)
	}
	return b, nil
}

// proven refuses whoever is not known to be a person of the registers, and who
// acts for somebody else: what a demand brings is for its person's eyes.
func proven(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	if err := actor.Alone(); err != nil {
		return err
	}
	if !actor.Proven() {
		return kernel.E(kernel.Forbidden, "mydata.error.prove_first", nil)
	}
	return nil
}

// fieldsOf are the ids of what a bundle asks for.
func fieldsOf(b Bundle) []string {
	out := make([]string, len(b.Fields))
	for i, f := range b.Fields {
		out[i] = f.ID
	}
	return out
}

// newTransfer divides a demand among the sources, each field to who holds it.
func (s *Service) newTransfer(d *Demand, now kernel.Time) *Transfer {
	t := &Transfer{ID: kernel.NewID(now), Demand: d.ID, BegunAt: now, State: Waiting}
	at := map[string]int{}
	for _, f := range d.Bundle.Fields {
		src := s.holder[f.Registry]
		i, ok := at[src]
		if !ok {
			i = len(t.Calls)
			at[src] = i
			c := Call{Source: src, State: CallWaiting}
			if src == "" {
				c.State = CallNobody
			}
			t.Calls = append(t.Calls, c)
		}
		t.Calls[i].Asked = append(t.Calls[i].Asked, f.ID)
	}
	return t
}
