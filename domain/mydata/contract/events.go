package contract

import "maru/kernel"

// Events of a consent.
const (
	Granted = "mydata.granted.v1"
	// Withdrawn: its person took it back, and what was kept because of it goes.
	Withdrawn = "mydata.withdrawn.v1"
)

// ConsentEvent is what both say. Whose consent it is, and for what, stands in
// the consent.
type ConsentEvent struct {
	Consent kernel.ID `json:"consent"`
}
