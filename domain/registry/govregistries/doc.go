// Package govregistries is the GovStack Digital Registries building block's
// interface (data API 1.4.0, database API 1.1.0) over registers: its words for
// our things.
//
// A database is a register, its id our number, its name the register's code; a
// database's schema is a definition. Paths are taken as the block's description
// spells them (updateEntries) and as its own suite does (update-entries); so are
// the names of parameters and of what /database/modify gets.
//
// Where the description leaves room, or asks for what is not done here:
//
//   - a value is looked for as a whole, letter by letter, and not by regular
//     expression: what is sealed cannot be searched otherwise, and a pattern
//     over a register would be a way to go through it;
//   - search with filter looks in that field, without in every field; filter
//     with ordering (ascending, descending) orders by it;
//   - DELETE of a record answers 204 whether it was there or not, and DELETE of
//     a database likewise "Success": what was asked for holds, so that a
//     repeated call is no error (RFC 9110, 9.2.2). The block's suite deletes a
//     record called "{id}" and expects no less;
//   - an update whose query means several records is 409; all of them are
//     changed by updateEntries;
//   - /database/modify proposes: another operator confirms, by /api/v1. A type
//     that JSON Schema does not know (the suite sends "some string") leaves the
//     field unchecked; a key is a text. Triggers and incrementing numbers are
//     left out: a key that is left empty is the record's own id;
//   - who read is told as body and program, never as a person or an account.
//
// The header Information-Mediator-Client is what the caller says it is. It is
// written to the log and opens nothing. Who calls is known by a bearer token:
// records are for officials of the body, databases for operators, and one's own
// readings for anybody proven, or for an auditor with the parameter purpose.
// The header Maru-Purpose names what a record is read for, "keep" without.
package govregistries
