package casework

import (
	"context"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// An office that cannot decide in time may extend its limit once, by no more
// than the limit itself, and once more if the applicant agrees (민원 처리에 관한
// 법률 시행령 제21조, 행정절차법 제19조제2항). It says why and until when.

// Extension is where the extending of a case's limit stands.
type Extension struct {
	Times int         // how often it was extended
	Asked kernel.Date // the day that the applicant is asked to agree to, or zero
	Until kernel.Date // the furthest day to which it may be extended now, or zero
}

// Extension tells whether and how far the office may extend the limit of c.
func (s *Service) Extension(c *Case) Extension {
	events := make([]*Event, len(c.Events))
	for i := range c.Events {
		events[i] = c.Events[i].Event
	}
	x := extended(events)
	running := (c.Status == Submitted || c.Status == InReview) && c.PausedAt == 0 && s.Clock.Now() <= c.DueAt
	if running && x.Times < 2 && x.Asked.IsZero() {
		x.Until = s.Calendar.Further(c.DueAt, c.Service.TimeLimit).DateIn(kernel.Seoul)
	}
	return x
}

// extended reads from a timeline how often the limit that runs was extended
// and whether the applicant was asked. A transfer and an objection begin a
// limit of their own.
func extended(events []*Event) (x Extension) {
	for _, e := range events {
		switch e.Act {
		case "extended":
			x.Times++
			x.Asked = kernel.Date{}
		case "extension_asked":
			x.Asked, _ = kernel.ParseDate(e.Code)
		case "extension_declined", "clock_stopped", "correction_asked":
			// A clock that stood still gives another due date: what was asked about
			// the one before is moot.
			x.Asked = kernel.Date{}
		case "transferred", "objected", "decided":
			x = Extension{}
		}
	}
	return x
}

// Extend moves the due date to the end of the day until, or, the second time,
// asks the applicant to agree to it.
func (s *Service) Extend(ctx context.Context, actor authz.Actor, id kernel.ID, key string, until kernel.Date, reason string) (*Application, error) {
	reason, err := text("reason", reason, true)
	if err != nil {
		return nil, err
	}
	body := [2]string{until.String(), reason}
	return s.act(ctx, actor, id, key, "extend", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		events, err := store.Events(tx, a.ID)
		if err != nil {
			return err
		}
		x := extended(events)
		if err := s.extendable(a, x, now); err != nil {
			return err
		}
		if err := s.inReach(a, svc, until); err != nil {
			return err
		}
		if x.Times > 0 {
			if err := s.record(tx, a, now, actor, "extension_asked", until.String(), reason, true); err != nil {
				return err
			}
			return s.publish(tx, contract.ExtensionAsked, a)
		}
		return s.lengthen(tx, actor, a, svc, until, reason, now)
	})
}

// extendable tells whether the limit of a may be extended now.
func (s *Service) extendable(a *Application, x Extension, now kernel.Time) error {
	switch {
	case a.Status != Submitted && a.Status != InReview:
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	case a.PausedAt > 0:
		return kernel.E(kernel.Conflict, "casework.error.clock_stands", nil)
	case now > a.DueAt:
		return kernel.E(kernel.Conflict, "casework.error.extension_late", nil)
	case x.Times > 1:
		return kernel.E(kernel.Conflict, "casework.error.extended_twice", nil)
	case !x.Asked.IsZero():
		return kernel.E(kernel.Conflict, "casework.error.extension_waits", nil)
	}
	return nil
}

// inReach tells whether the office may take until the day.
func (s *Service) inReach(a *Application, svc *catalog.Service, until kernel.Date) error {
	bad := func(key string, args map[string]any) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("until", key, args)
	}
	furthest := s.Calendar.Further(a.DueAt, svc.TimeLimit).DateIn(kernel.Seoul)
	switch {
	case until.IsZero():
		return bad("casework.error.until_missing", nil)
	case !a.DueAt.DateIn(kernel.Seoul).Before(until), furthest.Before(until):
		return bad("casework.error.until_range", map[string]any{"from": a.DueAt.DateIn(kernel.Seoul), "to": furthest})
	case !s.Calendar.Working(until):
		return bad("casework.error.until_holiday", nil)
	}
	return nil
}

// lengthen moves the due date; the caller stores a.
func (s *Service) lengthen(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, until kernel.Date, reason string, now kernel.Time) error {
	// A limit of hours may end before the office closes.
	a.DueAt = min(s.Calendar.Close(until), s.Calendar.Further(a.DueAt, svc.TimeLimit))
	if err := s.record(tx, a, now, actor, "extended", until.String(), reason, true); err != nil {
		return err
	}
	return s.publish(tx, contract.Extended, a)
}

// AnswerExtension is the applicant's word on a second extension. Declined, the
// limit stays as it is.
func (s *Service) AnswerExtension(ctx context.Context, actor authz.Actor, id kernel.ID, key string, agree bool) (*Application, error) {
	return s.ownAct(ctx, actor, id, key, "extension", agree, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		events, err := store.Events(tx, a.ID)
		if err != nil {
			return err
		}
		x := extended(events)
		if x.Asked.IsZero() || a.Status != Submitted && a.Status != InReview {
			return kernel.E(kernel.Conflict, "casework.error.no_extension", nil)
		}
		if !agree {
			return s.record(tx, a, now, actor, "extension_declined", x.Asked.String(), "", true)
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		return s.lengthen(tx, actor, a, svc, x.Asked, "", now)
	})
}
