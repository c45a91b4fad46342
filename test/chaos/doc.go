// Package chaos breaks a running Maru on purpose and looks at what is left: it
// kills the program in the middle of work, watches its system calls, and has
// one command open the other's database. It runs the real program, built once.
package chaos
