package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"maru/kernel"
	"maru/platform/store"
)

// bound is how often something may be tried in a window.
type bound struct {
	key    string // what and who; stored as a keyed hash
	most   int64
	window time.Duration
}

func perHour(what, who string, most int64) bound {
	return bound{what + "\x00" + who, most, time.Hour}
}

// signInBounds: few wrong passwords for one account from one address, so that
// nobody elsewhere can lock its owner out; many for the account in all and for
// the address in all, against guessing from everywhere and at everybody.
func signInBounds(login, ip string) []bound {
	login = normalLogin(login)
	return []bound{
		{"sign-in\x00" + login + "\x00" + ip, 5, 15 * time.Minute},
		perHour("sign-in-account", login, 100),
		perHour("sign-in-address", ip, 200),
	}
}

// count adds one attempt to each bound and returns Limited where one is
// exceeded. It commits before the attempt is judged, so that many at once
// cannot outrun it.
func (s *Service) count(ctx context.Context, bounds ...bound) error {
	var over error
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		over = nil
		now := s.now()
		for _, b := range bounds {
			wait, err := s.countOne(tx, now, b)
			if err != nil {
				return err
			}
			if wait > 0 {
				minutes := int64((wait + time.Minute - 1) / time.Minute)
				over = kernel.E(kernel.Limited, "identity.too_often", nil).With("minutes", minutes).With("seconds", int64(wait/time.Second)+1)
			}
		}
		return nil
	})
	if err != nil {
		return wrap("count attempts", err)
	}
	return over
}

// countOne returns how long to wait, 0 while the bound holds.
func (s *Service) countOne(tx *store.Tx, now kernel.Time, b bound) (time.Duration, error) {
	hash := s.attemptHash(b.key)
	var fails, since int64
	err := tx.QueryRow(`SELECT fails, since FROM identity_attempt WHERE hash = $1`, hash).Scan(&fails, &since)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	if end := kernel.Time(since).Add(b.window); err == nil && now < end {
		if fails >= b.most {
			return end.Sub(now), nil
		}
		_, err := tx.Exec(`UPDATE identity_attempt SET fails = fails + 1 WHERE hash = $1`, hash)
		return 0, err
	}
	_, err = tx.Exec(`INSERT INTO identity_attempt (hash, fails, since) VALUES ($1, 1, $2)
		ON CONFLICT (hash) DO UPDATE SET fails = 1, since = excluded.since`, hash, int64(now))
	return 0, err
}

// forgive takes back what count added: the attempt was good.
func (s *Service) forgive(tx *store.Tx, bounds ...bound) error {
	for i, b := range bounds {
		q := `UPDATE identity_attempt SET fails = fails - 1 WHERE hash = $1 AND fails > 0`
		if i == 0 { // the narrow one starts afresh
			q = `DELETE FROM identity_attempt WHERE hash = $1`
		}
		if _, err := tx.Exec(q, s.attemptHash(b.key)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) attemptHash(key string) []byte {
	return s.d.Keys.MAC("identity.attempt", []byte(key))
}
