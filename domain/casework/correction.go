package casework

import (
	"context"
	"strings"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
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
	message, err := text("message", message, true)
	if err != nil {
		return nil, err
	}
	return s.act(ctx, actor, id, key, "correction", message, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if err := move(a, Correction); err != nil {
			return err
		}
		a.Assignee, a.PausedAt = actor.Account, now
		if err := s.record(tx, a, now, actor, "correction_asked", "", message, true); err != nil {
			return err
		}
		return s.publish(tx, contract.CorrectionAsked, a)
	})
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
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		if err := move(a, InReview); err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		for q, v := range answers {
			c.Answers[q] = v
		}
		retype(svc, c.Answers)
		files, err := store.Files(tx, a.ID)
		if err != nil {
			return err
		}
		if wrong := s.validate(svc, &c, files, c.Known()); wrong != nil {
			return &kernel.Error{Kind: kernel.Invalid, Key: "casework.error.answers", Fields: wrong}
		}
		if err := s.sealContent(a, c); err != nil {
			return err
		}
		a.DueAt = s.Calendar.Resume(a.DueAt, a.PausedAt, now, svc.TimeLimit)
		a.PausedAt = 0
		if len(answers) > 0 {
			if err := store.DropTerms(tx, a.Seq); err != nil {
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

// ownAct runs an applicant's act on their own submitted application.
func (s *Service) ownAct(ctx context.Context, actor authz.Actor, id kernel.ID, key, act string, body any,
	fn func(tx *pstore.Tx, a *Application, now kernel.Time) error) (*Application, error) {
	var out *Application
	err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		out = a
		return s.once(tx, actor, key, act, a, body, func() error {
			now := s.Clock.Now()
			if err := fn(tx, a, now); err != nil {
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
		if err := move(a, Withdrawn); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, "withdrawn", "", "", true); err != nil {
			return err
		}
		a.DecidedAt = now
		if a.Number == "" {
			// Never reached a desk: nothing to keep beyond a draft's life.
			a.PurgeAt = now.Add(draftLife)
			return nil
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		a.PurgeAt = keepUntil(now, svc)
		return s.publish(tx, contract.Withdrawn, a)
	})
}
