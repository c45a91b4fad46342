package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"maru/domain/benefit/alert/internal/store"
	casework "maru/domain/casework/contract"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/events"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// subscriber names alerts in stored jobs; it never changes.
const subscriber = "benefit_alert"

// Subscribe has alerts told of what may change what somebody is entitled to:
// decisions on applications, and facts that registers changed.
func (s *Service) Subscribe(bus *events.Bus) {
	bus.Subscribe(casework.Decided, subscriber, func(ctx context.Context, e events.Event) error {
		var d casework.Event
		if err := json.Unmarshal(e.Data, &d); err != nil {
			return kernel.E(kernel.Internal, "", fmt.Errorf("alert: event %s: %w", e.ID, err))
		}
		return s.touch(ctx, []string{d.Person}, "decision")
	})
	bus.Subscribe(mydata.Changed, subscriber, func(ctx context.Context, e events.Event) error {
		var c mydata.Change
		if err := json.Unmarshal(e.Data, &c); err != nil {
			return kernel.E(kernel.Internal, "", fmt.Errorf("alert: event %s: %w", e.ID, err))
		}
		return s.touch(ctx, []string{c.Person}, "register:"+c.What)
	})
}

// Later enqueues a look after some people, those of them who are subscribers: for
// whoever knows that something about them changed, such as a consent.
func (s *Service) Later(ctx context.Context, trigger string, people ...string) error {
	return s.touch(ctx, people, trigger)
}

// touch enqueues a look after each of some people who are subscribers.
func (s *Service) touch(ctx context.Context, people []string, trigger string) error {
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		for _, person := range people {
			row, err := store.Get(tx, person)
			if err != nil {
				return err
			}
			if row == nil {
				continue
			}
			if err := s.recheckLater(tx, person, trigger); err != nil {
				return err
			}
		}
		return nil
	})
}

// together is how many pseudonyms are looked up in one transaction.
const together = 200

// Changed takes the pseudonyms of people for whom a sweep of the country found
// other results, and enqueues a look after each of them who is a subscriber. It
// may be called again with the same ones: a look that finds nothing new tells
// nothing.
func (s *Service) Changed(ctx context.Context, pseudonyms []uint64, cause string) error {
	for len(pseudonyms) > 0 {
		n := min(len(pseudonyms), together)
		kept := make([]int64, n)
		for i, p := range pseudonyms[:n] {
			kept[i] = s.hidden(p)
		}
		err := s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
			people, err := store.Named(tx, kept)
			if err != nil {
				return err
			}
			for _, person := range people {
				if err := s.recheckLater(tx, person, "sweep:"+cause); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		pseudonyms = pseudonyms[n:]
	}
	return nil
}

// away is how long a look waits at first for a register that does not answer, and
// longestAway at most.
const (
	away        = 10 * time.Minute
	longestAway = 6 * time.Hour
)

// wait is how long a job waits that registers gave no answer: as long as it has
// waited already, so that the pauses double, within bounds, and up to a fifth
// more, so that those who waited together do not come back together.
func (s *Service) wait(j jobs.Job) time.Duration {
	d := min(max(s.d.Clock.Now().Sub(j.CreatedAt), away), longestAway)
	h := fnv.New32a()
	_, _ = h.Write([]byte(j.ID)) // a hash never fails
	return d + d*time.Duration(h.Sum32()%200)/1000
}

// recheck is the job of one look.
func (s *Service) recheck(ctx context.Context, j jobs.Job) error {
	var p recheckPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return kernel.E(kernel.Internal, "", err)
	}
	err := s.Recheck(ctx, p.Person, p.Trigger)
	switch {
	case kernel.Is(err, kernel.Unavailable):
		return jobs.Snooze(s.wait(j)) // as long as it takes: nothing is lost
	case kernel.Is(err, kernel.NotFound):
		return nil // no register knows them any more
	}
	return err
}
