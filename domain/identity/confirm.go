package identity

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
	"maru/platform/web"
)

// Where people are led before a page opens.
const (
	confirmPath = "/account/confirm" // ?next= is where they go on
	keysPath    = "/account/keys"
)

// RequireFresh returns nil where the session proved itself within the last five
// minutes with the strongest that its account has, and says otherwise why not:
// Unauthorized where confirming helps, Forbidden where only time does (after a
// recovery) or a second factor. Pages declare it with web.Page.Fresh, operations
// with api.Op.Fresh. Who acts by an API token made it with such a proof; an app's
// token carries the sign-in that its consent rests on, and that one is judged.
func (s *Service) RequireFresh(ctx context.Context, actor authz.Actor, weight web.Freshness) error {
	if weight == web.AnyTime || actor.Token && actor.Proof.Level == 0 {
		return nil
	}
	var f factors
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		f, err = factorsOf(tx, actor.Account)
		return err
	})
	if err != nil {
		return wrap("fresh proof", err)
	}
	now := s.now()
	switch {
	case !f.fresh(actor, now):
		return errConfirm
	case weight == web.FreshSettings || hasMethod(actor, methodTryOut):
		return nil
	case f.cooling(actor, now):
		return kernel.E(kernel.Forbidden, "identity.cooling", nil).With("hours", int64((f.coolingUntil.Sub(now)+time.Hour-1)/time.Hour))
	case s.d.Policy.SecondFactor && actor.Proof.Level < 2:
		return errSecondFactor
	case f.staff && s.d.Policy.staffBound(now) && !hasPasskey(actor.Proof.Methods):
		return errSecondFactor // a token would open the desk without a passkey
	}
	return nil
}

var (
	errConfirm      = kernel.E(kernel.Unauthorized, "identity.confirm.needed", nil)
	errSecondFactor = kernel.E(kernel.Forbidden, "identity.keys.needed", nil)
	errStopFirst    = kernel.E(kernel.Forbidden, "identity.keys.stop_first", nil)
)

// Lead is web.Config.Lead: where somebody signed in must go before a page that
// asks for more than a session, "" for on with it.
func (s *Service) Lead(r *web.Request) (string, error) {
	a := r.Actor
	if r.Page.For == web.Staff && s.d.Policy.staffBound(s.now()) && !hasPasskey(a.Proof.Methods) && !hasMethod(a, methodTryOut) {
		return keysPath, nil
	}
	path, err := s.LeadTo(r.Context(), a, r.Page.Fresh)
	if path == keysPath && r.Acting != nil {
		return "", errStopFirst // ways to sign in are closed to whoever acts for somebody
	}
	return path, err
}

// LeadTo is where the actor must go before an act of this weight, "" for on with
// it; the error says why no page would help.
func (s *Service) LeadTo(ctx context.Context, actor authz.Actor, weight web.Freshness) (string, error) {
	err := s.RequireFresh(ctx, actor, weight)
	switch {
	case errors.Is(err, errConfirm):
		return confirmPath, nil
	case errors.Is(err, errSecondFactor):
		return keysPath, nil
	}
	return "", err
}

func hasMethod(a authz.Actor, m string) bool {
	return slices.Contains(a.Proof.Methods, m)
}

// Proofs are what the actor can confirm with.
type Proofs struct {
	Passkey, Code, Recovery, Password bool
	// Cooling is until when what weighs most must wait after a recovery.
	Cooling kernel.Time
	Staff   bool
	Codes   int64 // recovery codes left
	TOTP    bool
}

// Proofs tells what the actor can confirm with.
func (s *Service) Proofs(ctx context.Context, actor authz.Actor) (Proofs, error) {
	var f factors
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		f, err = factorsOf(tx, actor.Account)
		return err
	})
	if err != nil {
		return Proofs{}, wrap("proofs", err)
	}
	p := Proofs{Passkey: f.passkeys > 0, Code: f.code && (!f.staff || f.passkeys == 0), Recovery: f.recovery > 0, Password: f.password && !f.second(),
		Staff: f.staff, Codes: f.recovery, TOTP: f.code}
	if s.now() < f.coolingUntil {
		p.Cooling = f.coolingUntil
	}
	return p, nil
}

// Confirmation is what somebody shows to confirm: one of the four.
type Confirmation struct {
	Passkey   []byte // an authenticator's answer
	Code      string // of an app, or a recovery code
	Password  string
	MobileID  string // a mobile ID's answer, to Challenge
	Challenge string
}

// Confirm proves anew who sits before a session. The session goes on under a
// new secret, which it returns, so that a copy of the old one gains nothing.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, old string, c Confirmation, from Client) (string, authz.Actor, error) {
	if actor.Token || actor.Session == "" {
		return "", authz.Actor{}, kernel.E(kernel.Forbidden, "identity.session_only", nil)
	}
	take, err := s.confirmation(ctx, actor, c, from)
	if err != nil {
		return "", authz.Actor{}, err
	}
	secret, hash := newSecret()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		m, err := take(tx, now)
		if err != nil {
			return err
		}
		// A second factor in a session that began with a password makes two.
		n, err := tx.Exec(`UPDATE identity_session SET hash = $1, methods = $2, proven_at = $3, factor_at = $4, seen_at = $3,
			level = CASE WHEN level < $5 THEN $5 ELSE level END WHERE hash = $6 AND id = $7 AND account = $8`,
			hash, joinMethods(m.methods), int64(now), int64(m.since), int64(m.level), hashOf(old), string(actor.Session), string(actor.Account))
		if err != nil {
			return err
		}
		if n == 0 {
			return errVisitor
		}
		return s.append(tx, actor, "identity.confirm", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	if err != nil {
		return "", authz.Actor{}, wrap("confirm", err)
	}
	actor, err = s.AuthenticateSession(ctx, secret)
	return secret, actor, err
}

// confirmation does the costly part and returns the one for the transaction.
func (s *Service) confirmation(ctx context.Context, actor authz.Actor, c Confirmation, from Client) (func(*store.Tx, kernel.Time) (means, error), error) {
	switch {
	case len(c.Passkey) > 0:
		k, err := s.prove(ctx, forConfirm, actor.Session, c.Passkey)
		if err != nil {
			return nil, err
		}
		if k.account != actor.Account {
			return nil, errPasskey // somebody else's
		}
		return k.use, nil
	case c.MobileID != "":
		return s.byMobileID(ctx, actor, c.Challenge, c.MobileID)
	case c.Code != "":
		checked, err := s.check(ctx, actor.Account, c.Code)
		if err != nil {
			return nil, err
		}
		return func(tx *store.Tx, now kernel.Time) (means, error) { return s.take(tx, now, checked, actor.Session) }, nil
	}
	return s.confirmPassword(ctx, actor, c.Password, from)
}

func (s *Service) confirmPassword(ctx context.Context, actor authz.Actor, password string, from Client) (func(*store.Tx, kernel.Time) (means, error), error) {
	a, err := s.Account(ctx, actor.Account)
	if err != nil {
		return nil, err
	}
	bounds := signInBounds(a.Login, from.IP)
	if err := s.count(ctx, bounds...); err != nil {
		return nil, err
	}
	account, stored, err := s.stored(ctx, a.Login)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, wrap("confirm", err)
	}
	ok, err := s.hasher.matches(ctx, stored, clip(password))
	if err != nil {
		return nil, err
	}
	if !ok || account != actor.Account {
		return nil, kernel.E(kernel.Invalid, "identity.check_form", nil).Field("password", "identity.password.not_current", nil)
	}
	return func(tx *store.Tx, now kernel.Time) (means, error) {
		f, err := factorsOf(tx, actor.Account)
		if err != nil {
			return means{}, err
		}
		if f.second() {
			return means{}, kernel.E(kernel.Invalid, "identity.confirm.stronger", nil)
		}
		return byPassword(now), s.forgive(tx, bounds...)
	}, nil
}
