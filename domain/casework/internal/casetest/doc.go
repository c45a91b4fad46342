// Package casetest is a small world for casework's tests: five services, a few
// residents and officials, three offices, and everything that casework needs
// from others, kept in memory. It is for tests only.
package casetest
