package imported

import (
	"context"
	"time"

	"maru/domain/benefit/imported/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// look is how often every copy of the server looks for another version, pack or
// day: one row is read.
const look = 5 * time.Second

// Run keeps the snapshot up to date until ctx ends. In the try-out it makes up a
// catalogue first, where none was imported yet.
func (s *Service) Run(ctx context.Context) {
	if s.d.Sample != nil {
		if err := s.furnish(ctx); err != nil && ctx.Err() == nil {
			s.d.Log.Error("make up a catalogue", "err", err)
		}
	}
	ticks := time.NewTicker(look)
	defer ticks.Stop()
	failed := ""
	for {
		err := s.Refresh(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			failed = ""
		case err.Error() != failed: // the same again and again is said once
			failed = err.Error()
			s.d.Log.Error("build the imported catalogue", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// furnish makes the try-out's catalogue, once.
func (s *Service) furnish(ctx context.Context) error {
	number, err := s.activeNumber(ctx)
	if err != nil || number != 0 {
		return err
	}
	c, err := s.d.Sample()
	if err != nil {
		return err
	}
	_, err = s.Import(ctx, authz.Actor{System: "benefit.sample"}, Order{Source: Sample, FetchedAt: s.d.Clock.Now(), Catalogue: c})
	if kernel.Is(err, kernel.Conflict) {
		return nil // somebody imported meanwhile
	}
	return err
}

func (s *Service) activeNumber(ctx context.Context) (number int64, err error) {
	err = s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		number, err = store.Active(tx)
		return err
	})
	return number, err
}

// current is the snapshot that serves; nil where no catalogue was imported.
// Unavailable while the first is being built.
func (s *Service) current(ctx context.Context) (*snapshot, error) {
	if now := s.now.Load(); now != nil {
		return now, nil
	}
	number, err := s.activeNumber(ctx)
	if err != nil || number == 0 {
		return nil, err
	}
	return nil, kernel.E(kernel.Unavailable, "benefit.imported.error.building", nil)
}
