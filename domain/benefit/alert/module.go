package alert

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	internalapi "maru/domain/benefit/alert/internal/api"
	"maru/domain/benefit/alert/internal/store"
	internalweb "maru/domain/benefit/alert/internal/web"
	"maru/platform/api"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	"maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the room's words.
func Messages() fs.FS { return messages }

// Migrations are the room's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Module is the room for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "benefit_alert",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      func(srv *web.Server) { internalweb.Register(srv, s) },
		Operations: func(a *api.API) { internalapi.Register(a, s) },
		Subscribe:  s.Subscribe,
		Checks:     []module.Check{{Name: "benefit_alert.nothing_kept", Run: s.nothingKept}},
		Jobs: func(r *jobs.Runner) {
			r.Handle(recheckJob, s.recheck, jobs.Options{})
			r.Handle(sendJob, s.send, jobs.Options{})
			r.Handle(stepJob, s.step, jobs.Options{Timeout: 10 * time.Minute})
			r.Handle("benefit.alert_watch", func(ctx context.Context, _ jobs.Job) error { return s.Watch(ctx) },
				jobs.Options{Every: 5 * time.Minute})
			r.Handle("benefit.alert_purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
	}
}

// nothingKept checks that nothing is kept of who turned alerts off.
func (s *Service) nothingKept(ctx context.Context) error {
	return s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		n, err := store.Stray(tx)
		if err == nil && n > 0 {
			err = fmt.Errorf("alert: %d rows are kept of people who turned alerts off", n)
		}
		return err
	})
}
