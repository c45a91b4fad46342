// Package web holds authority's pages: templates and what they show.
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

// What the partials list, under names of this package.
type (
	Row    = design.Row
	Option = design.Option
)

// Scope is something that a program may do.
type Scope struct{ Name, Text string }

// Consent asks a person whether a program may act for them.
type Consent struct {
	Action, Seal          string
	Client, Purpose, Body string
	Where                 string // host that the answer leads to
	Person                string // who is signed in
	Known                 bool   // agreed before
	Scopes                []Scope
}

// Wrong is a request that no program of ours sent.
type Wrong struct{ Code, Text string }

// Leave asks whether to sign out.
type Leave struct {
	Action, Client, Person string
	Hidden                 []Hidden
}

// Hidden travels along with a form.
type Hidden struct{ Name, Value string }

// Apps are the programs that a person has connected.
type Apps struct{ Apps []App }

// App is one of them.
type App struct {
	ID, Name, Purpose, Body string
	Since                   kernel.Time
	Scopes                  []Scope
}

// Clients is the administration of programs.
type Clients struct {
	Asked, Held []Client
	Agencies    []Option
	AllScopes   []Option
	Kinds       []Option

	// As typed.
	NameKO, NameEN, PurposeKO, PurposeEN string
	Agency, Kind, Keys                   string
	Redirects, Logouts, Backchannel      string
	Reason                               string
	Chosen                               []string
	Loose, Signed                        bool
}

// Client is a program asked for or registered.
type Client struct {
	ID, Name   string
	Rows       []Row
	MayApprove bool
}
