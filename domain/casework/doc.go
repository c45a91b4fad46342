// Package casework carries an application from the first answer to the
// outcome, driven by the service's definition in the pack.
//
// It owns applications and their parties, visits, timelines, decisions, documents,
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
//   - drafts of a bundle never say two things where they share a name, and are
//     handed in all together or not at all;
//   - a form that changed is not handed in unseen;
//   - answers, reasons and documents are sealed; the search index holds keyed
//     hashes of words, never the words (internal/words).
//
// How officials share the work: an agency's managers set up teams, each for some
// services or for all; a case comes to the queue of a team and is taken or dealt
// out. Every open case lies before exactly one official (who has it, or who acts
// for them while they are away) or among those that are nobody's; roster.go
// tells which. A colleague is handed a case and may decline it; whoever leaves
// gives back what they had, and an act that meets the leave is refused or comes
// first (leave.go). A proposal of theirs that waits for the second official
// stays valid: it was made in office. Comments are for colleagues of the office
// that wrote them. Before a limit breaks, those in charge are told (escalate.go).
//
// A decision may go through a line of colleagues before it stands (approval.go).
// One act on many cases is previewed, waits some minutes, and is then done case
// by case; nothing is taken away from people so (bulk.go). Another agency that
// is asked for its opinion sees what it was shown and nothing more (joint.go);
// an official who helps somebody at a counter never handles that case
// (assist.go). An inspection is what an official saw on the spot; its record
// may have been written without a connection (inspection.go). The office's
// clock stops and is extended for the reasons that the law names (clock.go,
// extend.go).
//
// Events out: see contract. Events in: identity.role_changed. Tables: casework_*.
//
// It must not decide who somebody is (identity), fetch from registers itself
// (mydata), know agencies' names (agency) or send messages (notice).
package casework
