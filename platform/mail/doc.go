// Package mail hands short letters of plain text to a mail server (SMTP, RFC
// 5321) and says what became of them: taken, refused for good because of the
// address, or to be tried again.
//
// A letter says what machines must know of it: it was written by a program
// (Auto-Submitted, RFC 3834), and its Message-ID is the caller's own, so that a
// letter that is handed over twice can be recognised as one.
//
// The connection is encrypted (STARTTLS, or TLS from the start on port 465) or
// there is none, except to this machine. Errors name codes of the server, never
// an address: they are logged.
package mail
