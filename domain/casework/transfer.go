package casework

import (
	"context"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Transfer passes a case to the body that is really in charge (이송, 민원 처리에
// 관한 법률 제16조). The receiving office has the whole time limit again; the
// applicant is told.
func (s *Service) Transfer(ctx context.Context, actor authz.Actor, id kernel.ID, key, agency, reason string) (*Application, error) {
	reason, err := text("reason", reason, true)
	if err != nil {
		return nil, err
	}
	if !s.Agencies.Exists(agency, s.today()) {
		return nil, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("agency", "casework.error.agency_unknown", nil)
	}
	body := [2]string{agency, reason}
	// The act may be repeated after it succeeded, when the case is already
	// the other agency's: the key is looked up before the desk's check.
	if key != "" {
		if a, ok, err := s.repeated(ctx, actor, id, key, "transfer", body); err != nil || ok {
			return a, err
		}
	}
	return s.act(ctx, actor, id, key, "transfer", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Agency == agency {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("agency", "casework.error.agency_same", nil)
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		if !s.Agencies.Takes(svc.Agency, agency) {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("agency", "casework.error.agency_not_competent", nil)
		}
		if a.Status != Submitted && a.Status != InReview {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		if err := s.record(tx, a, now, actor, "transferred", agency, reason, true); err != nil {
			return err
		}
		if err := move(a, Submitted); err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		// The other office receives people itself, at times of its own.
		v, err := s.release(tx, a, svc, &c)
		if err != nil {
			return err
		}
		if err := s.unhand(tx, a); err != nil {
			return err
		}
		a.Agency, a.Assignee = agency, ""
		if v != nil {
			if err := s.visitEvent(tx, a, actor, "released", v.At); err != nil {
				return err
			}
			if err := s.sealContent(a, c); err != nil {
				return err
			}
		}
		if err := s.toTeam(tx, a); err != nil {
			return err
		}
		a.DueAt, a.PausedAt = s.Calendar.Due(now, svc.TimeLimit), 0
		if err := store.DropWords(tx, a.Seq); err != nil {
			return err
		}
		if err := s.index(tx, a, svc, &c); err != nil {
			return err
		}
		return s.publish(tx, contract.Transferred, a)
	})
}

// repeated finds an act that this key already did.
func (s *Service) repeated(ctx context.Context, actor authz.Actor, id kernel.ID, key, act string, body any) (a *Application, ok bool, err error) {
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		a, ok, err = s.used(tx, actor, key, s.actHash(act, id, body))
		return err
	})
	return a, ok, err
}
