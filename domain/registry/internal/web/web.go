// Package web holds registry's pages: templates and what they show.
package web

import (
	"embed"

	"maru/design"
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
	Cell   = design.Cell
	Option = design.Option
)

// List is the page of a body's registers.
type List struct{ Rows [][]Cell }

// One is a register and the form that looks up a record in it.
type One struct {
	Code, Name string
	Rows       []Row    // what the register is
	Fields     [][]Cell // what it holds
	KeyLabel   string
	Key        string // as typed
	Purposes   []Option
	Purpose    string
	Record     *Record
	Missing    bool // looked for and not found
}

// Record is the one that was found.
type Record struct {
	Key  string
	Rows []Row
}
