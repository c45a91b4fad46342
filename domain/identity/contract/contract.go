// Package contract is what other domains may know of identity: its events.
// Events carry ids only, never who somebody is.
package contract

import "maru/kernel"

// RoleChanged tells that a role of an account began or ended. Events come in no
// promised order: who needs to know asks identity what holds now.
const RoleChanged = "identity.role_changed.v1"

// Role is the payload of RoleChanged.
type Role struct {
	Account kernel.ID `json:"account"`
	Role    string    `json:"role"`
	Agency  string    `json:"agency"` // "" for roles that are not bound to one
}

// SessionEnded tells that a session of an account was ended, by its owner or for
// their safety; sessions that merely ran out are not told of.
const SessionEnded = "identity.session_ended.v1"

// Session is the payload of SessionEnded.
type Session struct {
	Account kernel.ID `json:"account"`
	// Session is the one that ended; "" for all there were, because the password
	// was changed or the account was recovered: whatever acts for the account by
	// what it was given before may be a stranger's.
	Session kernel.ID `json:"session,omitempty"`
}

// Recovered tells that somebody came back into an account by a recovery code,
// or asks for it or got it back by showing anew who they are.
const Recovered = "identity.recovered.v1"

// Recovery is the payload of Recovered.
type Recovery struct {
	Account kernel.ID `json:"account"`
	Person  string    `json:"person"` // registry person, "" without proofing
	Way     string    `json:"way,omitempty"`
	Agency  string    `json:"agency,omitempty"` // of the counter
}

// Ways of a Recovery; "" is a recovery code.
const (
	WayAsked    = "asked"    // at a counter: an official saw somebody with the card; without Agency a mobile ID answered
	WayDeclined = "declined" // the second official did not recognise them
	WayRegained = "regained" // a new password was set, every other way in ended
)

// MeansChanged tells that a way to sign in was added to an account or changed.
const MeansChanged = "identity.means_changed.v1"

// Means is the payload of MeansChanged.
type Means struct {
	Account kernel.ID `json:"account"`
	What    string    `json:"what"`
}

// What can happen to ways to sign in.
const (
	PasskeyAdded    = "passkey_added"
	PasskeyRemoved  = "passkey_removed"
	PasskeySuspect  = "passkey_suspect" // there may be a copy of it
	AppAdded        = "app_added"
	AppRemoved      = "app_removed"
	CodesMade       = "codes_made" // recovery codes
	PasswordChanged = "password_changed"
	TokenMade       = "token_made"
	PersonLinked    = "person_linked" // whose mobile ID signs in from now on
)
