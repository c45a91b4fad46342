// Package durable puts files in place as a whole. A file that is written here
// appears under its name only when all of it is on the disk, and its name with
// it: a crash leaves what stood there before or what is new, never half of it.
package durable
