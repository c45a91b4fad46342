// Package registry owns registers that a body keeps here itself, because it has
// no other system for them.
//
// Words: a register is what one body keeps under a code; its definition names
// the fields, which of them is the key, which must be unique and which holds
// the person's id in the civil register. A version is a definition under a
// label; the newest in force takes what is written. A record is one entry; its
// past is what it was before each change. A look is a reading with its purpose.
//
// Invariants:
//   - two operators put a version into force: one proposes, another confirms
//     (or declines) what they saw, by its hash; a version never changes
//     afterwards, and a later one keeps key, person, unique fields and the types
//     of fields, of all versions before. The body may change:
//     whoever keeps the register now keeps all of it, and the body before nothing;
//   - records are read and written by officials of the body that keeps the
//     register and by nobody else, operators neither; to everybody else
//     register and record are absent;
//   - a record's fields, now and past, are sealed. Of key, unique fields and
//     person a keyed hash stands beside them, for exact lookup. Everything else
//     is found by opening records one after the other, at most scanMost of them:
//     a hash of a first name would tell who knows how frequent names are;
//   - whoever reads or writes a record of a person stands in the audit log, a
//     row a record, in the transaction that reads or writes it, before anything
//     is shown; so is what an answer tells without showing anything: that there is
//     nothing of a person, that a known record has not what was guessed, that it
//     stands against a write (in a transaction of its own, the first being taken
//     back);
//   - nobody writes a record about themselves, and reading it is an act of office;
//   - looking through a register is a reading: no write waits for it;
//   - unique is unique: the index refuses the second of two at once;
//   - deleting takes the record with its past. That it was there is in the log.
//
// The person's id is kept as the body writes it and not looked up: a register
// may be kept where no civil register answers.
//
// Tables: registry_*. Events in and out: none. It must not know what services or
// applications are. Package govregistries is the GovStack Digital Registries
// block's interface over it.
package registry
