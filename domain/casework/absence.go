package casework

import (
	"context"
	"slices"

	"maru/domain/audit"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// AbsenceInput says who is away and who acts instead.
type AbsenceInput struct {
	Account kernel.ID // "" for the actor
	Deputy  kernel.ID // "" for the team's lead
	From    kernel.Date
	Until   kernel.Date // included
}

// longestAbsence bounds an absence to what a leave can be (days).
const longestAbsence = 3 * 366

// Absences lists who is away at the agency, now and later.
func (s *Service) Absences(ctx context.Context, actor authz.Actor, agency string) ([]*Absence, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	var out []*Absence
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		out, err = store.Absences(tx, agency, s.today())
		return err
	})
	return out, err
}

// BeAway notes that an official is away: the actor, or a member of the actor's
// team when a lead says so. While it lasts the deputy has their cases and what
// they are asked; it ends by itself.
func (s *Service) BeAway(ctx context.Context, actor authz.Actor, agency, key string, in AbsenceInput) (*Absence, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	if in.Account == "" {
		in.Account = actor.Account
	}
	if err := s.checkAbsence(ctx, agency, in); err != nil {
		return nil, err
	}
	hash := s.actHash("away", kernel.ID(agency), in)
	var out *Absence
	err = s.update(ctx, func(tx *pstore.Tx) error {
		now := s.Clock.Now()
		if err := mayArrange(tx, actor, agency, in.Account, s.today()); err != nil {
			return err
		}
		a := &Absence{ID: kernel.NewID(now), Agency: agency, Account: in.Account, Deputy: in.Deputy, From: in.From, Until: in.Until, CreatedAt: now}
		if key != "" {
			if err := checkKey(key); err != nil {
				return err
			}
			prior, fresh, err := store.TakeKey(tx, actor.Account, key, store.Key{Hash: hash, Application: a.ID}, now)
			if err != nil {
				return err
			}
			if !fresh {
				if prior.Hash != hash {
					return kernel.E(kernel.Conflict, "casework.error.key_reused", nil)
				}
				out, err = store.GetAbsence(tx, prior.Application)
				return err
			}
		}
		if err := fitsOthers(tx, a); err != nil {
			return err
		}
		if err := store.InsertAbsence(tx, a); err != nil {
			return err
		}
		if a.Deputy != "" {
			if err := s.ping(tx, now, a.Deputy, agency, "", "deputy", a.Account, 0); err != nil {
				return err
			}
		}
		out = a
		return s.absenceAudit(tx, actor, "casework.absence", a)
	})
	return out, err
}

// checkAbsence tells everything that is wrong with an absence by itself.
func (s *Service) checkAbsence(ctx context.Context, agency string, in AbsenceInput) error {
	e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	switch {
	case in.From.IsZero():
		e.Field("from", "casework.absence.error.day", nil)
	case in.Until.IsZero():
		e.Field("until", "casework.absence.error.day", nil)
	case in.Until.Before(in.From):
		e.Field("until", "casework.absence.error.order", nil)
	case in.Until.Before(s.today()):
		e.Field("until", "casework.absence.error.over", nil)
	case in.Until.Days(in.From) > longestAbsence:
		e.Field("until", "casework.absence.error.long", nil)
	}
	here, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return err
	}
	works := func(id kernel.ID) bool {
		return slices.ContainsFunc(here, func(o Official) bool { return o.Account == id })
	}
	if !works(in.Account) {
		e.Field("account", "casework.team.error.stranger", nil)
	}
	switch {
	case in.Deputy == "":
	case in.Deputy == in.Account:
		e.Field("deputy", "casework.absence.error.self", nil)
	case !works(in.Deputy):
		e.Field("deputy", "casework.team.error.stranger", nil)
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// mayArrange tells whether the actor may say when somebody is away: they
// themselves, a lead of theirs, a manager.
func mayArrange(tx *pstore.Tx, actor authz.Actor, agency string, account kernel.ID, day kernel.Date) error {
	if account == actor.Account || actor.HasIn(authz.Manager, agency) {
		return nil
	}
	r, err := readRoster(tx, agency, day)
	if err != nil {
		return err
	}
	if r.leads(actor.Account, account) {
		return nil
	}
	return kernel.E(kernel.Forbidden, "casework.absence.error.others", nil)
}

// fitsOthers refuses an absence that meets another: nobody is away twice at a
// time, and a deputy is there all the while. So no two act for each other, and
// nobody looks for a case along a chain of deputies.
func fitsOthers(tx *pstore.Tx, a *Absence) error {
	all, err := store.Absences(tx, a.Agency, a.From)
	if err != nil {
		return err
	}
	for _, o := range all {
		if a.Until.Before(o.From) {
			continue
		}
		switch o.Account {
		case a.Account:
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).
				Field("from", "casework.absence.error.twice", map[string]any{"from": o.From, "until": o.Until})
		case a.Deputy:
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).
				Field("deputy", "casework.absence.error.deputy_away", map[string]any{"from": o.From, "until": o.Until})
		}
	}
	return nil
}

// leads tells whether one leads a team of which the other is a member.
func (r *roster) leads(lead, account kernel.ID) bool {
	return slices.ContainsFunc(r.of(account), func(t *Team) bool { return leadOf(t, lead) })
}

// BeBack ends an absence now: from today on the official is there.
func (s *Service) BeBack(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := actor.Require(authz.ScopeDesk); err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		a, err := store.GetAbsence(tx, id)
		if err != nil {
			return err
		}
		if _, err := staffAgency(actor, a.Agency); err != nil {
			return kernel.E(kernel.NotFound, "casework.absence.error.none", nil)
		}
		today := s.today()
		if err := mayArrange(tx, actor, a.Agency, a.Account, today); err != nil {
			return err
		}
		switch {
		case a.Until.Before(today):
			return nil
		case a.From.Before(today):
			err = store.EndAbsence(tx, id, today.AddDays(-1))
		default:
			err = store.DropAbsence(tx, id)
		}
		if err != nil {
			return err
		}
		if err := s.wake(tx, a.Agency); err != nil {
			return err
		}
		return s.absenceAudit(tx, actor, "casework.absence_end", a)
	})
}

func (s *Service) absenceAudit(tx *pstore.Tx, actor authz.Actor, act string, a *Absence) error {
	return audit.Append(tx, s.Clock.Now(), audit.Entry{Actor: actor, Act: act, Object: "absence:" + string(a.ID), Purpose: "casework.purpose.organisation", Agency: a.Agency})
}
