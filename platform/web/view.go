package web

import (
	"maru/kernel"
	"maru/platform/authz"
)

// View says what to render.
type View struct {
	Template string // name in the domain's Views
	Title    string // translated; the window's title, usually the h1's text
	Status   int    // 0: 200, or what Err's kind asks for
	Data     any    // .Data in the template, one struct a page
	Active   string // NavItem.Name that is current
	// Err is what was wrong with a posted form: the page shows the error
	// summary, its inputs find their message in .Errors, the title begins with
	// the word for error and the status is that of the kind (422).
	Err error
	// Secret pages mix secrets with what people sent: they are neither
	// compressed (BREACH) nor kept by any cache.
	Secret bool
	// Wide lets the page use the whole width, for desks with tables.
	Wide bool
}

// Model is what a template sees as its dot.
type Model struct {
	Data   any
	Errors Errors
	Lang   kernel.Lang
	Actor  authz.Actor
	Prefs  Prefs
	Path   string // of this page with its query, without language
	Demo   bool
}
