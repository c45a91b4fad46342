package editor

import (
	"context"
	"errors"
	"slices"

	"maru/domain/audit"
	"maru/domain/catalog"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// target is a version that a draft goes on top of, from a date.
type target struct {
	from   kernel.Date
	hash   string
	of     kernel.ID // activation that is renewed; "" for the draft's own
	result string    // hash of what came of it
	data   []byte
}

// errAgain says that somebody else approved something meanwhile.
var errAgain = errors.New("the order of versions changed")

// Approve brings a proposed draft into force on its date, or today when that
// has passed. The draft is brought together with the version in force on that
// date and with each that is to come later, and checked there again: what no
// longer fits is refused and changes nothing.
func (s *Service) Approve(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64) error {
	for range 5 {
		err := s.approve(ctx, actor, id, revision)
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return err
		}
		return s.deps.Catalog.Refresh(ctx)
	}
	return kernel.E(kernel.Conflict, "catalog.editor.busy", nil)
}

func (s *Service) approve(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if w.State != Proposed {
		return kernel.E(kernel.Conflict, "catalog.editor.not_proposed", nil)
	}
	if !w.MayReview {
		return w.WhyNot
	}
	if w.Revision != revision {
		return stale(w.Draft, ActApproved)
	}
	from := w.From
	if today := s.today(); from.Before(today) {
		from = today
	}
	targets, seen, err := s.targets(ctx, from)
	if err != nil {
		return err
	}
	base, err := s.folder(ctx, w.Base, w.Service)
	if err != nil {
		return err
	}
	_, _, files, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	mine := over(base, files)
	for i := range targets {
		if err := s.renew(ctx, w.Service, base, mine, &targets[i]); err != nil {
			return err
		}
	}
	return s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		list, err := cstore.Activations(tx)
		if err != nil {
			return err
		}
		if order(list) != seen {
			return errAgain
		}
		return s.activate(ctx, tx, actor, w, revision, from, targets)
	})
}

// targets are the version in force on the day, and those that are to come
// after it, with a sign of the whole order by which a change to it is noticed.
func (s *Service) targets(ctx context.Context, from kernel.Date) (out []target, seen string, err error) {
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		in, err := s.deps.Catalog.InForceOn(tx, from)
		if err != nil {
			return err
		}
		list, err := cstore.Activations(tx)
		if err != nil {
			return err
		}
		out, seen = []target{{from: from, hash: in.Hash}}, order(list)
		for _, a := range list {
			if a.ApprovedBy == "" || !from.Before(a.From) {
				continue
			}
			// Of several for one day only the one that will be in force counts.
			then, err := s.deps.Catalog.InForceOn(tx, a.From)
			if err != nil {
				return err
			}
			if then.ID == a.ID {
				out = append(out, target{from: a.From, hash: a.Hash, of: a.ID})
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b target) int {
		switch {
		case a.from.Before(b.from):
			return -1
		case b.from.Before(a.from):
			return 1
		}
		return 0
	})
	return out, seen, err
}

// order names all approved activations.
func order(list []cstore.Activation) string {
	out := ""
	for _, a := range list {
		if a.ApprovedBy != "" {
			out += string(a.ID) + " "
		}
	}
	return out
}

// renew puts the draft on top of a version and checks what comes of it.
func (s *Service) renew(ctx context.Context, service string, base, mine map[string]string, t *target) error {
	archive, err := s.archive(ctx, t.hash)
	if err != nil {
		return err
	}
	theirs, err := catalog.Folder(archive, service)
	if err != nil {
		return err
	}
	if len(theirs) == 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.gone", nil).With("date", t.from)
	}
	merged, bad := merge(base, mine, theirs, nil)
	if len(bad) > 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.collides_on", nil).With("date", t.from).With("part", bad[0].Key())
	}
	report, data, err := s.check(t.hash, archive, service, merged)
	if err != nil {
		return err
	}
	if report.Errors > 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.fails_on", nil).With("date", t.from).With("n", report.Errors)
	}
	t.result, t.data = report.Pack, data
	return nil
}

// activate writes the versions, their activations, the draft's end and the
// record of it all.
func (s *Service) activate(ctx context.Context, tx *store.Tx, actor authz.Actor, w *Work, revision int64, from kernel.Date, targets []target) error {
	r, err := cstore.FindDraft(tx, w.ID)
	if err != nil {
		return err
	}
	if r.Revision != revision || r.State != Proposed {
		return stale(w.Draft, ActApproved)
	}
	carried, err := cstore.Carried(tx)
	if err != nil {
		return err
	}
	now := s.deps.Clock.Now()
	at, err := cstore.NextApproval(tx, now)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.of != "" && t.result == t.hash {
			continue // the later version has it already
		}
		if err := cstore.Put(tx, cstore.Version{Hash: t.result, StoredAt: now, Origin: "draft:" + r.ID}, t.data); err != nil {
			return err
		}
		a := cstore.Activation{ID: kernel.NewID(now), Hash: t.result, From: t.from, ProposedBy: r.ProposedBy, ProposedPerson: r.ProposedPerson,
			ProposedAt: r.ProposedAt, ApprovedBy: string(actor.Account), ApprovedAt: at}
		if err := cstore.Propose(tx, a); err != nil {
			return err
		}
		if err := cstore.Carry(tx, a.ID, r.ID, t.of != ""); err != nil {
			return err
		}
		for _, d := range carried[t.of] {
			if err := cstore.Carry(tx, a.ID, d, true); err != nil {
				return err
			}
		}
		if err := audit.Append(tx, now, audit.Entry{Actor: actor, Act: "catalog.activate", Object: "pack:" + a.Hash, Purpose: "catalog.purpose.activate", Service: r.Service,
			Detail: map[string]string{"activation": string(a.ID), "from": a.From.String(), "draft": r.ID}}); err != nil {
			return err
		}
	}
	r.State, r.Pack, r.From, r.Revision, r.ChangedAt = Approved, targets[0].result, from.String(), revision+1, now
	done, err := cstore.SaveDraft(tx, r, revision)
	if err != nil {
		return err
	}
	if !done {
		return stale(w.Draft, ActApproved)
	}
	return s.record(ctx, tx, actor, r, agencyOf(actor, r.Agency), ActApproved, "")
}
