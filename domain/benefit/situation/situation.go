package situation

import "maru/kernel"

// Situation is a household on a day.
type Situation struct {
	// Date is the day for which is decided; KnownOn the day by whose knowledge
	// of the law, the zero date for all that is in store.
	Date, KnownOn kernel.Date
	// Household are its facts by id. Money is whole won.
	Household map[string]kernel.Value
	// Members is the complete list of the household, the head first.
	Members []Member
}

// Member is one person of the household.
type Member struct {
	ID    string
	Facts map[string]kernel.Value
}

// RelationFact is the fact that says what a member is to the head. Of the head
// it is RelationHead, whatever is recorded.
const (
	RelationFact = "relation_to_head"
	RelationHead = "head"
)

// householdRef stands before the facts of the household in refs, so no member
// can bear it as an id.
const householdRef = "household"

// HouseholdRef is the ref of a fact of the household.
func HouseholdRef(fact string) string { return householdRef + "." + fact }

// Ref is the ref of a fact of the member.
func (m Member) Ref(fact string) string { return m.ID + "." + fact }
