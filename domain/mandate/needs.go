package mandate

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
)

// Person is what registers say of somebody.
type Person struct {
	ID      string
	Name    string
	Birth   kernel.Date
	Married bool
	Alive   bool
}

// Register answers from the registers of residents and families. The program
// asks for itself: what it learns are decisions, not data for people.
type Register interface {
	// Person is kernel.NotFound for somebody no register knows, Unavailable
	// where a register does not answer.
	Person(ctx context.Context, person string) (Person, error)
	// Children are the persons whose parent or guardian the person might be.
	Children(ctx context.Context, person string) ([]string, error)
	// Guards tells whether guardian has parental power over, or is the
	// guardian of, a minor.
	Guards(ctx context.Context, guardian, person string) (bool, error)
	// Household are the persons of one household with the person, among them,
	// without lodgers; none of who lodges.
	Household(ctx context.Context, person string) ([]string, error)
	// Withheld tells whether an office keeps the papers of a person's register
	// from somebody, to protect the person or theirs.
	Withheld(ctx context.Context, from, person string) (bool, error)
	// SameHousehold tells whether two persons live together.
	SameHousehold(ctx context.Context, a, b string) (bool, error)
}

// Card is what an official reads off somebody's card.
type Card struct {
	Name   string
	Birth  kernel.Date
	Sex    string // "male" or "female"
	Region string // of residence, 5 digits
}

// Accounts finds people and the accounts that stand for them here.
type Accounts interface {
	// Represented gives a person as an actor without any role; who has no
	// account gets one that nobody can sign in to.
	Represented(ctx context.Context, by authz.Actor, person, name string) (authz.Actor, error)
	// PersonOf finds the person of a card that an official holds; Invalid when
	// it belongs to nobody.
	PersonOf(ctx context.Context, official authz.Actor, c Card) (string, error)
}

// Names puts ids into words for the pages.
type Names interface {
	Service(id string, l kernel.Lang) string
	Agency(id string, l kernel.Lang) string
	// Regions are the cities and districts that a card may name, by province.
	Regions(l kernel.Lang) []Region
}

// Region is a choice of a form.
type Region struct{ ID, Name string }

// Visit is help at a counter that goes on: an official fills in one application
// for the person who stands there, within an hour.
type Visit struct {
	ID      kernel.ID
	Agency  string
	Service string
	Ends    kernel.Time
}

// Counter knows the help at counters that goes on.
type Counter interface {
	Visits(ctx context.Context, actor authz.Actor) ([]Visit, error)
	// EndVisit ends it for the person whom it is about.
	EndVisit(ctx context.Context, actor authz.Actor, id kernel.ID) error
}
