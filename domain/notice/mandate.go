package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"maru/domain/audit"
	mandate "maru/domain/mandate/contract"
	"maru/domain/notice/internal/letter"
	"maru/kernel"
	"maru/platform/events"
)

// Looking is in the person's log; messages tell of what was done.
var looks = []string{"mandate.use", "mydata.fetch", "identity.represent"}

// beginning is the act with which somebody begins to act for another.
const beginning = "mandate.begin"

// receiveMandate keeps that a mandate of somebody began or ended.
func (s *Service) receiveMandate(ctx context.Context, e events.Event) error {
	var c mandate.Change
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	return s.keepMandate(ctx, e, c.Mandate, c.Person, letter.MandatePrefix+c.What, string(c.Mandate), "")
}

// receiveDelegated tells the person for whom somebody acted.
func (s *Service) receiveDelegated(ctx context.Context, e events.Event) error {
	var d audit.DelegatedAct
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	if slices.Contains(looks, d.Act) {
		return nil
	}
	_, _, person, err := s.write.Mandates.Sides(ctx, d.Mandate)
	if kernel.Is(err, kernel.NotFound) {
		return nil // purged: nobody is left to tell
	}
	if err != nil {
		return err
	}
	kind, topic := letter.MandatePrefix+"done", string(d.Mandate)+"/"+d.Act
	if d.Act == beginning {
		kind, topic = letter.MandatePrefix+"begun", string(d.Mandate)
	}
	return s.keepMandate(ctx, e, d.Mandate, person, kind, topic, d.Service)
}

func (s *Service) keepMandate(ctx context.Context, e events.Event, id kernel.ID, person, kind, topic, service string) error {
	m := &Message{ID: kernel.NewID(e.At), Event: e.ID, Person: person, At: e.At, Kind: kind, Topic: topic, Service: service, Link: "/mandates/" + string(id)}
	return s.keep(ctx, m)
}
