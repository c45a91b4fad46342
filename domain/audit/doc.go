// Package audit owns the log of who did what to whose data: the one that
// anyone can verify.
//
// Words: an entry is what a domain hands to Append inside its own transaction,
// so that an act and its record stand or fall together. A row is the stored
// entry with a salt and a commitment, SHA-256(salt ‖ canonical row). The
// sequencer gives rows dense numbers and makes the commitments the leaves of a
// Merkle tree (RFC 6962 hashing, tiles of height 8); a checkpoint is the
// tree's size and root signed with the installation's own Ed25519 key.
//
// Invariants:
//   - a row is written in the transaction of its act, and costs one INSERT;
//   - one sequencer at a time: it holds a lease, and every batch checks the
//     lease's fencing token, so that a stalled holder cannot write late;
//   - sequence numbers are dense from 0; a chained row never changes, except
//     that erasing takes its salt and content and leaves the tree intact;
//   - whoever acts for somebody stands in the row: as its account, or, a program
//     that a person let act, at the end of the basis; people read the name;
//   - what is in the tree tells nothing about anybody: leaves are salted.
//
// The tree is public (Handler), a receipt proves one record to anybody
// (package proof), and witnesses of other bodies sign what they saw (package
// witness). While the log contradicts what was signed before, it chains nothing
// (Trouble).
//
// Verify recomputes every row and the whole tree, and names the row that was
// changed, deleted or inserted. Two things only a witness outside can prove:
// that rows not yet chained (seconds) were not removed, and that the newest
// days were not rolled back together with their checkpoints; so a checkpoint
// kept elsewhere can be handed to Verify.
//
// The subject of an entry is kept as a pseudonym (a hash of the registry
// person's id, or of the account's where nobody was proven): rows do not name a person beside what was done. It is no
// secret from somebody who holds the list of ids; the tables are.
//
// Tables: audit_row, audit_tile, audit_checkpoint, audit_lease, audit_key,
// audit_witness, audit_witnessed, audit_trouble.
// Every domain may call Append: it is the one act that crosses domains inside
// a transaction. This package must not import any other domain.
package audit
