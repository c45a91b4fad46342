package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// JointCase is a request as the asked agency reads it: of the case only what
// was picked for it, and of a request that is over only its own opinion.
type JointCase struct {
	Joint
	Number  string
	Service *catalog.Service
	Answers map[string]kernel.Value
	People  []Member // whom the picked answers name
	Files   []FileView
	Steps   []JointStep
	// Longest is the last day to which the asked agency may take longer, or zero.
	Longest kernel.Date
}

// JointLook opens a request for an official of the asked agency. The look is
// logged, and the person sees which agency looked.
func (s *Service) JointLook(ctx context.Context, actor authz.Actor, request kernel.ID) (*JointCase, error) {
	if err := s.jointNear(ctx, actor, request); err != nil {
		return nil, err
	}
	var out *JointCase
	err := s.DB.Update(ctx, func(tx *pstore.Tx) error {
		j, a, err := s.askedOf(tx, actor, request)
		if err != nil {
			return err
		}
		if err := stillHere(tx, actor, j.Agency); err != nil {
			return err
		}
		if out, err = s.readJoint(tx, j, a); err != nil {
			return err
		}
		return s.auditedAt(tx, s.Clock.Now(), actor, "casework.joint_read", a, j.Agency, "casework.purpose.joint")
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// readJoint picks out of a case what the asked agency may see.
func (s *Service) readJoint(tx *pstore.Tx, j *store.Joint, a *Application) (*JointCase, error) {
	open, err := s.openJoint(j)
	if err != nil {
		return nil, err
	}
	c, err := s.read(tx, a)
	if err != nil {
		return nil, err
	}
	out := &JointCase{Joint: open, Number: a.Number, Service: c.Service}
	if j.ClosedAt > 0 {
		out.Ask = ""
		return out, nil
	}
	out.Answers = map[string]kernel.Value{}
	for _, q := range j.Questions {
		v := c.Content.Answers[q]
		out.Answers[q] = v
		set, _ := v.Set()
		for _, m := range c.Content.Known() {
			if m.Person == v.Text() || slices.Contains(set, m.Person) {
				out.People = append(out.People, Member{Person: m.Person, Name: m.Name})
			}
		}
	}
	for _, f := range c.Files {
		if slices.Contains(j.Files, string(f.ID)) {
			out.Files = append(out.Files, f)
		}
	}
	out.Steps = c.jointSteps(j)
	if until := s.jointLongest(a, c.Service.TimeLimit, j, s.Clock.Now()); !j.Extended && until > j.DueAt {
		out.Longest = until.DateIn(kernel.Seoul)
	}
	return out, nil
}

// jointSteps is the timeline that the agencies share.
func (c *Case) jointSteps(own *store.Joint) []JointStep {
	var out []JointStep
	for _, e := range c.Events {
		if !strings.HasPrefix(e.Act, "joint_") || e.Act == "joint_without" {
			continue
		}
		agency, id, _ := strings.Cut(e.Code, " ")
		step := JointStep{At: e.At, Act: e.Act, By: e.Agency, Agency: agency}
		switch {
		case id == string(own.ID):
			step.Note = e.Note
		case agency == own.Agency || e.Act != "joint_asked" && e.Act != "joint_answered":
			continue // an earlier request is over; others' talk is theirs
		}
		out = append(out, step)
	}
	return out
}

// JointTake takes a request into hand, or takes over from a colleague.
func (s *Service) JointTake(ctx context.Context, actor authz.Actor, request kernel.ID, key string) error {
	return s.askedAct(ctx, actor, request, key, "joint_take", nil, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		if j.Taker == actor.Account {
			return nil
		}
		j.State, j.Taker = JointTaken, actor.Account
		return s.recordAt(tx, a, now, actor, j, "joint_taken", "")
	})
}

// JointQuestion asks the agency in charge something back.
func (s *Service) JointQuestion(ctx context.Context, actor authz.Actor, request kernel.ID, key, message string) error {
	message, err := text("message", message, true)
	if err != nil {
		return err
	}
	return s.askedAct(ctx, actor, request, key, "joint_question", message, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		s.takeJoint(j, actor)
		return s.recordAt(tx, a, now, actor, j, "joint_question", message)
	})
}

// JointExtend takes longer for the opinion, once, and says why.
func (s *Service) JointExtend(ctx context.Context, actor authz.Actor, request kernel.ID, key string, until kernel.Date, reason string) error {
	reason, err := text("reason", reason, true)
	if err != nil {
		return err
	}
	return s.askedAct(ctx, actor, request, key, "joint_extend", [2]string{until.String(), reason}, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		longest := s.jointLongest(a, svc.TimeLimit, j, now)
		due := min(s.Calendar.Close(until), longest)
		switch {
		case j.Extended:
			return kernel.E(kernel.Conflict, "casework.joint.error.extended", nil)
		case now > j.DueAt:
			return kernel.E(kernel.Conflict, "casework.joint.error.late", nil)
		case until.IsZero():
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("until", "casework.joint.error.until_missing", nil)
		case due <= j.DueAt, longest.DateIn(kernel.Seoul).Before(until):
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).
				Field("until", "casework.joint.error.until", map[string]any{"to": longest.DateIn(kernel.Seoul)})
		}
		s.takeJoint(j, actor)
		j.DueAt, j.Extended = due, true
		return s.recordAt(tx, a, now, actor, j, "joint_extended", reason)
	})
}

// JointAnswer gives the agency's opinion; with it the request is over.
func (s *Service) JointAnswer(ctx context.Context, actor authz.Actor, request kernel.ID, key, opinion, reason string) error {
	reason, err := text("reason", reason, true)
	if err != nil {
		return err
	}
	if !slices.Contains(Opinions, opinion) {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("opinion", "casework.joint.error.opinion", nil)
	}
	return s.askedAct(ctx, actor, request, key, "joint_answer", [2]string{opinion, reason}, func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error {
		sealed, err := s.sealText(a.ID, reason)
		if err != nil {
			return err
		}
		s.takeJoint(j, actor)
		j.State, j.Opinion, j.Reason, j.ClosedAt = JointAnswered, opinion, sealed, now
		if err := s.recordAt(tx, a, now, actor, j, "joint_answered", ""); err != nil || a.Assignee == "" {
			return err
		}
		return s.ping(tx, now, a.Assignee, a.Agency, a.ID, PingOpinion, actor.Account, 1)
	})
}

func (s *Service) takeJoint(j *store.Joint, actor authz.Actor) {
	if j.Taker == "" {
		j.State, j.Taker = JointTaken, actor.Account
	}
}

// jointLast is the last instant at which an opinion is of use: when the case is
// due, or, where that has passed, the end of the office day.
func (s *Service) jointLast(a *Application, l catalog.Limit, now kernel.Time) kernel.Time {
	due := a.DueAt
	if a.PausedAt > 0 { // the clock stands still: the due date moves on with it
		due = s.Calendar.Resume(a.DueAt, a.PausedAt, now, l)
	}
	if due <= now {
		day := now.DateIn(kernel.Seoul)
		for !s.Calendar.Working(day) || s.Calendar.Close(day) <= now {
			day = day.AddDays(1)
		}
		return s.Calendar.Close(day)
	}
	return due
}

// jointLongest is the furthest instant to which the asked agency may take.
func (s *Service) jointLongest(a *Application, l catalog.Limit, j *store.Joint, now kernel.Time) kernel.Time {
	given := time.Duration(j.DueAt-j.CreatedAt) * time.Microsecond
	return min(j.DueAt.Add(given), s.jointLast(a, l, now))
}

// recordAt is record for an act of the asked agency, of which the applicant
// sees nothing but that an opinion came.
func (s *Service) recordAt(tx *pstore.Tx, a *Application, now kernel.Time, actor authz.Actor, j *store.Joint, act, note string) error {
	sealed, err := s.sealText(a.ID, note)
	if err != nil {
		return err
	}
	return store.AddEvent(tx, a, &Event{ID: kernel.NewID(now), At: now, Act: act, Actor: actor.Account, ByKind: "official", Agency: j.Agency,
		Code: jointCode(j), Note: sealed, Shared: act == "joint_answered"})
}

// askedOf reads a request to one of the official's agencies, with its case. A
// request to another agency is NotFound.
func (s *Service) askedOf(tx *pstore.Tx, actor authz.Actor, request kernel.ID) (*store.Joint, *Application, error) {
	if _, err := deskAgency(actor, ""); err != nil {
		return nil, nil, err
	}
	j, err := store.GetJoint(tx, request)
	if err != nil {
		return nil, nil, err
	}
	if !actor.HasIn(authz.Official, j.Agency) {
		return nil, nil, kernel.E(kernel.NotFound, "casework.joint.error.none", nil)
	}
	a, err := store.Get(tx, j.Application)
	return j, a, err
}

// jointNear refuses officials the requests about their own household. It asks
// the register before any transaction of ours is open.
func (s *Service) jointNear(ctx context.Context, actor authz.Actor, request kernel.ID) error {
	var application kernel.ID
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		j, _, err := s.askedOf(tx, actor, request)
		if err == nil {
			application = j.Application
		}
		return err
	})
	if err != nil {
		return err
	}
	near, err := s.near(ctx, Official{Account: actor.Account, Person: actor.Person}, application)
	if err != nil {
		return err
	}
	if near {
		return kernel.E(kernel.Forbidden, "casework.error.own_household", nil)
	}
	return nil
}

// askedAct is an act of the asked agency on an open request. It writes the case
// too, so that of an opinion, a withdrawal and a decision that meet one comes
// first, and the others find it.
func (s *Service) askedAct(ctx context.Context, actor authz.Actor, request kernel.ID, key, act string, body any,
	fn func(tx *pstore.Tx, a *Application, j *store.Joint, now kernel.Time) error) error {
	if err := s.jointNear(ctx, actor, request); err != nil {
		return err
	}
	keyed := struct {
		Request kernel.ID
		Body    any
	}{request, body}
	return s.update(ctx, func(tx *pstore.Tx) error {
		j, a, err := s.askedOf(tx, actor, request)
		if err != nil {
			return err
		}
		return s.once(tx, actor, key, act, a, keyed, func() error {
			if err := stillHere(tx, actor, j.Agency); err != nil {
				return err
			}
			if j.ClosedAt > 0 {
				return jointOver(j)
			}
			now := s.Clock.Now()
			if err := fn(tx, a, j, now); err != nil {
				return err
			}
			if err := store.UpdateJoint(tx, j); err != nil {
				return err
			}
			a.UpdatedAt = now
			if err := s.auditedAt(tx, now, actor, "casework."+act, a, j.Agency, "casework.purpose.joint"); err != nil {
				return err
			}
			return store.Update(tx, a)
		})
	})
}

// JointFile tells whether the actor may download a file of a request.
func (s *Service) JointFile(ctx context.Context, actor authz.Actor, request, file kernel.ID) error {
	c, err := s.JointLook(ctx, actor, request)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(c.Files, func(f FileView) bool { return f.ID == file }) {
		return kernel.E(kernel.NotFound, "casework.error.no_file", nil)
	}
	return nil
}
