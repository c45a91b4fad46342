package casework

import (
	"context"
	"slices"

	"maru/domain/casework/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// StopReasons are why an office's clock may stand still beside a request for
// correction, which has an act of its own (행정절차법 시행령 제11조 제3호부터
// 제6호까지).
var StopReasons = []string{
	"representative", // choosing somebody to speak for many
	"hearing",        // hearing those concerned
	"expert",         // a test, an inspection, an expert's opinion
	"preceding",      // a matter that must be settled before this one
}

// StopClock has the office's clock stand still for a reason that the law
// names; the applicant is told.
func (s *Service) StopClock(ctx context.Context, actor authz.Actor, id kernel.ID, key, reason, note string) (*Application, error) {
	note, err := text("note", note, true)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(StopReasons, reason) {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("reason", "casework.error.stop_reason", nil)
	}
	return s.act(ctx, actor, id, key, "stop", [2]string{reason, note}, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Status == Submitted {
			if err := move(a, InReview); err != nil {
				return err
			}
		}
		switch {
		case a.Status != InReview:
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		case a.PausedAt > 0:
			return kernel.E(kernel.Conflict, "casework.error.clock_stands", nil)
		}
		if a.Assignee == "" {
			a.Assignee = actor.Account
		}
		a.PausedAt = now
		if err := s.record(tx, a, now, actor, "clock_stopped", reason, note, true); err != nil {
			return err
		}
		return s.publish(tx, contract.ClockStopped, a)
	})
}

// RunClock has it run again. The due date moves by the working time that
// passed meanwhile.
func (s *Service) RunClock(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.act(ctx, actor, id, key, "run", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Status != InReview || a.PausedAt == 0 {
			return kernel.E(kernel.Conflict, "casework.error.clock_runs", nil)
		}
		if err := s.resume(ctx, a, now); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, "clock_started", "", "", true); err != nil {
			return err
		}
		return s.publish(tx, contract.ClockStarted, a)
	})
}

// resume has a clock that stands still run again, if it does.
func (s *Service) resume(ctx context.Context, a *Application, now kernel.Time) error {
	if a.PausedAt == 0 {
		return nil
	}
	svc, err := s.Definition(ctx, a)
	if err != nil {
		return err
	}
	a.DueAt, a.PausedAt = s.Calendar.Resume(a.DueAt, a.PausedAt, now, svc.TimeLimit), 0
	return nil
}
