package identity

import (
	"context"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

// endRoles closes the roles that ran out and tells so: who works with them
// need not look at the clock.
func (s *Service) endRoles(tx *store.Tx, now kernel.Time) error {
	over, err := readGrants(tx, `WHERE state = 'active' AND expires_at > 0 AND expires_at <= $1 ORDER BY id LIMIT 100`, int64(now))
	if err != nil {
		return err
	}
	for _, g := range over {
		if err := endExpired(tx, g.account, g.role, g.agency, now); err != nil {
			return err
		}
		if err := s.tellRole(tx, g); err != nil {
			return err
		}
	}
	return nil
}

// purge forgets what is over: sessions (after a day, see sessionKept), links,
// kept forms, accounts that were asked for back, counted attempts, answered challenges, app codes that were begun
// and left and, after a year, dead tokens.
func (s *Service) purge(ctx context.Context) error {
	return wrap("purge", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		for _, p := range []struct {
			query string
			until int64
		}{
			{`DELETE FROM identity_session WHERE ends_at < $1`, int64(now.Add(-sessionKept))},
			{`DELETE FROM identity_session WHERE seen_at < $1`, int64(now.Add(-sessionKept - residentIdle))},
			{`DELETE FROM identity_link WHERE expires_at > 0 AND expires_at < $1`, int64(now)},
			{`DELETE FROM identity_kept WHERE expires_at < $1`, int64(now)},
			{`DELETE FROM identity_challenge WHERE expires_at < $1`, int64(now)},
			{`DELETE FROM identity_pending WHERE expires_at < $1`, int64(now)},
			{`DELETE FROM identity_regain WHERE expires_at < $1`, int64(now)},
			{`DELETE FROM identity_totp WHERE confirmed_at = 0 AND created_at < $1`, int64(now.Add(-24 * time.Hour))},
			{`DELETE FROM identity_attempt WHERE since < $1`, int64(now.Add(-time.Hour))},
			{`DELETE FROM identity_token WHERE expires_at < $1`, int64(now.Add(-365 * 24 * time.Hour))},
		} {
			if _, err := tx.Exec(p.query, p.until); err != nil {
				return err
			}
		}
		return s.endRoles(tx, now)
	}))
}
