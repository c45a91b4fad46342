package mydata

import (
	"maru/domain/mydata/contract"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/store"
)

// The words of the contract.
type (
	Fact    = contract.Fact
	Member  = contract.Member
	Consent = contract.Consent
)

// Deps are what the service stands on; all are required.
type Deps struct {
	DB       *store.DB
	Clock    clock.Clock
	Catalog  Catalog
	Provider Provider
	// Events, where it is set, is told of consents that are withdrawn (contract.Withdrawn).
	Events *events.Bus
	// Terms are those of services whose consent is given for something else than
	// one application, by service id.
	Terms map[string]Terms
	// MoreTerms, where it is set, knows those that Terms does not list.
	MoreTerms func(service string) (Terms, bool)
}

// Terms are what a consent is given for, and for how many days.
type Terms struct {
	Purpose string // message key
	Days    int
}

// Service keeps consents and hands out facts. It is safe for concurrent use.
type Service struct {
	db       *store.DB
	clock    clock.Clock
	catalog  Catalog
	provider Provider
	events   *events.Bus
	special  map[string]Terms
	more     func(service string) (Terms, bool)
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, catalog: d.Catalog, provider: d.Provider, events: d.Events, special: d.Terms, more: d.MoreTerms}
}

// terms are those of a consent for a service.
func (s *Service) terms(service string) Terms {
	if t, ok := s.special[service]; ok {
		return t
	}
	if s.more != nil {
		if t, ok := s.more(service); ok {
			return t
		}
	}
	return Terms{Purpose: purposeApplication, Days: consentDays}
}

// FetchRequest asks for facts about one person.
type FetchRequest struct {
	Actor   authz.Actor
	Person  string   // whom the facts are about; "" for the actor's own
	Service string   // service id
	Pack    string   // version of its definition; "" for the active one
	Facts   []string // nil for all that the definition names
	Purpose string   // message key shown in the person's access log; "" for the service's own
	// Basis is the article of law ("기초연금법 제11조") that permits reading
	// without the person's consent; "" rests on consent.
	Basis string
	// Object names what the facts are read for ("application:ID"); "" for the
	// service.
	Object string
	// Agency is the body that reads, where an official does.
	Agency string
}
