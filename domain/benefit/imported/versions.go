package imported

import (
	"context"

	"maru/domain/benefit/imported/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Versions are those kept, the newest first.
func (s *Service) Versions(ctx context.Context) ([]Version, error) {
	var out []Version
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		active, err := store.Active(tx)
		if err != nil {
			return err
		}
		list, err := store.List(tx)
		out = out[:0]
		for _, v := range list {
			out = append(out, versionOf(v, active))
		}
		return err
	})
	return out, err
}

// Activate brings a version that is kept into force. NotFound for another;
// nothing happens for the active one. Like Import it asks for no role.
func (s *Service) Activate(ctx context.Context, actor authz.Actor, number int64) error {
	now := s.d.Clock.Now()
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		before, err := store.Active(tx)
		if err != nil {
			return err
		}
		_, ok, err := store.Find(tx, number)
		switch {
		case err != nil:
			return err
		case !ok:
			return kernel.E(kernel.NotFound, "benefit.imported.error.no_version", nil).With("n", number)
		case before == number:
			return nil
		}
		if err := store.Activate(tx, number, now); err != nil {
			return err
		}
		return s.record(tx, actor, "benefit.activate_catalogue", number, map[string]any{"before": before})
	})
}
