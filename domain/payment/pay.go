package payment

import (
	"context"
	"crypto/rand"
	"strings"

	"maru/domain/audit"
	"maru/domain/payment/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
)

// maxRef bounds what names a charge (bytes).
const maxRef = 200

// Pay charges won once for ref and gives the receipt. The same charge again
// gives the same receipt; another amount or another payer is a Conflict. A
// closed cashier is Unavailable.
func (s *Service) Pay(ctx context.Context, actor authz.Actor, ref string, won kernel.Money) (receipt string, err error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return "", err
	}
	if !s.open {
		return "", kernel.E(kernel.Unavailable, "payment.error.closed", nil)
	}
	if ref == "" || len(ref) > maxRef || won <= 0 {
		return "", kernel.E(kernel.Invalid, "payment.error.charge", nil)
	}
	now := s.clock.Now()
	c := Charge{Ref: ref, Account: actor.Account, Won: won, Receipt: newReceipt(now), At: now}
	err = s.db.Update(ctx, func(tx *pstore.Tx) error {
		_, closed, err := store.Refunded(tx, ref)
		if err != nil {
			return err
		}
		if closed {
			return kernel.E(kernel.Conflict, "payment.error.refunded", nil)
		}
		prior, charged, err := store.Find(tx, ref)
		if err != nil {
			return err
		}
		if charged {
			receipt = prior.Receipt
			if prior.Account != c.Account || prior.Won != c.Won {
				return kernel.E(kernel.Conflict, "payment.error.charged", nil)
			}
			return nil
		}
		receipt = c.Receipt
		if err := store.Insert(tx, c); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{
			Actor: actor, Act: "payment.charge", Object: "payment:" + c.Receipt, Subject: actor.Person,
			Purpose: "payment.purpose.fee", Detail: map[string]any{"ref": ref, "won": won},
		})
	})
	if err != nil {
		return "", err
	}
	return receipt, nil
}

// newReceipt makes "R" and the year, then twelve letters and digits (without I,
// L, O and U, which are taken for others) in groups of four for reading aloud.
func newReceipt(now kernel.Time) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // 32 divides 256: none is likelier
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails on the platforms Go supports
	var s strings.Builder
	s.WriteString("R" + now.DateIn(kernel.Seoul).String()[2:4])
	for i, c := range b {
		if i%4 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(letters[c%32])
	}
	return s.String()
}
