package identity

import (
	"context"

	"maru/kernel"
)

// Agency is a body of government and its name.
type Agency struct {
	ID   string
	Name kernel.Text
}

// Agencies lists the bodies that roles can be bound to.
type Agencies interface {
	// Agencies lists those that exist now, in a stable order.
	Agencies(ctx context.Context) ([]Agency, error)
}

// PersonFacts are the four facts that stand on a person's card and in the
// register; together they name one person.
type PersonFacts struct {
	Name   string
	Birth  kernel.Date
	Sex    string        // "male" or "female"
	Region kernel.Region // city, county or district of residence, 5 digits
}

// PersonMatcher finds the person in the registry.
type PersonMatcher interface {
	// MatchPerson returns the id of the one person to whom all four facts
	// belong, a NotFound kernel.Error when there is none or more than one,
	// Unavailable when the registry does not answer.
	MatchPerson(ctx context.Context, f PersonFacts) (person string, err error)
}

// Place is a region that people can choose.
type Place struct {
	Region kernel.Region
	Name   string // with its province
}

// Places lists the cities, counties and districts.
type Places interface {
	Places(l kernel.Lang) []Place
}

// MobileID is the slot for an adapter to a mobile-ID scheme.
type MobileID interface {
	// Present verifies what a person's wallet presented and returns the facts
	// it attests; an Invalid kernel.Error when it does not hold.
	Present(ctx context.Context, presentation []byte) (PersonFacts, error)
}

// DemoPerson is a resident of the try-out world.
type DemoPerson struct {
	ID        string // the registry person
	Name      string
	Situation kernel.Text // "mother of a newborn"
}

// DemoWorld supplies the people of the try-out world.
type DemoWorld interface {
	// Listed are the residents that the sign-in page shows, by situation.
	Listed(ctx context.Context) ([]DemoPerson, error)
	// Resident finds any resident of the world.
	Resident(ctx context.Context, id string) (DemoPerson, bool, error)
}

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
}
