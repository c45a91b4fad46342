package life

import (
	"context"
	"encoding/json"

	"maru/domain/life/internal/guide"
	"maru/domain/life/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/crypto"
	"maru/platform/events"
	pstore "maru/platform/store"
)

// Deps are what the guides stand on; all are required.
type Deps struct {
	DB           *pstore.DB
	Clock        clock.Clock
	Keys         *crypto.Keys
	Events       *events.Bus
	Catalog      Catalog
	Applications Applications
}

// Service keeps people's progress. It is safe for concurrent use.
type Service struct{ d Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Guide is a life event as one person sees it; Step one thing to do; Progress
// what the person keeps.
type (
	Guide    = guide.Guide
	Step     = guide.Step
	Progress = guide.Progress
)

func (s *Service) today() kernel.Date { return s.d.Clock.Now().DateIn(kernel.Seoul) }

// Guide is the guide through a life event. Who is signed in gets their own;
// day, where it is not zero, stands in for the day of who keeps none.
func (s *Service) Guide(ctx context.Context, actor authz.Actor, event string, day kernel.Date) (*Guide, bool, error) {
	e, ok := s.d.Catalog.LifeEvent(event)
	if !ok {
		return nil, false, kernel.E(kernel.NotFound, "life.error.no_event", nil)
	}
	if actor.Require(authz.ScopeApplications) != nil {
		return guide.Build(e, s.d.Catalog.Service, Progress{Day: day}, nil, s.d.Catalog.Calendar(), s.today()), false, nil
	}
	var row *store.Progress
	err := s.d.DB.View(ctx, func(tx *pstore.Tx) (err error) {
		row, err = store.Get(tx, actor.Account, event)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	g, err := s.build(ctx, actor.Account, event, row)
	if err != nil {
		return nil, false, err
	}
	return g, row != nil && row.Remind, nil
}

// build makes the guide of an account from its row, nil for none.
func (s *Service) build(ctx context.Context, account kernel.ID, event string, row *store.Progress) (*Guide, error) {
	e, ok := s.d.Catalog.LifeEvent(event)
	if !ok {
		return nil, kernel.E(kernel.NotFound, "life.error.no_event", nil)
	}
	p, err := s.open(row)
	if err != nil {
		return nil, err
	}
	apps, err := s.d.Applications.Latest(ctx, account, s.since(row, p))
	if err != nil {
		return nil, err
	}
	return guide.Build(e, s.d.Catalog.Service, p, apps, s.d.Catalog.Calendar(), s.today()), nil
}

// recent is how far back applications count for who keeps no day: somebody who
// reported a move a year ago has moved again.
const recent = 90

// since is from when on applications belong to this turn in a life: from its
// day, or from when the guide was begun where that was earlier.
func (s *Service) since(row *store.Progress, p Progress) kernel.Time {
	if row == nil || p.Day.IsZero() {
		return kernel.TimeOf(s.today().AddDays(-recent).In(kernel.Seoul))
	}
	return min(row.BeganAt, kernel.TimeOf(p.Day.In(kernel.Seoul)))
}

func seal(account kernel.ID, event string) string {
	return "life.progress:" + string(account) + ":" + event
}

func (s *Service) open(row *store.Progress) (Progress, error) {
	var p Progress
	if row == nil {
		return p, nil
	}
	b, err := s.d.Keys.Open(seal(row.Account, row.Event), row.State)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(b, &p)
}

func (s *Service) close(row *store.Progress, p Progress) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	row.State, err = s.d.Keys.Seal(seal(row.Account, row.Event), b)
	return err
}
