package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Somebody signs in with a mobile ID alone: what it vouches for is a second
// factor by itself. It opens the account of that very person and makes none. An
// answer counts in the browser in which the person began and in no other: a link
// to the scheme can be sent to somebody else, who would sign the sender in.

const forMobileSignIn = "mobile-sign-in"

// NoAccountError says that a mobile ID proved somebody who has no account here.
// Register takes Proven, in the same browser, for an account that is theirs from
// the beginning.
type NoAccountError struct {
	Proven string
	Name   string // of the person, as the scheme has it
}

func (*NoAccountError) Error() string { return "identity: who was proven has no account" }

// newDevice is a secret for the browser in which somebody begins.
func newDevice() string {
	secret, _ := newSecret()
	return secret
}

// deviceID stands for a browser in what is bound to it.
func deviceID(device string) kernel.ID {
	return kernel.ID(base64.RawURLEncoding.EncodeToString(hashOf(device)))
}

// SignInByMobileID starts a session for the person whom a mobile ID presented, of
// level 2. device is the secret of the browser that began, old that of the session
// that it had. Where the person has no account the error is a NoAccountError.
func (s *Service) SignInByMobileID(ctx context.Context, device, challenge, answer, old string, from Client) (secret string, actor authz.Actor, err error) {
	// Each asks the scheme.
	if err := s.count(ctx, perHour("mobile-address", from.IP, 60)); err != nil {
		return "", authz.Actor{}, err
	}
	if device == "" {
		return "", authz.Actor{}, errMobileElsewhere
	}
	person, p, err := s.present(ctx, forMobileSignIn, deviceID(device), challenge, answer)
	if err != nil {
		return "", authz.Actor{}, err
	}
	missing := false
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		a, err := s.accountOfPerson(tx, person)
		if err != nil {
			return err
		}
		if missing = a.ID == ""; missing {
			return nil
		}
		if a.Staff {
			return kernel.E(kernel.Forbidden, "identity.mobile.staff", nil)
		}
		// As young as this proof: after a recovery it waits like any other.
		secret, actor, err = s.enter(tx, now, a.ID, old, from, means{min(p.Level, mostAAL), []string{methodMobile}, now})
		return err
	})
	if err != nil {
		return "", authz.Actor{}, wrap("sign in with a mobile ID", err)
	}
	if missing {
		proven, err := s.sealProven(device, provenPerson{person, p.Facts.Name, p.Identity, s.now().Add(provenTime)})
		if err != nil {
			return "", authz.Actor{}, wrap("sign in with a mobile ID", err)
		}
		return "", authz.Actor{}, &NoAccountError{proven, p.Facts.Name}
	}
	s.cache.drop(actor.Account)
	return secret, actor, nil
}

var errMobileElsewhere = kernel.E(kernel.Invalid, "identity.mobile.elsewhere", nil)

// provenTime is how long somebody who was proven may take to make an account.
const provenTime = 3 * challengeTime

// provenPerson is who was proven and has no account. It is sealed into the page
// on which they make one, for their browser, and is good for that person's one
// account only: nothing is stored.
type provenPerson struct {
	Person   string      `json:"person"`
	Name     string      `json:"name"`
	Identity int         `json:"ial"`
	Ends     kernel.Time `json:"ends"`
}

func provenContext(device string) string { return "identity.proven:" + string(deviceID(device)) }

func (s *Service) sealProven(device string, p provenPerson) (string, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sealed, err := s.d.Keys.Seal(provenContext(device), plain)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (s *Service) openProven(device, text string) (provenPerson, error) {
	over := kernel.E(kernel.Invalid, "identity.mobile.proven_over", nil)
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || device == "" {
		return provenPerson{}, over
	}
	plain, err := s.d.Keys.Open(provenContext(device), sealed)
	var p provenPerson
	if err != nil || json.Unmarshal(plain, &p) != nil || p.Person == "" || s.now() >= p.Ends {
		return provenPerson{}, over
	}
	return p, nil
}

// RegisterProven is Register for somebody whom a mobile ID proved just before, in
// the browser with the secret device: account and person are linked at once, or
// neither is made.
func (s *Service) RegisterProven(ctx context.Context, c Credentials, device, proven string, from Client) (kernel.ID, error) {
	p, err := s.openProven(device, proven)
	if err != nil {
		return "", err
	}
	return s.register(ctx, c, from, func(tx *store.Tx, now kernel.Time, id kernel.ID) error {
		return s.link(tx, now, proof{authz.Actor{Account: id}, id, p.Person, methodMobileID, "", p.Identity})
	})
}
