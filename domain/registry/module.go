package registry

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"maru/domain/registry/internal/store"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's words.
func Messages() fs.FS { return messages }

// Migrations are the domain's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// keysKept is how long a repeated request is known.
const keysKept = 7 * 24 * time.Hour

// Purge forgets old keys of repeated requests.
func (s *Service) Purge(ctx context.Context) error {
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error { return store.Purge(tx, s.now().Add(-keysKept)) })
}

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "registry",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      s.pages,
		Operations: s.operations,
		Jobs: func(r *jobs.Runner) {
			r.Handle("registry.purge", func(ctx context.Context, _ jobs.Job) error { return s.Purge(ctx) }, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
		Checks: []module.Check{{Name: "registry.rows", Run: s.verify}},
	}
}
