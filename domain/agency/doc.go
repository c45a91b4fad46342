// Package agency owns who is in charge where: the bodies of government, the
// regions they cover and what became of those that ended. All of it is dated
// data of the active pack; there are no tables and no events.
//
// Words: a body is an office with an id that never changes; a type says how a
// body is found for a place; a region is a city, county or district; a region
// or body that ended leads to its successor.
//
// Invariants: routing is a function of rule, answers, facts and day, so the
// same application always goes the same way; what a code of yesterday means
// today is told by succession, never guessed from names. Moving a case to
// another body is an act of an official (casework), never done here.
package agency
