package app

import (
	"context"
	"strings"

	"maru/domain/casework"
	lives "maru/domain/life"
	"maru/kernel"
)

// states is life's view of casework.
type states struct{ cases *casework.Service }

func (s states) Latest(ctx context.Context, account kernel.ID, since kernel.Time) (map[string]lives.Application, error) {
	l, err := s.cases.Latest(ctx, account, since)
	if err != nil {
		return nil, err
	}
	out := make(map[string]lives.Application, len(l))
	for service, a := range l {
		x := lives.Application{ID: a.ID, State: lives.HandedIn}
		switch {
		case a.Status == casework.Draft:
			x.State = lives.Draft
		case a.Status == casework.Decided && casework.Adverse(a.Decision):
			x.State = lives.Refused
		case a.Status == casework.Decided:
			x.State = lives.Decided
		}
		out[service] = x
	}
	return out, nil
}

// Step is what a step of a life event is called ("birth/report"), for notice.
func (t titles) Step(topic string, l kernel.Lang) string {
	event, id, _ := strings.Cut(topic, "/")
	e, _ := t.LifeEvent(event)
	for i := range e.Steps {
		st := &e.Steps[i]
		if st.ID != id {
			continue
		}
		if title := st.Title.In(l); title != "" {
			return title
		}
		if svc, ok := t.Service.Service(st.Service); ok {
			return svc.Title.In(l)
		}
	}
	return e.Title.In(l)
}
