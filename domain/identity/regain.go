package identity

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// States of a request to get an account back.
const (
	regainBegun     = "begun"     // a device shows a code
	regainAsked     = "asked"     // one official saw person, card and code
	regainConfirmed = "confirmed" // another did too, or a mobile ID answered
	regainDone      = "done"
	regainStopped   = "stopped"
)

const (
	regainBegunTime = 30 * time.Minute // to be called to the counter
	regainAskedTime = 2 * time.Hour    // until a second official has time
	regainSetTime   = time.Hour        // to set a password
	maxRegainWrong  = 5
	regainDigits    = 6
)

// Whoever lost every way to sign in shows anew who they are: at a counter to
// two officials, one after the other, or with a mobile ID. Nothing that
// officials see opens the account: the password is set on the device on which
// the person began, with a number that the second official reads out. Neither a
// stranger's device nor an official alone gets in.

// BeginRegain starts on a device that is signed in to nothing. The secret
// stays on the device; Regain tells how far it is.
func (s *Service) BeginRegain(ctx context.Context, from Client) (secret string, err error) {
	if err := s.count(ctx, perHour("regain-address", from.IP, 20)); err != nil {
		return "", err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		var hash []byte
		secret, hash = newSecret()
		// A code in use is 39 bits' luck; the index refuses it, and so the person
		// presses once more.
		_, err := tx.Exec(`INSERT INTO identity_regain (id, secret, code, state, account, person, method, agency, asked_by, asked_at, confirmed_by, confirmed_at, wrong, expires_at)
			VALUES ($1, $2, $3, 'begun', '', '', '', '', '', 0, '', 0, 0, $4)`,
			string(kernel.NewID(now)), hash, s.codeHash(s.regainCode(secret)), int64(now.Add(regainBegunTime)))
		return err
	})
	return secret, wrap("begin to get an account back", err)
}

// regainCode is what the device shows: made of its secret, so that it is
// shown again after a reload and stored nowhere.
func (s *Service) regainCode(secret string) string {
	mac := s.d.Keys.MAC("identity.regain_code", []byte(secret))
	b := make([]byte, 8)
	for i := range b {
		b[i] = codeLetters[int(binary.BigEndian.Uint16(mac[2*i:]))%len(codeLetters)]
	}
	return string(b)
}

// regainNumber is what the second official reads out.
func (s *Service) regainNumber(id kernel.ID) string {
	mac := s.d.Keys.MAC("identity.regain_number", []byte(id))
	return fmt.Sprintf("%0*d", regainDigits, binary.BigEndian.Uint64(mac)%1_000_000)
}

// regainDevice is what the browser keeps in which a request began. The address
// of a request can be sent to somebody else, who would then show a card or a
// mobile ID for whoever began it; this does not come with the address.
func (s *Service) regainDevice(secret string) string {
	return base64.RawURLEncoding.EncodeToString(s.d.Keys.MAC("identity.regain_device", []byte(secret)))
}

// Regain is how far a device's request is.
type Regain struct {
	ID        kernel.ID
	State     string
	Code      string // to show at the counter
	Numbered  bool   // the number from the counter is asked for
	Login     string // of the account, once confirmed; "" where it has none
	ExpiresAt kernel.Time
}

// Open tells whether the person can set a password now.
func (r Regain) Open() bool { return r.State == regainConfirmed }

var errRegainGone = kernel.E(kernel.NotFound, "identity.regain.gone", nil)

// Regain tells the device how far it is; NotFound when it has ended.
func (s *Service) Regain(ctx context.Context, secret string) (Regain, error) {
	var out Regain
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		r, err := s.regain(tx, `secret = $1`, hashOf(secret))
		if err != nil {
			return err
		}
		out = Regain{ID: r.id, State: r.state, ExpiresAt: r.expires, Numbered: r.method == methodCounter}
		if r.state == regainBegun || r.state == regainAsked {
			out.Code = s.regainCode(secret)
		}
		if r.state != regainConfirmed {
			return nil
		}
		a, err := s.accountByID(tx, r.account)
		out.Login = a.Login
		return err
	})
	return out, wrap("get an account back", err)
}

type regainRow struct {
	id, account, askedBy          kernel.ID
	state, person, method, agency string
	askedAt, expires              kernel.Time
	wrong                         int64
}

// regain is the one request that has not ended, NotFound without.
func (s *Service) regain(tx *store.Tx, where string, arg any) (regainRow, error) {
	var r regainRow
	err := tx.QueryRow(`SELECT id, account, asked_by, state, person, method, agency, asked_at, expires_at, wrong FROM identity_regain
		WHERE `+where+` AND state <> 'done' AND expires_at > $2`, arg, int64(s.now())).
		Scan(&r.id, &r.account, &r.askedBy, &r.state, &r.person, &r.method, &r.agency, &r.askedAt, &r.expires, &r.wrong)
	if errors.Is(err, sql.ErrNoRows) {
		return r, errRegainGone
	}
	return r, err
}

// Asked tells the owner, signed in, that somebody asks for the account back.
type Asked struct {
	Agency string // of the counter, "" with a mobile ID
	At     kernel.Time
}

// RegainOf is what waits for the actor's own account; zero for nothing.
func (s *Service) RegainOf(ctx context.Context, actor authz.Actor) (Asked, error) {
	var out Asked
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		r, err := s.regain(tx, `state IN ('asked', 'confirmed') AND account = $1`, string(actor.Account))
		if errors.Is(err, errRegainGone) {
			return nil
		}
		out = Asked{Agency: r.agency, At: r.askedAt}
		return err
	})
	return out, wrap("look for what waits", err)
}

// StopRegain is the owner's, who is signed in and so has not lost everything.
func (s *Service) StopRegain(ctx context.Context, actor authz.Actor) error {
	return wrap("stop", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		r, err := s.regain(tx, `state IN ('asked', 'confirmed') AND account = $1`, string(actor.Account))
		if err != nil {
			return err
		}
		if err := endRegains(tx, actor.Account); err != nil {
			return err
		}
		return s.appendRegain(tx, actor, "identity.regain_stop", actor.Account, r.person, r.agency)
	}))
}

// Reentry is how a person takes the account over on their device.
type Reentry struct {
	Number   string // from the counter
	Login    string // where the account has none yet
	Password string
}

// FinishRegain sets a password and signs in. Every other way in ends: what was
// lost may have been found by somebody. For a day the new ways may not do what
// weighs most, and the owner is told.
func (s *Service) FinishRegain(ctx context.Context, secret string, g Reentry, old string, from Client) (session string, actor authz.Actor, err error) {
	r, a, err := s.confirmedRegain(ctx, secret)
	if err != nil {
		return "", authz.Actor{}, err
	}
	c := Credentials{Login: a.Login, Name: a.Name, Password: g.Password}
	if a.Login == "" {
		c.Login = g.Login
	}
	if err := c.check(); err != nil {
		return "", authz.Actor{}, err
	}
	if err := s.checkNumber(ctx, r, g.Number); err != nil {
		return "", authz.Actor{}, err
	}
	hash, err := s.hasher.hash(ctx, c.Password)
	if err != nil {
		return "", authz.Actor{}, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		// Of two at once, one wins; what the owner stopped meanwhile is over.
		n, err := tx.Exec(`UPDATE identity_regain SET state = 'done' WHERE id = $1 AND state = 'confirmed' AND expires_at > $2`, string(r.id), int64(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return errRegainGone
		}
		if err := s.resetAccount(tx, now, a, c.Login, hash); err != nil {
			return err
		}
		if session, actor, err = s.enter(tx, now, a.ID, old, from, byPassword(now)); err != nil {
			return err
		}
		if err := s.tellRegain(tx, contract.WayRegained, a, r.agency); err != nil {
			return err
		}
		return s.appendRegain(tx, actor, "identity.regain", a.ID, r.person, r.agency)
	})
	s.cache.drop(a.ID)
	if err != nil {
		return "", authz.Actor{}, wrap("get an account back", err)
	}
	return session, actor, nil
}

// confirmedRegain is a confirmed request and its account.
func (s *Service) confirmedRegain(ctx context.Context, secret string) (regainRow, Account, error) {
	var r regainRow
	var a Account
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if r, err = s.regain(tx, `state = 'confirmed' AND secret = $1`, hashOf(secret)); err != nil {
			return err
		}
		a, err = s.accountByID(tx, r.account)
		return err
	})
	return r, a, wrap("get an account back", err)
}

// checkNumber holds a device to the number that was read out at the counter.
// Too many tries end the request.
func (s *Service) checkNumber(ctx context.Context, r regainRow, typed string) error {
	if r.method != methodCounter {
		return nil
	}
	typed = plainCode(typed)
	if utf8.RuneCountInString(typed) != regainDigits {
		return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("number", "identity.regain.number_wrong", nil)
	}
	right := subtle.ConstantTimeCompare([]byte(typed), []byte(s.regainNumber(r.id))) == 1
	over := false
	// Counted and judged in one transaction: many at once cannot outrun it.
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now, err := s.regain(tx, `state = 'confirmed' AND id = $1`, string(r.id))
		if err != nil || right {
			return err
		}
		if over = now.wrong+1 >= maxRegainWrong; over {
			return endRegains(tx, r.account)
		}
		_, err = tx.Exec(`UPDATE identity_regain SET wrong = wrong + 1 WHERE id = $1`, string(r.id))
		return err
	})
	switch {
	case err != nil:
		return wrap("check the number", err)
	case over:
		return errRegainGone
	case !right:
		return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("number", "identity.regain.number_wrong", nil)
	}
	return nil
}

// resetAccount leaves an account one way in: the new password.
func (s *Service) resetAccount(tx *store.Tx, now kernel.Time, a Account, login, hash string) error {
	id := string(a.ID)
	if a.Login == "" {
		if err := s.setLogin(tx, a.ID, login); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`UPDATE identity_account SET password = $1, password_short = $2, cooling_until = $3 WHERE id = $4`,
		hash, false, int64(now.Add(coolingTime)), id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE identity_token SET revoked_at = $1 WHERE account = $2 AND revoked_at = 0`, int64(now), id); err != nil {
		return err
	}
	for _, q := range []string{
		`DELETE FROM identity_session WHERE account = $1`, `DELETE FROM identity_passkey WHERE account = $1`, `DELETE FROM identity_totp WHERE account = $1`,
		`DELETE FROM identity_recovery WHERE account = $1`, `DELETE FROM identity_pending WHERE account = $1`, `DELETE FROM identity_kept WHERE account = $1`,
		`DELETE FROM identity_link WHERE account = $1 AND purpose IN ('counter', 'consent')`,
	} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return s.tellEnded(tx, a.ID, "")
}

// setLogin gives a login name to an account that was made at a counter.
func (s *Service) setLogin(tx *store.Tx, account kernel.ID, login string) error {
	hash := s.loginHash(login)
	var taken int64
	if err := tx.QueryRow(`SELECT count(*) FROM identity_account WHERE login = $1`, hash).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("login", "identity.login.taken", nil)
	}
	sealed, err := s.d.Keys.Seal("identity.login:"+string(account), []byte(login))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE identity_account SET login = $1, login_sealed = $2 WHERE id = $3`, hash, sealed, string(account))
	return err
}

// appendRegain records a step; the person sees it in the access log.
func (s *Service) appendRegain(tx *store.Tx, actor authz.Actor, act string, account kernel.ID, person, agency string) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: object(account), Subject: person,
		Purpose: "identity.purpose.recovery", Agency: agency})
}

func (s *Service) tellRegain(tx *store.Tx, way string, a Account, agency string) error {
	if s.d.Events == nil {
		return nil
	}
	return s.d.Events.Publish(tx, contract.Recovered, contract.Recovery{Account: a.ID, Person: a.Person, Way: way, Agency: agency})
}
