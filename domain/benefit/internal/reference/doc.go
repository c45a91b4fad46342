// Package reference computes rules the slow and obvious way: it goes through the
// checked expressions as they are written, with exact fractions, and carries with
// every unknown value the set of the refs that it lacks. It is what the other
// back ends are measured against.
//
// Invariants: it shares nothing with the graph of package rule, not even its
// dates; of a law it uses the checked trees, the dictionary, the dated values and
// the records. Nothing is remembered between two places of a rule: each is
// computed where it stands, so it is no back end for people who wait.
package reference
