package benefit

import (
	"context"
	"fmt"

	"maru/domain/benefit/rule"
	"maru/domain/benefit/situation"
	"maru/kernel"
	"maru/platform/authz"
)

// Message keys of what facts are read for, as access logs show them.
const (
	purposeMine    = "benefit.purpose.mine"
	purposeRecheck = "benefit.purpose.recheck"
	purposeApp     = "benefit.purpose.app"
)

// PurposeFor is what a reading by an actor is for: the person looks, an app that
// they connected does, or the program looks again by itself.
func PurposeFor(by authz.Actor) string {
	switch {
	case by.System != "":
		return purposeRecheck
	case by.Token:
		return purposeApp
	}
	return purposeMine
}

// recheck is the rule by whose name the program reads by itself.
const recheck = "benefit.recheck"

// Known is a household as registers tell it by consent, decided today.
type Known struct {
	Answer *Answer
	// Persons are the register's ids of the people by member id. Self is the
	// member whom it was asked about.
	Persons map[string]string
	Self    string
	// Members are those of the situation, in its order.
	Members []KnownMember
	// Held are the facts that registers hold, Told those that count because the
	// person told them, both by ref.
	Held map[string]Held
	Told map[string]Statement
	// Statements are all that the person told, also what does not count.
	Statements []Statement
	// New are facts that rules read and the consent does not cover, Declined the
	// sensitive ones that the person left out of it.
	New, Declined []string
}

// KnownMember is a member of the household as people know each other.
type KnownMember struct {
	ID, Name, Relation string // the relation is that to the head
	// Open: a consent opens the facts. Else Ask are the names of those who could
	// agree.
	Open bool
	Ask  []string
}

// Known reads the household of a person by the consent that stands, and decides
// every programme for today. It needs no session. Errors:
//   - Forbidden "consent_needed": the person did not agree, or took it back;
//   - NotFound: no register knows the person, or the household that one tells of
//     does not hold them;
//   - Unavailable: a register does not answer.
func (s *Service) Known(ctx context.Context, person string) (*Known, error) {
	return s.known(ctx, authz.Actor{System: recheck}, person)
}

// KnownBy is Known for the actor's own household, read in their name.
func (s *Service) KnownBy(ctx context.Context, actor authz.Actor) (*Known, error) {
	return s.known(ctx, actor, actor.Person)
}

func (s *Service) known(ctx context.Context, by authz.Actor, person string) (*Known, error) {
	h, err := s.home(ctx, by, person)
	if err != nil {
		return nil, err
	}
	return s.decide(ctx, person, h)
}

func (s *Service) home(ctx context.Context, by authz.Actor, person string) (*Home, error) {
	h, err := s.d.Registers.Home(ctx, by, person)
	if kernel.Is(err, kernel.Forbidden) {
		return nil, needsConsent(err)
	}
	return h, err
}

// needsConsent is the error of who did not agree.
func needsConsent(cause error) error {
	if cause != nil && !kernel.Is(cause, kernel.Forbidden) {
		return cause
	}
	return kernel.E(kernel.Forbidden, "benefit.error.consent_needed", cause)
}

// decide decides for a household that was read, with what the person told.
func (s *Service) decide(ctx context.Context, person string, h *Home) (*Known, error) {
	e, err := s.Engine()
	if err != nil {
		return nil, err
	}
	k := &Known{Persons: map[string]string{}, Held: map[string]Held{}, Told: map[string]Statement{}, New: h.New, Declined: h.Declined}
	if k.Statements, err = s.statements(ctx, person); err != nil {
		return nil, err
	}
	sit := k.situation(e.law, person, h)
	if k.Self == "" {
		return nil, kernel.E(kernel.NotFound, "benefit.error.not_at_home", fmt.Errorf("benefit: the household does not hold who asks"))
	}
	sit.Date = s.d.Clock.Now().DateIn(kernel.Seoul)
	k.tell(e.law, &sit)
	if k.Answer, err = e.Evaluate(sit); err != nil {
		return nil, err
	}
	return k, nil
}

// regionFact is the fact that the household's region is read from, of its head.
const regionFact = "region"

// situation puts what registers told into the shape that rules read. What a
// register says in no form that the fact can have stays unknown.
func (k *Known) situation(law *rule.Law, person string, h *Home) situation.Situation {
	sit := situation.Situation{Household: map[string]kernel.Value{}}
	take := func(into map[string]kernel.Value, household bool, ref, id string, held Held) {
		if f := law.Fact(household, id); f != nil && situation.Fits(f, held.Value) {
			into[id] = held.Value
			k.Held[ref] = held
		}
	}
	for id, held := range h.Facts {
		take(sit.Household, true, situation.HouseholdRef(id), id, held)
	}
	members, headed := headFirst(h.Members, person)
	var place Held
	for i, m := range members {
		one := situation.Member{ID: fmt.Sprintf("p%d", i+1), Facts: map[string]kernel.Value{}}
		for id, held := range m.Facts {
			// To whom a relation is, only the list of the household tells.
			if id != situation.RelationFact {
				take(one.Facts, false, one.Ref(id), id, held)
			}
		}
		if headed && i > 0 && m.Relation != situation.RelationHead {
			take(one.Facts, false, one.Ref(situation.RelationFact), situation.RelationFact, Held{Value: kernel.TextOf(m.Relation)})
		}
		if m.Person == person {
			k.Self, place = one.ID, m.Facts[regionFact]
		}
		k.Persons[one.ID] = m.Person
		k.Members = append(k.Members, KnownMember{ID: one.ID, Name: m.Name, Relation: m.Relation, Open: m.Open, Ask: m.Ask})
		sit.Members = append(sit.Members, one)
	}
	// A household is registered at one address, so that its head lives where the
	// person does.
	if len(sit.Members) > 0 && !sit.Members[0].Facts[regionFact].Known() {
		take(sit.Members[0].Facts, false, sit.Members[0].Ref(regionFact), regionFact, place)
	}
	return sit
}

// headFirst brings the head to the front; where registers name none, who asks
// stands there and nobody's relation is known.
func headFirst(members []HomeMember, person string) (list []HomeMember, headed bool) {
	var head, rest []HomeMember
	for _, m := range members {
		if m.Relation == situation.RelationHead && head == nil {
			head = append(head, m)
			continue
		}
		rest = append(rest, m)
	}
	if head != nil {
		return append(head, rest...), true
	}
	for _, m := range members {
		if m.Person == person {
			head = append(head, m)
		}
	}
	for _, m := range members {
		if m.Person != person {
			head = append(head, m)
		}
	}
	return head, false
}

// tell adds what the person told to what registers do not hold.
func (k *Known) tell(law *rule.Law, sit *situation.Situation) {
	for _, st := range k.Statements {
		if st.Subject == "" {
			k.count(law, true, situation.HouseholdRef(st.Fact), st, sit.Household)
			continue
		}
		for _, m := range sit.Members {
			if k.Persons[m.ID] == st.Subject {
				k.count(law, false, m.Ref(st.Fact), st, m.Facts)
			}
		}
	}
}

func (k *Known) count(law *rule.Law, household bool, ref string, st Statement, into map[string]kernel.Value) {
	f := law.Fact(household, st.Fact)
	if f == nil || into[st.Fact].Known() || !situation.Fits(f, st.Value) {
		return
	}
	into[st.Fact] = st.Value
	k.Told[ref] = st
}
