// Package casework carries an application from the first answer to the
// outcome, driven by the service's definition in the pack.
//
// It owns applications and their parties, timelines, decisions, documents,
// objections and the officials' desk. Its words: a draft is an application
// that nobody but the applicant sees; submitting gives it a number, an agency
// in charge and a due date; an official assigns it, asks back (correction),
// transfers it (이송) or decides it; a decision that takes something away
// always carries law, reason, and the route and last day of objection.
//
// Invariants, held in every transaction:
//   - an application pins the pack version it began with;
//   - each citizen's act carries an idempotency key and applies once;
//   - status changes only along the arrows of flow.go;
//   - only officials of the agency in charge see a submitted case, never one
//     of their own household, and each look writes an audit row first;
//   - a rule may grant, never refuse, and rests on what registers bear out;
//   - what others confirmed does not change behind their back;
//   - a form that changed is not handed in unseen;
//   - answers, reasons and documents are sealed; the search index holds keyed
//     hashes of words, never the words (internal/words).
//
// Events out: see contract. Events in: none. Tables: casework_*.
//
// It must not decide who somebody is (identity), fetch from registers itself
// (mydata), know agencies' names (agency) or send messages (notice).
package casework
