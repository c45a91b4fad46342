package editor

import (
	"context"
	"slices"

	"maru/domain/catalog"
	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Version is what a service was from a date on.
type Version struct {
	Pack  string // hash of a version that holds it
	From  kernel.Date
	Draft *Draft // nil where it came with a whole pack
	// ByProgram: it came with the program or its folder; otherwise, without a
	// draft, with a pack that somebody sent.
	ByProgram bool
	InForce   bool // today
	Coming    bool // its date is still to come
}

// History lists what a service was and will be, the latest first.
func (s *Service) History(ctx context.Context, actor authz.Actor, service string) ([]Version, error) {
	svc, err := s.service(service)
	if err != nil {
		return nil, err
	}
	if err := s.mayRead(actor, svc); err != nil {
		return nil, err
	}
	var list []cstore.Activation
	var carried map[kernel.ID][]string
	drafts := map[string]*Draft{}
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		if list, err = cstore.Activations(tx); err != nil {
			return err
		}
		if carried, err = cstore.Carried(tx); err != nil {
			return err
		}
		rows, err := cstore.ApprovedDrafts(tx, service)
		if err != nil {
			return err
		}
		for _, r := range rows {
			acts, err := cstore.Acts(tx, r.ID)
			if err != nil {
				return err
			}
			drafts[r.ID] = fromRow(r, acts)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(a cstore.Activation) bool { return a.ApprovedBy == "" })
	slices.SortStableFunc(list, func(a, b cstore.Activation) int {
		switch {
		case a.From.Before(b.From), a.From == b.From && a.ApprovedAt < b.ApprovedAt:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	return s.versions(ctx, service, list, carried, drafts)
}

// versions goes through the activations in order and keeps those that made the
// service another one.
func (s *Service) versions(ctx context.Context, service string, list []cstore.Activation, carried map[kernel.ID][]string, drafts map[string]*Draft) ([]Version, error) {
	var out []Version
	last := ""
	for _, a := range list {
		digests, err := s.digests(ctx, a.Hash)
		if err != nil {
			return nil, err
		}
		digest := digests[service]
		v := Version{Pack: a.Hash, From: a.From, ByProgram: a.ApprovedBy == cstore.System, Coming: s.today().Before(a.From)}
		for _, d := range carried[a.ID] {
			if x := drafts[d]; x != nil && x.Pack == a.Hash {
				v.Draft = x
			}
		}
		same := digest == last
		last = digest
		// A version renewed to hold another service's change is no version of
		// this one, nor is a pack that left it as it was.
		if digest == "" || v.Draft == nil && (same || len(carried[a.ID]) > 0) {
			continue
		}
		out = append(out, v)
	}
	now, err := s.digests(ctx, s.deps.Catalog.PackHash())
	if err != nil {
		return nil, err
	}
	for i := range slices.Backward(out) {
		d, err := s.digests(ctx, out[i].Pack)
		if err != nil {
			return nil, err
		}
		if !out[i].Coming && d[service] == now[service] {
			out[i].InForce = true
			break
		}
	}
	slices.Reverse(out)
	return out, nil
}

// digests are the hashes of the service folders of a version, noted once.
func (s *Service) digests(ctx context.Context, hash string) (map[string]string, error) {
	var noted map[string]string
	err := s.deps.DB.View(ctx, func(tx *store.Tx) (err error) {
		noted, err = cstore.Folders(tx, hash)
		return err
	})
	if err != nil || noted != nil {
		return noted, err
	}
	data, err := s.archive(ctx, hash)
	if err != nil {
		return nil, err
	}
	if noted, err = catalog.Digests(data); err != nil {
		return nil, err
	}
	return noted, s.deps.DB.Update(ctx, func(tx *store.Tx) error { return cstore.SetFolders(tx, hash, noted) })
}
