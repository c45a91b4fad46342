package casework

import (
	"context"
	"time"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// The statuses of a party.
const (
	PartyNamed    = "named"    // takes part, nothing to do
	PartyAsked    = "asked"    // must confirm
	PartySigned   = "signed"   // confirmed
	PartyDeclined = "declined" // said no
)

// parties lists who takes part, as the answers tell, and who of them must
// confirm.
func (s *Service) parties(a *Application, svc *catalog.Service, c *Content, now kernel.Time) ([]*Party, error) {
	var out []*Party
	for i := range svc.Parties {
		p := &svc.Parties[i]
		if p.When != nil && catalog.Eval(p.When, c.env(s.today())) != catalog.Yes {
			continue
		}
		var who []string
		switch v := c.Answers[p.Question]; {
		case p.Question == "":
			who = []string{a.Person}
		case v.Kind() == kernel.SetValue:
			who, _ = v.Set()
		case v.Known():
			who = []string{v.Text()}
		}
		for _, w := range who {
			// Ids sort by the millisecond: one each keeps the order of the answer.
			id := kernel.NewID(now.Add(time.Duration(len(out)) * time.Millisecond))
			row := &Party{ID: id, Application: a.ID, Party: p.ID, Role: p.Role, Status: PartyNamed}
			name := w
			if idShape.MatchString(w) {
				row.Person, name = w, ""
			}
			if w == a.Person {
				name = c.Applicant
			}
			var err error
			if row.Name, err = s.sealText(a.ID, name); err != nil {
				return nil, err
			}
			// Nobody confirms to themselves; a typed name signs by the link
			// that the applicant hands on.
			if asks(p.Role) && w != a.Person {
				row.Status = PartyAsked
			}
			out = append(out, row)
		}
	}
	return out, nil
}

// asks tells whether who has this role must confirm.
func asks(role string) bool { return role == "cosigner" || role == "witness" }

// inviteParties writes down who takes part and asks those who must confirm.
// It tells whether the application has to wait for them.
func (s *Service) inviteParties(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content, now kernel.Time) (bool, error) {
	all, err := s.parties(a, svc, c, now)
	if err != nil {
		return false, err
	}
	waits := false
	for _, p := range all {
		if err := store.InsertParty(tx, p); err != nil {
			return false, err
		}
		if p.Status != PartyAsked {
			continue
		}
		waits = true
		if err := s.ask(tx, p, now); err != nil {
			return false, err
		}
		ev := contract.Event{Application: a.ID, Service: a.Service, Pack: a.Pack, Agency: a.Agency, Person: p.Person, Code: string(p.ID)}
		if err := s.Events.Publish(tx, contract.SignatureAsked, ev); err != nil {
			return false, err
		}
	}
	return waits, nil
}

// Covered tells whether a confirmation covers the answer to q: what the
// applicant says, not what registers know of the applicant.
func Covered(q *catalog.Question) bool { return q.Fact == "" && q.Type != "file" }

// Invitation is what a co-signer sees before confirming: who asks, for what,
// and the answers that the confirmation covers.
type Invitation struct {
	Party   PartyView
	Case    *Case
	Applies string // name of the applicant
}

// Invitation opens a request to confirm. Knowing its id is not enough: the
// reader must have proven who they are, must not be the applicant and, where
// a person is named, must be that person.
func (s *Service) Invitation(ctx context.Context, actor authz.Actor, id kernel.ID) (*Invitation, error) {
	var inv *Invitation
	err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
		p, a, err := s.invited(tx, actor, id)
		if err != nil {
			return err
		}
		c, err := s.read(tx, a)
		if err != nil {
			return err
		}
		name, err := s.openText(a.ID, p.Name)
		if err != nil {
			return err
		}
		inv = &Invitation{Party: PartyView{p, name}, Case: c, Applies: c.Content.Applicant}
		return s.audited(tx, s.Clock.Now(), actor, "casework.read_invitation", a, "casework.purpose.confirmation")
	})
	return inv, err
}

func (s *Service) invited(tx *pstore.Tx, actor authz.Actor, id kernel.ID) (*Party, *Application, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, nil, err
	}
	if !actor.Proven() {
		return nil, nil, kernel.E(kernel.Forbidden, "casework.error.prove_first", nil)
	}
	if err := actor.Alone(); err != nil {
		return nil, nil, err
	}
	p, err := store.GetParty(tx, id)
	if err != nil {
		return nil, nil, err
	}
	a, err := store.Get(tx, p.Application)
	if err != nil {
		return nil, nil, err
	}
	name, err := s.openText(a.ID, p.Name)
	if err != nil {
		return nil, nil, err
	}
	mine := p.Person == actor.Person || p.Person == "" && name == actor.Name
	// What is not asked any more is not shown any more.
	gone := p.Status == PartyNamed || p.Status == PartyAsked && a.Status != Signatures
	if !mine || gone || a.Account == actor.Account || a.Person == actor.Person {
		return nil, nil, kernel.E(kernel.NotFound, "casework.error.no_invitation", nil)
	}
	return p, a, nil
}

// Sign confirms or declines. When the last one confirms, the application goes
// on by itself; when one declines, it goes back to the applicant as a draft.
func (s *Service) Sign(ctx context.Context, actor authz.Actor, id kernel.ID, agree bool) error {
	// Whoever signs does so as a person, even where they are an official too.
	actor.Grants = nil
	minor, err := s.isMinor(ctx, actor)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		p, a, err := s.invited(tx, actor, id)
		if err != nil {
			return err
		}
		if p.Status == PartySigned && agree {
			return nil // pressed twice
		}
		if a.Status != Signatures || p.Status != PartyAsked {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		if agree {
			if err := mayConfirm(tx, p, actor, minor); err != nil {
				return err
			}
		}
		now := s.Clock.Now()
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		p.Status, p.SignedBy, p.SignedAt, p.Person = PartySigned, actor.Account, now, actor.Person
		act := "signed"
		if !agree {
			p.Status, act = PartyDeclined, "declined"
		}
		if err := store.UpdateParty(tx, p); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, act, p.Party, "", true); err != nil {
			return err
		}
		if err := s.audited(tx, now, actor, "casework.sign", a, "casework.purpose.confirmation"); err != nil {
			return err
		}
		a.UpdatedAt = now
		if !agree {
			if err := store.DropParties(tx, a.ID); err != nil {
				return err
			}
			if _, err := s.release(tx, a, svc, &c); err != nil {
				return err
			}
			if err := s.sealContent(a, c); err != nil {
				return err
			}
			if err := s.publish(tx, contract.SignatureDeclined, a); err != nil {
				return err
			}
			if err := move(a, Draft); err != nil {
				return err
			}
			return store.Update(tx, a)
		}
		all, err := store.Parties(tx, a.ID)
		if err != nil {
			return err
		}
		for _, other := range all {
			if other.Status == PartyAsked {
				return store.Update(tx, a)
			}
		}
		if err := s.proceed(tx, actor, a, svc, &c); err != nil {
			return err
		}
		return store.Update(tx, a)
	})
}

// Asked lists the requests to confirm that wait for the actor.
func (s *Service) Asked(ctx context.Context, actor authz.Actor) ([]*Party, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil || !actor.Proven() || actor.Mandated() {
		return nil, err // a confirmation is the person's own word
	}
	var out []*Party
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.PartiesOf(tx, actor.Person)
		return err
	})
	return out, err
}
