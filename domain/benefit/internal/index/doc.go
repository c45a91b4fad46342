// Package index decides all programmes of a law for one person at once. A set
// of verdicts is two bitmaps over the programmes; what thousands of programmes
// ask of one fact is one row of bits, found by the fact's value.
//
// How a law becomes an index, for one run:
//   - each programme's conditions are taken apart into clauses, all of which
//     must hold; a clause is an OR of literals. AND and OR are taken apart
//     through calls and NOT, which the three values allow;
//   - a literal that depends on one fact, whose values can be told apart by few
//     cuts, is tabulated: it is computed once for each span of values by package
//     closure, which alone knows what a rule means;
//   - a clause over one fact that is a date, a number or a region is a gate: one
//     row to AND. Other tabulated clauses lie in layers, at most one of a
//     programme in each: the rows of the layer's facts are ORed, and most are
//     empty, because most people are no foresters;
//   - what cannot be tabulated, or is asked by a handful of programmes, is
//     computed by package closure, each distinct clause once, and only while a
//     programme that asks it is still open;
//   - the gate with the most different clauses leads: programmes stand in its
//     order, so that a person's region leaves a few words of each bitmap, and
//     nothing else is looked at.
//
// Invariants: the verdicts are those of package closure; an Index never changes
// and serves any number of goroutines, a Scratch one at a time; deciding
// allocates nothing once a Scratch has seen its largest household.
package index
