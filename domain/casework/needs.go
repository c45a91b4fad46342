package casework

import (
	"context"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// Catalog gives service definitions.
type Catalog interface {
	// Current is the definition in force and the reference that pins it.
	Current(id string) (*catalog.Service, catalog.Ref, error)
	// Online lists the definitions in force that can be applied for here.
	Online() []*catalog.Service
	// Pinned is the definition in the version an application began with.
	Pinned(ctx context.Context, ref catalog.Ref) (*catalog.Service, error)
	// LifeEvent is a turn in a life with its steps.
	LifeEvent(id string) (catalog.LifeEvent, bool)
}

// Agencies tells which body is in charge and what it is called.
type Agencies interface {
	// Route finds the body in charge; Invalid when a region is missing.
	Route(rule catalog.AgencyRule, answers, facts map[string]kernel.Value, at kernel.Date) (string, error)
	Name(agency string, l kernel.Lang) string
	Exists(agency string, at kernel.Date) bool
	// Takes tells whether the body may be in charge of such a service.
	Takes(rule catalog.AgencyRule, agency string) bool
	// Region is the code that stands for a region today: its own, or that of
	// the region that took over; false when there is no such region.
	Region(code string, at kernel.Date) (string, bool)
	RegionName(code string, l kernel.Lang) string
	// Regions lists every city, county and district with its province.
	Regions(at kernel.Date, l kernel.Lang) []RegionGroup
	// Bodies lists where a case of this rule could go, for a transfer.
	Bodies(rule catalog.AgencyRule, at kernel.Date, l kernel.Lang) []Choice
}

// RegionGroup is a province with its cities, counties and districts.
type RegionGroup struct {
	Name    string
	Choices []Choice
}

// Choice is something to pick: its value and its words.
type Choice struct{ Value, Text string }

// Fact is what a register says, from which register and as of when.
type Fact struct {
	Value    kernel.Value
	Registry string
	AsOf     kernel.Date
}

// Member is a person of the applicant's household or family.
type Member struct{ Person, Name, Relation string }

// Registers fetches what government already knows, by consent or by law only.
type Registers interface {
	// Consented tells whether the actor agreed to the fetch for this service.
	Consented(ctx context.Context, actor authz.Actor, service string) (bool, error)
	// Consent records that the actor agrees.
	Consent(ctx context.Context, actor authz.Actor, svc *catalog.Service, ref catalog.Ref) error
	// Facts fetches the facts that the definition names. Forbidden without
	// consent; Unavailable when a register does not answer.
	Facts(ctx context.Context, actor authz.Actor, svc *catalog.Service) (map[string]Fact, error)
	// Household lists the members, the applicant first; Forbidden without consent.
	Household(ctx context.Context, actor authz.Actor, svc *catalog.Service) ([]Member, error)
	// SameHousehold tells whether two registered persons live together.
	SameHousehold(ctx context.Context, a, b string) (bool, error)
	// Age is a registered person's full age on a day; not known where no
	// register tells. The program asks it of whoever confirms, not of others.
	Age(ctx context.Context, person string, on kernel.Date) (age int, known bool, err error)
	// Items names what a consent for this service would move, for people;
	// empty when the definition needs nothing from registers.
	Items(svc *catalog.Service, l kernel.Lang) []string
	// Registry names a source for people.
	Registry(id string, l kernel.Lang) string
	// FactTitle names a fact for people; FactLabel one of its values.
	FactTitle(fact string, l kernel.Lang) string
	FactLabel(fact string, v kernel.Value, l kernel.Lang) string
}

// Calendar counts the office's time limits and people's own.
type Calendar interface {
	// Due is the last instant of the limit for a case received at start.
	Due(start kernel.Time, l catalog.Limit) kernel.Time
	// Resume moves due by the working time that passed while the clock
	// stood still, from pausedAt to now.
	Resume(due, pausedAt, now kernel.Time, l catalog.Limit) kernel.Time
	// Further is the last instant to which a due may be extended.
	Further(due kernel.Time, l catalog.Limit) kernel.Time
	// LastDay is a person's own deadline when what it counts from was on day.
	LastDay(day kernel.Date, d *catalog.Deadline) kernel.Date
	// Close is the end of an office day, Working tells whether d is one.
	Close(d kernel.Date) kernel.Time
	Working(d kernel.Date) bool
}

// Cashier takes fees.
type Cashier interface {
	// Pay charges once for ref and returns a receipt number; the same ref
	// charged again returns the same receipt.
	Pay(ctx context.Context, actor authz.Actor, ref string, won kernel.Money) (receipt string, err error)
	// Refund gives back what was charged for ref, once, and closes ref: what
	// is not charged yet never will be, and Pay is a Conflict from then on.
	// Nothing charged gives 0 won.
	Refund(ctx context.Context, ref string) (receipt string, won kernel.Money, err error)
}

// Official is somebody who works at an agency's desk. Person is who they are
// in a register, "" when nobody has proven it.
type Official struct {
	Account kernel.ID
	Name    string
	Person  string
}

// Officials tells who works where.
type Officials interface {
	// Officials lists who may decide an agency's cases now, by name.
	Officials(ctx context.Context, agency string) ([]Official, error)
	// Managers lists who sets up an agency's desk now.
	Managers(ctx context.Context, agency string) ([]kernel.ID, error)
}

// Delegates names who acted for an applicant, for the timeline.
type Delegates interface {
	DelegateName(ctx context.Context, account kernel.ID) (string, error)
}

// Card is what an official reads off the card of somebody at the counter, and
// the code of that person's account, if they have one and want it linked.
type Card struct {
	Name   string
	Birth  kernel.Date
	Sex    string // "male" or "female"
	Region string // of residence, 5 digits
	Code   string
}

// Counter knows the people who stand at a counter.
type Counter interface {
	// Receive finds the person of the card and gives them as an actor without
	// any role; an account is made for who has none, and one with the card's code
	// is linked. may is asked about the person before any of that. Invalid when
	// the card belongs to nobody.
	Receive(ctx context.Context, official authz.Actor, agency string, c Card, may func(ctx context.Context, person string) error) (authz.Actor, error)
	// Confirm uses up the code that the person reads off their own phone;
	// Invalid when it is not theirs.
	Confirm(ctx context.Context, official authz.Actor, agency string, account kernel.ID, code string) error
}
