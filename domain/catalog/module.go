package catalog

import (
	"context"
	"embed"
	"io/fs"

	"maru/domain/catalog/contract"
	"maru/domain/catalog/internal/api"
	cstore "maru/domain/catalog/internal/store"
	"maru/domain/catalog/internal/web"
	platformapi "maru/platform/api"
	"maru/platform/authz"
	"maru/platform/module"
	"maru/platform/store"
	platformweb "maru/platform/web"
)

//go:embed messages.ko.json messages.en.json
var messages embed.FS

// Messages are the domain's catalogues.
func Messages() fs.FS { return messages }

// Migrations are the domain's tables.
func Migrations() store.Migrations { return cstore.Migrations() }

// Module hands the domain to the program.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:       "catalog",
		Migrations: Migrations(),
		Messages:   messages,
		Pages:      func(srv *platformweb.Server) { web.Register(srv, facade{s}, Kinds) },
		Operations: func(a *platformapi.API) { api.Register(a, facade{s}) },
		Checks:     []module.Check{{Name: "catalog.versions", Run: s.verify}},
	}
}

// verify tests that every stored version still has the content of its hash.
func (s *Service) verify(ctx context.Context) error {
	var versions []cstore.Version
	err := s.deps.DB.View(ctx, func(tx *store.Tx) (err error) {
		versions, err = cstore.Versions(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range versions {
		s.mu.Lock()
		delete(s.loaded, v.Hash) // read it from the store, not from memory
		s.mu.Unlock()
		if _, err := s.load(ctx, v.Hash); err != nil {
			return err
		}
	}
	return nil
}

// service is Service under a name that leaves its method Service visible.
type service = Service

// facade shows the service to its pages and operations.
type facade struct{ *service }

func (f facade) Find(query, kind, event string) []*contract.Service {
	return f.List(Filter{Query: query, Kind: kind, LifeEvent: event})
}

func (f facade) Submit(ctx context.Context, actor authz.Actor, zip []byte) (string, int, error) {
	hash, found, err := f.service.Submit(ctx, actor, zip)
	return hash, len(found) - Errors(found), err
}

func (f facade) Activations(ctx context.Context, actor authz.Actor) ([]api.Activation, error) {
	list, err := f.service.Activations(ctx, actor)
	out := make([]api.Activation, 0, len(list))
	for _, a := range list {
		out = append(out, api.Activation{ID: a.ID, Pack: a.Pack, From: a.From.String(), ProposedBy: a.ProposedBy, ProposedAt: a.ProposedAt, ApprovedBy: a.ApprovedBy, ApprovedAt: a.ApprovedAt})
	}
	return out, err
}
