package catalog

import (
	"context"
	"errors"
	"fmt"

	"maru/domain/audit"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Activation is a version that comes into force, or is proposed to.
type Activation struct {
	ID         kernel.ID
	Pack       string // hash of the version
	From       kernel.Date
	ProposedBy string // account, or "system"
	ProposedAt kernel.Time
	ApprovedBy string // "" until approved
	ApprovedAt kernel.Time
}

// Submit stores a version that somebody sends as a zip archive. A pack with
// errors is refused with its first findings.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, zip []byte) (hash string, found []Finding, err error) {
	if err := mayActivate(actor); err != nil {
		return "", nil, err
	}
	fsys, err := unpack(zip)
	if err != nil {
		return "", nil, kernel.E(kernel.Invalid, "catalog.bad_archive", err)
	}
	p, found, err := LoadPack(fsys)
	if err != nil && !errors.Is(err, ErrInvalid) {
		return "", found, kernel.E(kernel.Invalid, "catalog.bad_archive", err)
	}
	if err != nil {
		return "", found, kernel.E(kernel.Invalid, "catalog.bad_pack", err).With("n", Errors(found))
	}
	// Written anew, so that what is stored carries nothing but the pack.
	clean, err := archive(fsys)
	if err != nil {
		return "", found, fmt.Errorf("catalog: %w", err)
	}
	now := s.deps.Clock.Now()
	err = s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		if err := cstore.Put(tx, cstore.Version{Hash: p.Hash, StoredAt: now, Origin: string(actor.Account)}, clean); err != nil {
			return err
		}
		return log(tx, now, actor, "catalog.submit", cstore.Activation{Hash: p.Hash})
	})
	return p.Hash, found, err
}

// Propose asks that a stored version come into force at a date, today at the
// earliest: what was in force yesterday is history.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, hash string, from kernel.Date) (kernel.ID, error) {
	if err := mayActivate(actor); err != nil {
		return "", err
	}
	now := s.deps.Clock.Now()
	if from.Before(now.DateIn(kernel.Seoul)) {
		return "", kernel.E(kernel.Invalid, "catalog.past_date", nil).Field("from", "catalog.past_date", nil)
	}
	a := cstore.Activation{ID: kernel.NewID(now), Hash: hash, From: from,
		ProposedBy: string(actor.Account), ProposedPerson: actor.Person, ProposedAt: now}
	err := s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		have, err := cstore.Has(tx, hash)
		if err != nil {
			return err
		}
		if !have {
			return kernel.E(kernel.NotFound, "catalog.no_version", nil)
		}
		if err := cstore.Propose(tx, a); err != nil {
			return err
		}
		return log(tx, now, actor, "catalog.propose", a)
	})
	return a.ID, err
}

// Approve completes what somebody else proposed. The same person under another
// account is the same person.
func (s *Service) Approve(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := mayActivate(actor); err != nil {
		return err
	}
	now := s.deps.Clock.Now()
	err := s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := cstore.Find(tx, id)
		if err != nil {
			return err
		}
		if a.ProposedBy == string(actor.Account) || a.ProposedPerson != "" && a.ProposedPerson == actor.Person {
			return kernel.E(kernel.Forbidden, "catalog.same_person", nil)
		}
		// A whole pack replaces everything: one that was proposed before an
		// editor's change was approved would take that change back unseen.
		overtaken, err := cstore.Overtaken(tx, a.ProposedAt)
		if err != nil {
			return err
		}
		if overtaken {
			return kernel.E(kernel.Conflict, "catalog.overtaken", nil)
		}
		at, err := cstore.NextApproval(tx, now)
		if err != nil {
			return err
		}
		done, err := cstore.Approve(tx, id, string(actor.Account), at)
		if err != nil {
			return err
		}
		if !done {
			return kernel.E(kernel.Conflict, "catalog.already_approved", nil)
		}
		return log(tx, now, actor, "catalog.approve", a)
	})
	if err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// Activations lists all, the latest first.
func (s *Service) Activations(ctx context.Context, actor authz.Actor) ([]Activation, error) {
	if err := mayActivate(actor); err != nil {
		return nil, err
	}
	var out []Activation
	err := s.deps.DB.View(ctx, func(tx *store.Tx) error {
		list, err := cstore.Activations(tx)
		out = out[:0]
		for _, a := range list {
			out = append(out, Activation{a.ID, a.Hash, a.From, a.ProposedBy, a.ProposedAt, a.ApprovedBy, a.ApprovedAt})
		}
		return err
	})
	return out, err
}

// mayActivate: agency editors and operators bring packs into force.
func mayActivate(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeAdmin); err != nil {
		return err
	}
	if !actor.Has(authz.Editor) && !actor.Has(authz.Operator) {
		return kernel.E(kernel.Forbidden, "catalog.editors_only", nil)
	}
	return nil
}

func log(tx *store.Tx, now kernel.Time, actor authz.Actor, act string, a cstore.Activation) error {
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: act, Object: "pack:" + a.Hash, Purpose: "catalog.purpose.activate",
		Detail: map[string]string{"activation": string(a.ID), "from": a.From.String()}})
}
