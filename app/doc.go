// Package app is the composition root: it reads the configuration, opens the
// store, makes the domains, joins them with the adapters that let one call
// another, and runs the commands of the maru program. Nothing imports it but
// cmd/maru.
package app
