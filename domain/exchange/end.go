package exchange

import (
	"context"
	"fmt"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Withdraw takes a demand back: no source is asked any more, and what arrived
// is deleted (Electronic Government Act art. 43-2 para. 2). The consent under it
// ends as well, and with it every other demand that rests on it. Withdrawing
// twice changes nothing; another person's demand is NotFound.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	d, _, err := s.Show(ctx, actor, id)
	if err != nil {
		return err
	}
	if d.State == Withdrawn {
		return nil
	}
	if err := s.d.Consents.Withdraw(ctx, actor, d.Consent); err != nil {
		return err
	}
	return s.endOf(ctx, ofConsent, []any{string(d.Consent)}, Withdrawn, actor)
}

// Ended is told that a consent ended: it was taken back, from wherever, or
// another took its place.
func (s *Service) Ended(ctx context.Context, consent kernel.ID) error {
	return s.endOf(ctx, ofConsent, []any{string(consent)}, Withdrawn, authz.Actor{System: "exchange.ended"})
}

// ofConsent are the demands that rest on a consent and may have brought
// something. Expired ones are among them: a transfer that finds the consent
// ended is quicker than who took it back, and deletes nothing.
const ofConsent = `consent = $1 AND state <> 'withdrawn'`

// end ends one demand.
func (s *Service) end(ctx context.Context, id kernel.ID, state State) error {
	return s.endOf(ctx, `id = $1 AND state = 'standing'`, []any{string(id)}, state, authz.Actor{System: "exchange.ended"})
}

// endAtOnce is how many demands end in one transaction.
const endAtOnce = 200

// endOf ends demands and deletes what they brought; the receipts stay. The
// condition must not hold of what it has ended.
func (s *Service) endOf(ctx context.Context, where string, args []any, state State, actor authz.Actor) error {
	for {
		n, err := s.endSome(ctx, where, args, state, actor)
		if err != nil {
			return fmt.Errorf("exchange: end demand: %w", err)
		}
		if n < endAtOnce {
			return nil
		}
	}
}

func (s *Service) endSome(ctx context.Context, where string, args []any, state State, actor authz.Actor) (n int, err error) {
	now := s.now()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		list, err := demands(tx, fmt.Sprintf(`%s ORDER BY id LIMIT %d`, where, endAtOnce), args...)
		if err != nil {
			return err
		}
		n = len(list)
		for _, d := range list {
			if err := s.endOne(tx, d, state, actor, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (s *Service) endOne(tx *store.Tx, d *Demand, state State, actor authz.Actor, now kernel.Time) error {
	if _, err := tx.Exec(`UPDATE exchange_demand SET state = $1, ended_at = $2, next_at = 0 WHERE id = $3`, string(state), int64(now), string(d.ID)); err != nil {
		return err
	}
	if state == Withdrawn {
		if _, err := tx.Exec(`UPDATE exchange_transfer SET content = NULL, keep_until = 0 WHERE demand = $1`, string(d.ID)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE exchange_transfer SET state = $1, next_at = 0 WHERE demand = $2 AND state = 'waiting'`, string(state), string(d.ID)); err != nil {
		return err
	}
	return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "exchange." + string(state), Object: "demand:" + string(d.ID), Subject: d.Person,
		Purpose: "exchange.purpose.end", Basis: d.Bundle.Basis, Service: d.Bundle.Service})
}

// expire ends what has passed its time.
func (s *Service) expire(ctx context.Context) error {
	return s.endOf(ctx, `state = 'standing' AND until <= $1`, []any{int64(s.now())}, Expired, authz.Actor{System: "exchange.ended"})
}

// purgedServed is how long served calls are remembered: past the age of any
// query they could be replayed in.
const purgedServed = 24 * 3600 * 1_000_000

// purge deletes content whose time is over, and old calls of others.
func (s *Service) purge(ctx context.Context) error {
	now := s.now()
	return s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE exchange_transfer SET content = NULL, keep_until = 0 WHERE keep_until > 0 AND keep_until <= $1`, int64(now)); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM exchange_served WHERE at < $1`, int64(now)-purgedServed)
		return err
	})
}
