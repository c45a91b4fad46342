package benefit

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"

	internalapi "maru/domain/benefit/internal/api"
	"maru/domain/benefit/internal/store"
	internalweb "maru/domain/benefit/internal/web"
	mydata "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/events"
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
		Name:       "benefit",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      func(srv *web.Server) { internalweb.Register(srv, facade{s}) },
		Operations: func(a *api.API) { internalapi.Register(a, wire{s}); internalapi.RegisterCatalogue(a, wire{s}) },
		Jobs:       s.jobs,
		Subscribe: func(b *events.Bus) {
			for event, act := range map[string]func(context.Context, kernel.ID) error{mydata.Withdrawn: s.Withdrawn, mydata.Expired: s.Withdrawn, mydata.Narrowed: s.Narrowed} {
				b.Subscribe(event, "benefit", func(ctx context.Context, e events.Event) error {
					var data mydata.ConsentEvent
					if err := json.Unmarshal(e.Data, &data); err != nil {
						return err
					}
					return act(ctx, data.Consent)
				})
			}
		},
	}
}
