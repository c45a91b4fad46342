package identity

import (
	"context"
	"errors"

	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

const (
	// leastIAL and leastAAL are what a mobile ID must vouch for.
	leastIAL = 2
	leastAAL = 2
	// mostAAL is the highest level a session here can have.
	mostAAL   = 2
	maxMobile = 8 << 10 // bytes of an answer
)

// What a mobile ID is asked for; also purposes of challenges.
const (
	forMobileProof   = "mobile-proof"
	forMobileConfirm = "mobile-confirm"
	forMobileRegain  = "mobile-regain"
)

var errNoMobileID = kernel.E(kernel.Unavailable, "identity.proof.no_mobile_id", nil)

// MobileIDs tells whether a scheme is connected.
func (s *Service) MobileIDs() bool { return s.d.MobileID != nil }

// startMobile is where a person goes who presents a mobile ID; back gets the
// challenge and gives the address to come back to.
func (s *Service) startMobile(ctx context.Context, purpose string, bound kernel.ID, back func(challenge string) string) (string, error) {
	if s.d.MobileID == nil {
		return "", errNoMobileID
	}
	challenge := encodeChallenge(s.newChallenge(purpose, bound))
	where, err := s.d.MobileID.Start(ctx, challenge, back(challenge))
	return where, wrap("mobile ID", err)
}

// present spends a challenge and has its answer verified: whoever answers it
// again is refused, whatever the scheme says. It returns who it is.
func (s *Service) present(ctx context.Context, purpose string, bound kernel.ID, challenge, answer string) (person string, p Presented, err error) {
	if s.d.MobileID == nil {
		return "", p, errNoMobileID
	}
	refused := kernel.E(kernel.Invalid, "identity.mobile.refused", nil)
	ends, err := s.challengeEnds(purpose, bound, challenge)
	if errors.Is(err, errPasskey) || err == nil && (answer == "" || len(answer) > maxMobile) {
		return "", p, refused
	}
	if err != nil {
		return "", p, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error { return spend(tx, challenge, ends) })
	if errors.Is(err, errPasskey) {
		return "", p, refused
	}
	if err != nil {
		return "", p, wrap("mobile ID", err)
	}
	if p, err = s.d.MobileID.Present(ctx, challenge, answer); err != nil {
		return "", p, wrap("mobile ID", err)
	}
	if p.Identity < leastIAL || p.Level < leastAAL {
		return "", p, kernel.E(kernel.Forbidden, "identity.mobile.too_low", nil)
	}
	person, err = s.d.People.MatchPerson(ctx, p.Facts)
	if kernel.Is(err, kernel.NotFound) {
		return "", p, errUnproven
	}
	return person, p, wrap("match person", err)
}

// ProveByMobileID links the actor's account to the person whom a mobile ID
// presented; Unavailable where no scheme is connected.
func (s *Service) ProveByMobileID(ctx context.Context, actor authz.Actor, challenge, answer string) error {
	if actor.Token || actor.Session == "" {
		return kernel.E(kernel.Forbidden, "identity.session_only", nil)
	}
	person, p, err := s.present(ctx, forMobileProof, actor.Session, challenge, answer)
	if err != nil {
		return err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		return s.linkExisting(tx, s.now(), proof{actor, actor.Account, person, methodMobileID, "", p.Identity})
	})
	s.cache.drop(actor.Account)
	return wrap("prove", err)
}

// byMobileID checks the answer of the actor's own mobile ID for Confirm. What
// it proves with is as young as the proof: after a recovery it waits like any
// other, because whoever stole the phone has it too.
func (s *Service) byMobileID(ctx context.Context, actor authz.Actor, challenge, answer string) (func(*store.Tx, kernel.Time) (means, error), error) {
	if !actor.Proven() {
		return nil, kernel.E(kernel.Forbidden, "identity.mobile.unproven", nil)
	}
	person, p, err := s.present(ctx, forMobileConfirm, actor.Session, challenge, answer)
	if err != nil {
		return nil, err
	}
	if person != actor.Person {
		return nil, kernel.E(kernel.Invalid, "identity.mobile.other", nil)
	}
	return func(_ *store.Tx, now kernel.Time) (means, error) {
		return means{min(p.Level, mostAAL), []string{methodMobile}, now}, nil
	}, nil
}

// RegainByMobileID proves with a mobile ID who gets an account back, in place
// of the two officials.
func (s *Service) RegainByMobileID(ctx context.Context, secret, challenge, answer string) error {
	x, err := s.Regain(ctx, secret)
	if err != nil {
		return err
	}
	person, _, err := s.present(ctx, forMobileRegain, x.ID, challenge, answer)
	if err != nil {
		return err
	}
	return wrap("get an account back", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := s.accountOfPerson(tx, person)
		switch {
		case err != nil:
			return err
		case a.ID == "":
			return kernel.E(kernel.Conflict, "identity.regain.no_account", nil)
		case a.Demo:
			return kernel.E(kernel.Conflict, "identity.regain.try_out", nil)
		}
		now := s.now()
		if err := endRegains(tx, a.ID); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE identity_regain SET state = 'confirmed', account = $1, person = $2, method = 'mobile_id', asked_at = $3, confirmed_at = $3, expires_at = $4
			WHERE id = $5 AND state = 'begun' AND expires_at > $3`, string(a.ID), person, int64(now), int64(now.Add(regainSetTime)), string(x.ID))
		if err != nil {
			return err
		}
		if n == 0 {
			return errRegainGone
		}
		// Whoever was talked into answering hears of it before a password is set.
		if err := s.tellRegain(tx, contract.WayAsked, a, ""); err != nil {
			return err
		}
		return s.appendRegain(tx, authz.Actor{Account: a.ID, Person: person}, "identity.regain_mobile", a.ID, person, "")
	}))
}
