// Package wire is what the exchange and a source say to each other: a query
// and an answer, each one signed message (package jws).
//
// A query names the call, the person, the demand it rests on, its legal basis
// and the fields asked for. An answer names the query by the hash of its signed
// text: an answer to one question can never be shown as that to another, which
// makes a replay worthless. A source that refuses says on which ground of
// article 35 paragraph 4 of the Personal Information Protection Act, to which
// article 43-2 paragraph 4 of the Electronic Government Act and article 10-2
// paragraph 2 of the Civil Petitions Act refer.
package wire
