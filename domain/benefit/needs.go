package benefit

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
)

// Catalog is what the domain needs of the catalogue.
type Catalog interface {
	// Benefits is what the active pack says about benefits. Its hash changes
	// with the pack.
	Benefits() Pack
	// PackHash is the hash of the active pack.
	PackHash() string
}

// Places lists where people can live.
type Places interface {
	Regions(l kernel.Lang) []Place
}

// Place is a city, county or district.
type Place struct {
	Region kernel.Region
	Name   string
}

// Registers are what registers tell of a household, by the consent for benefits
// (Consented) of those whom it is about.
type Registers interface {
	// Home reads the household of a person. By is the person, or a rule of the
	// program (by.System) that works by the person's standing consent. Members who
	// did not agree themselves are there without facts. Errors are
	// kernel.Forbidden without the person's consent, kernel.NotFound where no
	// register knows the person, and kernel.Unavailable where one does not answer.
	Home(ctx context.Context, by authz.Actor, person string) (*Home, error)
	// Agreed is the id of the person's consent, "" where none permits reading now.
	Agreed(ctx context.Context, person string) (kernel.ID, error)
	// Offer is what the actor would agree to, or kernel.Forbidden for who is not
	// proven to be a person.
	Offer(ctx context.Context, actor authz.Actor) (Offer, error)
	// Agree records the actor's consent to what was on offer under a version of
	// the pack, to what is sensitive of it only where they agreed to that by an act
	// of its own.
	Agree(ctx context.Context, actor authz.Actor, pack string, sensitive bool) error
	// Withdrawn is whose consent the event tells of, and when it ended: taken back,
	// or its time was over; "" where it was not one for benefits.
	Withdrawn(ctx context.Context, consent kernel.ID) (person string, at kernel.Time, err error)
	// Narrowed is who left out facts in a consent, when, and which; "" where it was
	// not one for benefits.
	Narrowed(ctx context.Context, consent kernel.ID) (person string, at kernel.Time, facts []string, err error)
	// Registry names a source of the fact dictionary.
	Registry(id string, l kernel.Lang) string
}

// Consented is the name under which people agree that their benefits are worked
// out from what registers know.
const Consented = "benefits"

// Offer is what somebody would agree to.
type Offer struct {
	Facts []string // ids of the fact dictionary
	Pack  string   // the version whose rules read them
	Until kernel.Time
	// Sensitive: they agreed to what is sensitive of it, and still do.
	Sensitive bool
}

// Home is a household as registers tell it.
type Home struct {
	// Members are all who are registered there, the head first.
	Members []HomeMember
	Facts   map[string]Held // of the household
	// New are facts that rules read and that the person's consent does not cover.
	New []string
	// Declined are sensitive facts that the person left out of their consent.
	Declined []string
}

// HomeMember is one of them.
type HomeMember struct {
	Person, Name, Relation string
	Facts                  map[string]Held
	// Open: a consent opens the facts. Else Ask are the names of those of the
	// household who could agree.
	Open bool
	Ask  []string
}

// Held is a fact that a register holds.
type Held struct {
	Value    kernel.Value
	Registry string
	AsOf     kernel.Date
}

// Drafts opens applications.
type Drafts interface {
	// Begin opens a draft of a service for the actor, with facts about the actor
	// and their household that they told, and gives the path where it goes on.
	Begin(ctx context.Context, actor authz.Actor, service string, told map[string]Statement) (path string, err error)
}
