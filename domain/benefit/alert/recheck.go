package alert

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"maru/domain/audit"
	"maru/domain/benefit"
	"maru/domain/benefit/alert/internal/store"
	"maru/domain/benefit/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// tries is how often a look begins again because another overtook it.
const tries = 5

// Recheck looks after one person: it decides their household now, compares with
// what stood, and writes what is new with the message that tells of it. trigger
// is what called for the look, for the record; the cause that people read is
// found by deciding again. Somebody who is no subscriber is passed over. The
// error is kernel.Unavailable where a register does not answer: the look is to
// be made later, and nothing is lost.
func (s *Service) Recheck(ctx context.Context, person, trigger string) error {
	for range tries {
		done, err := s.lookAt(ctx, person, trigger)
		if done || err != nil {
			return err
		}
	}
	return kernel.E(kernel.Unavailable, "", fmt.Errorf("alert: %d looks in a row were overtaken", tries))
}

// record is what is read of a subscriber before a look.
type record struct {
	row     *store.Person
	old     *standing
	waiting *store.Message
	pending *body
}

// read takes up what is kept of a person, nil row for nothing. The version of
// the row covers all of it.
func (s *Service) read(ctx context.Context, person string) (r record, err error) {
	var state []byte
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		r, state = record{}, nil
		if r.row, err = store.Get(tx, person); err != nil || r.row == nil {
			return err
		}
		if _, state, err = store.Standing(tx, person); err != nil {
			return err
		}
		r.waiting, err = store.Waiting(tx, person, contract.KindConsentEnded)
		return err
	})
	if err != nil || r.row == nil {
		return r, err
	}
	if state != nil {
		r.old = &standing{}
		if err := s.open(standingOf(person), state, r.old); err != nil {
			return r, err
		}
	}
	if r.waiting != nil {
		r.pending = &body{}
		err = s.open(messageOf(r.waiting.ID), r.waiting.Body, r.pending)
	}
	return r, err
}

// lookAt looks once; done is false where another write came in between.
func (s *Service) lookAt(ctx context.Context, person, trigger string) (done bool, err error) {
	r, err := s.read(ctx, person)
	if err != nil || r.row == nil {
		return true, err
	}
	known, err := s.d.Households.Known(ctx, person)
	if withoutConsent(err) {
		return s.pause(ctx, r)
	}
	if err != nil {
		return false, err
	}
	l, err := s.prepare(ctx, r, known)
	if err != nil {
		return false, err
	}
	if l.old != nil && l.today.Before(l.old.Day) {
		return true, nil // the clock went back: what was decided for a later day stands
	}
	return s.write(ctx, r, l.judge(), trigger)
}

func withoutConsent(err error) bool {
	var e *kernel.Error
	return errors.As(err, &e) && e.Kind == kernel.Forbidden && e.Key == ConsentNeeded
}

// prepare gathers what the judging needs. It reads from others, and so stands
// outside any transaction.
func (s *Service) prepare(ctx context.Context, r record, known *benefit.Known) (*look, error) {
	c, err := s.choices(r.row)
	if err != nil {
		return nil, err
	}
	situation := known.Answer.Situation
	l := &look{setting: c, topics: s.topics(), old: r.old, known: known, pending: r.pending, texts: s.d.Texts, today: situation.Date}
	self := ward{member: -1, person: r.row.Person}
	var wards []ward
	for i, m := range situation.Members {
		if m.ID == known.Self {
			self.member = i
			continue
		}
		born, _ := m.Facts["birth_date"].Date()
		id := known.Persons[m.ID]
		if id == "" || born.IsZero() || born.OfAge(l.today) {
			continue
		}
		guards, err := s.d.Guardians.Guards(ctx, r.row.Person, id)
		if err != nil {
			return nil, err
		}
		if guards {
			wards = append(wards, ward{member: i, person: id, born: born})
		}
	}
	if self.member < 0 {
		return nil, kernel.E(kernel.Internal, "", errors.New("alert: the person asked about is not in the household"))
	}
	l.subjects = subjects(known, self, wards)
	if l.members, l.facts, err = s.fingerprint(r.row.Person, known); err != nil {
		return nil, err
	}
	if hash := known.Answer.Engine.Hash; l.old != nil && l.old.Pack != hash {
		if l.since, err = s.d.Pack.Since(ctx, hash); err != nil {
			return nil, err
		}
	}
	l.applied, err = s.d.Applications.Applied(ctx, r.row.Account)
	return l, err
}

// toldID names what a person was told of, so that nobody can read it off.
func (s *Service) toldID(person string, n news) string {
	kind := "new"
	if n.Kind == lost {
		kind = lost
	}
	return hex.EncodeToString(s.d.Keys.MAC("benefit.alert.told", []byte(person+"\x00"+n.Subject+"\x00"+kind+"\x00"+strconv.FormatInt(n.Episode, 10)))[:16])
}

// write keeps the outcome of a look in one transaction: standing, told keys, the
// message and the job that sends it, and the record. done is false where the
// subscriber changed since it was read.
func (s *Service) write(ctx context.Context, r record, out outcome, trigger string) (done bool, err error) {
	state, err := s.seal(standingOf(r.row.Person), out.next)
	if err != nil {
		return false, err
	}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := s.same(tx, r.row)
		if done = row != nil; !done || err != nil {
			return err
		}
		if row.Person == "" {
			return nil // turned off meanwhile: nothing is kept
		}
		if err := store.PutStanding(tx, row.Person, out.next.Day, state); err != nil {
			return err
		}
		if row.Paused { // agreed anew before they heard that it ended
			if err := store.Unsay(tx, row.Person, contract.KindConsentEnded); err != nil {
				return err
			}
		}
		told, err := s.tell(tx, row, r, out)
		if err != nil {
			return err
		}
		row.Paused, row.UpdatedAt = false, s.d.Clock.Now()
		if err := store.Put(tx, row); err != nil {
			return err
		}
		if told == 0 && out.first == nil {
			return nil
		}
		return s.audit(tx, "benefit.alert_found", row, map[string]any{"trigger": trigger, "news": told, "first": r.old == nil})
	})
	return done, err
}

// same reads the subscriber again: nil where it changed, an empty one where it is
// gone.
func (s *Service) same(tx *pstore.Tx, seen *store.Person) (*store.Person, error) {
	row, err := store.Get(tx, seen.Person)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return &store.Person{}, nil
	case row.Version != seen.Version || row.BeganAt != seen.BeganAt:
		return nil, nil
	}
	return row, nil
}

// tell puts the news into the message of the day and tells how many are new.
func (s *Service) tell(tx *pstore.Tx, row *store.Person, r record, out outcome) (int, error) {
	b := body{}
	if r.pending != nil {
		b = *r.pending
	}
	kept := b.News[:0:0]
	for _, n := range b.News {
		withdrawn := false
		for _, w := range out.withdrawn {
			withdrawn = withdrawn || w.Subject == n.Subject && w.Kind == n.Kind
		}
		if !withdrawn {
			kept = append(kept, n)
			continue
		}
		if err := store.Untell(tx, s.toldID(row.Person, n)); err != nil {
			return 0, err
		}
	}
	b.News = kept
	told := 0
	for _, n := range out.news {
		fresh, err := store.Tell(tx, s.toldID(row.Person, n), row.Person, s.d.Clock.Now())
		if err != nil {
			return 0, err
		}
		if fresh {
			b.News = append(b.News, n)
			told++
		}
	}
	if out.first != nil {
		b.Summary = out.first
	}
	if told == 0 && len(out.withdrawn) == 0 && out.first == nil {
		return 0, nil
	}
	m := r.waiting
	if b.Summary == nil && len(b.News) == 0 {
		if m == nil {
			return told, nil
		}
		return told, store.DropMessage(tx, m.ID)
	}
	return told, s.keep(tx, row, m, b)
}

// keep writes the message that waits, or a new one for who has none, and has it
// sent when its hour comes.
func (s *Service) keep(tx *pstore.Tx, row *store.Person, m *store.Message, b body) error {
	now := s.d.Clock.Now()
	if m == nil {
		c, err := s.choices(row)
		if err != nil {
			return err
		}
		m = &store.Message{ID: kernel.NewID(now), Person: row.Person, MadeAt: now, SendAt: c.SendAt(now, row.SentAt)}
	}
	m.Kind = b.kind()
	var err error
	if m.Body, err = s.seal(messageOf(m.ID), b); err != nil {
		return err
	}
	if err := store.PutMessage(tx, m); err != nil {
		return err
	}
	return s.enqueueSend(tx, m)
}

// kind is what the message is called.
func (b body) kind() string {
	if b.Summary != nil {
		return contract.KindSummary
	}
	for _, n := range b.News {
		if n.Kind != lost {
			return contract.KindNew
		}
	}
	return contract.KindLost
}

func (s *Service) enqueueSend(tx *pstore.Tx, m *store.Message) error {
	_, err := s.d.Jobs.Enqueue(tx, jobs.NewJob{Kind: sendJob, Payload: sendPayload{m.ID}, Unique: string(m.ID), RunAt: m.SendAt})
	return err
}

// pause stops looking after somebody whose consent ended: what was found by it
// goes, and they are told once. Who never gave one is not told: the page says so.
func (s *Service) pause(ctx context.Context, r record) (done bool, err error) {
	if r.row.Paused && r.old == nil {
		return true, nil
	}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := s.same(tx, r.row)
		if done = row != nil; !done || err != nil || row.Person == "" {
			return err
		}
		now := s.d.Clock.Now()
		row.Paused, row.UpdatedAt = true, now
		if err := store.Put(tx, row); err != nil {
			return err
		}
		if r.old == nil {
			return nil
		}
		if err := store.DropStanding(tx, row.Person); err != nil {
			return err
		}
		c, err := s.choices(row)
		if err != nil {
			return err
		}
		m := &store.Message{ID: kernel.NewID(now), Person: row.Person, Kind: contract.KindConsentEnded, MadeAt: now, SendAt: c.SendAt(now, 0)}
		if m.Body, err = s.seal(messageOf(m.ID), body{}); err != nil {
			return err
		}
		if err := store.PutMessage(tx, m); err != nil {
			return err
		}
		if err := s.enqueueSend(tx, m); err != nil {
			return err
		}
		return s.audit(tx, "benefit.alert_paused", row, nil)
	})
	return done, err
}

// audit records an act of the program on a subscriber.
func (s *Service) audit(tx *pstore.Tx, act string, row *store.Person, detail any) error {
	return audit.Append(tx, s.d.Clock.Now(), audit.Entry{Actor: authz.Actor{System: "benefit.alert"}, Act: act, Object: "benefit_alert:" + act,
		Subject: audit.SubjectOf(row.Person, row.Account), Purpose: "benefit.purpose.alert", Detail: detail})
}
