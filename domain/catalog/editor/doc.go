// Package editor lets officials change services in the browser: an editor
// works on a draft, the same check as `maru check` looks at it, a second
// person approves it, and from its date on it is part of a new version of the
// pack.
//
// Words: a draft holds the files of one service that differ from its base, the
// version it began with; work is a draft brought together with what came into
// force since; a collision is a part that both changed; a report is what the
// check says about a draft.
//
// Who may: a service that is decided by one body for the whole country belongs
// to the editors of that body, and another of them or an operator approves. A
// service that a body of every place decides is shared by all bodies of that
// type: the editors of each may draft, and an editor of another such body or
// an operator approves, so that no body alone changes what all work by. Who
// wrote or proposed a draft never approves it. Operators approve; they do not
// write.
//
// Invariants: a draft with errors is kept but not proposed; an approved draft
// makes a new version on top of the one in force on its date, checked again
// there, and every version that is to come later is renewed to hold it too, so
// that no approved change is lost; nobody writes over a revision they did not
// see.
//
// Tables: catalog_draft, catalog_draft_file, catalog_draft_act,
// catalog_change, catalog_folder.
package editor
