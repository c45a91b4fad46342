package catalog

import (
	"context"
	"fmt"
	"io/fs"

	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Start stores the program's pack and finds the version in force. In an empty
// store the program brings its own pack into force, because nobody is there
// yet who could; later ones take two people (Propose, Approve). In the
// try-out world the program's pack comes into force whenever it is another one
// than last time; what editors approved after that stands on it.
func (s *Service) Start(ctx context.Context) error {
	own, stamp, err := s.read()
	if err != nil {
		return err
	}
	if err := s.add(ctx, own, "program"); err != nil {
		return err
	}
	s.mu.Lock()
	s.stamp = stamp
	s.mu.Unlock()
	in, found, err := s.inForce(ctx)
	if err != nil {
		return err
	}
	if !found {
		return s.force(ctx, own)
	}
	if s.deps.Demo {
		last, err := s.lastForced(ctx)
		if err != nil {
			return err
		}
		// The folder is as it was: what editors approved since stays in force.
		if last.Hash != own.Hash {
			return s.force(ctx, own)
		}
	}
	p, err := s.load(ctx, in.Hash)
	if err != nil {
		return err
	}
	if in.Hash != own.Hash {
		s.deps.Log.Info("catalog: the program brings a pack that is not in force", "pack", own.Hash, "in_force", in.Hash)
	}
	s.use(p)
	return nil
}

// Refresh brings into force what has come due since: another version by its
// date, or in the try-out world a folder that changed. A folder with errors
// changes nothing; they are logged. Each copy of the program calls it every
// few seconds, because each keeps the pack in memory.
func (s *Service) Refresh(ctx context.Context) error {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	if s.deps.Demo {
		if err := s.reload(ctx); err != nil {
			return err
		}
	}
	in, found, err := s.inForce(ctx)
	if err != nil || !found || in.Hash == s.PackHash() {
		return err
	}
	p, err := s.load(ctx, in.Hash)
	if err != nil {
		return err
	}
	s.use(p)
	s.deps.Log.Info("catalog: another pack is in force", "pack", p.Hash)
	return nil
}

func (s *Service) reload(ctx context.Context) error {
	now, err := stampOf(s.deps.Pack)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	s.mu.Lock()
	same := now == s.stamp
	s.stamp = now
	s.mu.Unlock()
	if same {
		return nil
	}
	p, found, err := LoadPack(s.deps.Pack)
	if err != nil {
		for _, f := range found {
			if f.Severity == Error {
				s.deps.Log.Warn("catalog: the folder has an error; the pack before it stays", "finding", f.String())
			}
		}
		return nil
	}
	if last, err := s.lastForced(ctx); err != nil || last.Hash == p.Hash {
		return err
	}
	if err := s.add(ctx, p, "folder"); err != nil {
		return err
	}
	return s.force(ctx, p)
}

// read loads the program's pack with the stamp of its files.
func (s *Service) read() (*Pack, string, error) {
	stamp, err := stampOf(s.deps.Pack)
	if err != nil {
		return nil, "", fmt.Errorf("catalog: %w", err)
	}
	p, _, err := LoadPack(s.deps.Pack)
	return p, stamp, err
}

// stampOf tells whether any file of a folder changed, without reading it. Files
// inside the program have no times and never change.
func stampOf(fsys fs.FS) (string, error) {
	names, err := packFiles(fsys)
	if err != nil {
		return "", err
	}
	var newest int64
	var total int64
	for _, name := range names {
		info, err := fs.Stat(fsys, name)
		if err != nil {
			return "", err
		}
		newest = max(newest, info.ModTime().UnixNano())
		total += info.Size()
	}
	return fmt.Sprint(len(names), newest, total), nil
}

// add stores a version.
func (s *Service) add(ctx context.Context, p *Pack, origin string) error {
	var have bool
	err := s.deps.DB.View(ctx, func(tx *store.Tx) (err error) {
		have, err = cstore.Has(tx, p.Hash)
		return err
	})
	if err != nil || have {
		return err
	}
	data, err := archiveOf(s.deps.Pack, p.Hash)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	return s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		return cstore.Put(tx, cstore.Version{Hash: p.Hash, StoredAt: s.deps.Clock.Now(), Origin: origin}, data)
	})
}

// force brings a version into force by the program alone, from today.
func (s *Service) force(ctx context.Context, p *Pack) error {
	now := s.deps.Clock.Now()
	a := cstore.Activation{ID: kernel.NewID(now), Hash: p.Hash, From: now.DateIn(kernel.Seoul),
		ProposedBy: cstore.System, ProposedAt: now, ApprovedBy: cstore.System, ApprovedAt: now}
	err := s.deps.DB.Update(ctx, func(tx *store.Tx) error {
		in, found, err := s.inForceOn(tx, a.From)
		if err != nil || found && in.Hash == p.Hash {
			return err
		}
		if a.ApprovedAt, err = cstore.NextApproval(tx, now); err != nil {
			return err
		}
		if err := cstore.Propose(tx, a); err != nil {
			return err
		}
		return log(tx, now, authz.Actor{System: "catalog.start"}, "catalog.activate", a)
	})
	if err != nil {
		return err
	}
	s.use(p)
	return nil
}

func (s *Service) inForce(ctx context.Context) (a cstore.Activation, found bool, err error) {
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		a, found, err = s.inForceOn(tx, s.deps.Clock.Now().DateIn(kernel.Seoul))
		return err
	})
	return a, found, err
}

// Since is the day from which a version is in force, zero where it is not the one
// in force now.
func (s *Service) Since(ctx context.Context, hash string) (kernel.Date, error) {
	a, found, err := s.inForce(ctx)
	if err != nil || !found || a.Hash != hash {
		return kernel.Date{}, err
	}
	return a.From, nil
}

// inForceOn is what is in force on a day. In the try-out world a folder that
// was changed puts an end to whatever was approved before.
func (s *Service) inForceOn(tx *store.Tx, on kernel.Date) (cstore.Activation, bool, error) {
	if !s.deps.Demo {
		return cstore.InForce(tx, on)
	}
	last, _, err := cstore.LastBySystem(tx)
	if err != nil {
		return cstore.Activation{}, false, err
	}
	return cstore.InForceSince(tx, on, last.ApprovedAt)
}

// lastForced is what the program itself brought into force last.
func (s *Service) lastForced(ctx context.Context) (a cstore.Activation, err error) {
	err = s.deps.DB.View(ctx, func(tx *store.Tx) error {
		a, _, err = cstore.LastBySystem(tx)
		return err
	})
	return a, err
}
