package assistant

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"maru/domain/assistant/internal/store"
	"maru/domain/assistant/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	platformweb "maru/platform/web"
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
		Name:       "assistant",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      func(srv *platformweb.Server) { web.Register(srv, facade{s}) },
		Jobs: func(r *jobs.Runner) {
			r.Handle("assistant.purge", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Purge(ctx)
				return err
			}, jobs.Options{Every: time.Hour, Timeout: time.Minute})
		},
	}
}

// facade shows the service to its pages.
type facade struct{ s *Service }

func (f facade) Look(ctx context.Context, actor authz.Actor, token string, l kernel.Lang) (web.Seen, error) {
	h, svc, application, err := f.s.Look(ctx, actor, token)
	if err != nil {
		return web.Seen{}, err
	}
	out := web.Seen{Service: svc, Client: h.Client, Known: h.Account != "", Expires: h.Expires, Application: application}
	for _, row := range f.s.Rows(svc, h.Answers, l) {
		out.Rows = append(out.Rows, web.Row{Key: row.Title, Value: row.Value})
	}
	return out, nil
}

func (f facade) Confirm(ctx context.Context, actor authz.Actor, token string) (kernel.ID, int, error) {
	id, left, err := f.s.Confirm(ctx, actor, token)
	return id, len(left), err
}

func (f facade) Site() string { return f.s.Site() }
