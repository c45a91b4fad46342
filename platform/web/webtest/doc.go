// Package webtest holds what every page keeps (Check) and a small site for
// handler tests (New). It is for tests only.
package webtest
