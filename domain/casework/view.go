package casework

import (
	"context"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// The views of a desk.
const (
	ViewMine       = "mine"       // before the official: their own, and of those they act for
	ViewTeam       = "team"       // of the official's teams: queues and members
	ViewAll        = "all"        // every open case of the agency
	ViewUnassigned = "unassigned" // before nobody in particular
	ViewDue        = "due"        // all, by due date
	ViewWaiting    = "waiting"    // what waits for the official: decisions to confirm, when it is their turn
)

// Views lists them in the order of the tabs.
var Views = []string{ViewMine, ViewTeam, ViewUnassigned, ViewDue, ViewWaiting, ViewAll}

// The parts of a due view.
const (
	DueOver    = "overdue"
	DueToday   = "today"
	DueWeek    = "week" // to the end of the seventh day from today
	DueLater   = "later"
	DueStopped = "stopped" // the clock stands still
)

// Dues lists them, the most urgent first.
var Dues = []string{DueOver, DueToday, DueWeek, DueLater, DueStopped}

// ViewQuery asks for a page of a view.
type ViewQuery struct {
	Agency  string // "" for the official's first
	View    string // "" for the default: team for members of one, otherwise all
	Service string // "" for all
	Status  string // "" for every open one
	Due     string // "" for all
	Last    bool   // what is due last first
	After   Cursor
	Limit   int // 1..100, 0 for 50
}

// Cursor is where a view goes on: behind the last case of the page before.
type Cursor = store.Cursor

// DeskView is a page of a view and what its tabs say.
type DeskView struct {
	Agency string
	View   string
	Cases  []*Application
	More   bool // there are further cases behind the last
	// Instead tells for whom the actor acts today.
	Instead []kernel.ID
	// Away is the last day of the actor's own absence, zero when there is none
	// today; Acts is who acts for them then, "" for nobody in particular.
	Away  kernel.Date
	Acts  kernel.ID
	Teams []*Team // that the actor is a member of
	Leads bool    // the actor leads one
	// Services are those of which the agency has open cases.
	Services []string
	// Counts are the figures on the tabs and due dates, up to a thousand each;
	// under "warned" what the actor was warned of.
	Counts map[string]int
}

// View lists open cases of the official's agency. As Desk, it shows numbers,
// services and dates only.
func (s *Service) View(ctx context.Context, actor authz.Actor, q ViewQuery) (*DeskView, error) {
	agency, err := deskAgency(actor, q.Agency)
	if err != nil {
		return nil, err
	}
	if q.Limit <= 0 || q.Limit > 100 {
		q.Limit = 50
	}
	var out *DeskView
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		teams := r.of(actor.Account)
		out = &DeskView{Agency: agency, View: q.View, Teams: teams, Counts: map[string]int{}}
		out.Leads = slices.ContainsFunc(teams, func(t *Team) bool { return leadOf(t, actor.Account) })
		if out.View == "" {
			out.View = ViewAll
			if len(teams) > 0 {
				out.View = ViewTeam
			}
		}
		if err := s.list(tx, r, actor, teams, q, out); err != nil {
			return err
		}
		if q.View == "" && len(out.Cases) == 0 { // nothing at the team, but perhaps elsewhere
			out.View = ViewAll
			if err := s.list(tx, r, actor, teams, q, out); err != nil {
				return err
			}
		}
		out.Instead = r.standsFor(actor.Account)
		if a := r.away[actor.Account]; a != nil {
			out.Away, out.Acts = a.Until, r.standIn(actor.Account)
		}
		return s.counts(tx, r, agency, actor, out)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// list reads a page of the view that out names.
func (s *Service) list(tx *pstore.Tx, r *roster, actor authz.Actor, teams []*Team, q ViewQuery, out *DeskView) error {
	v, err := s.asked(r, actor, out.View, teams, q)
	if err != nil || v.Desks != nil && len(v.Desks) == 0 {
		return err
	}
	v.Limit++
	if out.Cases, err = store.Open(tx, out.Agency, v); err != nil {
		return err
	}
	if out.More = len(out.Cases) > q.Limit; out.More {
		out.Cases = out.Cases[:q.Limit]
	}
	return nil
}

// asked turns what is asked for into ranges of the index.
func (s *Service) asked(r *roster, actor authz.Actor, view string, teams []*Team, q ViewQuery) (store.View, error) {
	v := store.View{Service: q.Service, Last: q.Last, AfterDue: q.After.Due, AfterSeq: q.After.Seq, Limit: q.Limit}
	wrong := func(field, key string) (store.View, error) {
		return v, kernel.E(kernel.Invalid, key, nil).Field(field, key, nil)
	}
	switch view {
	case ViewMine:
		v.Desks = r.desks(actor.Account)
	case ViewTeam:
		v.Desks = append([]string{}, r.shared(teams)...)
	case ViewUnassigned:
		v.Desks = r.queues()
	case ViewAll, ViewDue:
	case ViewWaiting:
		v.Statuses, v.ByStatus = []string{SecondLook}, true
		v.Turn = &store.Turn{Actor: string(actor.Account), For: r.ears(actor.Account)}
		if len(teams) > 0 {
			v.Desks = append(r.shared(teams), store.AgencyQueue)
			v.Desks = slices.DeleteFunc(v.Desks, func(d string) bool { return d == string(actor.Account) })
		}
	default:
		return wrong("view", "casework.view.error.unknown")
	}
	if q.Status != "" {
		if !Open(q.Status) {
			return wrong("status", "casework.error.status_unknown")
		}
		v.Statuses = []string{q.Status}
		v.ByStatus = v.ByStatus || view == ViewTeam || view == ViewUnassigned
	}
	if q.Due != "" {
		if !slices.Contains(Dues, q.Due) {
			return wrong("due", "casework.view.error.due")
		}
		v.From, v.To = s.span(q.Due)
		v.Stopped = q.Due == DueStopped
		if v.Stopped && v.Statuses == nil {
			v.Statuses = stopping
		}
	}
	return v, nil
}

// span is from when and before when a part of the due view falls due.
func (s *Service) span(due string) (from, to kernel.Time) {
	now, today := s.Clock.Now(), s.today()
	tomorrow := kernel.TimeOf(today.AddDays(1).In(kernel.Seoul))
	week := kernel.TimeOf(today.AddDays(7).In(kernel.Seoul))
	switch due {
	case DueOver:
		return 0, now
	case DueToday:
		return now, tomorrow
	case DueWeek:
		return tomorrow, week
	case DueLater:
		return week, 0
	}
	return 0, 0
}

// running are the statuses in which the office's clock may run, stopping those
// in which it may stand still.
var (
	running  = []string{Submitted, InReview, SecondLook, Objected}
	stopping = []string{InReview, Correction}
)

// counts are the figures on the tabs, up to a thousand each.
func (s *Service) counts(tx *pstore.Tx, r *roster, agency string, actor authz.Actor, out *DeskView) error {
	sum := func(key string, desks []string) error {
		for _, d := range desks {
			n, err := store.CountDesk(tx, agency, d)
			if err != nil {
				return err
			}
			out.Counts[key] += n
		}
		return nil
	}
	if err := sum(ViewMine, r.desks(actor.Account)); err != nil {
		return err
	}
	if err := sum(ViewUnassigned, r.queues()); err != nil {
		return err
	}
	v, err := s.asked(r, actor, ViewWaiting, out.Teams, ViewQuery{Limit: 100})
	if err != nil {
		return err
	}
	waiting, err := store.Open(tx, agency, v)
	if err != nil {
		return err
	}
	out.Counts[ViewWaiting] += len(waiting)
	pings, err := store.Pings(tx, agency, r.ears(actor.Account), "", 100)
	if err != nil {
		return err
	}
	out.Counts[ViewWaiting] += len(pings)
	for _, p := range pings {
		switch p.Kind {
		case PingSoon, PingDay, PingToday:
			out.Counts["warned"]++
		}
	}
	if out.Services, err = store.ServicesOpen(tx, agency); err != nil {
		return err
	}
	if out.View != ViewDue {
		return nil
	}
	for _, due := range Dues {
		statuses := running
		if due == DueStopped {
			statuses = stopping
		}
		from, to := s.span(due)
		for _, status := range statuses {
			n, err := store.CountDue(tx, agency, status, from, to, due == DueStopped)
			if err != nil {
				return err
			}
			out.Counts[due] += n
		}
	}
	return nil
}
