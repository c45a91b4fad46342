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
	Mobile                   string // path, "" without a mobile ID
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

	// Asked tells that somebody asks for the account back, "" where nobody does.
	AskedTitle, Asked string
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
	Mobile   bool // a mobile ID can prove who it is
	Counter  bool // an official's
	Contacts bool // people are told by e-mail or text message too
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

// Left is what is left of the session.
type Left struct {
	Rest, Most kernel.Time
	Last       bool
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

// Card is what an official typed off a card.
type Card struct {
	Name, Sex, Region string
	Y, M, D           string
	Regions           []Option
}

// Proofing is the counter.
type Proofing struct {
	Agencies     []Option // to choose from, none when there is one
	Agency, Code string
	Card
}

// Recover is how far somebody is who gets an account back.
type Recover struct {
	Action         string // path
	Code           string // to show at the counter
	Ends           kernel.Time
	Asked, Stopped bool
	Open           bool // a password can be set now
	Numbered       bool // with a number from the counter
	Login          string
	NoLogin        bool // the account has none: choose one
	Typed          string
	Mobile         string // path, "" without a mobile ID
}

// CounterRecovery is the counter where accounts are given back.
type CounterRecovery struct {
	Waiting      []Waiting
	Agencies     []Option
	Agency, Code string
	Card
}

// Waiting is a person whom a second official has yet to see.
type Waiting struct {
	ID, Name, AskedBy string
	At, Used          kernel.Time
	Mine              bool
}

// CounterConfirm is the second official's page: the form, or the Number to read
// out.
type CounterConfirm struct {
	Waiting Waiting
	Number  string
	Card
}

// Mobile leads to a mobile ID.
type Mobile struct {
	Title string // message key
	Where string
	Demo  bool
}

// MobileBack has the answer of a mobile ID posted.
type MobileBack struct {
	Title, Action     string
	Challenge, Answer string
	For, Next, Kept   string
}

// TryOut is the mobile ID that the try-out plays.
type TryOut struct {
	Challenge, Back string
	People          []DemoPerson
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
