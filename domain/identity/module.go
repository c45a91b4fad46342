package identity

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"maru/platform/jobs"
	"maru/platform/module"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// Module hands the domain to the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "identity",
		Migrations: Migrations(),
		Messages:   Messages(),
		Pages:      s.pages,
		Operations: s.operations,
		Jobs: func(r *jobs.Runner) {
			r.Handle("identity.purge", func(ctx context.Context, _ jobs.Job) error { return s.purge(ctx) }, jobs.Options{Every: time.Hour})
		},
	}
}
