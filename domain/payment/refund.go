package payment

import (
	"context"

	"maru/domain/audit"
	"maru/domain/payment/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// Refund gives back what was charged for ref, once, and gives the receipt and
// the amount; the same again gives the same. It closes ref: where nothing was
// charged yet (0 won), a payment that is still under way is refused, so that
// no money is taken for what was withdrawn. A closed cashier that has money to
// give back is Unavailable.
func (s *Service) Refund(ctx context.Context, ref string) (receipt string, won kernel.Money, err error) {
	if ref == "" || len(ref) > maxRef {
		return "", 0, kernel.E(kernel.Invalid, "payment.error.charge", nil)
	}
	now := s.clock.Now()
	fresh := newReceipt(now)
	err = s.db.Update(ctx, func(tx *pstore.Tx) error {
		prior, done, err := store.Refunded(tx, ref)
		if err != nil || done {
			receipt, won = prior.Receipt, prior.Won
			return err
		}
		charge, charged, err := store.Find(tx, ref)
		if err != nil {
			return err
		}
		back := Charge{Ref: ref, At: now}
		if charged {
			if !s.open {
				return kernel.E(kernel.Unavailable, "payment.error.closed", nil)
			}
			back.Account, back.Won, back.Receipt = charge.Account, charge.Won, fresh
		}
		receipt, won = back.Receipt, back.Won
		if err := store.InsertRefund(tx, back); err != nil || !charged {
			return err
		}
		return audit.Append(tx, now, audit.Entry{
			Actor: authz.Actor{System: "cashier"}, Act: "payment.refund", Object: "payment:" + back.Receipt, Subject: audit.SubjectOf("", back.Account),
			Purpose: "payment.purpose.refund", Detail: map[string]any{"ref": ref, "won": back.Won, "charge": charge.Receipt},
		})
	})
	if err != nil {
		return "", 0, err
	}
	return receipt, won, nil
}
