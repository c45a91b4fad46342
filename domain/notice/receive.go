package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"maru/domain/audit"
	benefit "maru/domain/benefit/contract"
	casework "maru/domain/casework/contract"
	identity "maru/domain/identity/contract"
	life "maru/domain/life/contract"
	mandate "maru/domain/mandate/contract"
	"maru/domain/notice/internal/letter"
	"maru/domain/notice/internal/store"
	"maru/kernel"
	"maru/platform/events"
	pstore "maru/platform/store"
)

// subscriber names the inbox in stored jobs; it never changes.
const subscriber = "notice"

// kinds are the message kinds by event. A kind is part of stored rows and of
// message keys.
var kinds = map[string]string{
	casework.SignatureAsked:   "signature_asked",
	casework.Submitted:        "submitted",
	casework.CorrectionAsked:  "correction_asked",
	casework.CorrectionGiven:  "correction_given",
	casework.ClockStopped:     "clock_stopped",
	casework.ClockStarted:     "clock_started",
	casework.Extended:         "extended",
	casework.ExtensionAsked:   "extension_asked",
	casework.Transferred:      "transferred",
	casework.Decided:          "decided",
	casework.Withdrawn:        "withdrawn",
	casework.ObjectionLodged:  "objection_lodged",
	casework.ObjectionDecided: "objection_decided",
	casework.VisitChanged:     "visit_moved", // or whatever else its code says became of it
	casework.Refunded:         "refunded",

	casework.SignatureDeclined:  "signature_declined",
	casework.SignatureReminder:  "signature_waits", // "signature_reminder" to the person asked
	casework.CorrectionReminder: "correction_reminder",
	casework.AssistBegun:        "assist_begun",
	casework.AssistConsented:    "assist_consented",
	casework.AssistEnded:        "assist_ended",
}

// Subscribe has the inbox told of everything that happens to applications, of
// the last days that people want to be reminded of, and of what is new among
// their benefits.
func (s *Service) Subscribe(bus *events.Bus) {
	for _, event := range casework.All {
		bus.Subscribe(event, subscriber, s.receive)
	}
	bus.Subscribe(life.StepDue, subscriber, s.receiveStep)
	bus.Subscribe(benefit.Alerted, subscriber, s.receiveAlert)
	bus.Subscribe(mandate.Changed, subscriber, s.receiveMandate)
	bus.Subscribe(audit.Delegated, subscriber, s.receiveDelegated)
	bus.Subscribe(identity.Recovered, subscriber, s.receiveRecovered)
	bus.Subscribe(identity.MeansChanged, subscriber, s.receiveMeans)
}

// means are the changes to ways to sign in that their owner is told of, as
// message kinds with meansPrefix.
var means = []string{identity.PasskeyAdded, identity.PasskeyRemoved, identity.PasskeySuspect, identity.AppAdded, identity.AppRemoved, identity.CodesMade,
	identity.PasswordChanged, identity.TokenMade, identity.PersonLinked}

// receiveMeans keeps that a way to sign in changed.
func (s *Service) receiveMeans(ctx context.Context, e events.Event) error {
	var c identity.Means
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	if !slices.Contains(means, c.What) {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: change %q of ways to sign in is unknown", c.What))
	}
	return s.keep(ctx, &Message{ID: kernel.NewID(e.At), Event: e.ID, Account: c.Account, At: e.At, Kind: meansPrefix + c.What, Link: "/account/keys"})
}

// recoveries are the message kinds by the way of a recovery.
var recoveries = map[string]string{"": "recovered", identity.WayAsked: "recovery_asked", identity.WayDeclined: "recovery_declined", identity.WayRegained: "regained"}

// receiveRecovered keeps that somebody came back into an account, or is about
// to: its owner must hear of it, above all if it was somebody else.
func (s *Service) receiveRecovered(ctx context.Context, e events.Event) error {
	var r identity.Recovery
	if err := json.Unmarshal(e.Data, &r); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	kind, ok := recoveries[r.Way]
	if !ok {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: way %q of a recovery is unknown", r.Way))
	}
	if r.Way == identity.WayAsked && r.Agency == "" {
		kind = "recovery_mobile" // there was no counter
	}
	m := &Message{ID: kernel.NewID(e.At), Event: e.ID, Account: r.Account, At: e.At, Kind: kind, Agency: r.Agency, Link: "/account/keys"}
	return s.keep(ctx, m)
}

// receiveAlert keeps that there is something new among somebody's benefits. What
// it is stays where it is sealed.
func (s *Service) receiveAlert(ctx context.Context, e events.Event) error {
	var a benefit.Alert
	if err := json.Unmarshal(e.Data, &a); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	if a.Person == "" {
		return nil
	}
	m := &Message{ID: kernel.NewID(e.At), Event: e.ID, Person: a.Person, At: e.At, Kind: letter.AlertPrefix + a.Kind, Topic: string(a.Message), Link: "/benefits/mine"}
	return s.keep(ctx, m)
}

// receiveStep keeps the reminder of a step's last day.
func (s *Service) receiveStep(ctx context.Context, e events.Event) error {
	var d life.Due
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	if d.Account == "" {
		return nil
	}
	m := &Message{ID: kernel.NewID(e.At), Event: e.ID, Account: d.Account, At: e.At, Kind: "step_due", Topic: d.Event + "/" + d.Step,
		Due: kernel.TimeOf(d.Last.In(kernel.Seoul)), Link: "/life-events/" + d.Event + "#" + d.Step}
	return s.keep(ctx, m)
}

// receive keeps the message of one event. The same event again changes nothing.
func (s *Service) receive(ctx context.Context, e events.Event) error {
	m, err := messageOf(e)
	if err != nil || m == nil {
		return err
	}
	return s.keep(ctx, m)
}

// Keep keeps the message of one event in the transaction of somebody else, and
// nothing of an event that is not for people.
func Keep(tx *pstore.Tx, e events.Event) error {
	if kinds[e.Type] == "" {
		return nil
	}
	m, err := messageOf(e)
	if err != nil || m == nil {
		return err
	}
	return store.Insert(tx, m)
}

// messageOf is the message that tells of e, nil when there is nobody to tell:
// a co-signer known by a typed name gets the link from the applicant, and the
// account of an erased application is gone.
func messageOf(e events.Event) (*Message, error) {
	kind, ok := kinds[e.Type]
	if !ok {
		return nil, kernel.E(kernel.Internal, "", fmt.Errorf("notice: event type %q is unknown", e.Type))
	}
	var c casework.Event
	if err := json.Unmarshal(e.Data, &c); err != nil {
		return nil, kernel.E(kernel.Internal, "", fmt.Errorf("notice: event %s: %w", e.ID, err))
	}
	m := &Message{
		ID: kernel.NewID(e.At), Event: e.ID, Account: c.Account, At: e.At, Kind: kind,
		Service: c.Service, Pack: c.Pack, Agency: c.Agency, Number: c.Number, Application: c.Application, Due: c.Due,
		Link: "/applications/" + string(c.Application),
	}
	switch e.Type {
	case casework.SignatureAsked:
		// The application is not theirs: they see the request, nothing else.
		m.Account, m.Person, m.Link = "", c.Person, "/signatures/"+c.Code
	case casework.SignatureReminder:
		if c.Account == "" {
			m.Kind, m.Person, m.Link = "signature_reminder", c.Person, "/signatures/"+c.Code
		}
	case casework.VisitChanged:
		if c.Code != "" {
			m.Kind = "visit_" + c.Code
		}
	case casework.Decided, casework.ObjectionDecided:
		m.Decision, m.Document = c.Decision, c.Document
	}
	if m.Account == "" && m.Person == "" {
		return nil, nil
	}
	return m, nil
}
