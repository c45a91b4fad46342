package assistant

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"maru/domain/assistant/internal/store"
	"maru/domain/audit"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

const (
	// handoverLife is how long a link opens: enough to sign in for the first
	// time.
	handoverLife = time.Hour
	// maxHandover is how much a link carries, in bytes before sealing. Sealed and
	// written out it stays below the longest path that sign-in remembers.
	maxHandover = 1300
	maxToken    = 1900 // characters

	sealed = "assistant.handover"
)

// Handover is what an assistant filled in for a person whom it does not name.
type Handover struct {
	ID      string                  `json:"i"`
	Service string                  `json:"s"`
	Client  string                  `json:"c"` // claimed
	Expires kernel.Time             `json:"e"`
	Answers map[string]kernel.Value `json:"a"`
	// Account is whom it is for, where the program calls in their name; Client is
	// then its registered name.
	Account kernel.ID `json:"u,omitempty"`
}

// seal makes the link's token. Invalid when it would carry too much.
func (s *Service) seal(svc *contract.Service, answers map[string]kernel.Value, h Handover) (string, kernel.Time, error) {
	h.ID, h.Service, h.Expires, h.Answers = string(kernel.RandomID()), svc.ID, s.d.Clock.Now().Add(handoverLife), answers
	b, err := json.Marshal(h)
	if err != nil {
		return "", 0, err
	}
	if len(b) > maxHandover {
		return "", 0, kernel.E(kernel.Invalid, "assistant.error.too_much", nil)
	}
	sealedBytes, err := s.d.Keys.Seal(sealed, b)
	if err != nil {
		return "", 0, err
	}
	return base64.RawURLEncoding.EncodeToString(sealedBytes), h.Expires, nil
}

// Open reads a token: NotFound when it is none of ours or was changed, Conflict
// when it has expired or its service is not offered any more. Answers come back
// in the kinds that the definition in force asks for; those that it does not ask
// for, or not from an assistant, are gone.
func (s *Service) Open(token string) (Handover, *contract.Service, error) {
	gone := func(err error) (Handover, *contract.Service, error) {
		return Handover{}, nil, kernel.E(kernel.NotFound, "assistant.error.no_handover", err)
	}
	if s.d.Keys == nil || len(token) > maxToken {
		return gone(nil)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return gone(nil)
	}
	if b, err = s.d.Keys.Open(sealed, b); err != nil {
		return gone(nil)
	}
	var h Handover
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return gone(err)
	}
	if s.d.Clock.Now() >= h.Expires {
		return Handover{}, nil, kernel.E(kernel.Conflict, "assistant.error.expired", nil)
	}
	p := s.Pack()
	svc, ok := p.Services[h.Service]
	if !ok || !svc.Online {
		return Handover{}, nil, kernel.E(kernel.Conflict, "assistant.error.service_gone", nil)
	}
	for id, v := range h.Answers {
		q, asked := svc.Question(id)
		if !asked || !s.fillable(p, q) {
			delete(h.Answers, id)
			continue
		}
		if v, err = v.As(q.ValueKind()); err != nil {
			delete(h.Answers, id)
			continue
		}
		h.Answers[id] = v
	}
	return h, svc, nil
}

// Look opens a token for the person who follows the link. application is the
// draft that they made of it already, "" before; Conflict when it is for somebody
// else, or somebody else used it.
func (s *Service) Look(ctx context.Context, actor authz.Actor, token string) (h Handover, svc *contract.Service, application kernel.ID, err error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return h, nil, "", err
	}
	if h, svc, err = s.Open(token); err != nil {
		return h, nil, "", err
	}
	if h.Account != "" && h.Account != actor.Account {
		return Handover{}, nil, "", kernel.E(kernel.Conflict, "assistant.error.others", nil)
	}
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		used, err := store.Get(tx, h.ID)
		if err != nil || used == nil {
			return err
		}
		application = used.Application
		return usable(used, actor)
	})
	return h, svc, application, err
}

// usable tells whether a used handover is still this person's.
func usable(used *store.Handover, actor authz.Actor) error {
	if used.Account != actor.Account {
		return kernel.E(kernel.Conflict, "assistant.error.used", nil)
	}
	return nil
}

// Confirm makes a draft of what the token carries, in the name of the person who
// saw it. The same person gets the same draft again; anybody else is refused.
// left are questions whose answers were not taken: the person had answered them
// already, or they do not fit.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, token string) (application kernel.ID, left []string, err error) {
	h, svc, application, err := s.Look(ctx, actor, token)
	if err != nil || application != "" {
		return application, nil, err
	}
	// The link is spent before the draft begins: of two people at once one is
	// refused. Who is interrupted in between confirms again.
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		now := s.d.Clock.Now()
		used, err := store.Get(tx, h.ID)
		if err != nil {
			return err
		}
		if used != nil {
			application = used.Application
			return usable(used, actor)
		}
		if err := store.Insert(tx, &store.Handover{ID: h.ID, Account: actor.Account, Service: svc.ID, UsedAt: now, ExpiresAt: h.Expires}); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "assistant.confirm", Object: "handover:" + h.ID,
			Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: "assistant.purpose.handover", Service: svc.ID,
			Detail: map[string]any{"assistant": h.Client, "claimed": h.Account == ""}})
	})
	if err != nil || application != "" {
		return application, nil, err
	}
	if application, left, err = s.d.Applications.Begin(ctx, actor, svc.ID, h.Answers); err != nil {
		return "", nil, err
	}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return store.Became(tx, h.ID, application) })
	return application, left, err
}

// Purge forgets used links that would not open any more.
func (s *Service) Purge(ctx context.Context) (n int64, err error) {
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) (err error) {
		n, err = store.Purge(tx, s.d.Clock.Now())
		return err
	})
	return n, err
}
