// Package contract is what other domains may know of casework: its events.
// Events carry ids and codes only, never what people wrote.
package contract

import "maru/kernel"

// The events, in the order of a case's life.
const (
	SignatureAsked   = "casework.signature_asked.v1"
	Submitted        = "casework.submitted.v1"
	CorrectionAsked  = "casework.correction_asked.v1"
	CorrectionGiven  = "casework.correction_given.v1"
	ClockStopped     = "casework.clock_stopped.v1"
	ClockStarted     = "casework.clock_started.v1"
	Extended         = "casework.extended.v1"
	ExtensionAsked   = "casework.extension_asked.v1"
	Transferred      = "casework.transferred.v1"
	Decided          = "casework.decided.v1"
	Withdrawn        = "casework.withdrawn.v1"
	ObjectionLodged  = "casework.objection_lodged.v1"
	ObjectionDecided = "casework.objection_decided.v1"
	VisitChanged     = "casework.visit_changed.v1" // Code: booked, moved, cancelled, released, tomorrow; Due: when it is or was
	Refunded         = "casework.refunded.v1"

	SignatureDeclined = "casework.signature_declined.v1"
	// SignatureReminder goes to the person asked, or to the applicant where only
	// their name is known.
	SignatureReminder  = "casework.signature_reminder.v1"
	CorrectionReminder = "casework.correction_reminder.v1"
)

// All lists the events, for subscribers that take every one.
var All = []string{SignatureAsked, Submitted, CorrectionAsked, CorrectionGiven, ClockStopped, ClockStarted, Extended, ExtensionAsked, Transferred, Decided, Withdrawn, ObjectionLodged, ObjectionDecided,
	VisitChanged, Refunded, SignatureDeclined, SignatureReminder, CorrectionReminder}

// Event is the payload of every casework event.
type Event struct {
	Application kernel.ID `json:"application"`
	Number      string    `json:"number"`
	Service     string    `json:"service"`
	Pack        string    `json:"pack"`
	Agency      string    `json:"agency"`
	Account     kernel.ID `json:"account"`  // whom to tell
	Person      string    `json:"person"`   // registry person of that account, may be ""
	Decision    string    `json:"decision"` // for Decided and ObjectionDecided
	Document    string    `json:"document"` // number of the outcome document, may be ""
	// Due is when the office has to act; for CorrectionAsked and its reminder
	// when the answer is wanted, for VisitChanged when the visit is.
	Due  kernel.Time `json:"due"`
	Code string      `json:"code"` // for SignatureAsked and its reminder: the party's id
}
