// Package contract is what other domains may know of mydata: what a fact, a
// member of a household and a consent look like.
package contract

import "maru/kernel"

// Fact is one value with where it comes from.
type Fact struct {
	Value kernel.Value // unknown where the register holds nothing
	// AsOf is the day on which the register held the value.
	AsOf kernel.Date
	// Registry is the source as the fact dictionary names it, such as
	// "resident register".
	Registry string
}

// Member is one person of a household or family.
type Member struct {
	Person string
	Name   string
	// Relation in a household is that to its head (head spouse child parent
	// grandchild other); in a family that to the person asked about (spouse
	// parent child).
	Relation string
}

// Consent is one agreement to move one bundle of facts for one service.
type Consent struct {
	ID      kernel.ID
	Person  string
	Account kernel.ID // who gave it: the person, or the guardian of a minor
	Service string
	Pack    string   // version of the service's definition that was agreed to
	Items   []string // fact ids, and ItemHousehold or ItemFamily
	Purpose string   // message key
	// Recipient is the type of agency that receives the facts.
	Recipient string
	// KeptYears is how long the agency keeps them with a case.
	KeptYears int
	GivenAt   kernel.Time
	ExpiresAt kernel.Time // no reading from here on
	EndedAt   kernel.Time // zero while it stands
	Ended     string      // how it ended: "withdrawn", "expired", or "replaced" by a newer one
	// Sensitive are those of the items that the fact dictionary calls sensitive
	// and that the person agreed to by an act of its own (Personal Information
	// Protection Act art. 23(1)1); Declined are those that were on offer and left
	// out.
	Sensitive []string
	Declined  []string
}

// Items of a consent that are no facts: who lives in the household, and who
// belongs to the family.
const (
	ItemHousehold = "household_members"
	ItemFamily    = "family_members"
)

// Active tells whether the consent permits reading at now.
func (c Consent) Active(now kernel.Time) bool {
	return c.EndedAt.IsZero() && now < c.ExpiresAt
}
