package editor

import (
	"context"
	"slices"
	"strings"

	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Entry is a service in the editor's list with what goes on about it.
type Entry struct {
	Service *contract.Service
	Drafts  []*Draft // open or waiting, the newest first
	// Coming is the next date on which an approved change comes into force,
	// zero when there is none.
	Coming kernel.Date
}

// List is the services that the actor may see drafts of, those with something
// going on first.
func (s *Service) List(ctx context.Context, actor authz.Actor, query string) ([]Entry, error) {
	if err := staff(actor); err != nil {
		return nil, err
	}
	drafts := map[string][]*Draft{}
	coming := map[string]kernel.Date{}
	err := s.deps.DB.View(ctx, func(tx *store.Tx) error {
		clear(drafts)
		clear(coming)
		open, err := cstore.OpenDrafts(tx, "")
		if err != nil {
			return err
		}
		for _, r := range open {
			acts, err := cstore.Acts(tx, r.ID)
			if err != nil {
				return err
			}
			drafts[r.Service] = append([]*Draft{fromRow(r, acts)}, drafts[r.Service]...)
		}
		done, err := cstore.ApprovedDrafts(tx, "")
		if err != nil {
			return err
		}
		for _, r := range done {
			d := fromRow(r, nil)
			if next := coming[d.Service]; s.today().Before(d.From) && (next.IsZero() || d.From.Before(next)) {
				coming[d.Service] = d.From
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, svc := range s.deps.Catalog.List(catalog.Filter{Query: query}) {
		if s.mayRead(actor, svc) == nil {
			out = append(out, Entry{svc, drafts[svc.ID], coming[svc.ID]})
		}
	}
	busy := func(e Entry) int {
		switch {
		case len(e.Drafts) > 0:
			return 0
		case !e.Coming.IsZero():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		if n := busy(a) - busy(b); n != 0 {
			return n
		}
		return strings.Compare(a.Service.Title.KO, b.Service.Title.KO)
	})
	return out, nil
}

// Of is one service's entry.
func (s *Service) Of(ctx context.Context, actor authz.Actor, id string) (Entry, error) {
	svc, err := s.service(id)
	if err != nil {
		return Entry{}, err
	}
	if err := s.mayRead(actor, svc); err != nil {
		return Entry{}, err
	}
	list, err := s.List(ctx, actor, "")
	if err != nil {
		return Entry{}, err
	}
	i := slices.IndexFunc(list, func(e Entry) bool { return e.Service.ID == id })
	if i < 0 {
		return Entry{}, kernel.E(kernel.NotFound, "catalog.no_service", nil)
	}
	return list[i], nil
}

// MayBegin tells whether the actor may write drafts of a service.
func (s *Service) MayBegin(actor authz.Actor, svc *contract.Service) bool {
	return s.home(actor, svc) != ""
}
