package app

import (
	"fmt"

	"maru/platform/authz"
	"maru/platform/clock"
)

type logCmd struct {
	Key     logKeyCmd     `cmd:"" help:"Print the key that receipts and checkpoints of the log are checked with."`
	Recover logRecoverCmd `cmd:"" help:"Go on after a lawful return to an older copy, under a new origin. Recorded."`
}

type logKeyCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
}

// Run prints the key.
func (c *logKeyCmd) Run(r *run) error {
	c.demo = c.Try
	a, err := Open(r.ctx, c.Config, clock.System(), c.logger())
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // it was only read
	_, key, err := a.audit.Checkpoint(r.ctx)
	if err != nil {
		return err
	}
	if key == "" {
		return fmt.Errorf("the log is empty and has no key yet")
	}
	_, err = fmt.Fprintln(r.stdout, key)
	return err
}

type logRecoverCmd struct {
	Config    `embed:""`
	worldFlag `embed:""`
	Reason    string `required:"" help:"What happened. It stands in the log for good." placeholder:"TEXT"`
}

// Run lets the log go on.
func (c *logRecoverCmd) Run(r *run) error {
	c.demo = c.Try
	a, err := Open(r.ctx, c.Config, clock.System(), c.logger())
	if err != nil {
		return err
	}
	defer a.Close() //nolint:errcheck // what was done is durable
	origin, err := a.audit.Recover(r.ctx, authz.Actor{System: "maru log recover"}, c.Reason)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.stdout, "the log goes on as %s; tell its witnesses the new key (maru log key)\n", origin)
	return err
}
