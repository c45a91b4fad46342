package casework

import (
	"context"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// latestOf bounds how many applications of an account Latest looks at.
const latestOf = 200

// Latest gives the newest application of each service that an account began at
// or after since, without those that were withdrawn. It tells where they
// stand, nothing of what they say, and is for the program itself.
func (s *Service) Latest(ctx context.Context, account kernel.ID, since kernel.Time) (map[string]*Application, error) {
	out := map[string]*Application{}
	if account == "" {
		return out, nil
	}
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		clear(out)
		l, err := store.OfAccount(tx, account, 0, latestOf)
		if err != nil {
			return err
		}
		for _, a := range l {
			if _, newer := out[a.Service]; !newer && a.Status != Withdrawn && a.CreatedAt >= since {
				out[a.Service] = a
			}
		}
		return nil
	})
	return out, err
}
