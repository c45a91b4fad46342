package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as all apps know it; HMAC-SHA-1 is not broken
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Codes of an app as RFC 6238 has them, with what all apps take without asking:
// SHA-1, six digits, a new code every 30 seconds.
const (
	totpSecret = 20 // bytes
	totpStep   = 30 * time.Second
	totpDigits = 1_000_000
	totpWindow = 1 // steps that a phone's clock may be off, each way
)

// totpAt is the code of a time step.
func totpAt(secret []byte, step int64) string {
	h := hmac.New(sha1.New, secret)
	_ = binary.Write(h, binary.BigEndian, step) // a hash takes everything
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff)%totpDigits)
}

// totpMatch is the time step whose code it is, 0 for none.
func totpMatch(secret []byte, code string, now kernel.Time) int64 {
	present := int64(now) / totpStep.Microseconds()
	var found int64
	for step := present - totpWindow; step <= present+totpWindow; step++ {
		if subtle.ConstantTimeCompare([]byte(totpAt(secret, step)), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}

// NewTOTP is a secret for an app, shown once: as text, and as the address that
// the code on the page holds.
type NewTOTP struct{ Secret, Address string }

// BeginTOTP makes a secret for the actor's app. It counts for nothing until
// ConfirmTOTP; a secret begun earlier and not confirmed is forgotten.
func (s *Service) BeginTOTP(ctx context.Context, actor authz.Actor) (NewTOTP, error) {
	if err := actor.Alone(); err != nil {
		return NewTOTP{}, err
	}
	secret := make([]byte, totpSecret)
	_, _ = rand.Read(secret) // never fails on the platforms Go supports
	var a Account
	err := s.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if a, err = s.accountByID(tx, actor.Account); err != nil {
			return err
		}
		sealed, err := s.d.Keys.Seal(totpContext(actor.Account), secret)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO identity_totp (account, sealed, created_at, confirmed_at, last_step) VALUES ($1, $2, $3, 0, 0)
			ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, last_step = 0 WHERE identity_totp.confirmed_at = 0`,
			string(actor.Account), sealed, int64(s.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.Conflict, "identity.totp.there", nil)
		}
		return nil
	})
	if err != nil {
		return NewTOTP{}, wrap("begin app codes", err)
	}
	return s.newTOTP(a, secret), nil
}

func (s *Service) newTOTP(a Account, secret []byte) NewTOTP {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	name := a.Login
	if name == "" {
		name = a.Name
	}
	site := "Maru"
	if u, err := url.Parse(s.d.PublicURL); err == nil && u.Hostname() != "" {
		site = "Maru " + u.Hostname()
	}
	q := url.Values{"secret": {text}, "issuer": {site}}
	// Apps read %20, not every one reads "+".
	address := "otpauth://totp/" + url.PathEscape(site+":"+name) + "?secret=" + text + "&issuer=" + url.PathEscape(q.Get("issuer"))
	return NewTOTP{Secret: text, Address: address}
}

// PendingTOTP is the secret that was begun and waits for its first code, so
// that a mistyped code does not cost a new scan.
func (s *Service) PendingTOTP(ctx context.Context, actor authz.Actor) (NewTOTP, error) {
	var out NewTOTP
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		a, err := s.accountByID(tx, actor.Account)
		if err != nil {
			return err
		}
		secret, confirmed, _, err := s.totp(tx, actor.Account)
		if err != nil {
			return err
		}
		if secret == nil || !confirmed.IsZero() {
			return kernel.E(kernel.NotFound, "identity.totp.not_begun", nil)
		}
		out = s.newTOTP(a, secret)
		return nil
	})
	return out, wrap("app codes", err)
}

func totpContext(account kernel.ID) string { return "identity.totp:" + string(account) }

// totp is an account's secret, nil where there is none.
func (s *Service) totp(tx *store.Tx, account kernel.ID) (secret []byte, confirmed, created kernel.Time, err error) {
	var sealed []byte
	err = tx.QueryRow(`SELECT sealed, confirmed_at, created_at FROM identity_totp WHERE account = $1`, string(account)).Scan(&sealed, &confirmed, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, 0, nil
	}
	if err != nil {
		return nil, 0, 0, err
	}
	secret, err = s.d.Keys.Open(totpContext(account), sealed)
	return secret, confirmed, created, err
}

// takeTOTP takes a code once: a second use of it, or of an earlier one, fails.
func (s *Service) takeTOTP(tx *store.Tx, account kernel.ID, code string, confirmed bool) (since kernel.Time, err error) {
	secret, at, created, err := s.totp(tx, account)
	if err != nil {
		return 0, err
	}
	step := int64(0)
	if secret != nil && confirmed == !at.IsZero() {
		step = totpMatch(secret, code, s.now())
	}
	if step == 0 {
		return 0, errCode
	}
	n, err := tx.Exec(`UPDATE identity_totp SET last_step = $1 WHERE account = $2 AND last_step < $1`, step, string(account))
	if err == nil && n == 0 {
		err = errCode
	}
	return created, err
}

var errCode = kernel.E(kernel.Invalid, "identity.check_form", nil).Field("code", "identity.code.wrong", nil)

// ConfirmTOTP makes the begun secret a factor of the account, by a code of the
// app. first tells that it is the first second factor.
func (s *Service) ConfirmTOTP(ctx context.Context, actor authz.Actor, code string) (first bool, err error) {
	if err := actor.Alone(); err != nil {
		return false, err
	}
	if err := s.count(ctx, codeBounds(actor.Account)...); err != nil {
		return false, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		f, err := factorsOf(tx, actor.Account)
		if err != nil {
			return err
		}
		first = !f.second()
		if _, err := s.takeTOTP(tx, actor.Account, plainCode(code), false); err != nil {
			return err
		}
		if err := s.forgive(tx, codeBounds(actor.Account)...); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE identity_totp SET confirmed_at = $1 WHERE account = $2`, int64(s.now()), string(actor.Account)); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.add_totp", object(actor.Account), "identity.purpose.account")
	})
	return first, wrap("confirm app codes", err)
}

// RemoveTOTP ends the codes of the actor's app.
func (s *Service) RemoveTOTP(ctx context.Context, actor authz.Actor) error {
	if err := actor.Alone(); err != nil {
		return err
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM identity_totp WHERE account = $1`, string(actor.Account))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "identity.totp.not_begun", nil)
		}
		if err := s.stillSafe(tx, actor.Account); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.remove_totp", object(actor.Account), "identity.purpose.account")
	})
	return wrap("remove app codes", err)
}
