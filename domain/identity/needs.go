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

// Households tells who lives with whom.
type Households interface {
	// SameHousehold asks the register itself, in nobody's name.
	SameHousehold(ctx context.Context, a, b string) (bool, error)
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

// MobileID is the slot for an adapter to a scheme in which people prove who
// they are with their phone, such as the mobile resident card.
type MobileID interface {
	// Start is where the person goes to present their card: a page of the scheme
	// or a link that opens its app. The scheme brings them to back with one more
	// query value, "answer". It is a reference or sealed: addresses are logged,
	// so facts about people do not stand in them. What the scheme vouches for
	// must hold the challenge.
	Start(ctx context.Context, challenge, back string) (where string, err error)
	// Present verifies an answer and returns what the scheme vouches for: an
	// Invalid kernel.Error when it does not hold or belongs to another
	// challenge, Unavailable when the scheme does not answer. Each challenge is
	// presented once.
	Present(ctx context.Context, challenge, answer string) (Presented, error)
}

// Presented is what a scheme vouches for.
type Presented struct {
	Facts PersonFacts
	// Identity is how surely the scheme knows who the person is: IAL of NIST SP
	// 800-63A-4, 1 to 3. Below 2 nobody is proven.
	Identity int
	// Level is how surely the person held the phone: AAL of NIST SP 800-63B-4, 1
	// to 3. Below 2 nothing is confirmed.
	Level int
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
	// Card is what stands on a resident's card.
	Card(ctx context.Context, id string) (PersonFacts, bool, error)
}

// Texts finds the words for people; *i18n.Catalog is one.
type Texts interface {
	Has(key string) bool
	T(l kernel.Lang, key string, args ...any) string
}
