package life

import (
	"context"
	"embed"
	"io/fs"
	"time"

	internalapi "maru/domain/life/internal/api"
	"maru/domain/life/internal/store"
	internalweb "maru/domain/life/internal/web"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	"maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the guides' words.
func Messages() fs.FS { return messages }

// Migrations are the guides' tables.
func Migrations() pstore.Migrations { return store.Migrations() }

// Module is the domain for the composition root.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "life",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      func(srv *web.Server) { internalweb.Register(srv, facade{s}) },
		Operations: func(a *api.API) { internalapi.Register(a, facade{s}) },
		Jobs: func(r *jobs.Runner) {
			r.Handle("life.remind", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.RemindDue(ctx)
				return err
			}, jobs.Options{Every: 30 * time.Minute, Timeout: 10 * time.Minute})
			r.Handle("life.purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: 24 * time.Hour, Timeout: 10 * time.Minute})
		},
	}
}

// facade shows the service to its pages and operations, in plain types.
type facade struct{ *Service }

func (f facade) SetDay(ctx context.Context, actor authz.Actor, event string, day kernel.Date) error {
	return f.Save(ctx, actor, event, Change{Day: &day})
}

func (f facade) SetDone(ctx context.Context, actor authz.Actor, event, step string, on bool) error {
	return f.Save(ctx, actor, event, Change{Done: map[string]bool{step: on}})
}

func (f facade) SetHidden(ctx context.Context, actor authz.Actor, event, step string, on bool) error {
	return f.Save(ctx, actor, event, Change{Hidden: map[string]bool{step: on}})
}

func (f facade) SetRemind(ctx context.Context, actor authz.Actor, event string, on bool) error {
	return f.Save(ctx, actor, event, Change{Remind: &on})
}

// Put makes the progress what the lists say.
func (f facade) Put(ctx context.Context, actor authz.Actor, event string, day kernel.Date, done, hidden []string, remind bool) error {
	g, _, err := f.Guide(ctx, actor, event, kernel.Date{})
	if err != nil {
		return err
	}
	c := Change{Day: &day, Done: map[string]bool{}, Hidden: map[string]bool{}, Remind: &remind}
	for i := range g.Steps {
		c.Done[g.Steps[i].ID], c.Hidden[g.Steps[i].ID] = false, false
	}
	for _, id := range done {
		c.Done[id] = true
	}
	for _, id := range hidden {
		c.Hidden[id] = true
	}
	return f.Save(ctx, actor, event, c)
}
