package alert

import (
	"context"
	"slices"

	"maru/domain/audit"
	"maru/domain/benefit/alert/internal/setting"
	"maru/domain/benefit/alert/internal/store"
	"maru/domain/benefit/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// proven lets only people whose account is proven to be theirs.
func proven(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	if !actor.Proven() {
		return kernel.E(kernel.Forbidden, "benefit.alert.error.prove", nil)
	}
	return nil
}

// Topics are the groups of programmes to choose from.
func (s *Service) Topics() []Topic { return s.topics() }

// Status is the actor's setting and where their alerts stand; for who has none,
// what the form offers at first.
func (s *Service) Status(ctx context.Context, actor authz.Actor) (Status, error) {
	if err := proven(actor); err != nil {
		return Status{}, err
	}
	var row *store.Person
	var day kernel.Date
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		if row, err = store.Get(tx, actor.Person); err != nil || row == nil {
			return err
		}
		day, _, err = store.Standing(tx, actor.Person)
		return err
	})
	if err != nil || row == nil {
		return Status{Setting: setting.Default()}, err
	}
	c, err := s.choices(row)
	return Status{Setting: c, On: true, Waiting: row.Paused, Looked: day}, err
}

// Save turns alerts on with a setting, or changes it. Twice is as once. The
// first look is made at once; where that cannot be, a job makes it.
func (s *Service) Save(ctx context.Context, actor authz.Actor, c Setting) error {
	if err := proven(actor); err != nil {
		return err
	}
	if err := s.valid(&c); err != nil {
		return err
	}
	sealed, err := s.seal(choicesOf(actor.Person), c)
	if err != nil {
		return err
	}
	pseudonym, err := s.pseudonym(actor.Person)
	if err != nil {
		return err
	}
	begun := false
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.d.Clock.Now()
		row, err := store.Get(tx, actor.Person)
		if err != nil {
			return err
		}
		begun = row == nil
		if begun {
			row = &store.Person{Person: actor.Person, BeganAt: now}
		}
		row.Account, row.Pseudonym, row.Choices, row.UpdatedAt = actor.Account, pseudonym, sealed, now
		if err := store.Put(tx, row); err != nil {
			return err
		}
		if err := s.rework(tx, row, c); err != nil {
			return err
		}
		if err := s.recheckLater(tx, actor.Person, "setting"); err != nil {
			return err
		}
		// A wish to be told, and its end, can be looked up for good.
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "benefit.alert_on", Object: "benefit_alert:setting",
			Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "benefit.purpose.alert", Detail: map[string]bool{"begun": begun}})
	})
	if err != nil || !begun {
		return err
	}
	// So that the page can say how it stands. What fails now, the job does again.
	if err := s.Recheck(ctx, actor.Person, "setting"); err != nil && !kernel.Is(err, kernel.Unavailable) && !kernel.Is(err, kernel.NotFound) {
		return err
	}
	return nil
}

// rework makes the message that waits as the setting now wants it: without what
// is no longer wanted, and at another hour.
func (s *Service) rework(tx *pstore.Tx, row *store.Person, c Setting) error {
	m, err := store.Waiting(tx, row.Person, contract.KindConsentEnded)
	if err != nil || m == nil {
		return err
	}
	var b body
	if err := s.open(messageOf(m.ID), m.Body, &b); err != nil {
		return err
	}
	topics := s.topics()
	b.News = slices.DeleteFunc(b.News, func(n news) bool {
		return !c.Wants(topics, n.Programme) || n.Kind == lost && !c.Lost || n.Kind == likely && !c.Likely
	})
	if b.Summary == nil && len(b.News) == 0 {
		return store.DropMessage(tx, m.ID)
	}
	m.SendAt = c.SendAt(s.d.Clock.Now(), row.SentAt)
	return s.keep(tx, row, m, b)
}

// Off turns alerts off and deletes what was kept for them.
func (s *Service) Off(ctx context.Context, actor authz.Actor) error {
	if err := proven(actor); err != nil {
		return err
	}
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := store.Get(tx, actor.Person)
		if err != nil || row == nil {
			return err
		}
		if err := store.Drop(tx, actor.Person); err != nil {
			return err
		}
		return audit.Append(tx, s.d.Clock.Now(), audit.Entry{Actor: actor, Act: "benefit.alert_off", Object: "benefit_alert:setting",
			Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "benefit.purpose.alert"})
	})
}

// valid refuses hours that no day has and topics that the pack does not know.
func (s *Service) valid(c *Setting) error {
	for _, f := range []struct {
		name string
		hour int
	}{{"from", c.From}, {"to", c.To}} {
		if f.hour < 0 || f.hour > 23 {
			return kernel.E(kernel.Invalid, "benefit.alert.error.hour", nil).Field(f.name, "benefit.alert.error.hour", nil)
		}
	}
	topics := s.topics()
	slices.Sort(c.Muted)
	c.Muted = slices.Compact(c.Muted)
	for _, id := range c.Muted {
		if !slices.ContainsFunc(topics, func(t Topic) bool { return t.ID == id }) {
			return kernel.E(kernel.Invalid, "benefit.alert.error.topic", nil).Field("topic", "benefit.alert.error.topic", nil)
		}
	}
	if len(topics) > 0 && len(c.Muted) == len(topics) {
		return kernel.E(kernel.Invalid, "benefit.alert.error.no_topic", nil).Field("topic", "benefit.alert.error.no_topic", nil)
	}
	return nil
}

// recheckJob looks after one person; its name is part of stored jobs.
const recheckJob = "benefit.alert_recheck"

type recheckPayload struct {
	Person  string `json:"person"`
	Trigger string `json:"trigger"`
}

// recheckLater enqueues one look after a person; while it waits there is no
// second.
func (s *Service) recheckLater(tx *pstore.Tx, person, trigger string) error {
	_, err := s.d.Jobs.Enqueue(tx, jobs.NewJob{Kind: recheckJob, Payload: recheckPayload{person, trigger}, Unique: person})
	return err
}
