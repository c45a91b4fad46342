package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	"maru/domain/casework/internal/words"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// text checks what an official or applicant writes into a case.
func text(field, s string, required bool) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "" && required:
		return "", kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, "casework.error."+field+"_missing", nil)
	case len([]rune(s)) > maxLong:
		return "", kernel.E(kernel.Invalid, "casework.error.answers", nil).
			Field(field, "casework.answer.too_long", map[string]any{"max": maxLong, "now": len([]rune(s))})
	case hasControl(s, true):
		return "", kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(field, "casework.answer.control", nil)
	}
	return s, nil
}

// AskBack asks the applicant to complete or mend the application (보완 요구,
// 민원 처리에 관한 법률 제22조). The office's clock stands still until the answer.
func (s *Service) AskBack(ctx context.Context, actor authz.Actor, id kernel.ID, key, message string) (*Application, error) {
	return s.AskBackBy(ctx, actor, id, key, message, answerDays)
}

// AskBackBy is AskBack with so many working days for the answer. When they are
// over nothing is refused by itself: the desk sees it, and a person decides.
func (s *Service) AskBackBy(ctx context.Context, actor authz.Actor, id kernel.ID, key, message string, days int) (*Application, error) {
	message, err := text("message", message, true)
	if err != nil {
		return nil, err
	}
	if days < 1 || days > maxAnswerDays {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("days", "casework.error.answer_days", map[string]any{"max": maxAnswerDays})
	}
	until := s.today()
	for left, tries := days, 0; left > 0 && tries < 366; tries++ {
		if until = until.AddDays(1); s.Calendar.Working(until) {
			left--
		}
	}
	body := message
	if days != answerDays {
		body += "\x00" + strconv.Itoa(days)
	}
	return s.act(ctx, actor, id, key, "correction", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if err := move(a, Correction); err != nil {
			return err
		}
		if err := s.resume(ctx, a, now); err != nil {
			return err
		}
		a.Assignee, a.PausedAt = actor.Account, now
		if err := s.record(tx, a, now, actor, "correction_asked", "", message, true); err != nil {
			return err
		}
		if err := store.SetAnswerBy(tx, a.ID, until); err != nil {
			return err
		}
		return s.publishCorrection(tx, contract.CorrectionAsked, a, until)
	})
}

// The working days for an answer: as a rule, and at most.
const (
	answerDays    = 7
	maxAnswerDays = 60
)

// publishCorrection tells of a request for correction and its last day.
func (s *Service) publishCorrection(tx *pstore.Tx, event string, a *Application, until kernel.Date) error {
	told := *a
	told.DueAt = s.Calendar.Close(until)
	return s.publish(tx, event, &told)
}

// AnswerLate tells whether the last day for an answer is over.
func (c *Case) AnswerLate(today kernel.Date) bool {
	return c.Status == Correction && !c.AnswerBy.IsZero() && c.AnswerBy.Before(today)
}

// Correct answers a request for correction: a message, changed answers, or
// both. The due date moves by the working time that the office waited.
func (s *Service) Correct(ctx context.Context, actor authz.Actor, id kernel.ID, key, message string, answers map[string]kernel.Value) (*Application, error) {
	message, err := text("message", message, len(answers) == 0)
	if err != nil {
		return nil, err
	}
	body := struct {
		Message string
		Answers map[string]kernel.Value
	}{message, answers}
	return s.ownAct(ctx, actor, id, key, "correct", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Status != Correction { // other arrows lead to InReview too, by officials
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		if err := move(a, InReview); err != nil {
			return err
		}
		if err := store.DropAnswerBy(tx, a.ID); err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		if err := s.mend(tx, a, svc, &c, answers, now); err != nil {
			return err
		}
		if err := s.sealContent(a, c); err != nil {
			return err
		}
		a.DueAt = s.Calendar.Resume(a.DueAt, a.PausedAt, now, svc.TimeLimit)
		a.PausedAt = 0
		if len(answers) > 0 {
			if err := words.Drop(tx, a.Seq, now); err != nil {
				return err
			}
			if err := s.index(tx, a, svc, &c); err != nil {
				return err
			}
		}
		if err := s.record(tx, a, now, actor, "correction_given", "", message, true); err != nil {
			return err
		}
		return s.publish(tx, contract.CorrectionGiven, a)
	})
}

// mend puts changed answers into a submitted application.
func (s *Service) mend(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content, answers map[string]kernel.Value, now kernel.Time) error {
	before := cloneAnswers(c.Answers)
	c.booked = true
	for id, v := range answers {
		if q, ok := svc.Question(id); ok && q.Type == "slot" {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(id, "casework.error.slot_own_act", nil)
		}
		c.Answers[id] = v
	}
	retype(svc, c.Answers)
	files, err := store.Files(tx, a.ID)
	if err != nil {
		return err
	}
	if wrong := s.validate(svc, c, files, c.Known()); wrong != nil {
		return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
	}
	s.attribute(svc, c, c.Sources)
	return s.mendParties(tx, a, svc, c, before, now)
}

// mendParties follows changed answers in who takes part. What others confirmed
// stays as they confirmed it, and nobody new is asked: that takes a new
// application.
func (s *Service) mendParties(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content, before map[string]kernel.Value, now kernel.Time) error {
	old, err := store.Parties(tx, a.ID)
	if err != nil {
		return err
	}
	next, err := s.parties(a, svc, c, now)
	if err != nil {
		return err
	}
	asked := func(l []*Party) int {
		n := 0
		for _, p := range l {
			if p.Status != PartyNamed {
				n++
			}
		}
		return n
	}
	signed, wanted := asked(old), asked(next)
	var wrong []kernel.FieldError
	for i := range svc.Questions {
		q := &svc.Questions[i]
		names := slices.ContainsFunc(svc.Parties, func(p catalog.Party) bool { return p.Question == q.ID && asks(p.Role) })
		if signed+wanted > 0 && (Covered(q) || names) && !c.Answers[q.ID].Equal(before[q.ID]) {
			wrong = append(wrong, kernel.FieldError{Field: q.ID, Key: "casework.answer.confirmed"})
		}
	}
	if wrong != nil {
		return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
	}
	if err := store.DropNamed(tx, a.ID); err != nil {
		return err
	}
	for _, p := range next {
		if p.Status == PartyNamed {
			if err := store.InsertParty(tx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownAct runs an applicant's act on their own submitted application.
func (s *Service) ownAct(ctx context.Context, actor authz.Actor, id kernel.ID, key, act string, body any,
	fn func(tx *pstore.Tx, a *Application, now kernel.Time) error) (*Application, error) {
	var out *Application
	err := s.update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		out = a
		return s.once(tx, actor, key, act, a, body, func() error {
			now := s.Clock.Now()
			due := a.DueAt
			if err := fn(tx, a, now); err != nil {
				return err
			}
			if err := s.calm(tx, a, due, now); err != nil {
				return err
			}
			a.UpdatedAt = now
			if err := s.audited(tx, now, actor, "casework."+act, a, "casework.purpose.application"); err != nil {
				return err
			}
			return store.Update(tx, a)
		})
	})
	return out, err
}

// Withdraw takes an application back before it is decided (민원 처리에 관한 법률
// 제22조제2항).
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.ownAct(ctx, actor, id, key, "withdraw", nil, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Status == Withdrawn {
			return nil
		}
		if a.DecidedAt > 0 { // only the objection against it is still open
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		back := GivesBack(a)
		if err := move(a, Withdrawn); err != nil {
			return err
		}
		if back {
			if err := s.refundDue(tx, a); err != nil {
				return err
			}
		}
		if err := s.endJoints(tx, a, actor, now); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, "withdrawn", "", "", true); err != nil {
			return err
		}
		a.DecidedAt, a.PausedAt = now, 0
		if err := store.DropAnswerBy(tx, a.ID); err != nil {
			return err
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		if c.Pending != nil { // a colleague's confirmation is not waited for any more
			c.Pending = nil
			if err := s.endRound(tx, a, now); err != nil {
				return err
			}
		}
		if _, err := s.release(tx, a, svc, &c); err != nil {
			return err
		}
		if err := s.sealContent(a, c); err != nil {
			return err
		}
		if a.Number == "" {
			// Never reached a desk: nothing to keep beyond a draft's life.
			a.PurgeAt = now.Add(draftLife)
			return nil
		}
		a.PurgeAt = keepUntil(now, svc)
		if err := s.unhand(tx, a); err != nil {
			return err
		}
		return s.publish(tx, contract.Withdrawn, a)
	})
}
