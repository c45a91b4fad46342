package simulate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"maru/domain/benefit/simulate/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// Migrations are the room's tables.
func Migrations() pstore.Migrations { return store.Migrations() }

const (
	// levelKept is how long a level binds after the last run at it: by then the
	// people of a population are others.
	levelKept = 365 * 24 * time.Hour
	// added stands for the programmes that an overlay adds: under another id it
	// would be another programme.
	added = "+"
)

// Level settles how finely results over real people are shown, before they are.
// What was shown by region is not shown by district too, nor the other way round,
// and not at another threshold: the districts that are shown, taken off their
// region, would tell what is hidden, and of two thresholds each hides other
// groups. It binds all benefits alike, whatever the overlay does to which: one
// can be added, or rewritten, as another's double, and who it goes to tells what
// is hidden of the other. The error is kernel.Conflict; run before is as good as
// run: the level is written first.
func (s *Service) Level(ctx context.Context, p *Pair, by []string, least int64) error {
	geography := ""
	for _, dim := range []string{ByRegion, ByDistrict} {
		switch {
		case !slices.Contains(by, dim):
		case geography != "":
			return kernel.E(kernel.Invalid, "", errors.New("simulate: regions and districts cannot stand in one result"))
		default:
			geography = dim
		}
	}
	now := s.d.Clock.Now()
	return s.d.DB.Update(ctx, func(tx *pstore.Tx) error {
		bound, err := store.Since(tx, now.Add(-levelKept))
		if err != nil {
			return err
		}
		was := map[string]string{}
		for _, l := range bound {
			if l.MinCell != least || geography != "" && l.Geography != "" && l.Geography != geography {
				return kernel.E(kernel.Conflict, "simulate.error.level", fmt.Errorf("simulate: level of %s", l.Programme)).
					With("by", cmp.Or(l.Geography, "-")).With("least", l.MinCell).With("day", l.At.Add(levelKept).DateIn(kernel.Seoul))
			}
			was[l.Programme] = l.Geography
		}
		for _, id := range p.concerned() {
			if err := store.Put(tx, &store.Level{Programme: id, Geography: cmp.Or(geography, was[id]), MinCell: least, At: now}); err != nil {
				return err
			}
		}
		return nil
	})
}

// concerned are the programmes of the pack that the pair changes, and added where
// it adds some.
func (p *Pair) concerned() []string {
	var out []string
	for _, c := range p.changed {
		id := c.id
		if c.at[0] < 0 {
			id = added
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
