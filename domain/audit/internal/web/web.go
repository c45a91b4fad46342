// Package web holds the log's page.
package web

import (
	"embed"

	"maru/design"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

// Views are the log's templates.
var Views = web.NewViews(files)

// AccessPage is "who looked at my data".
type AccessPage struct {
	Proven bool // without a proven person only the account's own data shows
	Events []design.Event
	Next   string // older entries
	// What was asked for of it.
	What     string
	From, To kernel.Date
	Filtered bool
}

// AccessEvent is one entry as people read it: what, when and by whom, what for
// and about what, and where its proof is.
func AccessEvent(r *web.Request, id kernel.ID, at kernel.Time, actor, act, object, purpose string) design.Event {
	if object != "" {
		purpose += " · " + object
	}
	return design.Event{Title: act, At: i18n.DateTime(r.Lang, at), ISO: at.String(), By: actor, Text: purpose,
		Href: r.Link("/access-log/" + string(id) + "/receipt"), Link: r.T("audit.receipt.link")}
}

// ProofPage is where anybody checks a receipt.
type ProofPage struct {
	Pasted string
	Done   *Proof // what the receipt proves, nil before one was handed in
	Key    string // the log's public key, "" while the log is empty
}

// Proof is a receipt that holds.
type Proof struct {
	Event         design.Event
	Place, Origin string
	Witnesses     []string
}

// SearchPage is the auditors' search.
type SearchPage struct {
	From, To                                       kernel.Date
	Purpose, Act, Agency, Account, Object, Subject string
	Asked                                          bool
	Rows                                           [][]any // cells of the table
	Next                                           string
}

// SearchRow is a row of what an auditor found.
func SearchRow(r *web.Request, at kernel.Time, actor, act, object, purpose, basis string) []any {
	return []any{design.Cell{Text: i18n.DateTime(r.Lang, at), ISO: at.String()}, actor, act, object, purpose, basis}
}
