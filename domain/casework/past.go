package casework

import (
	"time"

	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	pstore "maru/platform/store"
)

// Past is a case that was lived through before, to fill a database with.
type Past struct {
	Submission             // without a key: none is remembered
	At         kernel.Time // of its submission
	Agency     string      // in charge of it now
	Status     string      // where it stands: Submitted, InReview, Decided or Withdrawn
	Decision   Decision    // where it is decided
	Resident   authz.Actor // who applied, from whose registers nothing is fetched
	Official   authz.Actor // who handles it
	// Unused tells whether a number can be given and takes it; nil for always. Of
	// many thousand cases in one transaction some draw a number that is given
	// away, and each would undo them all.
	Unused func(number string) bool
}

// Recount writes a past case as living through it would have: answers sealed,
// numbered, timeline, document, words and log. It only inserts, so that tx may
// collect for a Batch. The clock is set to the time of each act: the bus of s
// tells by it too.
func (s *Service) Recount(tx *pstore.Tx, p Past, c *clock.Manual) (*Application, error) {
	c.Set(p.At)
	then := &Service{Deps: s.Deps, recounting: true, unused: p.Unused}
	then.Clock, then.Agencies = c, inCharge{s.Agencies, p.Agency}
	svc, ref, err := then.mayApply(p.Resident, p.Service)
	if err != nil {
		return nil, err
	}
	content := Content{Applicant: p.Resident.Name, Answers: cloneAnswers(p.Answers)}
	retype(svc, content.Answers)
	a, err := then.newDraft(p.Resident, ref, content)
	if err != nil {
		return nil, err
	}
	if err := then.submit(tx, p.Resident, a, svc, &content, nil, nil); err != nil {
		return nil, err
	}
	if p.Status != Submitted {
		if err := then.handled(tx, a, svc, &content, p, c); err != nil {
			return nil, err
		}
	}
	return a, store.Insert(tx, a)
}

// handled takes a recounted case from the desk to where it stands.
func (s *Service) handled(tx *pstore.Tx, a *Application, svc *catalog.Service, content *Content, p Past, c *clock.Manual) error {
	c.Advance(26 * time.Hour)
	if p.Status == Withdrawn {
		if err := move(a, Withdrawn); err != nil {
			return err
		}
		a.PurgeAt = keepUntil(c.Now(), svc)
		return s.record(tx, a, c.Now(), p.Resident, "withdrawn", "", "", true)
	}
	if err := move(a, InReview); err != nil {
		return err
	}
	a.Assignee = p.Official.Account
	if err := s.record(tx, a, c.Now(), p.Official, "assigned", "", "", true); err != nil {
		return err
	}
	if err := s.audited(tx, c.Now(), p.Official, "casework.assign", a, "casework.purpose.handling"); err != nil || p.Status == InReview {
		return err
	}
	c.Advance(47 * time.Hour)
	if err := s.conclude(tx, p.Official, a, svc, content, p.Decision, false); err != nil {
		return err
	}
	return s.audited(tx, c.Now(), p.Official, "casework.decide", a, "casework.purpose.handling")
}

// inCharge routes every case to one body, as a transfer may.
type inCharge struct {
	Agencies
	agency string
}

func (r inCharge) Route(catalog.AgencyRule, map[string]kernel.Value, map[string]kernel.Value, kernel.Date) (string, error) {
	return r.agency, nil
}
