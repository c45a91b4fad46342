// Package web holds identity's pages: templates and what they show.
package web

import (
	"embed"

	"maru/design"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

// Views are the domain's templates.
var Views = web.NewViews(files)

// What the partials list, under names of this package: the handlers stand
// outside it and do not import the design system.
type (
	Row    = design.Row
	Option = design.Option
)

// SignIn is the sign-in page. Next and Kept travel along: where to go, and a
// form that waits for its owner.
type SignIn struct {
	Login, Next, Kept string
	Demo              string // path of the try-out sign-in, "" outside
	Passkey           Passkey
}

// Passkey is a form that an authenticator fills. Without script it is not
// there.
type Passkey struct {
	Host       string // under which passkeys work; "" for none
	Options    string // path of what the browser needs to ask the authenticator
	Action     string // path of the answer
	Next, Kept string
	Create     bool // a new one, with Name
	Name       string
	Text       string // of the button
	Wrong      string // with the name
	Secondary  bool
}

// Second asks for the second factor of a sign-in.
type Second struct {
	Pending, Next, Kept string
	Code, Recovery      bool // what the account has
	Passkey             Passkey
	HasPasskey          bool
}

// Confirm asks who sits there, again.
type Confirm struct {
	Next, Kept               string
	Code, Recovery, Password bool
	HasPasskey               bool
	Passkey                  Passkey
}

// Keys are the ways to sign in.
type Keys struct {
	Passkeys []Key
	Host     string // "" where there are no passkeys
	TOTP     bool
	Codes    string // recovery codes left
	HasCodes bool
	Second   bool // there is a second factor
	Cooling  kernel.Time
	Staff    bool // must have a passkey
	Urge     bool
	Password bool
	Demo     bool
}

// Key is a passkey.
type Key struct {
	ID, Name      string
	Synced        bool
	Suspect       bool
	Created, Used kernel.Time
}

// AppCodes is a secret for an app, shown once.
type AppCodes struct {
	Secret, Address string
	Code            string // the picture, as the path of an SVG
	Size            int
}

// Codes are recovery codes, shown once.
type Codes struct{ Codes []string }

// NewAccount is the page of register and set-up.
type NewAccount struct {
	Action      string // path
	Login, Name string
	First       bool // set-up of the first operator
	Operator    bool
}

// Account is one's own account.
type Account struct {
	Rows     []Row
	Resident bool
	Proven   bool
	Password bool // there is one to change
	Code     string
	CodeEnds kernel.Time
	Sessions []Session
	Tokens   []Token
	Secret   string // of the token just made
	Name     string // as typed for a new token
	Days     string
	Scopes   []Option
	Chosen   []string
}

// Session is a signed-in browser.
type Session struct {
	ID, Agent   string
	Since, Seen kernel.Time
	This        bool
}

// Token is an API token.
type Token struct {
	ID, Name, Scopes string
	Ends             kernel.Time
}

// Roles is the administration of roles.
type Roles struct {
	Link        string // of the invitation just made, whole
	Second      bool   // it makes the second operator
	Asked, Held []Grant
	Roles       []Option
	Agencies    []Option
	Name        string // as typed
	Login, Role string
	Agency, Why string
	Y, M, D     string
}

// Grant is a role asked for or held.
type Grant struct {
	ID         string
	Rows       []Row
	Title      string
	MayApprove bool
}

// Proofing is the counter.
type Proofing struct {
	Agencies           []Option // to choose from, none when there is one
	Regions            []Option
	Agency, Code, Name string
	Sex, Region        string
	Y, M, D            string
}

// Demo is the try-out sign-in.
type Demo struct {
	Next, Kept string
	Groups     []DemoGroup
}

// DemoGroup are people of one role: a button each, or one list to choose from
// where they are many.
type DemoGroup struct {
	ID, Title, Text string
	People          []DemoPerson
	Choice          []Option
}

// DemoPerson is somebody to be.
type DemoPerson struct{ ID, Name, Situation string }

// With is the form with what was wrong with the name.
func (p Passkey) With(wrong string) Passkey {
	p.Wrong = wrong
	return p
}
