package notice

import (
	"context"
	"embed"
	"io/fs"
	"time"

	internalapi "maru/domain/notice/internal/api"
	"maru/domain/notice/internal/store"
	internalweb "maru/domain/notice/internal/web"
	"maru/platform/api"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	"maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the inbox's words.
func Messages() fs.FS { return messages }

// Migrations are the inbox's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "notice",
		Migrations: Migrations(),
		Messages:   Messages(),
		Pages: func(srv *web.Server) {
			internalweb.Register(srv, s, len(s.channels) > 0)
			internalweb.RegisterContacts(srv, s, Topics)
		},
		Operations: func(a *api.API) { internalapi.Register(a, s) },
		Jobs: func(r *jobs.Runner) {
			r.Handle("notice.purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
			s.handle(r)
		},
		Subscribe: s.Subscribe,
		Checks:    []module.Check{{Name: "notice.left_forgotten", Run: s.leftForgotten}},
	}
}
