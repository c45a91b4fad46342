package casework

import (
	"context"
	"time"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// remindAfter is how long a request to confirm waits before one reminder.
const remindAfter = 3 * 24 * time.Hour

// Remind tells people, once each, of what waits for them: confirmations after
// three days, visits and last days for an answer the day before.
func (s *Service) Remind(ctx context.Context) (total int, err error) {
	for _, some := range []func(*pstore.Tx, kernel.Time) (int, error){s.remindSigners, s.remindVisitors, s.remindAnswers} {
		for n := remindBatch; n == remindBatch; {
			err := s.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
				n, err = some(tx, s.Clock.Now())
				return err
			})
			if err != nil {
				return total, err
			}
			total += n
		}
	}
	return total, nil
}

const remindBatch = 50

func (s *Service) remindSigners(tx *pstore.Tx, now kernel.Time) (int, error) {
	l, err := store.RequestsToRemind(tx, now.Add(-remindAfter), remindBatch)
	if err != nil {
		return 0, err
	}
	for _, q := range l {
		a, err := store.Get(tx, q.Application)
		if err != nil {
			return 0, err
		}
		p, err := store.GetParty(tx, q.Party)
		if err != nil {
			return 0, err
		}
		ev := contract.Event{Application: a.ID, Service: a.Service, Pack: a.Pack, Agency: a.Agency, Person: p.Person, Code: string(p.ID)}
		if p.Person == "" { // nobody but the applicant can reach them
			ev.Account, ev.Person = a.Account, a.Person
		}
		if err := s.Events.Publish(tx, contract.SignatureReminder, ev); err != nil {
			return 0, err
		}
		if err := store.RequestReminded(tx, q.Party, now); err != nil {
			return 0, err
		}
	}
	return len(l), nil
}

func (s *Service) remindVisitors(tx *pstore.Tx, now kernel.Time) (int, error) {
	tomorrow := s.today().AddDays(1)
	l, err := store.VisitsToRemind(tx, kernel.TimeOf(tomorrow.In(kernel.Seoul)), kernel.TimeOf(tomorrow.AddDays(1).In(kernel.Seoul)), remindBatch)
	if err != nil {
		return 0, err
	}
	for _, v := range l {
		a, err := store.Get(tx, v.Application)
		if err != nil {
			return 0, err
		}
		if err := s.publishVisit(tx, a, "tomorrow", v.At); err != nil {
			return 0, err
		}
		if err := store.VisitReminded(tx, a.ID, now); err != nil {
			return 0, err
		}
	}
	return len(l), nil
}

func (s *Service) remindAnswers(tx *pstore.Tx, now kernel.Time) (int, error) {
	l, err := store.AnswersDue(tx, s.today().AddDays(1), remindBatch)
	if err != nil {
		return 0, err
	}
	for _, a := range l {
		until, err := store.AnswerBy(tx, a.ID)
		if err != nil {
			return 0, err
		}
		if err := s.publishCorrection(tx, contract.CorrectionReminder, a, until); err != nil {
			return 0, err
		}
		if err := store.AnswerReminded(tx, a.ID, now); err != nil {
			return 0, err
		}
	}
	return len(l), nil
}
