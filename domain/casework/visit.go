package casework

import (
	"context"
	"slices"
	"time"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Visit is a booked call at the office.
type Visit = store.Visit

// The statuses of a visit.
const (
	VisitBooked = "booked"
	VisitCame   = "came"
	VisitMissed = "missed"
)

// visitDays is how many working days ahead a visit can be booked, from the
// next one on.
const visitDays = 15

// hours are when offices receive people, from and until (minutes of the day in
// Seoul; 국가공무원 복무규정 제9조 sets the hours and the break at noon).
var hours = [][2]int{{9 * 60, 12 * 60}, {13 * 60, 18 * 60}}

// OpenDay is a day with its openings.
type OpenDay struct {
	Day      kernel.Date
	Openings []Opening
}

// Opening is an instant at which somebody can be received.
type Opening struct {
	At   kernel.Time
	Left int // places
}

// Slot is the answer that books the opening.
func (o Opening) Slot() string { return catalog.SlotOf(o.At) }

// grid is every opening of the days on which v can be booked, all places free.
func (s *Service) grid(v *catalog.Visit) []OpenDay {
	var out []OpenDay
	step := max(v.Minutes, 1)
	// A year without a working day would be a broken calendar, not a wait.
	for d, tries := s.today().AddDays(1), 0; len(out) < visitDays && tries < 366; d, tries = d.AddDays(1), tries+1 {
		if !s.Calendar.Working(d) {
			continue
		}
		day, midnight := OpenDay{Day: d}, kernel.TimeOf(d.In(kernel.Seoul))
		for _, h := range hours {
			for m := h[0]; m+step <= h[1]; m += step {
				day.Openings = append(day.Openings, Opening{midnight.Add(time.Duration(m) * time.Minute), max(v.Capacity, 1)})
			}
		}
		out = append(out, day)
	}
	return out
}

// free is the grid without the places taken; the application's own counts as
// free for it.
func (s *Service) free(tx *pstore.Tx, svc *catalog.Service, agency string, own kernel.ID) ([]OpenDay, error) {
	days := s.grid(svc.Visit)
	if len(days) == 0 {
		return nil, nil
	}
	last := days[len(days)-1].Day.AddDays(1)
	taken, err := store.Taken(tx, agency, svc.ID, kernel.TimeOf(days[0].Day.In(kernel.Seoul)), kernel.TimeOf(last.In(kernel.Seoul)))
	if err != nil {
		return nil, err
	}
	at := map[kernel.Time]int{}
	for _, v := range taken {
		if v.Application != own {
			at[v.At]++
		}
	}
	for i := range days {
		for j := range days[i].Openings {
			o := &days[i].Openings[j]
			o.Left = max(o.Left-at[o.At], 0)
		}
	}
	return days, nil
}

// Openings lists when the applicant can be received, and by which office. No
// office is in charge yet ("") where the answers do not tell it.
func (s *Service) Openings(ctx context.Context, c *Case) (days []OpenDay, agency string, err error) {
	if c.Service.Visit == nil {
		return nil, "", nil
	}
	if agency = c.Agency; c.Status == Draft {
		agency, err = s.Agencies.Route(c.Service.Agency, c.Content.Answers, c.Content.Facts, s.today())
		if kernel.Is(err, kernel.Invalid) {
			return nil, "", nil
		}
		if err != nil {
			return nil, "", err
		}
	}
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		days, err = s.free(tx, c.Service, agency, c.ID)
		return err
	})
	return days, agency, err
}

// OpeningsAt lists when an office receives people for a service, for whoever
// hands in whole; "" is the office in charge nationwide.
func (s *Service) OpeningsAt(ctx context.Context, actor authz.Actor, service, agency string) (days []OpenDay, err error) {
	svc, _, err := s.mayApply(actor, service)
	if err != nil {
		return nil, err
	}
	if agency == "" {
		agency = svc.Agency.Body
	}
	if svc.Visit == nil || !s.Agencies.Exists(agency, s.today()) || !s.Agencies.Takes(svc.Agency, agency) {
		return nil, kernel.E(kernel.NotFound, "casework.error.no_openings", nil)
	}
	err = s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		days, err = s.free(tx, svc, agency, "")
		return err
	})
	return days, err
}

// visitAsked tells whether these answers call for a visit.
func (s *Service) visitAsked(svc *catalog.Service, c *Content) bool {
	return svc.Visit != nil && slices.ContainsFunc(c.Shown(svc, s.today()), func(q *catalog.Question) bool { return q.ID == svc.Visit.Question })
}

// book takes a place at the opening that the answer names, if one is left.
func (s *Service) book(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
	if !s.visitAsked(svc, c) || !c.Answers[svc.Visit.Question].Known() {
		return nil
	}
	at, ok := catalog.ParseSlot(c.Answers[svc.Visit.Question].Text())
	gone := func(key string) error {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(svc.Visit.Question, key, nil)
	}
	onGrid := slices.ContainsFunc(s.grid(svc.Visit), func(d OpenDay) bool {
		return slices.ContainsFunc(d.Openings, func(o Opening) bool { return o.At == at })
	})
	if !ok || !onGrid {
		return gone("casework.answer.slot_gone")
	}
	taken, err := store.Taken(tx, a.Agency, svc.ID, at, at+1)
	if err != nil {
		return err
	}
	place := 1
	for _, v := range taken {
		if v.Place == place {
			place++
		}
	}
	if place > max(svc.Visit.Capacity, 1) {
		return gone("casework.error.slot_taken")
	}
	return store.InsertVisit(tx, &Visit{Application: a.ID, Service: svc.ID, Agency: a.Agency, At: at, Place: place, Minutes: svc.Visit.Minutes, Status: VisitBooked})
}

// release frees the place of a visit that is still to come, and takes the
// answer that booked it out of c, which the caller stores. It gives the visit
// that was released, nil for none.
func (s *Service) release(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) (*Visit, error) {
	v, err := store.GetVisit(tx, a.ID)
	if err != nil || v == nil || v.Status != VisitBooked || v.At <= s.Clock.Now() {
		return nil, err
	}
	if svc.Visit != nil {
		delete(c.Answers, svc.Visit.Question)
	}
	return v, store.DropVisit(tx, a.ID)
}

// visitEvent tells of what became of a visit: the timeline shows it, and the
// applicant is told. code is moved, cancelled, released or booked.
func (s *Service) visitEvent(tx *pstore.Tx, a *Application, actor authz.Actor, code string, at kernel.Time) error {
	if err := s.record(tx, a, s.Clock.Now(), actor, "visit_"+code, catalog.SlotOf(at), "", true); err != nil {
		return err
	}
	return s.publishVisit(tx, a, code, at)
}

func (s *Service) publishVisit(tx *pstore.Tx, a *Application, code string, at kernel.Time) error {
	return s.Events.Publish(tx, contract.VisitChanged, contract.Event{Application: a.ID, Number: a.Number, Service: a.Service, Pack: a.Pack,
		Agency: a.Agency, Account: a.Account, Person: a.Person, Due: at, Code: code})
}

// MayBook tells whether the applicant can book a visit, or move the booked
// one, today: until the day before, and again after one that was missed.
func (c *Case) MayBook(today kernel.Date) bool {
	switch c.Status {
	case Draft, Withdrawn, Objected:
		return false
	case Decided:
		if Adverse(c.Decision) {
			return false
		}
	}
	if c.Service.Visit == nil || !c.visitAsked {
		return false
	}
	return c.Visit == nil || c.Visit.Status == VisitMissed || c.MayCancelVisit(today)
}

// MayCancelVisit tells whether there is a visit that can be cancelled today.
func (c *Case) MayCancelVisit(today kernel.Date) bool {
	return c.Visit != nil && c.Visit.Status == VisitBooked && today.Before(c.Visit.At.DateIn(kernel.Seoul)) && c.Status != Withdrawn
}

// BookVisit books a visit anew or moves the one that is booked. The place held
// so far is kept when the wanted one is taken.
func (s *Service) BookVisit(ctx context.Context, actor authz.Actor, id kernel.ID, key, slot string) (*Application, error) {
	return s.ownAct(ctx, actor, id, key, "visit_book", slot, func(tx *pstore.Tx, a *Application, _ kernel.Time) error {
		c, err := s.read(tx, a)
		if err != nil {
			return err
		}
		if !c.MayBook(s.today()) {
			return kernel.E(kernel.Conflict, "casework.error.visit_late", nil)
		}
		if c.Visit != nil && catalog.SlotOf(c.Visit.At) == slot && c.Visit.Status == VisitBooked {
			return nil
		}
		code := "booked"
		if c.Visit != nil {
			code = "moved"
			if err := store.DropVisit(tx, a.ID); err != nil {
				return err
			}
		}
		if slot == "" {
			return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(c.Service.Visit.Question, "casework.answer.missing.slot", nil)
		}
		c.Content.Answers[c.Service.Visit.Question] = kernel.TextOf(slot)
		if err := s.book(tx, a, c.Service, &c.Content); err != nil {
			return err
		}
		if err := s.sealContent(a, c.Content); err != nil {
			return err
		}
		at, _ := catalog.ParseSlot(slot)
		return s.visitEvent(tx, a, actor, code, at)
	})
}

// CancelVisit frees the place; another visit can be booked until the case is
// closed.
func (s *Service) CancelVisit(ctx context.Context, actor authz.Actor, id kernel.ID, key string) (*Application, error) {
	return s.ownAct(ctx, actor, id, key, "visit_cancel", nil, func(tx *pstore.Tx, a *Application, _ kernel.Time) error {
		c, err := s.read(tx, a)
		if err != nil {
			return err
		}
		if c.Visit == nil {
			return nil // pressed twice
		}
		if !c.MayCancelVisit(s.today()) {
			return kernel.E(kernel.Conflict, "casework.error.visit_late", nil)
		}
		v, err := s.release(tx, a, c.Service, &c.Content)
		if err != nil {
			return err
		}
		if err := s.sealContent(a, c.Content); err != nil {
			return err
		}
		return s.visitEvent(tx, a, actor, "cancelled", v.At)
	})
}

// MarkVisit notes whether the visitor came, on the day of the visit or later.
func (s *Service) MarkVisit(ctx context.Context, actor authz.Actor, id kernel.ID, key string, came bool) (*Application, error) {
	return s.act(ctx, actor, id, key, "visit_mark", came, func(tx *pstore.Tx, a *Application, now kernel.Time) error {
		v, err := store.GetVisit(tx, a.ID)
		if err != nil {
			return err
		}
		if v == nil || s.today().Before(v.At.DateIn(kernel.Seoul)) {
			return kernel.E(kernel.Conflict, "casework.error.visit_not_yet", nil)
		}
		status := VisitMissed
		if came {
			status = VisitCame
		}
		if v.Status == status {
			return nil
		}
		if err := store.MarkVisit(tx, a.ID, status); err != nil {
			return err
		}
		return s.record(tx, a, now, actor, "visit_"+status, catalog.SlotOf(v.At), "", true)
	})
}

// DeskVisit is a visit on a desk's list: numbers, services and times only, so
// that the list is no look at personal data. Visitors have their number.
type DeskVisit struct {
	*Visit
	Number string
	Pack   string
}

// DeskVisits lists the visits of a day at the official's office ("": their
// first) in the order of their times.
func (s *Service) DeskVisits(ctx context.Context, actor authz.Actor, agency string, day kernel.Date) (out []DeskVisit, at string, err error) {
	agency, err = deskAgency(actor, agency)
	if err != nil {
		return nil, "", err
	}
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		out = nil
		l, err := store.VisitsAt(tx, agency, kernel.TimeOf(day.In(kernel.Seoul)), kernel.TimeOf(day.AddDays(1).In(kernel.Seoul)), 1000)
		if err != nil {
			return err
		}
		for _, v := range l {
			a, err := store.Get(tx, v.Application)
			if err != nil {
				return err
			}
			out = append(out, DeskVisit{v, a.Number, a.Pack})
		}
		return nil
	})
	return out, agency, err
}

// expect tells the applicant of the booked visit once the application is
// received. A visit whose day came before, because somebody confirmed or paid
// late, is freed, and the applicant books another.
func (s *Service) expect(tx *pstore.Tx, a *Application, svc *catalog.Service, c *Content) error {
	if svc.Visit == nil {
		return nil
	}
	v, err := store.GetVisit(tx, a.ID)
	if err != nil || v == nil {
		return err
	}
	if s.today().Before(v.At.DateIn(kernel.Seoul)) {
		return s.publishVisit(tx, a, "booked", v.At)
	}
	if err := store.DropVisit(tx, a.ID); err != nil {
		return err
	}
	delete(c.Answers, svc.Visit.Question)
	if err := s.sealContent(a, *c); err != nil {
		return err
	}
	return s.visitEvent(tx, a, authz.Actor{System: "visits"}, "released", v.At)
}
