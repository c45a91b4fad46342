package contract

import "maru/kernel"

// Withdrawn is the event of a consent that its person took back: what was kept
// because of it goes.
const Withdrawn = "mydata.withdrawn"

// WithdrawnData is what Withdrawn says. Whose consent it was, and for what,
// stands in the consent: an event names no person.
type WithdrawnData struct {
	Consent kernel.ID `json:"consent"`
}
