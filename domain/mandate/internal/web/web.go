// Package web holds mandate's pages: templates and what they show.
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

// List is the page of all mandates of one person.
type List struct {
	Proven   bool
	Children []Child
	Held     []Entry
	Given    []Entry
	Visits   []Visit
	Past     []Entry
}

// Child is a minor for whom the law lets somebody act.
type Child struct {
	Person, Name string
	Until        kernel.Time
}

// Household is the page of whose register papers somebody may apply for.
type Household struct{ Mates []Mate }

// Mate is somebody of the same household.
type Mate struct{ Person, Name string }

// Entry is a mandate in a list.
type Entry struct {
	ID, Name, Theme, Basis, State, Tone string
	Last                                kernel.Date
	Mine                                bool // the reader is the principal
}

// Visit is help at a counter that goes on.
type Visit struct {
	ID, Agency, Service string
	Ends                kernel.Time
}

// One is a single mandate.
type One struct {
	Entry
	Code     string // to hand on, "" when there is none
	CodeEnds kernel.Time
	Rows     []Row
	Actions  []string
	Services []string
	MayEnd   bool
	MayAct   bool
	Why      string // why it cannot be ended here, translated
}

// New is the form in which somebody gives a mandate.
type New struct {
	Key, Name, Theme             string
	Y, M, D, LastY, LastM, LastD string
	Themes                       []Option
}

// Accept is the form for a code, and the offer that it belongs to.
type Accept struct {
	Code  string
	Offer *One
}

// Orders is the counter where orders of courts are registered.
type Orders struct {
	Key      string
	Orders   []Order
	Regions  []Option
	Kinds    []Option
	Themes   []Option
	Chosen   []string // of them
	Typed    map[string]string
	Agencies []Option
}

// Order is one of them.
type Order struct {
	One
	MayConfirm bool
	Waits      bool
}
