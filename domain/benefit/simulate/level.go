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
// What of a benefit was shown by region is not shown by district too, nor the
// other way round, and not at another threshold: the districts that are shown,
// taken off their region, would tell what is hidden, and of two thresholds each
// hides other groups. It binds whatever the overlay does to the benefit, so that
// one that differs by a hair finds the same level. The error is kernel.Conflict;
// run before is as good as run: the level is written first.
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
		for _, id := range p.concerned() {
			l, err := store.Get(tx, id)
			if err != nil {
				return err
			}
			if l == nil || now >= l.At.Add(levelKept) {
				l = &store.Level{Programme: id, MinCell: least}
			}
			if l.MinCell != least || geography != "" && l.Geography != "" && l.Geography != geography {
				return kernel.E(kernel.Conflict, "simulate.error.level", fmt.Errorf("simulate: level of %s", id)).With("benefit", id).
					With("by", cmp.Or(l.Geography, "-")).With("least", l.MinCell).With("day", l.At.Add(levelKept).DateIn(kernel.Seoul))
			}
			if l.At = now; geography != "" {
				l.Geography = geography
			}
			if err := store.Put(tx, l); err != nil {
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
