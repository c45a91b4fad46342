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
	Proven bool    // without a proven person only the account's own data shows
	Rows   [][]any // cells of the table
	Next   string  // older entries
}

// AccessRow is one entry as a row of the table.
func AccessRow(r *web.Request, at kernel.Time, actor, act, object, purpose string) []any {
	return []any{
		design.Cell{Text: i18n.DateTime(r.Lang, at), ISO: at.String()},
		design.Cell{Text: actor}, design.Cell{Text: act, Note: object}, design.Cell{Text: purpose},
	}
}
