// Package web holds the templates of the exchange's pages and what they show.
package web

import (
	"embed"

	"maru/design"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

// Views are the exchange's templates.
var Views = web.NewViews(files)

// Row is one line of a summary list, in its keys.
type Row = map[string]any

// RowOf is a line that says something and leads nowhere.
func RowOf(key, value, note string) Row {
	return Row{"ID": "", "Key": key, "Value": value, "Note": note, "Href": "", "Action": ""}
}

// Choice is a bundle that can be asked for.
type Choice struct{ Title, Summary, Href string }

// ListPage is what one can ask for and what one did.
type ListPage struct {
	Proven  bool
	Choices []Choice
	Demands []DemandRow
}

// DemandRow is one demand in the list.
type DemandRow struct {
	Title, Href string
	SignedAt    kernel.Time
	State       string // message key
	Tone        string
	Note        string
}

// AskPage is a demand before it is signed.
type AskPage struct {
	Bundle, Version, Key string
	Title, Summary       string
	Rows                 []Row           // what the demand says
	Fields               []Row           // by source
	Every                []design.Option // periods; none where only once makes sense
	EveryChosen          string
	Months               []design.Option
	MonthsChosen         string
}

// DemandPage is a demand and what came of it.
type DemandPage struct {
	ID        string
	Title     string
	State     string // message key
	Tone      string
	Waiting   []string // names of the silent sources
	NextAt    kernel.Time
	Standing  bool // can be taken back
	Rows      []Row
	Transfers []TransferView
	Apply     string // where the data goes on, "" for nowhere
	ApplyText string
}

// TransferView is one transfer.
type TransferView struct {
	ID      string
	BegunAt kernel.Time
	Label   string
	Calls   []Row
	Take    string // page with the data, "" while there is none
	Receipt string // where the receipt is, "" while there is none
	Gone    bool   // it was deleted
}

// DataPage is what arrived.
type DataPage struct {
	Back  string
	Title string
	Rows  []Row
	File  string
}

// SourcesPage is the try-out's switchboard of registers.
type SourcesPage struct {
	Sources []design.Option
	Rows    []Row // those that do not just answer
}
