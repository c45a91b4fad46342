// Package contract is what other domains may know of life: its event.
package contract

import "maru/kernel"

// StepDue tells that the last day of a step comes near, to who asked to be
// reminded.
const StepDue = "life.step_due.v1"

// Due is the payload of StepDue.
type Due struct {
	Account kernel.ID   `json:"account"`
	Event   string      `json:"event"` // life event
	Step    string      `json:"step"`
	Last    kernel.Date `json:"last"`
}
