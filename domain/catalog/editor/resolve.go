package editor

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
)

// Resolve brings a draft together with what came into force since: choices
// tells for each collision, by its key, whether to take Mine or Theirs.
func (s *Service) Resolve(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, choices map[string]string) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.writable(actor, w, revision, ActMerged); err != nil {
		return err
	}
	if len(w.Collisions) == 0 {
		if !w.Moved {
			return nil
		}
		return s.write(ctx, actor, w, revision, ActMerged, "", w.Files)
	}
	base, err := s.folder(ctx, w.Base, w.Service)
	if err != nil {
		return err
	}
	merged, bad := merge(base, w.Files, w.Now, choices)
	if len(bad) > 0 {
		e := kernel.E(kernel.Invalid, "catalog.editor.choose", nil)
		for _, c := range bad {
			e.Field(c.Key(), "catalog.editor.choose", nil)
		}
		return e
	}
	w.On = s.deps.Catalog.PackHash()
	return s.write(ctx, actor, w, revision, ActMerged, "", merged)
}
