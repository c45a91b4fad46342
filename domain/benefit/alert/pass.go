package alert

import (
	"context"
	"encoding/json"
	"time"

	"maru/domain/benefit/alert/internal/store"
	"maru/kernel"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

const (
	// passHour is from when on a day everybody is looked after: before the day
	// begins, so that news is there in the morning.
	passHour = 5
	// passBatch is how many people one step of a pass looks after.
	passBatch = 100
	// stepJob takes a pass on by a step; its name is part of stored jobs.
	stepJob = "benefit.alert_step"
)

type stepPayload struct {
	Pass string `json:"pass"`
}

// Watch begins the passes that are due: one a day, for birthdays and for figures
// of law that come into force, and one when another pack did.
func (s *Service) Watch(ctx context.Context) error {
	now, hash := s.d.Clock.Now(), s.d.Pack.PackHash()
	today := s.today().String()
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		last, err := store.LastPass(tx)
		if err != nil {
			return err
		}
		switch {
		case now.Std().In(kernel.Seoul).Hour() >= passHour:
			begun, err := s.begin(tx, &store.Pass{ID: "day:" + today, Pack: hash, BeganAt: now})
			if err != nil || begun {
				return err
			}
		case last == nil:
			return nil
		}
		if last != nil && last.Pack != hash {
			_, err = s.begin(tx, &store.Pass{ID: "pack:" + hash + ":" + today, Pack: hash, BeganAt: now})
		}
		return err
	})
}

func (s *Service) begin(tx *pstore.Tx, p *store.Pass) (bool, error) {
	fresh, err := store.Begin(tx, p)
	if err != nil || !fresh {
		return false, err
	}
	_, err = s.d.Jobs.Enqueue(tx, jobs.NewJob{Kind: stepJob, Payload: stepPayload{p.ID}, Unique: p.ID})
	return true, err
}

// step looks after the next people of a pass. A step that dies is made again: who
// was looked after already has no news. The next step is enqueued by the one that
// moved the place on, so that two never go on side by side.
func (s *Service) step(ctx context.Context, j jobs.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return kernel.E(kernel.Internal, "", err)
	}
	var pass *store.Pass
	var people []string
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		if pass, err = store.GetPass(tx, p.Pass); err != nil || pass == nil || !pass.EndedAt.IsZero() {
			return err
		}
		people, err = store.After(tx, pass.Place, passBatch)
		return err
	})
	if err != nil || pass == nil || !pass.EndedAt.IsZero() {
		return err
	}
	var later []string
	for _, person := range people {
		err := s.Recheck(ctx, person, p.Pass)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !kernel.Is(err, kernel.NotFound) {
			later = append(later, person) // a job of their own tries again, and shows what fails
		}
	}
	if len(later) == passBatch {
		return jobs.Snooze(s.wait(j)) // nobody is answered: the registers are away
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		place, ended := pass.Place, kernel.Time(0)
		if len(people) > 0 {
			place = people[len(people)-1]
		}
		if len(people) < passBatch {
			ended = s.d.Clock.Now()
		}
		moved, err := store.Advance(tx, pass.ID, pass.Place, place, len(people), ended)
		if err != nil || !moved {
			return err
		}
		for _, person := range later {
			if err := s.recheckLater(tx, person, p.Pass); err != nil {
				return err
			}
		}
		if !ended.IsZero() {
			return nil
		}
		_, err = s.d.Jobs.Enqueue(tx, jobs.NewJob{Kind: stepJob, Payload: p, Unique: pass.ID})
		return err
	})
}

// keep is how long sent messages and what was told are kept: as long as the
// inbox keeps its messages, and a little more.
const keep = 400 * 24 * time.Hour

// Purge forgets what is older.
func (s *Service) Purge(ctx context.Context) (int, error) {
	var n int64
	err := s.d.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
		n, err = store.DropBefore(tx, s.d.Clock.Now().Add(-keep))
		return err
	})
	return int(n), err
}
