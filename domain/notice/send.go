package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/jobs"
	pstore "maru/platform/store"
)

// How long is tried: mail servers are away for a weekend, a code is of use for
// ten minutes.
const (
	tellAttempts = 24 // about two days
	codeAttempts = 8  // about five minutes
	sendTimeout  = 40 * time.Second
	// newsAtOnce is how many pieces of news one channel hands over at once. It is
	// less than the letters that a mail server is given at once, so that safety and
	// codes find one free, and so few that a server that hangs holds up no other
	// work.
	newsAtOnce = 3
	// What finds no place comes back after one to two of newsPause.
	newsPause = 10 * time.Second
)

// places are those for news, by kind of contact.
func places() map[string]chan struct{} {
	return map[string]chan struct{}{Mail: make(chan struct{}, newsAtOnce), Text: make(chan struct{}, newsAtOnce)}
}

// handle registers the jobs that hand messages over.
func (s *Service) handle(r *jobs.Runner) {
	r.Handle(tellJob, func(ctx context.Context, j jobs.Job) error {
		var p tellPayload
		if err := json.Unmarshal(j.Payload, &p); err != nil {
			return kernel.E(kernel.Internal, "", fmt.Errorf("notice: job %s: %w", j.ID, err))
		}
		return s.sendNews(ctx, p, j.Attempt == tellAttempts)
	}, jobs.Options{MaxAttempts: tellAttempts, Timeout: sendTimeout})
	r.Handle(codeJob, func(ctx context.Context, j jobs.Job) error {
		var p codePayload
		if err := json.Unmarshal(j.Payload, &p); err != nil {
			return kernel.E(kernel.Internal, "", fmt.Errorf("notice: job %s: %w", j.ID, err))
		}
		return s.sendCode(ctx, p)
	}, jobs.Options{MaxAttempts: codeAttempts, Timeout: sendTimeout})
}

// sendNews hands one delivery over. It is marked before, so that news that
// comes meanwhile is told again, and after; in between it may be handed over
// twice, under the same id. What failed waits again, so that news that comes
// during an outage is told once; after the last try it stays marked, because
// what never ends must hold up nothing.
func (s *Service) sendNews(ctx context.Context, p tellPayload, last bool) error {
	if place := s.places[p.News]; place != nil {
		select {
		case place <- struct{}{}:
			defer func() { <-place }()
		default:
			return jobs.Snooze(newsPause + rand.N(newsPause))
		}
	}
	id := p.Delivery
	var d *store.Delivery
	var c *store.Contact
	now := s.clock.Now()
	var wait time.Duration
	err := s.db.Update(ctx, func(tx *pstore.Tx) (err error) {
		c, wait = nil, 0
		if d, err = store.DeliveryByID(tx, id); err != nil || d == nil || d.State != store.Waiting && d.State != store.Sending {
			return err
		}
		if c, err = store.ContactByID(tx, d.Contact); err != nil {
			return err
		}
		if c == nil || !s.wanted(c, d.Topic, now) {
			c = nil
			return store.SetDelivery(tx, id, store.Dropped, now)
		}
		if at := loud(now, id); d.Topic != safety && at > now {
			wait = at.Sub(now) // tries may last into the night
			return nil
		}
		return store.SetDelivery(tx, id, store.Sending, now)
	})
	if err != nil || c == nil {
		return err
	}
	if wait > 0 {
		return jobs.Snooze(wait)
	}
	to, err := s.openContact(c)
	if err != nil {
		return err
	}
	err = s.handOver(ctx, c, Outgoing{ID: d.ID, At: now, To: to, Lang: c.Lang}, d.Words, d.Topic, "")
	if err != nil && !errors.Is(err, ErrUnreachable) {
		if !last {
			// Also where the try took too long.
			err = errors.Join(err, s.db.Update(context.WithoutCancel(ctx), func(tx *pstore.Tx) error { return store.SetDelivery(tx, id, store.Waiting, now) }))
		}
		return kernel.E(kernel.Unavailable, "notice.error.channel", err)
	}
	failed := err != nil
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		state := store.Sent
		if failed {
			state = store.Failed
		}
		if err := store.SetDelivery(tx, id, state, s.clock.Now()); err != nil {
			return err
		}
		return s.reached(tx, c.ID, !failed)
	})
}

// reached keeps whether a contact takes what is sent there. Its owner reads in
// the inbox when it stopped to.
func (s *Service) reached(tx *pstore.Tx, id kernel.ID, ok bool) error {
	c, err := store.ContactByID(tx, id)
	if err != nil || c == nil || c.FailedAt.IsZero() == ok {
		return err
	}
	c.FailedAt = 0
	if !ok {
		c.FailedAt = s.clock.Now()
	}
	if err := store.PutContact(tx, c); err != nil || ok || c.State != store.Proven {
		return err
	}
	return s.tellOwner(tx, c.Account, "contact_unreachable", c.ID)
}

// sendCode hands a code over, unless another one was asked for meanwhile or its
// time is over.
func (s *Service) sendCode(ctx context.Context, p codePayload) error {
	var c *store.Contact
	err := s.db.View(ctx, func(tx *pstore.Tx) (err error) {
		c, err = store.ContactByID(tx, p.Contact)
		return err
	})
	now := s.clock.Now()
	if err != nil || c == nil || c.Code != p.Code || now >= c.AskedAt.Add(codeTime) || s.channels[c.Kind] == nil {
		return err
	}
	to, err := s.openContact(c)
	if err != nil {
		return err
	}
	err = s.handOver(ctx, c, Outgoing{ID: p.Code, At: now, To: to, Lang: c.Lang}, "code", "", s.codeOf(p.Code))
	if err != nil && !errors.Is(err, ErrUnreachable) {
		return kernel.E(kernel.Unavailable, "notice.error.channel", err)
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error { return s.reached(tx, c.ID, err == nil) })
}

// handOver puts o into words and hands it to the channel of the contact.
func (s *Service) handOver(ctx context.Context, c *store.Contact, o Outgoing, words, topic, code string) error {
	short := s.short.Write(c.Kind == Mail, words, topic, code, c.Until, c.Lang)
	o.Subject, o.Text = short.Subject, short.Text
	return s.channels[c.Kind].Send(ctx, o)
}
