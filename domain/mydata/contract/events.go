package contract

import "maru/kernel"

// Events of a consent.
const (
	Granted = "mydata.granted.v1"
	// Withdrawn: its person took it back, and what was kept because of it goes.
	Withdrawn = "mydata.withdrawn.v1"
	// Expired: its time was over, and what was kept because of it goes as well.
	Expired = "mydata.expired.v1"
	// Narrowed: its person took back the sensitive part alone. The event names the
	// consent that stands from then on.
	Narrowed = "mydata.narrowed.v1"
)

// ConsentEvent is what they all say. Whose consent it is, and for what, stands in
// the consent.
type ConsentEvent struct {
	Consent kernel.ID `json:"consent"`
}
