package casework

import (
	"context"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Ping is something that an official is told at the desk.
type Ping = store.Ping

// What officials are told.
const (
	PingMention  = "mention"    // a colleague's comment names them
	PingComment  = "comment"    // a comment on a case that they follow
	PingHandover = "handover"   // a colleague gave them a case
	PingDeclined = "declined"   // the case that they gave came back
	PingTaken    = "taken_back" // the giver took the case back
	PingApproval = "approval"   // a colleague's proposal waits for them
	PingBulk     = "bulk"       // what they did with several cases at once is done, n of them in vain
	PingOpinion  = "opinion"    // an agency that was asked about their case has answered
	PingDeputy   = "deputy"     // they act for a colleague
	PingLeft     = "left"       // a member of their team left; n cases are back in the queue
	PingSoon     = "due_soon"   // their case falls due soon
	PingDay      = "due_day"    // a case of their team falls due within a day
	PingToday    = "due_today"  // a case of their agency falls due today
)

// ping tells an official something. It holds ids only.
func (s *Service) ping(tx *pstore.Tx, now kernel.Time, to kernel.ID, agency string, application kernel.ID, kind string, from kernel.ID, n int) error {
	return store.AddPing(tx, &Ping{ID: kernel.NewID(now), Account: to, Agency: agency, Application: application, Kind: kind, Source: from, N: n, At: now})
}

// Pings lists what waits for the official at an agency, and for those for whom
// they act today, newest first.
func (s *Service) Pings(ctx context.Context, actor authz.Actor, agency string, before kernel.ID, limit int) ([]*Ping, error) {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	var out []*Ping
	err = s.DB.View(ctx, func(tx *pstore.Tx) error {
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		out, err = store.Pings(tx, agency, r.ears(actor.Account), before, limit)
		return err
	})
	return out, err
}

// Seen marks one as read.
func (s *Service) Seen(ctx context.Context, actor authz.Actor, agency string, id kernel.ID) error {
	agency, err := staffAgency(actor, agency)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *pstore.Tx) error {
		r, err := readRoster(tx, agency, s.today())
		if err != nil {
			return err
		}
		return store.DonePing(tx, agency, r.ears(actor.Account), id, s.Clock.Now())
	})
}
