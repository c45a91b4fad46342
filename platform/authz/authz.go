// Package authz holds who acts: the actor of a request, the roles there are
// and what each may do. It knows no domain; identity fills it in, every other
// room reads it.
package authz

import (
	"slices"

	"maru/kernel"
)

// Role is a set of powers. Roles are granted by two people (identity).
type Role string

// The roles. A resident is an account without any of them.
const (
	Resident Role = "resident"
	Official Role = "official" // decides cases of one agency
	Editor   Role = "editor"   // edits the services of one agency
	Manager  Role = "manager"  // sets up the desk of one agency: its teams; sees no case
	Operator Role = "operator" // runs the installation; sees no case
	Auditor  Role = "auditor"  // reads the log, with a purpose
)

// Scopes of API tokens. A session has them all.
const (
	ScopeApplications = "applications" // own applications, consents, notices, access log
	ScopeDesk         = "desk"         // the desk of the official's agency
	ScopeAdmin        = "admin"        // roles and packs
)

// Scopes of the tools for assistants. Only apps have them, by a person's consent.
const (
	ScopeToolStatus   = "assistant.status"   // how one's own applications stand
	ScopeToolBenefits = "assistant.benefits" // what one is entitled to
	ScopeToolForms    = "assistant.forms"    // forms that only the person can open
)

// Grant is one role, for one agency where the role is bound to one.
type Grant struct {
	Role   Role
	Agency string
}

// Actor is who acts in a request. The zero Actor is an anonymous visitor.
type Actor struct {
	Account kernel.ID // "" for a visitor
	Person  string    // registry person the account is proven to be, "" without proofing
	Name    string    // for greeting on pages; never logged
	Grants  []Grant
	Token   bool     // came by API token, not by session
	Scopes  []string // of the token
	Session kernel.ID
	// App is the registered program that acts for this person by their consent,
	// "" where they act themselves. Logs and messages name it.
	App   string
	Proof Proof // how the session was proven, or the sign-in behind an app's consent; zero for tokens that people made
	// System is set for acts of the program itself (rule decisions, jobs);
	// it names the rule or job.
	System string
	// Helper is set while somebody else acts for this person: an official at a
	// counter where the person stands, or whoever a mandate, the law or a court
	// lets act. The data is this person's; logs and timelines name the helper.
	Helper Helper
}

// Proof is how somebody proved who they are.
type Proof struct {
	Level   int         // authenticator assurance level (NIST SP 800-63B-4): 1 or 2
	Methods []string    // of the last time, in words of RFC 8176 where it has one
	At      kernel.Time // the last time
	Since   kernel.Time // when what was used came to the account
}

// SignedIn tells whether the actor is known.
func (a Actor) SignedIn() bool { return a.Account != "" }

// Proven tells whether the account is linked to a person in a registry.
func (a Actor) Proven() bool { return a.Person != "" }

// Has tells whether the actor holds role in any agency.
func (a Actor) Has(role Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role })
}

// HasIn tells whether the actor holds role for this agency.
func (a Actor) HasIn(role Role, agency string) bool {
	return slices.Contains(a.Grants, Grant{Role: role, Agency: agency})
}

// Agencies lists where the actor holds role.
func (a Actor) Agencies(role Role) []string {
	var out []string
	for _, g := range a.Grants {
		if g.Role == role {
			out = append(out, g.Agency)
		}
	}
	return out
}

// Allows tells whether the actor's token (if any) covers scope.
func (a Actor) Allows(scope string) bool {
	return !a.Token || slices.Contains(a.Scopes, scope)
}

// Staff tells whether the actor works for the government here.
func (a Actor) Staff() bool {
	return a.Has(Official) || a.Has(Editor) || a.Has(Manager) || a.Has(Operator) || a.Has(Auditor)
}

// Require returns Unauthorized for visitors and Forbidden where the token's
// scopes do not cover scope.
func (a Actor) Require(scope string) error {
	if !a.SignedIn() {
		return kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	}
	if scope != ScopeApplications && a.OnBehalf() {
		return a.Alone()
	}
	if !a.Allows(scope) {
		return kernel.E(kernel.Forbidden, "error.scope", nil).With("scope", scope)
	}
	return nil
}
