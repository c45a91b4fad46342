package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// JointInput is what the agency in charge asks of another one.
type JointInput struct {
	Agency    string      `json:"agency"`
	Ask       string      `json:"ask"`
	Questions []string    `json:"questions"`
	Files     []string    `json:"files"`
	Until     kernel.Date `json:"until"` // last day for the reply
}

// JointAsk asks another agency for its opinion on a case. Nobody there sees
// more of the case than what is picked here.
func (s *Service) JointAsk(ctx context.Context, actor authz.Actor, id kernel.ID, key string, in JointInput) (*Application, error) {
	var err error
	if in.Ask, err = text("ask", in.Ask, true); err != nil {
		return nil, err
	}
	for _, l := range []*[]string{&in.Questions, &in.Files} {
		slices.Sort(*l)
		*l = slices.Compact(*l)
	}
	return s.act(ctx, actor, id, key, "joint_ask", in, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		if a.Status == Submitted {
			if err := move(a, InReview); err != nil {
				return err
			}
		}
		if a.Status != InReview && a.Status != Correction && a.Status != Objected {
			return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
		}
		if a.Assignee == "" {
			a.Assignee = actor.Account
		}
		until, err := s.checkJoint(tx, a, &in, now)
		if err != nil {
			return err
		}
		sealed, err := s.sealText(a.ID, in.Ask)
		if err != nil {
			return err
		}
		j := &store.Joint{ID: kernel.NewID(now), Application: a.ID, Lead: a.Agency, Agency: in.Agency, State: JointOpen, Ask: sealed, Reason: []byte{},
			Questions: in.Questions, Files: in.Files, Asker: actor.Account, CreatedAt: now, DueAt: until}
		if err := store.InsertJoint(tx, j); err != nil {
			return err
		}
		// The applicant sees who is asked since when; the words stay between
		// the offices.
		return s.record(tx, a, now, actor, "joint_asked", jointCode(j), "", true)
	})
}

// checkJoint tells everything that is wrong with a request, and gives the
// instant by which the reply is due.
func (s *Service) checkJoint(tx *pstore.Tx, a *Application, in *JointInput, now kernel.Time) (kernel.Time, error) {
	e := kernel.E(kernel.Invalid, "casework.error.answers", nil)
	switch {
	case !s.Agencies.Exists(in.Agency, s.today()):
		e.Field("agency", "casework.error.agency_unknown", nil)
	case in.Agency == a.Agency:
		e.Field("agency", "casework.error.agency_same", nil)
	}
	svc, err := s.Definition(tx.Context(), a)
	if err != nil {
		return 0, err
	}
	c, err := s.openContent(a, svc)
	if err != nil {
		return 0, err
	}
	for _, q := range in.Questions {
		if def, ok := svc.Question(q); !ok || def.Type == "file" || !c.Answers[q].Known() {
			e.Field("questions", "casework.joint.error.question", nil)
			break
		}
	}
	files, err := store.Files(tx, a.ID)
	if err != nil {
		return 0, err
	}
	for _, id := range in.Files {
		if !slices.ContainsFunc(files, func(f *File) bool { return string(f.ID) == id }) {
			e.Field("files", "casework.joint.error.file", nil)
			break
		}
	}
	last := s.jointLast(a, svc.TimeLimit, now)
	due := min(s.Calendar.Close(in.Until), last)
	switch {
	case in.Until.IsZero():
		e.Field("until", "casework.joint.error.until_missing", nil)
	case in.Until.Before(s.today()), last.DateIn(kernel.Seoul).Before(in.Until), due <= now:
		e.Field("until", "casework.joint.error.until", map[string]any{"to": last.DateIn(kernel.Seoul)})
	}
	all, err := store.Joints(tx, a.ID)
	if err != nil {
		return 0, err
	}
	open := 0
	for _, j := range all {
		if j.ClosedAt > 0 {
			continue
		}
		if open++; j.Agency == in.Agency {
			e.Field("agency", "casework.joint.error.twice", nil)
		}
	}
	if len(e.Fields) > 0 {
		return 0, e
	}
	if open >= maxJoint {
		return 0, kernel.E(kernel.Limited, "casework.joint.error.many", nil).With("max", maxJoint)
	}
	return due, nil
}

// JointRemind asks again for an opinion that is waited for.
func (s *Service) JointRemind(ctx context.Context, actor authz.Actor, request kernel.ID, key string) (*Application, error) {
	return s.leadAct(ctx, actor, request, key, "joint_remind", nil, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		j.RemindedAt = now
		return s.record(tx, a, now, actor, "joint_reminded", jointCode(j), "", false)
	})
}

// JointReply answers what the asked agency wanted to know.
func (s *Service) JointReply(ctx context.Context, actor authz.Actor, request kernel.ID, key, message string) (*Application, error) {
	message, err := text("message", message, true)
	if err != nil {
		return nil, err
	}
	return s.leadAct(ctx, actor, request, key, "joint_reply", message, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		return s.record(tx, a, now, actor, "joint_replied", jointCode(j), message, false)
	})
}

// JointWithdraw takes a request back: the opinion is not needed any more.
func (s *Service) JointWithdraw(ctx context.Context, actor authz.Actor, request kernel.ID, key, reason string) (*Application, error) {
	reason, err := text("reason", reason, true)
	if err != nil {
		return nil, err
	}
	return s.leadAct(ctx, actor, request, key, "joint_withdraw", reason, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		j.State, j.ClosedAt = JointWithdrawn, now
		// The applicant sees that, not why: that stays between the offices.
		if err := s.record(tx, a, now, actor, "joint_withdrawn", jointCode(j), "", true); err != nil {
			return err
		}
		return s.record(tx, a, now, actor, "joint_why", jointCode(j), reason, false)
	})
}

// leadAct is an act of the agency in charge on an open request.
func (s *Service) leadAct(ctx context.Context, actor authz.Actor, request kernel.ID, key, act string, body any,
	fn func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error) (*Application, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, err
	}
	var application kernel.ID
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		j, err := store.GetJoint(tx, request)
		if err == nil {
			application = j.Application
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	keyed := struct {
		Request kernel.ID
		Body    any
	}{request, body}
	return s.act(ctx, actor, application, key, act, keyed, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		j, err := store.GetJoint(tx, request)
		if err != nil {
			return err
		}
		if j.ClosedAt > 0 {
			return jointOver(j)
		}
		if err := fn(tx, a, j, now); err != nil {
			return err
		}
		return store.UpdateJoint(tx, j)
	})
}

// jointOver says how a request ended.
func jointOver(j *store.Joint) error {
	return kernel.E(kernel.Conflict, "casework.joint.over."+j.State, nil)
}
