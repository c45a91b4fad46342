package life

import (
	"context"
	"time"

	"maru/domain/audit"
	"maru/domain/life/contract"
	"maru/domain/life/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// remindHour is when reminders go out: in the morning, when the day can still
// be used.
const remindHour = 9

// keep is how long progress that nobody touches is kept: longer than the
// longest last day of a step.
const keep = 2 * 365 * 24 * time.Hour

// remindAt is the instant of a reminder on day, not before now; 0 for none.
func remindAt(day kernel.Date, now kernel.Time) kernel.Time {
	if day.IsZero() {
		return 0
	}
	return max(now, kernel.TimeOf(day.In(kernel.Seoul).Add(remindHour*time.Hour)))
}

// RemindDue sends the reminders whose time has come and tells how many. A
// reminder and the note that it went out are one transaction: it never goes
// out twice, and none is lost.
func (s *Service) RemindDue(ctx context.Context) (int, error) {
	total := 0
	for {
		var rows []*store.Progress
		err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
			rows, err = store.ToRemind(tx, s.d.Clock.Now(), 50)
			return err
		})
		if err != nil || len(rows) == 0 {
			return total, err
		}
		for _, row := range rows {
			n, err := s.remind(ctx, row)
			if err != nil {
				return total, err
			}
			total += n
		}
	}
}

// remind tells one person of their steps whose last day is near. How far their
// applications are is read before the transaction.
func (s *Service) remind(ctx context.Context, seen *store.Progress) (int, error) {
	g, err := s.build(ctx, seen.Account, seen.Event, seen)
	if kernel.Is(err, kernel.NotFound) {
		g = &Guide{} // the life event left the pack: there is nothing to remind of
	} else if err != nil {
		return 0, err
	}
	n := 0
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		n = 0
		row, err := store.Get(tx, seen.Account, seen.Event)
		if err != nil || row == nil || row.UpdatedAt != seen.UpdatedAt || row.RemindAt != seen.RemindAt {
			return err // changed meanwhile: the next round reads it anew
		}
		now := s.d.Clock.Now()
		p, err := s.open(row)
		if err != nil {
			return err
		}
		for _, step := range g.DueNow() {
			due := contract.Due{Account: row.Account, Event: row.Event, Step: step.ID, Last: step.Last}
			if err := s.d.Events.Publish(tx, contract.StepDue, due); err != nil {
				return err
			}
			if p.Reminded == nil {
				p.Reminded = map[string]kernel.Date{}
			}
			p.Reminded[step.ID] = step.Last
			n++
		}
		if n > 0 {
			if err := audit.Append(tx, now, audit.Entry{Actor: authz.Actor{System: "life.remind"}, Act: "life.reminded", Object: "life:" + row.Event,
				Subject: audit.SubjectOf("", row.Account), Purpose: "life.purpose.remind"}); err != nil {
				return err
			}
		}
		g.Progress = p
		next := remindAt(g.Remind(s.today()), now)
		if next > 0 && next <= now {
			next = now.Add(time.Hour) // never in a circle
		}
		row.RemindAt = next
		if err := s.close(row, p); err != nil {
			return err
		}
		return store.Put(tx, row)
	})
	return n, err
}

// Purge forgets what nobody touched for long.
func (s *Service) Purge(ctx context.Context) (int, error) {
	var n int64
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
		n, err = store.DropBefore(tx, s.d.Clock.Now().Add(-keep))
		return err
	})
	return int(n), err
}
