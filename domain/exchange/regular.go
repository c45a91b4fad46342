package exchange

import (
	"context"
	"errors"
	"sync"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// dueAtOnce is how many regular demands one pass begins.
const dueAtOnce = 100

// regular begins the transfers of regular demands whose day has come; the sweep
// carries them out, so that none waits in a row behind others until its hold has
// ended and somebody else asks as well. What was missed while the program stood
// still is done once, not once a period.
func (s *Service) regular(ctx context.Context) error {
	for {
		n, err := s.someRegular(ctx)
		if err != nil || n < dueAtOnce {
			return err
		}
	}
}

func (s *Service) someRegular(ctx context.Context) (int, error) {
	now := s.now()
	n := 0
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		due, err := demands(tx, `state = 'standing' AND next_at > 0 AND next_at <= $1 AND until > $1 ORDER BY next_at LIMIT $2`, int64(now), int64(dueAtOnce))
		if err != nil {
			return err
		}
		n = len(due)
		for _, d := range due {
			period := time.Duration(d.EveryDays) * 24 * time.Hour
			for d.NextAt <= now {
				d.NextAt = d.NextAt.Add(period)
			}
			if _, err := tx.Exec(`UPDATE exchange_demand SET next_at = $1 WHERE id = $2`, int64(d.NextAt), string(d.ID)); err != nil {
				return err
			}
			if err := s.queue(tx, s.newTransfer(d, now), now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// sweepAtOnce is how many waiting transfers one look takes, and sweepTogether
// how many of them go on at the same time: most of them only wait.
const (
	sweepAtOnce   = 200
	sweepTogether = 16
)

// sweep goes on with the transfers whose time has come: sources that were
// silent, and transfers whose maker died.
func (s *Service) sweep(ctx context.Context) error {
	for {
		var ids []kernel.ID
		err := s.d.DB.View(ctx, func(tx *store.Tx) error {
			ids = nil
			rows, err := tx.Query(`SELECT id FROM exchange_transfer WHERE state = 'waiting' AND next_at <= $1 AND held_until <= $1 ORDER BY next_at LIMIT $2`, int64(s.now()), int64(sweepAtOnce))
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var id kernel.ID
				if err := rows.Scan(&id); err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return rows.Err()
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.sweepThese(ctx, ids); err != nil {
			return err
		}
		if len(ids) < sweepAtOnce {
			return nil
		}
	}
}

func (s *Service) sweepThese(ctx context.Context, ids []kernel.ID) error {
	var all sync.WaitGroup
	room := make(chan struct{}, sweepTogether)
	failed := make(chan error, len(ids))
	for _, id := range ids {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			if err := s.run(ctx, id, false); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	var errs []error
	for err := range failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Again asks the silent sources of one of the actor's demands now.
func (s *Service) Again(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	_, ts, err := s.Show(ctx, actor, id)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if t.State == Waiting {
			if err := s.run(ctx, t.ID, true); err != nil {
				return err
			}
		}
	}
	return nil
}
