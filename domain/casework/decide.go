package casework

import (
	"context"
	"slices"
	"strings"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Decision is what an official decides and why.
type Decision struct {
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
	Law      string `json:"law"` // "" for the grounds' laws, or the first law of the definition
	// Grounds are ids of the definition's provisions, for an adverse decision
	// on the whole; Parts decide entry by entry.
	Grounds []string       `json:"grounds,omitempty"`
	Parts   []PartDecision `json:"parts,omitempty"`
	// Line are the colleagues who must agree first, none for the official's own
	// decision.
	Line []Approver `json:"line,omitempty"`
	// Without: opinions that other agencies were asked for are not waited for.
	Without bool `json:"without,omitempty"`
}

// Proposal is a decision that waits for the second official.
type Proposal struct {
	Decision
	By kernel.ID   `json:"by"`
	At kernel.Time `json:"at"`
	// Objection: the decision is on an objection.
	Objection bool `json:"objection,omitempty"`
}

// Decide ends a case with a decision and its reason. Where the service asks
// for four eyes, a second official of the agency must confirm it first.
func (s *Service) Decide(ctx context.Context, actor authz.Actor, id kernel.ID, key string, d Decision) (*Application, error) {
	var err error
	if d.Reason, err = text("reason", d.Reason, true); err != nil {
		return nil, err
	}
	if d.Law, err = text("law", d.Law, false); err != nil {
		return nil, err
	}
	if err := s.checkLine(ctx, actor, id, d.Line); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, id, key, "decide", d, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		c, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		d := d // the transaction may run again
		if err := settle(svc, &c, &d); err != nil {
			return err
		}
		if err := allowed(svc, a, d); err != nil {
			return err
		}
		if err := s.withoutJoints(tx, actor, a, now, d.Without); err != nil {
			return err
		}
		if a.Status == Submitted || a.Assignee == "" {
			a.Assignee = actor.Account
		}
		objection := a.Status == Objected
		if a.PausedAt > 0 { // nobody answered, and nobody has to any more
			a.DueAt, a.PausedAt = s.Calendar.Resume(a.DueAt, a.PausedAt, now, svc.TimeLimit), 0
		}
		if svc.FourEyes || len(d.Line) > 0 {
			if err := move(a, SecondLook); err != nil {
				return err
			}
			c.Pending = &Proposal{Decision: d, By: actor.Account, At: now, Objection: objection}
			if err := s.sealContent(a, c); err != nil {
				return err
			}
			if err := s.sendRound(tx, actor, a, d.Line, now); err != nil {
				return err
			}
			return s.record(tx, a, now, actor, "proposed", d.Decision, d.Reason, false)
		}
		return s.conclude(tx, actor, a, svc, &c, d, objection)
	})
}

// allowed tells whether the case can end so.
func allowed(svc *catalog.Service, a *Application, d Decision) error {
	bad := func(key string) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("decision", key, nil)
	}
	decision := d.Decision
	switch {
	case a.Status == Decided, a.Status == Withdrawn, a.Status == SecondLook: // a proposal is confirmed or taken back
		return kernel.E(kernel.Conflict, "casework.error.status", nil).With("status", a.Status)
	case a.Status == Objected && decision == Dismissed:
		return nil
	case decision == "":
		return bad("casework.error.decision_missing")
	case !slices.Contains(svc.Decisions, decision):
		return bad("casework.error.decision_unknown")
	case Adverse(decision) && svc.Objection == nil:
		// The definition names no legal route against it, so no such decision
		// can be given properly.
		return bad("casework.error.no_objection_route")
	case Adverse(decision) && d.Law == "" && len(svc.Law) == 0:
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("law", "casework.error.law_missing", nil)
	}
	return nil
}

// Confirm is a colleague's word on a proposed decision: it goes on to the next
// in line, stands after the last, or goes back with a reason.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, id kernel.ID, key string, agree bool, reason string) (*Application, error) {
	reason, err := text("reason", reason, !agree)
	if err != nil {
		return nil, err
	}
	body := struct {
		Agree  bool
		Reason string
	}{agree, reason}
	return s.act(ctx, actor, id, key, "confirm", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		svc, c, err := s.proposed(ctx, a)
		if err != nil {
			return err
		}
		p := *c.Pending
		if !agree {
			return s.putBack(tx, actor, a, &c, now, "sent_back", reason)
		}
		last, err := s.agreeTo(tx, actor, a, &p, now)
		if err != nil || !last {
			return err
		}
		c.Pending = nil
		if err := s.endRound(tx, a, now); err != nil {
			return err
		}
		return s.conclude(tx, actor, a, svc, &c, p.Decision, p.Objection)
	})
}

// conclude writes the decision, on the application or on the objection, issues
// its document and tells the applicant. The caller stores a.
func (s *Service) conclude(tx *pstore.Tx, actor authz.Actor, a *Application, svc *catalog.Service, c *Content, d Decision, objection bool) error {
	now := s.Clock.Now()
	if err := move(a, Decided); err != nil {
		return err
	}
	if err := s.settled(tx, actor, a, now); err != nil {
		return err
	}
	if d.Decision != Dismissed {
		a.Decision, c.Parts = d.Decision, d.Parts
	}
	a.DecidedAt, a.UpdatedAt, a.PausedAt = now, now, 0
	if d.Law == "" && len(svc.Law) > 0 {
		d.Law = svc.Law[0].Name + " " + svc.Law[0].Article
	}
	a.ObjectUntil = kernel.Date{}
	if Adverse(d.Decision) && !objection && svc.Objection.Days > 0 {
		// The period runs from the day after the person is told (민법 제157조),
		// and a last day on which offices are closed moves on (제161조); the
		// notice goes out with this very transaction.
		a.ObjectUntil = s.Calendar.Due(now, catalog.Limit{Value: svc.Objection.Days, Unit: "days", Rule: "civil"}).DateIn(kernel.Seoul)
	}
	old := a.Document
	doc, err := s.issue(a, svc, c, d, now)
	if err != nil {
		return err
	}
	if old != "" && d.Decision != Dismissed {
		if err := store.RevokeDocument(tx, old, now); err != nil {
			return err
		}
	}
	if err := store.InsertDocument(tx, doc); err != nil {
		return err
	}
	a.Document = doc.Number
	a.PurgeAt = keepUntil(now, svc)
	if Adverse(d.Decision) && svc.Visit != nil {
		if v, err := s.release(tx, a, svc, c); err != nil {
			return err
		} else if v != nil {
			if err := s.visitEvent(tx, a, actor, "released", v.At); err != nil {
				return err
			}
		}
	}
	if err := s.sealContent(a, *c); err != nil {
		return err
	}
	note := d.Reason
	act := "decided"
	event := contract.Decided
	if objection {
		act, event = "objection_decided", contract.ObjectionDecided
	}
	if err := s.record(tx, a, now, actor, act, d.Decision, note, true); err != nil {
		return err
	}
	if actor.System != "" {
		if err := s.audited(tx, now, actor, "casework.decide", a, "casework.purpose.handling"); err != nil {
			return err
		}
	}
	told := *a
	told.Decision = d.Decision // a dismissed objection leaves the application's own as it was
	return s.publish(tx, event, &told)
}

// settled ends what others were asked while the case was open: opinions, a
// hand-over that nobody took up, an answer of the applicant's.
func (s *Service) settled(tx *pstore.Tx, actor authz.Actor, a *Application, now kernel.Time) error {
	if s.recounting {
		return nil // nobody was asked
	}
	if err := s.endJoints(tx, a, actor, now); err != nil {
		return err
	}
	if err := s.unhand(tx, a); err != nil {
		return err
	}
	return store.DropAnswerBy(tx, a.ID)
}

// keepUntil is when a closed case is purged.
func keepUntil(closed kernel.Time, svc *catalog.Service) kernel.Time {
	years := svc.Retention.Years
	if years <= 0 {
		return 0 // the check of the pack asks for a period; without one, keep
	}
	return kernel.TimeOf(closed.Std().AddDate(years, 0, 0))
}

// MayObject tells whether the applicant can lodge an objection here today.
func (c *Case) MayObject(today kernel.Date) bool {
	o := c.Service.Objection
	if c.Status != Decided || o == nil || o.Answer.Unit == "" || !Adverse(c.Decision) {
		return false
	}
	for _, e := range c.Events {
		if e.Act == "objected" {
			return false
		}
	}
	return c.ObjectUntil.IsZero() || !c.ObjectUntil.Before(today)
}

// Object lodges an objection against an adverse decision, once and in time.
// Of a decision in parts it may name the refused entries that it is about;
// without any it is about all of them.
func (s *Service) Object(ctx context.Context, actor authz.Actor, id kernel.ID, key, reason string, entries ...string) (*Application, error) {
	reason, err := text("reason", reason, true)
	if err != nil {
		return nil, err
	}
	body := strings.Join(append([]string{reason}, entries...), "\x00")
	return s.ownAct(ctx, actor, id, key, "object", body, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		c, err := s.read(tx, a)
		if err != nil {
			return err
		}
		if a.Status == Decided && !a.ObjectUntil.IsZero() && a.ObjectUntil.Before(s.today()) {
			return kernel.E(kernel.Conflict, "casework.error.objection_late", nil).With("until", a.ObjectUntil.String())
		}
		if !c.MayObject(s.today()) {
			return kernel.E(kernel.Conflict, "casework.error.no_objection", nil)
		}
		if err := move(a, Objected); err != nil {
			return err
		}
		refused := c.Refused()
		for _, e := range entries {
			if !slices.Contains(refused, e) {
				return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("entries", "casework.error.part_unknown", nil)
			}
		}
		a.PurgeAt = 0
		a.DueAt = s.Calendar.Due(now, c.Service.Objection.Answer)
		note := reason
		if len(entries) > 0 {
			c.Content.Objects = entries
			if err := s.sealContent(a, c.Content); err != nil {
				return err
			}
			note = strings.Join(entries, "\n") + "\n\n" + reason
		}
		if err := s.rest(tx, a); err != nil {
			return err
		}
		if err := s.record(tx, a, now, actor, "objected", "", note, true); err != nil {
			return err
		}
		return s.publish(tx, contract.ObjectionLodged, a)
	})
}
