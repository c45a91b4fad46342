package design

// The items that partials list. Templates may also build them with dict under
// the same names.

// Option is one choice of radios, checkboxes or a select.
type Option struct {
	Value, Label, Hint string
	Divider            bool // a line "또는" before it
}

// Row is one line of a summary list. Value is text or safe HTML.
type Row struct {
	ID     string // where a line of the error summary leads, if one may
	Key    string
	Value  any
	Note   string // small print below the value: source and date
	Href   string // where to change it, with language prefix
	Action string // what the link says, "바꾸기" when empty
}

// Task is one line of a task list. Without Href it cannot be done yet.
type Task struct {
	Text, Hint, Href string
	Status           string // translated
	Tone             string // of the status tag
}

// Step is one of the steps that lead somewhere.
type Step struct {
	Text  string
	State string // "done", "current" or "" for still to come
	Href  string
}

// Event is one entry of a timeline, newest first.
type Event struct {
	Title, By, Text string
	At, ISO         string // for people, for machines
	Tone            string
	Href, Link      string
}

// Card leads to one thing.
type Card struct {
	Title, Text, Href string
	Icon              string
	Meta              string // small line: agency, time, fee
	Tag, Tone         string
}

// Cell is a table cell that is more than text.
type Cell struct {
	Text      string
	Href      string
	Tag, Tone string
	Note      string
	ISO       string // marks the text as a time
}

// Stat is one figure of a desk or dashboard.
type Stat struct {
	Key, Value, Href, Tone string
}
