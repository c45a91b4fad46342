// Package backup takes a backup of a Maru at work and comes back from it with
// nothing but the archive and the key file, as an operator would: by the
// commands of the program, into either engine. What it cannot come back from,
// a wrong key file or a changed archive, must be refused in clear words.
package backup
