package exchange

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"time"

	"maru/domain/exchange/internal/store"
	mydata "maru/domain/mydata/contract"
	"maru/platform/api"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/module"
	pstore "maru/platform/store"
	"maru/platform/web"
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
		Name:       "exchange",
		Migrations: store.Migrations(),
		Messages:   messages,
		Pages:      func(srv *web.Server) { s.pages(srv) },
		Operations: func(a *api.API) { s.operations(a) },
		Jobs: func(r *jobs.Runner) {
			every := func(kind string, run func(context.Context) error, o jobs.Options) {
				r.Handle(kind, func(ctx context.Context, _ jobs.Job) error { return run(ctx) }, o)
			}
			every("exchange.sweep", s.sweep, jobs.Options{Every: 15 * time.Second, Timeout: 5 * time.Minute})
			every("exchange.regular", s.regular, jobs.Options{Every: time.Minute, Timeout: 5 * time.Minute})
			every("exchange.expire", s.expire, jobs.Options{Every: time.Minute})
			every("exchange.purge", s.purge, jobs.Options{Every: time.Hour})
		},
		Subscribe: func(b *events.Bus) {
			for _, event := range []string{mydata.Withdrawn, mydata.Replaced} {
				b.Subscribe(event, "exchange", func(ctx context.Context, e events.Event) error {
					var c mydata.ConsentEvent
					if err := json.Unmarshal(e.Data, &c); err != nil {
						return err
					}
					return s.Ended(ctx, c.Consent)
				})
			}
		},
	}
}
