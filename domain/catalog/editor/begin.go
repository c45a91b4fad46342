package editor

import (
	"context"

	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Begin opens a draft of a service. With version, the hash of an earlier one,
// the draft goes back to what the service was then. Where the body has an open
// draft already, Begin gives that one, unless it would be written over.
func (s *Service) Begin(ctx context.Context, actor authz.Actor, service, version string) (kernel.ID, error) {
	if err := staff(actor); err != nil {
		return "", err
	}
	svc, err := s.service(service)
	if err != nil {
		return "", err
	}
	if err := s.mayRead(actor, svc); err != nil {
		return "", err
	}
	agency := s.home(actor, svc)
	if agency == "" {
		return "", kernel.E(kernel.Forbidden, "catalog.editor.operators_read", nil)
	}
	hash := s.deps.Catalog.PackHash()
	files := map[string]string{}
	if version != "" {
		if files, err = s.back(ctx, service, hash, version); err != nil {
			return "", err
		}
	}
	now := s.deps.Clock.Now()
	var id kernel.ID
	err = s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		open, err := cstore.OpenDrafts(tx, service)
		if err != nil {
			return err
		}
		for _, d := range open {
			if d.Agency != agency {
				continue
			}
			id = kernel.ID(d.ID)
			if version != "" {
				return kernel.E(kernel.Conflict, "catalog.editor.draft_open", nil)
			}
			return nil
		}
		id = kernel.NewID(now)
		d := cstore.Draft{ID: string(id), Service: service, Agency: agency, Base: hash, Revision: 1, State: Open, ChangedAt: now}
		if err := cstore.AddDraft(tx, d); err != nil {
			return err
		}
		if err := cstore.SetDraftFiles(tx, d.ID, files); err != nil {
			return err
		}
		if err := s.record(ctx, tx, actor, d, agency, ActStarted, ""); err != nil || len(files) == 0 {
			return err
		}
		return s.record(ctx, tx, actor, d, agency, ActSaved, "")
	})
	if kernel.Is(err, kernel.Conflict) && id != "" {
		if again, rerr := s.Repeated(ctx, actor, id); rerr != nil || again {
			return id, rerr
		}
	}
	return id, err
}

// back is what must change for the service to be as it was in version.
func (s *Service) back(ctx context.Context, service, hash, version string) (map[string]string, error) {
	then, err := s.folder(ctx, version, service)
	if err != nil {
		return nil, err
	}
	if len(then) == 0 {
		return nil, kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	now, err := s.folder(ctx, hash, service)
	if err != nil {
		return nil, err
	}
	files := changes(now, then)
	if len(files) == 0 {
		return nil, kernel.E(kernel.Conflict, "catalog.editor.same", nil)
	}
	return files, nil
}
