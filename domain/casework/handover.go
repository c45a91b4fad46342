package casework

import (
	"context"
	"errors"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Handover is a case that a colleague gave and the taker has not taken up yet.
type Handover struct {
	Giver kernel.ID
	Taker kernel.ID
	Note  string
	At    kernel.Time
}

// HandOver gives a case to a colleague of the agency, with a note. It lies on
// the colleague's desk at once; until they take it up, the giver may take it
// back and they may decline it.
func (s *Service) HandOver(ctx context.Context, actor authz.Actor, id kernel.ID, key string, to kernel.ID, note string) (*Application, error) {
	note, err := text("note", note, false)
	if err != nil {
		return nil, err
	}
	if err := s.mayTake(ctx, actor, id, to); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, id, key, "hand_over", [2]string{string(to), note}, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		return s.give(tx, a, now, actor, to, note)
	})
}

// mayTake tells, before any transaction is open, whether a colleague can have a
// case: they work here, and it is not their own household's. Which of the two
// is wrong nobody else learns.
func (s *Service) mayTake(ctx context.Context, actor authz.Actor, id, to kernel.ID) error {
	var agency string
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, err := desk(tx, actor, id)
		if err == nil {
			agency = a.Agency
		}
		return err
	})
	if err != nil {
		return err
	}
	cannot := kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("to", "casework.handover.error.to", nil)
	here, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(here, func(o Official) bool { return o.Account == to })
	if i < 0 {
		return cannot
	}
	near, err := s.near(ctx, here[i], id)
	if err != nil {
		return err
	}
	if near {
		return cannot
	}
	return nil
}

// give moves a case onto a colleague's desk.
func (s *Service) give(tx *pstore.Tx, a *Application, now kernel.Time, actor authz.Actor, to kernel.ID, note string) error {
	if !Open(a.Status) {
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	}
	if a.Assignee == to {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("to", "casework.handover.error.same", nil)
	}
	r, err := readRoster(tx, a.Agency, s.today())
	if err != nil {
		return err
	}
	if err := mayGive(r, actor, a); err != nil {
		return err
	}
	if err := stillHere(tx, authz.Actor{Account: to}, a.Agency); err != nil {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("to", "casework.handover.error.to", nil)
	}
	sealed, err := s.sealText(a.ID, note)
	if err != nil {
		return err
	}
	h := &store.Handover{Application: a.ID, Agency: a.Agency, Giver: actor.Account, Had: a.Assignee, Taker: to, Note: sealed, At: now}
	if err := s.unhand(tx, a); err != nil {
		return err
	}
	a.Assignee = to
	if to != actor.Account {
		if err := store.PutHandover(tx, h); err != nil {
			return err
		}
		if err := s.ping(tx, now, to, a.Agency, a.ID, PingHandover, actor.Account, 1); err != nil {
			return err
		}
	}
	return s.record(tx, a, now, actor, "handed_over", string(to), note, false)
}

// mayGive tells whether the actor may give a case away: whoever has it or acts
// for them, a lead of theirs or of the case's team; and what is nobody's,
// anybody.
func mayGive(r *roster, actor authz.Actor, a *Application) error {
	owner := r.owner(a)
	switch {
	case owner == "", owner == actor.Account, a.Assignee == actor.Account, r.leads(actor.Account, a.Assignee):
		return nil
	}
	if t := r.team(a.Team); t != nil && leadOf(t, actor.Account) {
		return nil
	}
	return kernel.E(kernel.Forbidden, "casework.handover.error.not_yours", nil)
}

// unhand forgets a hand-over that waits: somebody has the case in hand now.
func (s *Service) unhand(tx *pstore.Tx, a *Application) error {
	h, ok, err := store.FindHandover(tx, a.ID)
	if err != nil || !ok {
		return err
	}
	if err := store.DonePings(tx, a.ID, h.Taker, PingHandover, s.Clock.Now()); err != nil {
		return err
	}
	return store.DropHandover(tx, a.ID)
}

// TakeUp accepts a case that a colleague gave.
func (s *Service) TakeUp(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.act(ctx, actor, id, key, "take_up", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if _, err := s.handed(tx, a, actor, true); err != nil {
			return err
		}
		if err := s.unhand(tx, a); err != nil {
			return err
		}
		return s.record(tx, a, now, actor, "taken_up", "", "", false)
	})
}

// Decline gives a case back to whoever had it before, or to the team where they
// are gone, with the reason.
func (s *Service) Decline(ctx context.Context, actor authz.Actor, id kernel.ID, key, reason string) (*Application, error) {
	reason, err := text("reason", reason, true)
	if err != nil {
		return nil, err
	}
	return s.act(ctx, actor, id, key, "hand_back", reason, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		h, err := s.handed(tx, a, actor, true)
		if err != nil {
			return err
		}
		return s.giveBack(tx, a, h, now, actor, "handed_back", reason, PingDeclined, h.Giver)
	})
}

// TakeBack undoes one's own hand-over while the colleague has not taken it up.
func (s *Service) TakeBack(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.act(ctx, actor, id, key, "take_back", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		h, err := s.handed(tx, a, actor, false)
		if err != nil {
			return err
		}
		return s.giveBack(tx, a, h, now, actor, "taken_back", "", PingTaken, h.Taker)
	})
}

// handed reads the hand-over that waits for its taker, or for whoever acts for
// the taker; or that the actor has made.
func (s *Service) handed(tx *pstore.Tx, a *Application, actor authz.Actor, taker bool) (*store.Handover, error) {
	h, ok, err := store.FindHandover(tx, a.ID)
	if err != nil {
		return nil, err
	}
	who := h.Giver
	if ok && taker {
		if who = h.Taker; who != actor.Account {
			if who, err = standIn(tx, a.Agency, h.Taker, s.today()); err != nil {
				return nil, err
			}
		}
	}
	if !ok || who != actor.Account || !Open(a.Status) {
		return nil, kernel.E(kernel.Conflict, "casework.handover.error.over", nil)
	}
	return h, nil
}

func (s *Service) giveBack(tx *pstore.Tx, a *Application, h *store.Handover, now kernel.Time, actor authz.Actor, act, note, kind string, tell kernel.ID) error {
	if err := s.unhand(tx, a); err != nil {
		return err
	}
	a.Assignee = h.Had
	if err := s.rest(tx, a); err != nil {
		return err
	}
	if tell != actor.Account {
		if err := s.ping(tx, now, tell, a.Agency, a.ID, kind, actor.Account, 1); err != nil {
			return err
		}
	}
	return s.record(tx, a, now, actor, act, "", note, false)
}

// HandOverAll gives every open case that one official has to a colleague, a
// case a transaction: it can be repeated and goes on where it stopped. It tells
// how many moved and how many the colleague must not have.
func (s *Service) HandOverAll(ctx context.Context, actor authz.Actor, agency string, from, to kernel.ID, note string) (moved, kept int, err error) {
	agency, err = deskAgency(actor, agency)
	if err != nil {
		return 0, 0, err
	}
	if note, err = text("note", note, false); err != nil {
		return 0, 0, err
	}
	if from == "" {
		from = actor.Account
	}
	if from == to {
		return 0, 0, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("to", "casework.handover.error.same", nil)
	}
	here, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return 0, 0, err
	}
	if !slices.ContainsFunc(here, func(o Official) bool { return o.Account == to }) {
		return 0, 0, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("to", "casework.handover.error.to", nil)
	}
	after := store.View{Desks: []string{string(from)}, Limit: atOnce}
	for {
		var l []*Application
		err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
			l, err = store.Open(tx, agency, after)
			return err
		})
		if err != nil {
			return moved, kept, err
		}
		for _, a := range l {
			_, err := s.HandOver(ctx, actor, a.ID, "", to, note)
			var e *kernel.Error
			switch {
			case err == nil:
				moved++
			case errors.As(err, &e) && (e.Kind == kernel.Conflict || e.Kind == kernel.Invalid || e.Key == "casework.error.own_household"):
				kept++ // decided meanwhile, or nothing for these hands
			default:
				return moved, kept, err
			}
			after.AfterDue, after.AfterSeq = a.DueAt, a.Seq
		}
		if len(l) < atOnce {
			return moved, kept, nil
		}
	}
}

// HandoverOf is the hand-over of a case that waits, nil for none.
func (s *Service) handoverOf(tx *pstore.Tx, a *Application) (*Handover, error) {
	h, ok, err := store.FindHandover(tx, a.ID)
	if err != nil || !ok {
		return nil, err
	}
	note, err := s.openText(a.ID, h.Note)
	return &Handover{Giver: h.Giver, Taker: h.Taker, Note: note, At: h.At}, err
}
