// Package assistant asks the whole program for the tools of assistants with the
// client of the official SDK, over HTTP and the standard streams, as a friend and
// as a stranger.
package assistant
