package casework

import (
	"context"
	"encoding/json"
	"slices"

	"maru/domain/casework/contract"
	"maru/domain/casework/internal/store"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
	pstore "maru/platform/store"
)

// Fee is what an application costs, as it stood when it was handed in.
type Fee struct {
	Won   kernel.Money      `json:"won"`
	Lines []catalog.FeeLine `json:"lines,omitempty"`
}

// fee is what the application costs. Applications of before fees were noted
// cost what the definition says.
func (c *Content) fee(svc *catalog.Service) Fee {
	if c.Fee == nil {
		return Fee{Won: svc.Fee.Online}
	}
	return *c.Fee
}

// FeeOf is what the application costs: of a draft, as its answers are now.
func (s *Service) FeeOf(c *Case) Fee {
	if c.Status == Draft {
		won, lines := c.Service.FeeFor(c.Content.env(s.today()))
		return Fee{won, lines}
	}
	return c.Content.fee(c.Service)
}

func cashRef(id kernel.ID) string { return "casework:" + string(id) }

// Pay charges the fee and hands the application on. Paying twice charges once.
func (s *Service) Pay(ctx context.Context, actor authz.Actor, id kernel.ID) (*Application, error) {
	c, err := s.Open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if c.Status != Payment {
		return c.Application, nil
	}
	fee := c.Content.fee(c.Service).Won
	receipt, err := s.Cashier.Pay(ctx, actor, cashRef(id), fee)
	if kernel.Is(err, kernel.Conflict) {
		// The cashier closed the account of what was withdrawn in between.
		if now, oerr := s.Open(ctx, actor, id); oerr == nil && now.Status == Withdrawn {
			return now.Application, nil
		}
	}
	if err != nil {
		return nil, err
	}
	var out *Application
	err = s.update(ctx, func(tx *pstore.Tx) error {
		a, err := own(tx, actor, id)
		if err != nil {
			return err
		}
		out = a
		if a.Status != Payment {
			return nil // withdrawn meanwhile: the refund that this asked for gives back
		}
		svc, err := s.Definition(ctx, a)
		if err != nil {
			return err
		}
		content, err := s.openContent(a, svc)
		if err != nil {
			return err
		}
		a.Paid = fee
		if err := s.record(tx, a, s.Clock.Now(), actor, "paid", receipt, "", true); err != nil {
			return err
		}
		if err := s.receive(tx, actor, a, svc, &content); err != nil {
			return err
		}
		return store.Update(tx, a)
	})
	return out, err
}

// RefundDue is casework's event to itself: the fee of an application goes
// back. The cashier is asked after the withdrawal is durable, as often as it
// takes.
const RefundDue = "casework.refund_due.v1"

// GivesBack tells whether withdrawing now gives the fee back: nobody has begun
// to handle the application, also where it was handed to an official already.
func GivesBack(a *Application) bool {
	return a.Status == Payment || a.Status == Submitted && a.Paid > 0
}

// refundDue asks for the refund in the transaction that withdraws.
func (s *Service) refundDue(tx *pstore.Tx, a *Application) error {
	return s.Events.Publish(tx, RefundDue, contract.Event{Application: a.ID})
}

// Refund has the cashier give the fee of a withdrawn application back, and
// tells the applicant. It may be called any number of times.
func (s *Service) Refund(ctx context.Context, id kernel.ID) error {
	receipt, won, err := s.Cashier.Refund(ctx, cashRef(id))
	if err != nil || won == 0 {
		return err
	}
	err = s.update(ctx, func(tx *pstore.Tx) error {
		a, err := store.Get(tx, id)
		if err != nil {
			return err
		}
		events, err := store.Events(tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(events, func(e *Event) bool { return e.Act == "refunded" }) {
			return nil
		}
		now, by := s.Clock.Now(), authz.Actor{System: "cashier"}
		if err := s.record(tx, a, now, by, "refunded", receipt, "", true); err != nil {
			return err
		}
		a.Paid, a.UpdatedAt = 0, now
		if err := s.audited(tx, now, by, "casework.refund", a, "casework.purpose.application"); err != nil {
			return err
		}
		if err := s.publish(tx, contract.Refunded, a); err != nil {
			return err
		}
		return store.Update(tx, a)
	})
	if kernel.Is(err, kernel.NotFound) {
		return nil // erased since; the cashier has its own record
	}
	return err
}

// RefundOf is Refund for the event that asks for it.
func (s *Service) RefundOf(ctx context.Context, e events.Event) error {
	var ev contract.Event
	if err := json.Unmarshal(e.Data, &ev); err != nil {
		return err
	}
	return s.Refund(ctx, ev.Application)
}
