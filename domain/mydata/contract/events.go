package contract

import "maru/kernel"

// Events.
const (
	// Changed: a register changed what it holds about a person. The event says
	// what kind of fact it was, never its value.
	Changed = "mydata.changed.v1"
	// Granted: somebody gave a consent.
	Granted = "mydata.granted.v1"
	// Withdrawn: its person took it back, and what was kept because of it goes.
	Withdrawn = "mydata.withdrawn.v1"
	// Expired: its time was over, and what was kept because of it goes as well.
	Expired = "mydata.expired.v1"
	// Replaced: its person gave another consent to other items in its place.
	Replaced = "mydata.replaced.v1"
	// Narrowed: its person took back the sensitive part alone. The event names the
	// consent that stands from then on.
	Narrowed = "mydata.narrowed.v1"
)

// Change is the payload of Changed.
type Change struct {
	Person string `json:"person"` // registry person
	What   string `json:"what"`   // address, household or birth
}

// ConsentEvent is the payload of the others. Whose consent it is, and for what,
// stands in the consent.
type ConsentEvent struct {
	Consent kernel.ID `json:"consent"`
}
