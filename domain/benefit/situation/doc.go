// Package situation is what goes into the computing of benefits and what comes
// out, the same for every back end.
//
// Words: a situation is a household on a day, with what is known of it; a fact
// that is absent is unknown, never zero or no; a ref names one fact of one
// member or of the household; a verdict is what a programme decides: yes, no or
// unknown, with the amount and the refs that are missing; the roll-up is the
// verdict of a programme of persons for the household as a whole; arrears are
// what is owed for months gone by.
//
// Invariants: a value outside its type is an error, never unknown; the first
// member is the head; Missing is sorted by code point, without repeats and never
// nil.
//
// It must not decide anything that stands in a rule.
package situation
