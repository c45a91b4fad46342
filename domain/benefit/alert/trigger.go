package alert

import (
	"context"
	"encoding/json"
	"fmt"
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

// Later enqueues a look after one person, if they are a subscriber: for whoever
// knows that something about them changed, such as a consent.
func (s *Service) Later(ctx context.Context, person, trigger string) error {
	return s.touch(ctx, []string{person}, trigger)
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

// away is how long a look waits for a register that does not answer.
const away = 10 * time.Minute

// recheck is the job of one look.
func (s *Service) recheck(ctx context.Context, j jobs.Job) error {
	var p recheckPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return kernel.E(kernel.Internal, "", err)
	}
	err := s.Recheck(ctx, p.Person, p.Trigger)
	switch {
	case kernel.Is(err, kernel.Unavailable):
		return jobs.Snooze(away) // as long as it takes: nothing is lost
	case kernel.Is(err, kernel.NotFound):
		return nil // no register knows them any more
	}
	return err
}
