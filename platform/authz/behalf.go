package authz

import (
	"slices"

	"maru/kernel"
)

// The actions that a mandate may name. What has no name here, nobody does for
// somebody else.
const (
	ReadApplications    = "applications.read"
	PrepareApplications = "applications.prepare" // drafts
	SubmitApplications  = "applications.submit"  // hand in, pay, correct, withdraw, object
	GiveConsent         = "consents.give"        // for an application of a covered service
	ReadConsents        = "consents.read"
	WithdrawConsent     = "consents.withdraw"
	ReadNotices         = "notices.read"
)

// Actions lists them.
var Actions = []string{ReadApplications, PrepareApplications, SubmitApplications, GiveConsent, ReadConsents, WithdrawConsent, ReadNotices}

// Helper is who acts for somebody else. There is one such mechanism for all
// bases, so that no log can forget who it really was.
type Helper struct {
	Account kernel.ID
	Agency  string // of an official at a counter, "" for everybody else
	Name    string // for pages; never logged
	// Mandate is under which the helper acts, "" at a counter. What it reaches
	// are these Actions on these Services and nothing else.
	Mandate  kernel.ID
	Basis    string // law, order, register, mandate
	Actions  []string
	Services []string
	// Law is the article by which registers may be read for this without the
	// person's consent, "" where consent is needed as it is of everybody.
	Law string
	// Own keeps the helper to applications that they began themselves.
	Own bool
}

// Assisted tells whether an official at a counter acts for the person.
func (a Actor) Assisted() bool { return a.Helper.Account != "" && a.Helper.Mandate == "" }

// Mandated tells whether somebody acts for the person under a mandate.
func (a Actor) Mandated() bool { return a.Helper.Mandate != "" }

// OnBehalf tells whether it is not the person who acts.
func (a Actor) OnBehalf() bool { return a.Helper.Account != "" }

// Can tells whether the actor may do this: people may do anything of their own,
// whoever acts under a mandate only what it names. The answer has no reason.
func (a Actor) Can(action string) bool {
	return !a.Mandated() || slices.Contains(a.Helper.Actions, action)
}

// Covers tells whether the actor may have to do with this public service.
func (a Actor) Covers(service string) bool {
	return !a.Mandated() || slices.Contains(a.Helper.Services, service)
}

// Alone refuses whoever acts for somebody else: ways to sign in, roles, tokens,
// mandates and what a wallet holds are nobody's to change for another person.
func (a Actor) Alone() error {
	if a.OnBehalf() {
		return kernel.E(kernel.Forbidden, "error.acting", nil)
	}
	return nil
}
