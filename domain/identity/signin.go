package identity

import (
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// SignIn checks a login name and a password and starts a session, whose secret
// it returns. old is the secret that the browser had before: it ends, so that
// nobody can have planted it. An unknown name and a wrong password cost the
// same and get the same answer. Where the account has a second factor the
// error is a SecondFactorError.
func (s *Service) SignIn(ctx context.Context, login, password, old string, from Client) (string, authz.Actor, error) {
	bounds := signInBounds(login, from.IP)
	if err := s.count(ctx, bounds...); err != nil {
		return "", authz.Actor{}, err
	}
	account, stored, err := s.stored(ctx, login)
	if err != nil {
		return "", authz.Actor{}, wrap("sign in", err)
	}
	ok, err := s.hasher.matches(ctx, stored, clip(password))
	if err != nil {
		return "", authz.Actor{}, err
	}
	var secret string
	var actor authz.Actor
	var second *SecondFactorError
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		if !ok {
			return audit.Append(tx, now, audit.Entry{Act: "identity.sign_in_failed", Object: object(account), Purpose: "identity.purpose.account"})
		}
		if err := s.forgive(tx, bounds...); err != nil {
			return err
		}
		f, err := factorsOf(tx, account)
		if err != nil {
			return err
		}
		if f.second() {
			second, err = s.await(tx, now, account, f)
			return err
		}
		secret, actor, err = s.enter(tx, now, account, old, from, byPassword(now))
		return err
	})
	if err != nil {
		return "", authz.Actor{}, wrap("sign in", err)
	}
	if !ok {
		return "", authz.Actor{}, kernel.E(kernel.Invalid, "identity.sign_in.wrong", nil)
	}
	if second != nil {
		return "", authz.Actor{}, second
	}
	if old != "" {
		s.cache.drop(actor.Account)
	}
	return secret, actor, nil
}

// enter starts a session for account and ends the old one. Who signs in anew as
// the same person goes on in the same session, under another secret.
func (s *Service) enter(tx *store.Tx, now kernel.Time, account kernel.ID, old string, from Client, m means) (string, authz.Actor, error) {
	var goesOn kernel.ID
	if old != "" {
		id, owner, err := sessionBy(tx, old)
		if err != nil {
			return "", authz.Actor{}, err
		}
		if _, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1`, hashOf(old)); err != nil {
			return "", authz.Actor{}, err
		}
		if owner == account {
			goesOn = id
		} else if id != "" {
			if err := s.tellEnded(tx, owner, id); err != nil {
				return "", authz.Actor{}, err
			}
		}
	}
	secret, err := s.startSession(tx, now, account, goesOn, from, m)
	if err != nil {
		return "", authz.Actor{}, err
	}
	actor, err := s.actor(tx, account, now)
	if err != nil {
		return "", authz.Actor{}, err
	}
	return secret, actor, s.append(tx, actor, "identity.sign_in", object(account), "identity.purpose.account")
}

// stored is the account with this login name and its password's stored form,
// both "" when there is none.
func (s *Service) stored(ctx context.Context, login string) (account kernel.ID, password string, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		err := tx.QueryRow(`SELECT id, password FROM identity_account WHERE login = $1`, s.loginHash(login)).Scan(&account, &password)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return account, password, err
}

// clip bounds what is hashed; no stored password is longer.
func clip(password string) string {
	if len(password) <= maxPassword*utf8.UTFMax {
		return password
	}
	return password[:maxPassword*utf8.UTFMax]
}

// ChangePassword sets a new password and ends every other session and every
// token of the account: whoever knew the old one is out.
func (s *Service) ChangePassword(ctx context.Context, actor authz.Actor, current, next string, from Client) error {
	if actor.Token || actor.Session == "" {
		return kernel.E(kernel.Forbidden, "identity.session_only", nil)
	}
	var a Account
	var stored string
	var f factors
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if f, err = factorsOf(tx, actor.Account); err != nil {
			return err
		}
		if a, err = s.accountByID(tx, actor.Account); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT password FROM identity_account WHERE id = $1`, string(actor.Account)).Scan(&stored)
	})
	if err != nil {
		return wrap("change password", err)
	}
	least := minPassword
	if f.second() {
		least = minBeside
	}
	if k := passwordTrouble(next, least, a.Login, a.Name); k != "" {
		return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("password", k, passwordArgs(least))
	}
	bounds := signInBounds(a.Login, from.IP)
	if err := s.count(ctx, bounds...); err != nil {
		return err
	}
	ok, err := s.hasher.matches(ctx, stored, clip(current))
	if err != nil {
		return err
	}
	if !ok {
		return kernel.E(kernel.Invalid, "identity.check_form", nil).Field("current", "identity.password.not_current", nil)
	}
	short := utf8.RuneCountInString(next) < minPassword
	hash, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := s.forgive(tx, bounds...); err != nil {
			return err
		}
		// The old hash in the condition: of two changes at once, one wins.
		n, err := tx.Exec(`UPDATE identity_account SET password = $1, password_short = $4 WHERE id = $2 AND password = $3`,
			hash, string(actor.Account), stored, short)
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.Conflict, "identity.password.changed_meanwhile", nil)
		}
		if short { // the other factor may have gone meanwhile
			if f, err := factorsOf(tx, actor.Account); err != nil || !f.second() {
				return errors.Join(err, kernel.E(kernel.Conflict, "identity.password.changed_meanwhile", nil))
			}
		}
		if _, err := tx.Exec(`DELETE FROM identity_session WHERE account = $1 AND id <> $2`, string(actor.Account), string(actor.Session)); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE identity_token SET revoked_at = $1 WHERE account = $2 AND revoked_at = 0`, int64(s.now()), string(actor.Account)); err != nil {
			return err
		}
		if err := s.tellEnded(tx, actor.Account, ""); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.change_password", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("change password", err)
}
