package authority

import (
	"context"
	"time"

	"maru/platform/store"
)

// deadKept is how long dead codes and tokens stay, so that a second use of one
// is recognised as that.
const deadKept = 24 * time.Hour

// purge forgets what is over.
func (s *Service) purge(ctx context.Context) error {
	return wrap("purge", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		dead := int64(now.Add(-deadKept))
		for _, p := range []struct {
			query string
			until int64
		}{
			{`DELETE FROM authority_replay WHERE expires_at < $1`, int64(now)},
			{`DELETE FROM authority_request WHERE expires_at < $1`, dead},
			{`DELETE FROM authority_token WHERE kind = 'access' AND expires_at < $1`, dead},
			// Refresh tokens that were exchanged must be known for as long as
			// their grant stands: their second use ends it.
			{`DELETE FROM authority_token WHERE grant_id IN (SELECT id FROM authority_grant WHERE expires_at < $1 OR revoked_at > 0 AND revoked_at < $1)`, dead},
			{`DELETE FROM authority_code WHERE grant_id IN (SELECT id FROM authority_grant WHERE expires_at < $1 OR revoked_at > 0 AND revoked_at < $1)`, dead},
			{`DELETE FROM authority_grant WHERE expires_at < $1 OR revoked_at > 0 AND revoked_at < $1`, dead},
			{`DELETE FROM authority_client WHERE state = 'declined' AND decided_at < $1`, int64(now.Add(-365 * 24 * time.Hour))},
		} {
			if _, err := tx.Exec(p.query, p.until); err != nil {
				return err
			}
		}
		return nil
	}))
}
