package casework

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"maru/domain/audit"
	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Somebody whom digital leaves behind comes to a counter, and an official fills
// in the application for them (민원 처리에 관한 법률 제11조, 제12조). The person
// is and stays the applicant: an official who is not there any more, or an hour
// later, or for another service, can do nothing; everything done is logged as
// the official's, told to the person, and stands in the timeline. Who helped
// never handles the case.

// Assist is a session at a counter.
type Assist = store.Assist

// AssistTime is how long an official may act for somebody who came once.
const AssistTime = 60 * time.Minute

// How a consent was confirmed at a counter.
const (
	ConsentByCode  = "code"  // the person read a code off their own phone
	ConsentByPaper = "paper" // the person signed on paper, which the office keeps
)

// AssistInput begins a session.
type AssistInput struct {
	Agency  string // at whose counter; "" for the official's first agency
	Service string
	Card    Card
}

// Assisted is an open session and the application that is filled in.
type Assisted struct {
	*Assist
	Who  authz.Actor // the person, with the official as helper
	Case *Case
}

// AssistBegin receives somebody at the counter and begins an application for
// them. An earlier session of the official ends: there is one person at a
// counter at a time.
func (s *Service) AssistBegin(ctx context.Context, actor authz.Actor, key string, in AssistInput) (*Assist, error) {
	agency, err := deskAgency(actor, in.Agency)
	if err != nil {
		return nil, err
	}
	if _, _, err := s.Catalog.Current(in.Service); err != nil {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("service", "casework.error.service_unknown", nil)
	}
	// Asked before an account is linked, which nobody can take back.
	who, err := s.Counter.Receive(ctx, actor, agency, in.Card, func(ctx context.Context, person string) error { return s.notOwnVisitor(ctx, actor, person) })
	if err != nil {
		return nil, err
	}
	if who.Account == actor.Account {
		return nil, errOwnVisitor
	}
	who.Helper, who.App = authz.Helper{Account: actor.Account, Agency: agency}, actor.App
	svc, ref, err := s.mayApply(who, in.Service)
	if err != nil {
		return nil, err
	}
	var out *Assist
	err = s.update(ctx, func(tx *pstore.Tx) error {
		now := s.Clock.Now()
		if err := stillHere(tx, actor, agency); err != nil {
			return err
		}
		a, err := s.newDraft(who, ref, Content{Applicant: who.Name, Answers: map[string]kernel.Value{}})
		if err != nil {
			return err
		}
		if key != "" {
			if err := checkKey(key); err != nil {
				return err
			}
			prior, fresh, err := store.TakeKey(tx, actor.Account, key, store.Key{Hash: s.actHash("assist.begin", "", in), Application: a.ID}, now)
			if err != nil {
				return err
			}
			if !fresh {
				if prior.Hash != s.actHash("assist.begin", "", in) {
					return kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
				}
				out, err = store.AssistFor(tx, prior.Application)
				return err
			}
		}
		if err := s.endOpenAssist(tx, actor, now); err != nil {
			return err
		}
		out = &Assist{ID: kernel.NewID(now), Official: actor.Account, Agency: agency, Account: who.Account, Person: who.Person, Service: svc.ID,
			Application: a.ID, Paper: []byte{}, StartedAt: now, EndsAt: now.Add(AssistTime)}
		if out.Name, err = s.sealText(out.ID, who.Name); err != nil {
			return err
		}
		if err := store.InsertAssist(tx, out); err != nil {
			return err
		}
		if err := s.record(tx, a, now, who, "assist_begun", "", "", true); err != nil {
			return err
		}
		if err := store.Insert(tx, a); err != nil {
			return err
		}
		return s.assistAct(tx, out, who, a, "assist_begin", contract.AssistBegun)
	})
	return out, err
}

// notOwnVisitor refuses officials to apply for themselves or their household.
func (s *Service) notOwnVisitor(ctx context.Context, actor authz.Actor, person string) error {
	if !actor.Proven() {
		return nil
	}
	same := actor.Person == person
	if !same {
		var err error
		if same, err = s.Registers.SameHousehold(ctx, actor.Person, person); err != nil {
			return err
		}
	}
	if same {
		return errOwnVisitor
	}
	return nil
}

var errOwnVisitor = kernel.E(kernel.Forbidden, "casework.error.own_household", nil)

func (s *Service) endOpenAssist(tx *pstore.Tx, actor authz.Actor, now kernel.Time) error {
	for {
		old, err := store.OpenAssist(tx, actor.Account)
		if kernel.Is(err, kernel.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.endAssist(tx, old, now); err != nil {
			return err
		}
	}
}

func (s *Service) endAssist(tx *pstore.Tx, v *Assist, now kernel.Time) error {
	a, err := store.Get(tx, v.Application)
	if err != nil {
		return err
	}
	who, err := s.visitor(v)
	if err != nil {
		return err
	}
	if err := store.EndAssist(tx, v.ID, now); err != nil {
		return err
	}
	return s.assistAct(tx, v, who, a, "assist_end", contract.AssistEnded)
}

// assistAct logs an act at the counter and, with an event, tells the person.
func (s *Service) assistAct(tx *pstore.Tx, v *Assist, who authz.Actor, a *Application, act, event string) error {
	if err := audit.Append(tx, s.Clock.Now(), audit.Entry{Actor: who, Act: "casework." + act, Object: "application:" + string(a.ID),
		Subject: audit.SubjectOf(a.Person, a.Account), Purpose: "casework.purpose.assist", Service: a.Service, Agency: v.Agency}); err != nil || event == "" {
		return err
	}
	return s.Events.Publish(tx, event, contract.Event{Application: a.ID, Number: a.Number, Service: a.Service, Pack: a.Pack, Agency: v.Agency,
		Account: a.Account, Person: a.Person})
}

// visitor is the person of a session as an actor, with the official as helper.
func (s *Service) visitor(v *Assist) (authz.Actor, error) {
	name, err := s.openText(v.ID, v.Name)
	return authz.Actor{Account: v.Account, Person: v.Person, Name: name, Helper: authz.Helper{Account: v.Official, Agency: v.Agency}}, err
}

// attend finds the actor's own session while it goes on, and logs what is done
// in it before it is done.
func (s *Service) attend(ctx context.Context, actor authz.Actor, id kernel.ID, act, event string) (*Assisted, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	out := &Assisted{}
	err := s.update(ctx, func(tx *pstore.Tx) error {
		v, err := store.GetAssist(tx, id)
		if err != nil {
			return err
		}
		switch {
		case v.Official != actor.Account || !actor.HasIn(authz.Official, v.Agency):
			return kernel.E(kernel.NotFound, "casework.assist.error.none", nil)
		case v.EndedAt > 0 || s.Clock.Now() >= v.EndsAt:
			return kernel.E(kernel.Conflict, "casework.assist.error.over", nil)
		}
		if err := stillHere(tx, actor, v.Agency); err != nil {
			return err
		}
		a, err := store.Get(tx, v.Application)
		if err != nil {
			return err
		}
		out.Assist = v
		if out.Who, err = s.visitor(v); err != nil {
			return err
		}
		out.Who.App = actor.App
		return s.assistAct(tx, v, out.Who, a, act, event)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// AssistOpen shows the application that is filled in; the look is logged.
func (s *Service) AssistOpen(ctx context.Context, actor authz.Actor, id kernel.ID) (*Assisted, error) {
	v, err := s.attend(ctx, actor, id, "assist_read", "")
	if err != nil {
		return nil, err
	}
	v.Case, err = s.Open(ctx, v.Who, v.Application)
	return v, err
}

// AssistRunning is the actor's session that goes on, nil for none.
func (s *Service) AssistRunning(ctx context.Context, actor authz.Actor) (*Assist, error) {
	var out *Assist
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		v, err := store.OpenAssist(tx, actor.Account)
		if kernel.Is(err, kernel.NotFound) || err == nil && s.Clock.Now() >= v.EndsAt {
			return nil
		}
		out = v
		return err
	})
	return out, err
}

// AssistConsent records that the person agrees to have their data fetched, as
// it was read to them: by a code that they read off their own phone, or by
// their signature on a paper that the office keeps where paper says. A code is
// good once: under the same key, what is sent again asks for no other one.
func (s *Service) AssistConsent(ctx context.Context, actor authz.Actor, id kernel.ID, key, how, code, paper string) error {
	if !slices.Contains([]string{ConsentByCode, ConsentByPaper}, how) {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("how", "casework.assist.error.how", nil)
	}
	paper, err := text("paper", paper, how == ConsentByPaper)
	if err != nil {
		return err
	}
	if key != "" {
		if err := checkKey(key); err != nil {
			return err
		}
	}
	v, err := s.attend(ctx, actor, id, "assist_ask_consent", "")
	if err != nil {
		return err
	}
	hash := s.actHash("assist.consent", v.ID, [3]string{how, code, paper})
	done := false
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		_, done, err = s.used(tx, actor, key, hash)
		return err
	})
	if err != nil || done {
		return err
	}
	if how == ConsentByCode {
		if err := s.Counter.Confirm(ctx, actor, v.Agency, v.Account, code); err != nil {
			return err
		}
		paper = ""
	}
	if err := s.Agree(ctx, v.Who, v.Application); err != nil {
		return err
	}
	sealed, err := s.sealText(v.ID, paper)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		if key != "" {
			if _, fresh, err := s.take(tx, actor, key, store.Key{Hash: hash, Application: v.Application}); err != nil || !fresh {
				return err
			}
		}
		if err := store.AgreeAssist(tx, v.ID, how, sealed); err != nil {
			return err
		}
		a, err := store.Get(tx, v.Application)
		if err != nil {
			return err
		}
		return s.assistAct(tx, v.Assist, v.Who, a, "assist_consent", contract.AssistConsented)
	})
}

// AssistAnswer saves answers as the person gives them. What is wrong is told
// and not saved; the rest is.
func (s *Service) AssistAnswer(ctx context.Context, actor authz.Actor, id kernel.ID, answers map[string]kernel.Value) error {
	v, err := s.attend(ctx, actor, id, "assist_answer", "")
	if err != nil {
		return err
	}
	c, err := s.Open(ctx, v.Who, v.Application)
	if err != nil {
		return err
	}
	for question := range answers {
		if _, ok := c.Service.Question(question); !ok {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(question, "casework.answer.unknown_question", nil)
		}
	}
	wrong := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	for i := range c.Service.Questions {
		q := &c.Service.Questions[i]
		val, given := answers[q.ID]
		if !given || q.Type == "file" {
			continue
		}
		err := s.Answer(ctx, v.Who, v.Application, q.ID, val)
		var e *kernel.Error
		if errors.As(err, &e) && e.Kind == kernel.Invalid {
			wrong.Fields = append(wrong.Fields, e.Fields...)
		} else if err != nil {
			return err
		}
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	return nil
}

// AssistAttach stores a paper that the person brought, once it is scanned.
func (s *Service) AssistAttach(ctx context.Context, actor authz.Actor, id kernel.ID, question, name string, r io.Reader) (kernel.ID, error) {
	v, err := s.attend(ctx, actor, id, "assist_answer", "")
	if err != nil {
		return "", err
	}
	return s.Attach(ctx, v.Who, v.Application, question, name, r)
}

// AssistSubmit hands the application in, with the person's word that it is
// right.
func (s *Service) AssistSubmit(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	v, err := s.attend(ctx, actor, id, "assist_submit", "")
	if err != nil {
		return nil, err
	}
	return s.Submit(ctx, v.Who, v.Application, key)
}

// AssistPay takes the fee at the counter.
func (s *Service) AssistPay(ctx context.Context, actor authz.Actor, id kernel.ID) (*Application, error) {
	v, err := s.attend(ctx, actor, id, "assist_pay", "")
	if err != nil {
		return nil, err
	}
	return s.Pay(ctx, v.Who, v.Application)
}

// AssistsOf lists the sessions that go on for the person at the counter.
func (s *Service) AssistsOf(ctx context.Context, actor authz.Actor) ([]*Assist, error) {
	if err := ownWord(actor); err != nil {
		return nil, err
	}
	var out []*Assist
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.AssistsOf(tx, actor.Account, s.Clock.Now())
		return err
	})
	return out, err
}

// AssistLeave ends a session for the person whom it is about, from wherever
// they are: from here on the official can do nothing in it.
func (s *Service) AssistLeave(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := ownWord(actor); err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		v, err := store.GetAssist(tx, id)
		if err != nil {
			return err
		}
		if v.Account != actor.Account {
			return kernel.E(kernel.NotFound, "casework.assist.error.none", nil)
		}
		if v.EndedAt > 0 {
			return nil
		}
		a, err := store.Get(tx, v.Application)
		if err != nil {
			return err
		}
		if err := store.EndAssist(tx, v.ID, s.Clock.Now()); err != nil {
			return err
		}
		return s.assistAct(tx, v, actor, a, "assist_end", contract.AssistEnded)
	})
}

// ownWord refuses whoever is not there for themselves.
func ownWord(actor authz.Actor) error {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return err
	}
	return actor.Alone()
}

// AssistFinish ends the session: from here on the official sees nothing of it.
func (s *Service) AssistFinish(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if _, err := deskAgency(actor, ""); err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		v, err := store.GetAssist(tx, id)
		if err != nil {
			return err
		}
		if v.Official != actor.Account {
			return kernel.E(kernel.NotFound, "casework.assist.error.none", nil)
		}
		if v.EndedAt > 0 {
			return nil
		}
		return s.endAssist(tx, v, s.Clock.Now())
	})
}
