package casework

import (
	"context"
	"time"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	pstore "maru/platform/store"
)

// The stages of warning before a limit breaks.
const (
	warnAssignee = 1 + iota // who has the case, or acts for them
	warnLead                // the lead of the team
	warnManagers            // who sets up the agency's desk
)

// warnings tells from when on each is warned of a due date: the assignee when
// 70 % of the limit have passed, or one working day before, whichever is later;
// the lead a day before; the agency on the day. Limits of less than three days
// would have all of them warned on receipt: there it goes by 70, 85 and 95 %.
func (s *Service) warnings(from, due kernel.Time) [3]kernel.Time {
	whole := due.Sub(from)
	part := func(percent int64) kernel.Time { return from.Add(time.Duration(int64(whole) / 100 * percent)) }
	if whole < 72*time.Hour {
		return [3]kernel.Time{part(70), part(85), part(95)}
	}
	day := due.DateIn(kernel.Seoul)
	return [3]kernel.Time{max(part(70), s.workingDayBefore(due)), due.Add(-24 * time.Hour), kernel.TimeOf(day.In(kernel.Seoul))}
}

// workingDayBefore is the same time of the working day before.
func (s *Service) workingDayBefore(due kernel.Time) kernel.Time {
	day := due.DateIn(kernel.Seoul)
	before := day.AddDays(-1)
	for !s.Calendar.Working(before) {
		before = before.AddDays(-1)
	}
	return due.Add(-time.Duration(day.Days(before)) * 24 * time.Hour)
}

// horizon is the latest due date of which somebody may have to be warned now:
// that of the same time on the next working day. The part of a limit of less
// than three days that is left at its first warning is shorter still.
func (s *Service) horizon() kernel.Time {
	now := s.Clock.Now()
	day := now.DateIn(kernel.Seoul)
	next := day.AddDays(1)
	for !s.Calendar.Working(next) {
		next = next.AddDays(1)
	}
	return now.Add(time.Duration(next.Days(day)) * 24 * time.Hour)
}

// Escalate warns of the limits that are about to break. Each of those in charge
// is told once for a due date; an extension is another due date. A clock that
// stands still breaks no limit. It may run late, twice, or on several copies at
// once: what was told is noted with the telling.
func (s *Service) Escalate(ctx context.Context) error {
	var agency string
	for {
		err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
			agency, err = store.NextAgency(tx, agency)
			return err
		})
		if err != nil || agency == "" {
			return err
		}
		managers, err := s.Officials.Managers(ctx, agency)
		if err != nil {
			return err
		}
		if err := s.escalateAt(ctx, agency, managers); err != nil {
			return err
		}
	}
}

// escalateAt goes through the cases of an agency that fall due soon, some at a
// time, the most urgent first.
func (s *Service) escalateAt(ctx context.Context, agency string, managers []kernel.ID) error {
	for _, status := range []string{Submitted, InReview, SecondLook, Objected} {
		var after store.Cursor
		for {
			var due []store.Warned
			err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
				due, err = store.NotWarned(tx, agency, status, s.horizon().Add(time.Microsecond), warnManagers, after, atOnce)
				return err
			})
			if err != nil {
				return err
			}
			late := due[:0]
			for _, w := range due {
				after = store.Cursor{Due: w.DueAt, Seq: w.Seq}
				// A limit that began again later, after a transfer, has its warnings
				// later too: who need not be warned by this count need not be at all.
				if s.stage(w.SubmittedAt, w.DueAt) > w.Stage {
					late = append(late, w)
				}
			}
			full := len(due) == atOnce
			for _, w := range late {
				if err := s.warn(ctx, w.ID, managers); err != nil {
					return err
				}
			}
			if !full {
				break
			}
		}
	}
	return nil
}

// stage is how far the warnings of a due date have come by now.
func (s *Service) stage(from, due kernel.Time) int {
	now, n := s.Clock.Now(), 0
	for i, at := range s.warnings(from, due) {
		if now >= at {
			n = i + 1
		}
	}
	return n
}

// warn tells of one case whom it has to tell by now.
func (s *Service) warn(ctx context.Context, id kernel.ID, managers []kernel.ID) error {
	return s.update(ctx, func(tx *pstore.Tx) error {
		a, err := store.Get(tx, id)
		if err != nil {
			return err
		}
		if !Open(a.Status) || a.PausedAt > 0 || a.DueAt == 0 {
			return nil
		}
		from, err := store.LimitBegan(tx, a.ID)
		if err != nil {
			return err
		}
		told, err := store.Stage(tx, a.ID, a.DueAt)
		if err != nil {
			return err
		}
		to := s.stage(max(from, a.SubmittedAt), a.DueAt)
		if to <= told {
			return nil
		}
		r, err := readRoster(tx, a.Agency, s.today())
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		for stage := told + 1; stage <= to; stage++ {
			kind := map[int]string{warnAssignee: PingSoon, warnLead: PingDay, warnManagers: PingToday}[stage]
			for _, account := range r.warned(a, stage, managers) {
				if err := s.ping(tx, now, account, a.Agency, a.ID, kind, "", 1); err != nil {
					return err
				}
			}
		}
		return store.SetStage(tx, a.ID, a.DueAt, to)
	})
}

// warned are whom a stage tells: the assignee's pings are read by whoever acts
// for them; without an assignee the leads are told from the first stage on, and
// without a lead the managers.
func (r *roster) warned(a *Application, stage int, managers []kernel.ID) []kernel.ID {
	if stage == warnAssignee && a.Assignee != "" {
		return []kernel.ID{a.Assignee}
	}
	if stage < warnManagers {
		if t := r.team(a.Team); t != nil {
			if l := leads(t); len(l) > 0 {
				return l
			}
		}
		if a.Assignee != "" {
			for _, t := range r.of(a.Assignee) {
				if l := leads(t); len(l) > 0 {
					return l
				}
			}
		}
		if stage == warnLead && a.Assignee == "" {
			return nil // the first stage has told the managers
		}
	}
	return managers
}

// calm ends the warnings of a due date that an act has moved, stopped or met.
func (s *Service) calm(tx *pstore.Tx, a *Application, due, now kernel.Time) error {
	if a.DueAt == due && a.PausedAt == 0 && Open(a.Status) {
		return nil
	}
	return store.DoneWarnings(tx, a.ID, now)
}
