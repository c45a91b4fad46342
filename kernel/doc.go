// Package kernel holds the words that every room of Maru shares: identifiers,
// instants and dates, money, languages, values of facts and answers, and the
// kinds of errors. It imports the standard library only and keeps no state.
package kernel
