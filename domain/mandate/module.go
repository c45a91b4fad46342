package mandate

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"maru/domain/mandate/internal/store"
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

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "mandate",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      s.pages,
		Operations: s.operations,
		Jobs: func(r *jobs.Runner) {
			r.Handle("mandate.purge", func(ctx context.Context, _ jobs.Job) error { return s.Purge(ctx) }, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
		Checks: []module.Check{{Name: "mandate.rows", Run: s.verify}},
	}
}
