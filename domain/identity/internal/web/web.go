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
}

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
