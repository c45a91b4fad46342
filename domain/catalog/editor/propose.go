package editor

import (
	"context"
	"strings"
	"unicode/utf8"

	cstore "maru/domain/catalog/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// maxWhy bounds a reason in characters.
const maxWhy = 1000

// Propose hands a draft to a second person, to come into force on a date. It
// needs a reason, at least one change and a check without errors.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, from kernel.Date, why string) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.writable(actor, w, revision, ActProposed); err != nil {
		return err
	}
	bad := kernel.E(kernel.Invalid, "catalog.editor.check_form", nil)
	if from.IsZero() {
		bad.Field("from", "catalog.editor.no_date", nil)
	} else if from.Before(s.today()) {
		bad.Field("from", "catalog.past_date", nil)
	}
	if why = reason(bad, "why", why); len(bad.Fields) > 0 {
		return bad
	}
	if len(w.Collisions) > 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.collides", nil)
	}
	if len(w.Changed()) == 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.nothing", nil)
	}
	report, err := s.Check(ctx, w)
	if err != nil {
		return err
	}
	if report.Errors > 0 {
		return kernel.E(kernel.Conflict, "catalog.editor.errors_left", nil).With("n", report.Errors)
	}
	base, err := s.folder(ctx, w.On, w.Service)
	if err != nil {
		return err
	}
	return s.move(ctx, actor, id, revision, ActProposed, why, func(tx *store.Tx, r *cstore.Draft) error {
		if r.State != Open {
			return kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
		}
		r.State, r.Why, r.From, r.Base = Proposed, why, from.String(), w.On
		r.ProposedBy, r.ProposedPerson, r.ProposedAgency, r.ProposedAt = string(actor.Account), actor.Person, w.Agency, s.deps.Clock.Now()
		return cstore.SetDraftFiles(tx, r.ID, changes(base, w.Files))
	})
}

// reason is a reason without spaces around it; one that is missing or too long
// is noted in bad.
func reason(bad *kernel.Error, field, text string) string {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > maxWhy {
		bad.Field(field, "catalog.editor.no_reason", map[string]any{"max": maxWhy})
	}
	return text
}

// Withdraw takes a proposal back to be worked on again.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.mayWrite(actor, w.InForce, w.Draft); err != nil {
		return err
	}
	return s.reopen(ctx, actor, id, revision, ActWithdrawn, "")
}

// SendBack is the second person's no, with what is to be put right.
func (s *Service) SendBack(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, note string) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if w.State != Proposed {
		return kernel.E(kernel.Conflict, "catalog.editor.not_proposed", nil)
	}
	if !w.MayReview {
		return w.WhyNot
	}
	bad := kernel.E(kernel.Invalid, "catalog.editor.check_form", nil)
	if note = reason(bad, "note", note); len(bad.Fields) > 0 {
		return bad
	}
	return s.reopen(ctx, actor, id, revision, ActSentBack, note)
}

func (s *Service) reopen(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64, act, note string) error {
	return s.move(ctx, actor, id, revision, act, note, func(_ *store.Tx, r *cstore.Draft) error {
		if r.State != Proposed {
			return kernel.E(kernel.Conflict, "catalog.editor.not_proposed", nil)
		}
		r.State, r.ProposedBy, r.ProposedPerson, r.ProposedAgency, r.ProposedAt = Open, "", "", "", 0
		return nil
	})
}

// Discard gives a draft up.
func (s *Service) Discard(ctx context.Context, actor authz.Actor, id kernel.ID, revision int64) error {
	w, err := s.Open(ctx, actor, id)
	if err != nil {
		return err
	}
	if err := s.mayWrite(actor, w.InForce, w.Draft); err != nil {
		return err
	}
	return s.move(ctx, actor, id, revision, ActDiscarded, "", func(_ *store.Tx, r *cstore.Draft) error {
		if r.State != Open {
			return kernel.E(kernel.Conflict, "catalog.editor.not_open", nil)
		}
		r.State = Discarded
		return nil
	})
}
