package notice

import (
	"context"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"maru/domain/notice/internal/letter"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// Jobs that hand messages over. The names are part of stored jobs.
const (
	tellJob = "notice.tell"
	codeJob = "notice.code"
)

type tellPayload struct {
	Delivery kernel.ID `json:"delivery"`
	News     string    `json:"news,omitempty"` // kind of the contact, for what may wait
}

type codePayload struct {
	Contact kernel.ID `json:"contact"`
	Code    kernel.ID `json:"code"`
}

// Prefix of the kinds of messages about ways to sign in.
const meansPrefix = "means_"

// topicOf is what a kind of message belongs to, and which sentence tells of it
// outside; "" for what is told in the inbox alone.
func topicOf(kind string) (topic, words string) {
	switch kind {
	case "contact_unreachable":
		return "", "" // the way there is the trouble
	case "recovered", "recovery_asked", "recovery_mobile", "recovery_declined", "regained":
		return safety, "recovery"
	case "contact_added", "contact_removed":
		return safety, "contact"
	case "step_due", "correction_reminder", "signature_reminder", "signature_waits":
		return reminders, reminders
	}
	switch {
	case strings.HasPrefix(kind, meansPrefix):
		return safety, "means"
	case strings.HasPrefix(kind, letter.AlertPrefix):
		return benefits, benefits
	}
	return requests, requests
}

// keep keeps a message, with what is to be told of it elsewhere, in one
// transaction.
func (s *Service) keep(ctx context.Context, m *Message) error {
	account := m.Account
	if account == "" && len(s.channels) > 0 {
		var err error
		if account, err = s.accounts.AccountOf(ctx, m.Person); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		if err := store.Insert(tx, m); err != nil {
			return err
		}
		return s.tell(tx, m, account)
	})
}

// tellOwner keeps a message about one of an account's contacts and tells of it:
// there too where it was removed, but not where it was just added.
func (s *Service) tellOwner(tx *pstore.Tx, account kernel.ID, kind string, about kernel.ID) error {
	now := s.clock.Now()
	m := &Message{ID: kernel.NewID(now), Event: kernel.NewID(now), Account: account, At: now, Kind: kind, Topic: string(about), Link: "/account/contact"}
	if err := store.Insert(tx, m); err != nil {
		return err
	}
	return s.tell(tx, m, account)
}

// tell has a message told at the account's contacts.
func (s *Service) tell(tx *pstore.Tx, m *Message, account kernel.ID) error {
	if len(s.channels) == 0 || account == "" {
		return nil
	}
	topic, words := topicOf(m.Kind)
	if topic == "" {
		return nil
	}
	all, err := store.Contacts(tx, account)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	for _, c := range all {
		says := words
		if m.Topic == string(c.ID) {
			if m.Kind == "contact_added" {
				continue
			}
			says = "removed"
		}
		if !s.wanted(c, topic, now) {
			continue
		}
		if topic != safety {
			// What is told is that there is news: once is enough until it was told.
			if waits, err := store.IsWaiting(tx, c.ID, topic); err != nil || waits {
				if err != nil {
					return err
				}
				continue
			}
		}
		d := &store.Delivery{ID: kernel.NewID(now), Event: m.Event, Contact: c.ID, Topic: topic, Words: says, At: now}
		fresh, err := store.AddDelivery(tx, d)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		at, p := now, tellPayload{Delivery: d.ID}
		if topic != safety {
			at, p.News = loud(now, d.ID), c.Kind
		}
		if _, err := s.jobs.Enqueue(tx, jobs.NewJob{Kind: tellJob, Payload: p, RunAt: at}); err != nil {
			return err
		}
	}
	return nil
}

// wanted tells whether a contact is told of a topic now. Of safety it is told
// also when letters came back lately, and for a while after it was removed.
func (s *Service) wanted(c *store.Contact, topic string, now kernel.Time) bool {
	switch {
	case s.channels[c.Kind] == nil || c.State == store.Waiting:
		return false
	case topic == safety:
		return c.State == store.Proven || now < c.Until
	}
	return c.State == store.Proven && c.FailedAt.IsZero() && slices.Contains(c.Topics, topic)
}

// Nobody is woken but for safety. The Network Act asks that of advertising
// alone (Act on Promotion of Information and Communications Network Utilization
// and Information Protection, article 50 (3): from nine in the evening to eight
// in the morning); what we send is none, and we keep the hours as courtesy.
const quietFrom, quietTo = 21, 8

// loud is now, or in the quiet hours a moment of the first hour of the morning:
// what a night gathered for everybody must not be due at once.
func loud(now kernel.Time, id kernel.ID) kernel.Time {
	t := now.Std().In(kernel.Seoul)
	switch {
	case t.Hour() >= quietFrom:
		t = t.AddDate(0, 0, 1)
	case t.Hour() >= quietTo:
		return now
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return kernel.TimeOf(time.Date(t.Year(), t.Month(), t.Day(), quietTo, 0, int(h.Sum32()%3600), 0, kernel.Seoul))
}
