package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// pendingTime is how long a right password waits for the second factor.
const pendingTime = 5 * time.Minute

// SecondFactorError says that the password was right and a second factor is
// asked for; CompleteSignIn takes Pending with it.
type SecondFactorError struct {
	Pending string
	Proofs  Proofs
}

func (*SecondFactorError) Error() string { return "identity: a second factor is asked for" }

// await keeps that the password was right.
func (s *Service) await(tx *store.Tx, now kernel.Time, account kernel.ID, f factors) (*SecondFactorError, error) {
	secret, hash := newSecret()
	_, err := tx.Exec(`INSERT INTO identity_pending (hash, account, expires_at) VALUES ($1, $2, $3)`, hash, string(account), int64(now.Add(pendingTime)))
	return &SecondFactorError{Pending: secret, Proofs: Proofs{Passkey: f.passkeys > 0, Code: f.code, Recovery: f.recovery > 0}}, err
}

// PendingProofs tells what a pending sign-in may go on with; NotFound when it
// has ended.
func (s *Service) PendingProofs(ctx context.Context, pending string) (Proofs, error) {
	var p Proofs
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		account, err := s.pending(tx, pending)
		if err != nil {
			return err
		}
		f, err := factorsOf(tx, account)
		p = Proofs{Passkey: f.passkeys > 0, Code: f.code, Recovery: f.recovery > 0}
		return err
	})
	return p, wrap("second factor", err)
}

func (s *Service) pending(tx *store.Tx, secret string) (kernel.ID, error) {
	var account kernel.ID
	err := tx.QueryRow(`SELECT account FROM identity_pending WHERE hash = $1 AND expires_at > $2`, hashOf(secret), int64(s.now())).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		return "", kernel.E(kernel.NotFound, "identity.second.gone", nil)
	}
	return account, err
}

// CompleteSignIn signs in after the password with a code of an app or a
// recovery code; see SignIn.
func (s *Service) CompleteSignIn(ctx context.Context, pending, code, old string, from Client) (secret string, actor authz.Actor, err error) {
	var account kernel.ID
	err = s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		account, err = s.pending(tx, pending)
		return err
	})
	if err != nil {
		return "", authz.Actor{}, wrap("second factor", err)
	}
	checked, err := s.check(ctx, account, code)
	if err != nil {
		return "", authz.Actor{}, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		m, err := s.take(tx, now, checked, "")
		if err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM identity_pending WHERE hash = $1`, hashOf(pending))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "identity.second.gone", nil)
		}
		secret, actor, err = s.enter(tx, now, account, old, from, byPassword(now).and(m))
		return err
	})
	s.cache.drop(account)
	if err != nil {
		return "", authz.Actor{}, wrap("second factor", err)
	}
	return secret, actor, nil
}
