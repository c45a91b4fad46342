package mydata

import (
	"context"
	"embed"
	"io/fs"
	"time"

	catalog "maru/domain/catalog/contract"
	internalapi "maru/domain/mydata/internal/api"
	"maru/domain/mydata/internal/store"
	internalweb "maru/domain/mydata/internal/web"
	"maru/kernel"
	"maru/platform/api"
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
		Name:       "mydata",
		Migrations: store.Migrations(),
		Messages:   messages,
		Pages:      func(srv *web.Server) { internalweb.Register(srv, s, names{s.catalog}) },
		Operations: func(a *api.API) { internalapi.Register(a, s) },
		Jobs: func(r *jobs.Runner) {
			r.Handle("mydata.expire", func(ctx context.Context, _ jobs.Job) error {
				_, err := s.Expire(ctx)
				return err
			}, jobs.Options{Every: time.Hour, Timeout: 10 * time.Minute})
		},
	}
}

// names turns ids into words, by the catalogue.
type names struct{ catalog Catalog }

// ServiceName is the service's title in the version agreed to; its id where
// that version is gone.
func (n names) ServiceName(ctx context.Context, id, pack string) kernel.Text {
	svc, err := n.catalog.Pinned(ctx, catalog.Ref{ServiceID: id, Pack: pack})
	if err != nil {
		return kernel.Text{KO: id, EN: id}
	}
	return svc.Title
}

// AgencyType is the name of a type of agency.
func (n names) AgencyType(id string) kernel.Text { return n.catalog.AgencyType(id) }

// ItemName is the title of a fact; empty for items that are no facts.
func (n names) ItemName(item string) kernel.Text {
	f, ok := n.catalog.Fact(item)
	if !ok {
		return kernel.Text{}
	}
	return f.Title
}
