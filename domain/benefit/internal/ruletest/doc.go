// Package ruletest draws random laws and random households for tests that hold
// the back ends of benefits against each other.
//
// A law is drawn as text in the notation of docs/benefit-rules.md, so that all of
// the way from the text to the verdict is tested; every operator and function of
// the notation can come up. Where the compiler refuses an expression, as one that
// could overflow, a plain one takes its place. The values of facts lie close to
// what rules ask for: birthdays, ends of months, 29 February, nought and limits.
//
// It is for tests alone.
package ruletest
