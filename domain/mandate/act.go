package mandate

import (
	"context"
	"slices"

	"maru/domain/audit"
	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Use is what somebody is about to do for another person.
type Use struct {
	Action string // of authz.Actions
	What   string // page or operation, for the log
	// Quiet pages show nothing of the principal: they leave no row.
	Quiet bool
}

// As decides whether self may do this under the mandate, and gives the
// principal as an actor with self as helper. Before it returns, the use is in
// the log; where it cannot be, nobody acts. Every refusal is the same denial.
func (s *Service) As(ctx context.Context, self authz.Actor, id kernel.ID, use Use) (authz.Actor, *Mandate, error) {
	m, err := s.Standing(ctx, self, id)
	if err != nil {
		return authz.Actor{}, nil, err
	}
	if !slices.Contains(m.Theme.Actions, use.Action) {
		return authz.Actor{}, m, errDenied
	}
	who := s.principal(self, m)
	if use.Quiet {
		return who, m, nil
	}
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		// Again, in the transaction that records the use: what ended meanwhile
		// in another tab is not used any more.
		row, err := store.Get(tx, m.ID)
		if err != nil {
			return err
		}
		if row.State != Active {
			return errDenied
		}
		return audit.Append(tx, s.now(), audit.Entry{Actor: who, Act: "mandate.use", Object: "mandate:" + string(m.ID), Subject: m.Principal,
			Purpose: "mandate.purpose.representation", Detail: map[string]string{"action": use.Action, "what": use.What}})
	})
	if err != nil {
		return authz.Actor{}, m, err
	}
	return who, m, nil
}

// Standing is the mandate while it stands and self is its actor, errDenied
// otherwise. It tells the actor what they have, not what anybody's data is.
func (s *Service) Standing(ctx context.Context, self authz.Actor, id kernel.ID) (*Mandate, error) {
	if s.person(self) != nil {
		return nil, errDenied
	}
	var m *Mandate
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		row, err := store.Get(tx, id)
		if kernel.Is(err, kernel.NotFound) || err == nil && (row.Actor == "" || row.Actor != self.Person) {
			return errDenied
		}
		if err != nil {
			return err
		}
		m, err = s.open(tx, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !m.Holds(s.now()) {
		return nil, errDenied
	}
	principal, err := s.living(ctx, m.Principal)
	if err != nil {
		return nil, err
	}
	// The death of either ends it (민법 제127조): who still holds the actor's
	// session or token is somebody else.
	if _, err := s.living(ctx, m.Actor); err != nil {
		return nil, err
	}
	switch m.Basis {
	case ByLaw:
		err = s.guards(ctx, self.Person, principal)
	case ByRegister:
		err = s.together(ctx, self.Person, principal.ID)
	}
	if err != nil {
		return nil, err
	}
	if err := s.withhold(ctx, self.Person, m); err != nil {
		return nil, err
	}
	return m, nil
}

// withhold takes from what a register lets somebody do the papers that an office
// keeps from them. What a court or the person themselves gave stays.
func (s *Service) withhold(ctx context.Context, from string, m *Mandate) error {
	paper := func(service string) bool { return slices.Contains(s.papers, service) }
	if m.Basis != ByLaw && m.Basis != ByRegister || !slices.ContainsFunc(m.Theme.Services, paper) {
		return nil
	}
	kept, err := s.d.Register.Withheld(ctx, from, m.Principal)
	if err != nil || !kept {
		return err
	}
	if m.Theme.Services = slices.DeleteFunc(m.Theme.Services, paper); len(m.Theme.Services) == 0 {
		return errDenied
	}
	return nil
}

// guards asks the register whether the law lets guardian act for a minor today.
func (s *Service) guards(ctx context.Context, guardian string, minor Person) error {
	if minor.Married || minor.Birth.IsZero() || s.now() >= majority(minor.Birth) {
		return errDenied
	}
	ok, err := s.d.Register.Guards(ctx, guardian, minor.ID)
	if err == nil && !ok {
		return errDenied
	}
	return err
}

// principal is whom the mandate is about, as the actor of what self does.
func (s *Service) principal(self authz.Actor, m *Mandate) authz.Actor {
	h := authz.Helper{Account: self.Account, Name: self.Name, Mandate: m.ID, Basis: m.Basis, Actions: m.Theme.Actions, Services: m.Theme.Services}
	if m.Basis == ByRegister {
		// They see what they began themselves, filled in by the law that lets them ask.
		h.Own, h.Law = true, lawHousehold
	}
	return authz.Actor{Account: m.Account, Person: m.Principal, Name: m.Names.Principal, Token: self.Token, Scopes: self.Scopes, Helper: h}
}

// Begin records that self begins to act under a mandate; the principal is told.
func (s *Service) Begin(ctx context.Context, self authz.Actor, id kernel.ID) (*Mandate, error) {
	m, err := s.Standing(ctx, self, id)
	if err != nil {
		return nil, err
	}
	return m, s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		return s.record(tx, s.principal(self, m), "begin", m.Row, "")
	})
}

// Question is whether somebody may do something for somebody else.
type Question struct {
	Mandate kernel.ID
	Action  string
	Service string
}

// Check answers a question of an official at a counter, where the actor shows
// the number of a mandate: yes or no, without a reason. The principal finds the
// question in their log, whatever the answer was.
func (s *Service) Check(ctx context.Context, official authz.Actor, agency string, q Question) (bool, error) {
	agency, err := office(official, agency)
	if err != nil {
		return false, err
	}
	var m *Mandate
	err = s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		row, err := store.Get(tx, q.Mandate)
		if kernel.Is(err, kernel.NotFound) {
			m = nil
			return nil
		}
		if err != nil {
			return err
		}
		if m, err = s.open(tx, row); err != nil {
			return err
		}
		return s.record(tx, official, "check", row, agency)
	})
	if err != nil || m == nil || m.Actor == "" {
		return false, err
	}
	_, err = s.Standing(ctx, authz.Actor{Account: "check", Person: m.Actor}, m.ID)
	if kernel.Is(err, kernel.Forbidden) {
		return false, nil
	}
	return err == nil && slices.Contains(m.Theme.Actions, q.Action) && slices.Contains(m.Theme.Services, q.Service), err
}
