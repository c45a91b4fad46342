// Package contract is what other domains may know of benefit: its event.
package contract

import "maru/kernel"

// Alerted tells that a person has something to hear about their benefits. What
// it is stands under the message's id, sealed; the event says nothing of it.
const Alerted = "benefit.alerted.v1"

// Alert is the payload of Alerted.
type Alert struct {
	Person  string    `json:"person"` // registry person
	Message kernel.ID `json:"message"`
	Kind    string    `json:"kind"` // one of the kinds below
}

// The kinds of alerts.
const (
	KindNew          = "alert"         // newly entitled, perhaps something lost too
	KindLost         = "lost"          // nothing but something lost
	KindSummary      = "summary"       // what the first look found
	KindConsentEnded = "consent_ended" // nobody looks any more
)
