package casework

import (
	"cmp"
	"context"
	"slices"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Stop is an inspection that an official has still to make, with its case.
type Stop struct {
	*Inspection
	Case *Case
}

// MyInspections lists the inspections that the actor has still to make, by day and on
// each day by region and address. Each look is logged. Cases that passed into
// other hands meanwhile are left out.
func (s *Service) MyInspections(ctx context.Context, actor authz.Actor) ([]Stop, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	var out []Stop
	err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
		out = nil
		rows, err := store.PlannedInspections(tx, actor.Account, maxPlanned)
		if err != nil {
			return err
		}
		for _, row := range rows {
			a, err := store.Get(tx, row.Application)
			if err != nil {
				return err
			}
			if a.Agency != row.Agency || !actor.HasIn(authz.Official, a.Agency) || inHand(a, actor) != nil {
				continue
			}
			stop, err := s.stop(tx, row, a)
			if err != nil {
				return err
			}
			if err := s.audited(tx, s.Clock.Now(), actor, "casework.read", a, "casework.purpose.handling"); err != nil {
				return err
			}
			out = append(out, stop)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Stop) int {
		return cmp.Or(cmp.Compare(a.Day.String(), b.Day.String()), cmp.Compare(a.Plan.Region, b.Plan.Region), cmp.Compare(a.Plan.Address, b.Plan.Address))
	})
	return out, err
}

func (s *Service) stop(tx *pstore.Tx, row *store.Inspection, a *Application) (Stop, error) {
	c, err := s.read(tx, a)
	if err != nil {
		return Stop{}, err
	}
	photos, err := store.Photos(tx, a.ID)
	if err != nil {
		return Stop{}, err
	}
	v, err := s.openInspection(row, photos)
	return Stop{v, c}, err
}

// TakeInspection gives what a phone needs of an inspection without a connection, and until
// when it may keep it: the end of today. That it was taken along is logged.
func (s *Service) TakeInspection(ctx context.Context, actor authz.Actor, id kernel.ID) (Stop, kernel.Time, error) {
	row, err := s.myInspection(ctx, actor, id)
	if err != nil {
		return Stop{}, 0, err
	}
	if err := s.stillThere(ctx, row); err != nil {
		return Stop{}, 0, err
	}
	var out Stop
	_, err = s.act(ctx, actor, row.Application, "", "inspection_take", nil, func(tx *pstore.Tx, a *Application, _ kernel.Time) error {
		row, err := store.GetInspection(tx, id)
		if err != nil {
			return err
		}
		if row.RecordedAt > 0 {
			return kernel.E(kernel.Conflict, "casework.field.error.recorded", nil)
		}
		if err := inHand(a, actor); err != nil {
			return err
		}
		out, err = s.stop(tx, row, a)
		return err
	})
	night := kernel.TimeOf(s.today().AddDays(1).In(kernel.Seoul)).Add(-time.Second)
	return out, night, err
}
