// Package contract is what other domains may know of mandates: their event.
package contract

import "maru/kernel"

// Changed tells a person that a mandate which they gave, or under which they
// may act, began or ended.
const Changed = "mandate.changed.v1"

// What became of a mandate.
const (
	Accepted   = "accepted"   // to the principal: who was named has accepted
	Ordered    = "ordered"    // to both: an official registered an order of a court
	Ended      = "ended"      // to both: it holds no more
	Mismatched = "mismatched" // to the principal: somebody else tried the code
)

// Change is the payload of Changed.
type Change struct {
	Mandate kernel.ID `json:"mandate"`
	Person  string    `json:"person"` // who is told
	What    string    `json:"what"`
}
