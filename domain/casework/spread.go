package casework

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"maru/domain/casework/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	pstore "maru/platform/store"
)

// SpreadWaits is casework's event to itself: an agency may have cases to deal
// out. Dealing has transactions of its own: it counts what others hold, and
// inside a submission PostgreSQL would roll that back whenever others submit.
const SpreadWaits = "casework.spread_waits.v1"

type spreadWaits struct {
	Agency string `json:"agency"`
}

func (s *Service) wake(tx *pstore.Tx, agency string) error {
	return s.Events.Publish(tx, SpreadWaits, spreadWaits{agency})
}

// OnSpread deals out what an agency's teams have waiting.
func (s *Service) OnSpread(ctx context.Context, e events.Event) error {
	var w spreadWaits
	if err := json.Unmarshal(e.Data, &w); err != nil {
		return err
	}
	return s.Spread(ctx, w.Agency)
}

// OnTeamClosed empties the queue of a closed team.
func (s *Service) OnTeamClosed(ctx context.Context, e events.Event) error {
	var t closedTeam
	if err := json.Unmarshal(e.Data, &t); err != nil {
		return err
	}
	return s.emptyQueue(ctx, t.Agency, t.Team)
}

// SpreadAll deals out everywhere: members come back, and join, without a case
// coming in.
func (s *Service) SpreadAll(ctx context.Context) error {
	var agencies []string
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		agencies, err = store.Spreading(tx)
		return err
	})
	for _, agency := range agencies {
		err = errors.Join(err, s.Spread(ctx, agency))
	}
	return err
}

// Spread deals the waiting cases of an agency's spreading teams out to the
// members who are there, each to whom has the least to do. Nobody gets the case
// of their own household; a case that fits nobody stays in the queue.
func (s *Service) Spread(ctx context.Context, agency string) error {
	s.dealing.Lock()
	defer s.dealing.Unlock()
	var r *roster
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		r, err = readRoster(tx, agency, s.today())
		return err
	})
	if err != nil {
		return err
	}
	people, err := s.Officials.Officials(ctx, agency)
	if err != nil {
		return err
	}
	for _, t := range r.teams {
		if !t.Spread {
			continue
		}
		var hands []Official
		for _, m := range t.Members {
			i := slices.IndexFunc(people, func(o Official) bool { return o.Account == m.Account })
			if i >= 0 && r.present(m.Account) {
				hands = append(hands, people[i])
			}
		}
		if len(hands) > 0 {
			if err := s.deal(ctx, t, hands); err != nil {
				return err
			}
		}
	}
	return nil
}

// deal hands a team's queue out, a case a transaction, up to a bound a run.
func (s *Service) deal(ctx context.Context, t *Team, hands []Official) error {
	const most = 200
	var queue []*Application
	load := map[kernel.ID]int{}
	err := s.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		for _, o := range hands {
			if load[o.Account], err = store.CountDesk(tx, t.Agency, string(o.Account)); err != nil {
				return err
			}
		}
		queue, err = store.OnDesk(tx, t.Agency, string(t.ID), most)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range queue {
		// The least to do first; whoever joined first where it is the same.
		slices.SortStableFunc(hands, func(x, y Official) int { return load[x.Account] - load[y.Account] })
		for _, o := range hands {
			near, err := s.near(ctx, o, a.ID)
			if err != nil {
				return err
			}
			if near {
				continue
			}
			got, err := s.dealOne(ctx, a.ID, t.ID, o.Account)
			if err != nil {
				return err
			}
			if got {
				load[o.Account]++
			}
			break
		}
	}
	return nil
}

// dealOne gives a case to an official if it still waits in the team's queue.
func (s *Service) dealOne(ctx context.Context, id, team, to kernel.ID) (got bool, err error) {
	err = s.update(ctx, func(tx *pstore.Tx) error {
		got = false
		a, err := store.Get(tx, id)
		if err != nil {
			return err
		}
		if a.Assignee != "" || a.Team != team || !Open(a.Status) {
			return nil // somebody was first
		}
		if gone, err := store.HasLeft(tx, a.Agency, to); err != nil || gone {
			return err
		}
		now := s.Clock.Now()
		by := authz.Actor{System: "desk"}
		a.Assignee, a.UpdatedAt = to, now
		if err := s.record(tx, a, now, by, "dealt", string(to), "", false); err != nil {
			return err
		}
		if err := s.audited(tx, now, by, "casework.deal", a, "casework.purpose.handling"); err != nil {
			return err
		}
		got = true
		return store.Update(tx, a)
	})
	return got, err
}

// near tells whether an official must not handle a case: it is their own, or
// their household's, or they helped to apply.
func (s *Service) near(ctx context.Context, o Official, id kernel.ID) (bool, error) {
	var a *Application
	var persons []string
	helped := false
	err := s.DB.View(ctx, func(tx *pstore.Tx) error {
		var err error
		if helped, err = store.HasAssisted(tx, id, o.Account); err != nil {
			return err
		}
		if a, err = store.Get(tx, id); err != nil {
			return err
		}
		persons = append(persons[:0], a.Person)
		parties, err := store.Parties(tx, id)
		for _, p := range parties {
			persons = append(persons, p.Person)
		}
		return err
	})
	if err != nil || helped || a.Account == o.Account {
		return err == nil, err
	}
	for _, p := range persons {
		if p == "" || o.Person == "" {
			continue
		}
		if p == o.Person {
			return true, nil
		}
		if same, err := s.Registers.SameHousehold(ctx, o.Person, p); err != nil || same {
			return same, err
		}
	}
	return false, nil
}
