// Package measure is `maru bench benefit`: how fast one household, one person
// against thousands of programmes, and a whole country are decided, beside the
// floor of the same run, and that the fast ways agree with the slow one.
//
// The catalogue of thousands of programmes and the population are made up; the
// programmes of the pack are among them and are the real law.
package measure
