package authority

import (
	"context"
	"errors"
	"time"

	identity "maru/domain/identity/contract"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/module"
	"maru/platform/web"
)

// Module hands the domain to the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "authority",
		Migrations: Migrations(),
		Messages:   Messages(),
		Pages: func(srv *web.Server) {
			s.endpoints(srv)
			s.pages(srv)
		},
		Operations: s.operations,
		Jobs: func(r *jobs.Runner) {
			r.Handle("authority.purge", func(ctx context.Context, _ jobs.Job) error {
				return errors.Join(s.purge(ctx), s.RotateKeys(ctx, false))
			}, jobs.Options{Every: time.Hour})
			r.Handle(logoutJob, s.tellLogout, jobs.Options{MaxAttempts: 6, Timeout: 2 * logoutTry})
		},
		Subscribe: func(b *events.Bus) { b.Subscribe(identity.SessionEnded, "authority", s.sessionEnded) },
	}
}
