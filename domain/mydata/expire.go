package mydata

import (
	"context"

	"maru/domain/audit"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// expireBatch is how many consents end in one transaction.
const expireBatch = 100

// Expire ends the consents whose time is over, says so to who kept something
// because of them, and counts them. Nothing is read by them anyway from their
// last instant on; this is for what was kept. Once more changes nothing.
func (s *Service) Expire(ctx context.Context) (int, error) {
	ended := 0
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *store.Tx) error {
			list, err := overdue(tx, s.clock.Now(), expireBatch)
			if err != nil {
				return err
			}
			n = len(list)
			for _, c := range list {
				if err := s.expired(tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if ended += n; err != nil || n < expireBatch {
			return ended, err
		}
	}
}

// expired ends one consent on the day that it said.
func (s *Service) expired(tx *store.Tx, c Consent) error {
	if err := endConsent(tx, c.ID, c.ExpiresAt, "expired"); err != nil {
		return err
	}
	if err := s.tell(tx, contract.Expired, c.ID); err != nil {
		return err
	}
	return audit.Append(tx, s.clock.Now(), audit.Entry{
		Actor: authz.Actor{System: "mydata.expire"}, Act: "mydata.expire", Object: "consent:" + string(c.ID), Subject: c.Person,
		Purpose: "mydata.purpose.expire", Service: c.Service, Detail: map[string]kernel.Time{"expired_at": c.ExpiresAt},
	})
}
