package editor

import (
	"context"

	"maru/domain/catalog/contract"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Work is a draft as it stands today, on top of what is in force.
type Work struct {
	*Draft
	InForce *contract.Service // what people have now
	On      string            // hash of the version that Files stand on
	Now     map[string]string // the service's files in force
	Files   map[string]string // the service's files with the draft's changes
	// Moved: another version of this service came into force since the draft
	// began, and the two were brought together. With collisions they were not,
	// and Files stand on the draft's own base.
	Moved      bool
	Collisions []Collision
	// What the one who looks may do.
	MayWrite, MayReview bool
	WhyNot              error // why MayReview is false
}

// Changed are the names of files that differ from what is in force.
func (w *Work) Changed() map[string]string { return changes(w.Now, w.Files) }

// Open gives a draft to somebody who may see it.
func (s *Service) Open(ctx context.Context, actor authz.Actor, id kernel.ID) (*Work, error) {
	if err := staff(actor); err != nil {
		return nil, err
	}
	row, acts, files, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	svc, err := s.service(row.Service)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(actor, svc); err != nil {
		return nil, err
	}
	w, err := s.work(ctx, fromRow(row, acts), files)
	if err != nil {
		return nil, err
	}
	w.InForce = svc
	w.MayWrite = w.State == Open && s.mayWrite(actor, svc, w.Draft) == nil
	if w.State == Proposed {
		_, w.WhyNot = s.mayReview(actor, svc, w.Draft)
		w.MayReview = w.WhyNot == nil
	}
	return w, nil
}

func (s *Service) read(ctx context.Context, id kernel.ID) (row cstore.Draft, acts []cstore.Act, files map[string]string, err error) {
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		if row, err = cstore.FindDraft(tx, id); err != nil {
			return err
		}
		if acts, err = cstore.Acts(tx, row.ID); err != nil {
			return err
		}
		files, err = cstore.DraftFiles(tx, row.ID)
		return err
	})
	return row, acts, files, err
}

// work stands a draft on the version in force. One that is over stands on the
// version it began with: what came since has nothing to do with it.
func (s *Service) work(ctx context.Context, d *Draft, files map[string]string) (*Work, error) {
	base, err := s.folder(ctx, d.Base, d.Service)
	if err != nil {
		return nil, err
	}
	w := &Work{Draft: d, On: d.Base, Now: base, Files: over(base, files)}
	hash := s.deps.Catalog.PackHash()
	if d.State == Approved || d.State == Discarded || hash == d.Base {
		return w, nil
	}
	now, err := s.folder(ctx, hash, d.Service)
	if err != nil {
		return nil, err
	}
	merged, bad := merge(base, w.Files, now, nil)
	w.Now, w.Collisions = now, bad
	if len(bad) == 0 {
		w.On, w.Files, w.Moved = hash, merged, len(changes(base, now)) > 0
	}
	return w, nil
}
