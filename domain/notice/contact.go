package notice

import (
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"maru/domain/audit"
	"maru/domain/notice/internal/letter"
	"maru/domain/notice/internal/reach"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/mail"
	"maru/platform/sms"
	pstore "maru/platform/store"
)

// Kinds of contacts.
const (
	Mail = store.Mail
	Text = store.Text
)

// Topics that people choose what is told where by. Safety is always told.
const (
	safety    = letter.Safety
	requests  = "requests"  // what they asked for, and what is done for them
	benefits  = "benefits"  // what they may get
	reminders = "reminders" // last days
)

// Topics lists those that can be chosen.
var Topics = []string{requests, benefits, reminders}

const (
	codeTime  = 10 * time.Minute
	codeTries = 5
	// How many codes an account may ask for, and how many go to one address or
	// number, whoever asks: beyond that nothing is sent, and nothing says so, for
	// it would tell that somebody else has to do with the address.
	codesHour, codesDay   = 5, 15
	targetHour, targetDay = 5, 10
	// targetShare is how many accounts a day get their first one all the same:
	// nobody uses up somebody else's number alone.
	targetShare = 5
	// leftTime is how long what was removed or replaced is told of safety: a
	// thief would remove it first.
	leftTime = 7 * 24 * time.Hour
)

// Contact is an address or number as its owner's page shows it.
type Contact = reach.Contact

// Kinds are the kinds of contacts that are offered here, in order.
func (s *Service) Kinds() []string {
	return slices.DeleteFunc([]string{Mail, Text}, func(k string) bool { return s.channels[k] == nil })
}

// Contacts lists the actor's contacts.
func (s *Service) Contacts(ctx context.Context, actor authz.Actor) ([]Contact, error) {
	if err := ownContacts(actor); err != nil {
		return nil, err
	}
	var rows []*store.Contact
	err := s.db.View(ctx, func(tx *pstore.Tx) (err error) {
		rows, err = store.Contacts(tx, actor.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Contact, 0, len(rows))
	for _, c := range rows {
		if c.State == store.Left && c.Until <= s.clock.Now() {
			continue
		}
		to, err := s.openContact(c)
		if err != nil {
			return nil, err
		}
		one := Contact{ID: c.ID, Kind: c.Kind, Shown: hide(c.Kind, to), Lang: c.Lang, Topics: c.Topics, Proven: c.State == store.Proven, FailedAt: c.FailedAt, Until: c.Until}
		if until := c.AskedAt.Add(codeTime); c.Code != "" && s.clock.Now() < until {
			one.Asked = until
		}
		out = append(out, one)
	}
	return out, nil
}

// ownContacts refuses whoever is not the account's owner at a browser: a
// contact is nobody's to change for somebody else, and no program's.
func ownContacts(actor authz.Actor) error {
	switch {
	case !actor.SignedIn():
		return kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	case actor.Token:
		return kernel.E(kernel.Forbidden, "error.scope", nil).With("scope", authz.ScopeApplications)
	}
	return actor.Alone()
}

// AddContact keeps an address or number and sends a code there; it is told of
// nothing before the code was typed.
func (s *Service) AddContact(ctx context.Context, actor authz.Actor, kind, typed string, l kernel.Lang) error {
	if err := ownContacts(actor); err != nil {
		return err
	}
	if s.channels[kind] == nil {
		return kernel.E(kernel.NotFound, "notice.contact.none", nil)
	}
	to, err := plain(kind, typed)
	if err != nil {
		return kernel.E(kernel.Invalid, "notice.contact.check_form", err).Field(kind, "notice.contact.wrong."+kind, nil)
	}
	now := s.clock.Now()
	c := &store.Contact{ID: kernel.NewID(now), Account: actor.Account, Kind: kind, Target: s.keys.MAC("notice.contact", []byte(kind+":"+to)), Lang: l,
		State: store.Waiting, Topics: Topics, CreatedAt: now}
	if c.Sealed, err = s.keys.Seal(contactContext(c.ID), []byte(to)); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		rows, err := store.Contacts(tx, actor.Account)
		if err != nil {
			return err
		}
		for _, x := range rows {
			switch {
			case x.Kind != kind:
			case x.State == store.Proven && hmac.Equal(x.Target, c.Target):
				return kernel.E(kernel.Conflict, "notice.contact.check_form", nil).Field(kind, "notice.contact.there."+kind, nil)
			case x.State == store.Waiting:
				if err := store.DropContact(tx, x.ID); err != nil {
					return err
				}
			}
		}
		return s.askCode(tx, c)
	})
}

// AskAgain sends another code to one of the actor's contacts: one that waits, or
// one that took nothing for a while. The code before no longer works.
func (s *Service) AskAgain(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := ownContacts(actor); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		c, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if c.State == store.Proven && c.FailedAt.IsZero() {
			return kernel.E(kernel.Conflict, "notice.contact.proven", nil)
		}
		return s.askCode(tx, c)
	})
}

// own is one of the actor's contacts that was not removed.
func own(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*store.Contact, error) {
	c, err := store.ContactByID(tx, id)
	if err != nil {
		return nil, err
	}
	if c == nil || c.Account != actor.Account || c.State == store.Left {
		return nil, kernel.E(kernel.NotFound, "notice.contact.none", nil)
	}
	return c, nil
}

// askCode gives c a new code and has it sent.
func (s *Service) askCode(tx *pstore.Tx, c *store.Contact) error {
	now := s.clock.Now()
	var full, share bool
	for _, b := range []struct {
		window                time.Duration
		mostAccount, mostHere int
	}{{time.Hour, codesHour, targetHour}, {24 * time.Hour, codesDay, targetDay}} {
		asked, err := store.Codes(tx, c.Account, c.Target, now.Add(-b.window))
		if err != nil {
			return err
		}
		if asked.ByAccount >= b.mostAccount {
			return kernel.E(kernel.Limited, "notice.contact.too_often", nil).With("hours", int64(b.window/time.Hour)).With("seconds", int64(b.window/time.Second))
		}
		full = full || asked.ForTarget >= b.mostHere
		share = asked.Both == 0 && asked.Accounts < targetShare // of the day, which comes last
	}
	silent := full && !share
	c.Code, c.AskedAt = kernel.NewID(now), now
	if err := store.AddCode(tx, c.Code, c.Account, c.Target, now); err != nil {
		return err
	}
	if err := store.PutContact(tx, c); err != nil || silent {
		return err
	}
	_, err := s.jobs.Enqueue(tx, jobs.NewJob{Kind: codeJob, Payload: codePayload{c.ID, c.Code}})
	return err
}

// codeOf is the code of an id. It is made of it with the key file, so that
// neither database nor jobs hold it.
func (s *Service) codeOf(id kernel.ID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(s.keys.MAC("notice.code", []byte(id)))%1_000_000)
}

// ProveContact takes the code that was sent to one of the actor's contacts. From
// then on it is told of safety and of every topic; another one of its kind is
// replaced.
func (s *Service) ProveContact(ctx context.Context, actor authz.Actor, id kernel.ID, typed string) error {
	if err := ownContacts(actor); err != nil {
		return err
	}
	var verdict error // a wrong code must be counted, so it does not undo the transaction
	err := s.db.Update(ctx, func(tx *pstore.Tx) error {
		verdict = nil
		c, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		refuse := func(key string) error {
			verdict = kernel.E(kernel.Invalid, "notice.contact.check_form", nil).Field("code_"+c.Kind, key, nil)
			return nil
		}
		if c.Code == "" {
			return refuse("notice.contact.late")
		}
		now := s.clock.Now()
		at, ok, err := store.TryCode(tx, c.Code, codeTries)
		switch {
		case err != nil:
			return err
		case !ok:
			return refuse("notice.contact.tried")
		case now >= at.Add(codeTime):
			return refuse("notice.contact.late")
		case !hmac.Equal([]byte(digits(typed)), []byte(s.codeOf(c.Code))):
			return refuse("notice.contact.wrong_code")
		}
		c.Code, c.FailedAt = "", 0
		if c.State == store.Proven {
			return store.PutContact(tx, c)
		}
		if err := s.replace(tx, c, now); err != nil {
			return err
		}
		c.State, c.ProvenAt = store.Proven, now
		if err := store.PutContact(tx, c); err != nil {
			return err
		}
		if err := s.logged(tx, actor, "notice.add_contact", c); err != nil {
			return err
		}
		return s.tellOwner(tx, c.Account, "contact_added", c.ID)
	})
	if err != nil {
		return err
	}
	return verdict
}

// digits are the digits of a code as people type it.
func digits(typed string) string {
	if len(typed) > 40 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
}

// replace has what was proven before leave for c, and forgets c's address among
// those that left.
func (s *Service) replace(tx *pstore.Tx, c *store.Contact, now kernel.Time) error {
	rows, err := store.Contacts(tx, c.Account)
	if err != nil {
		return err
	}
	for _, x := range rows {
		switch {
		case x.Kind != c.Kind:
		case x.State == store.Proven:
			err = s.leave(tx, x, now)
		case x.State == store.Left && hmac.Equal(x.Target, c.Target):
			err = store.DropContact(tx, x.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leave removes a proven contact: it is told so, and of safety for a while.
func (s *Service) leave(tx *pstore.Tx, c *store.Contact, now kernel.Time) error {
	c.State, c.Until, c.Code = store.Left, now.Add(leftTime), ""
	if err := store.PutContact(tx, c); err != nil {
		return err
	}
	return s.tellOwner(tx, c.Account, "contact_removed", c.ID)
}

// RemoveContact removes one of the actor's contacts.
func (s *Service) RemoveContact(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := ownContacts(actor); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		c, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		if c.State == store.Waiting {
			return store.DropContact(tx, id)
		}
		if err := s.leave(tx, c, s.clock.Now()); err != nil {
			return err
		}
		return s.logged(tx, actor, "notice.remove_contact", c)
	})
}

// ChooseTopics sets what is told at one of the actor's contacts, and in which
// language. Safety is told whatever they choose.
func (s *Service) ChooseTopics(ctx context.Context, actor authz.Actor, id kernel.ID, topics []string, l kernel.Lang) error {
	if err := ownContacts(actor); err != nil {
		return err
	}
	if !slices.Contains(kernel.Langs[:], l) {
		return kernel.E(kernel.Invalid, "notice.contact.check_form", nil)
	}
	return s.db.Update(ctx, func(tx *pstore.Tx) error {
		c, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		c.Topics = slices.DeleteFunc(slices.Clone(Topics), func(t string) bool { return !slices.Contains(topics, t) })
		c.Lang = l
		return store.PutContact(tx, c)
	})
}

func (s *Service) logged(tx *pstore.Tx, actor authz.Actor, act string, c *store.Contact) error {
	return audit.Append(tx, s.clock.Now(), audit.Entry{Actor: actor, Act: act, Object: "contact:" + string(c.ID),
		Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "notice.purpose.contact", Detail: map[string]string{"kind": c.Kind}})
}

func contactContext(id kernel.ID) string { return "notice.contact:" + string(id) }

func (s *Service) openContact(c *store.Contact) (string, error) {
	b, err := s.keys.Open(contactContext(c.ID), c.Sealed)
	return string(b), err
}

// plain is an address or number in the one form in which it is kept.
func plain(kind, typed string) (string, error) {
	if kind == Mail {
		return mail.Address(typed)
	}
	return sms.Mobile(typed)
}

// hide is an address or number of which its owner knows which it is, and nobody
// else learns it from the page.
func hide(kind, to string) string {
	const dots = "•••"
	if kind == Mail {
		local, host, _ := strings.Cut(to, "@")
		return local[:min(2, len(local)-1)] + dots + "@" + host
	}
	return "0" + to[3:5] + "-" + dots + "-" + cmp.Or(to[max(len(to)-4, 5):], dots)
}
