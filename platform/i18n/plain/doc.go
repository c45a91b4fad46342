// Package plain checks Korean texts for plain language: no office words where
// an everyday one exists, one idea a sentence, no double negatives, no orders
// dressed up as politeness. It finds, it does not grade: there is no accepted
// readability formula for Korean.
//
// Official names (기초생활수급자, 전입신고) are not findings: people must meet
// them; pages explain them once.
package plain
