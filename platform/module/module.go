// Package module is the shape in which a domain hands itself to the
// composition root: everything the program must know of it, and nothing else.
package module

import (
	"context"
	"io/fs"

	"maru/platform/api"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
	"maru/platform/web"
)

// Module is one domain, ready to be joined to the program. Parts a domain has
// no use for stay nil.
type Module struct {
	Name       string
	Migrations store.Migrations
	Messages   fs.FS              // messages.ko.json and messages.en.json at its root
	Pages      func(*web.Server)  // adds rows to the route table
	Operations func(*api.API)     // adds operations of /api/v1
	Jobs       func(*jobs.Runner) // handlers, before the runner starts
	Subscribe  func(*events.Bus)  // subscriptions, before the runner starts
	Checks     []Check            // invariants that `maru verify` tests
}

// Check tests one invariant of a domain against the store.
type Check struct {
	Name string // "audit.tree"
	Run  func(ctx context.Context) error
}
