package identity

import (
	"context"

	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// tellEnded publishes that a session ended, "" for all.
func (s *Service) tellEnded(tx *store.Tx, account, session kernel.ID) error {
	if s.d.Events == nil {
		return nil
	}
	return s.d.Events.Publish(tx, contract.SessionEnded, contract.Session{Account: account, Session: session})
}

// tellRecovered publishes that an account was recovered, so that its owner
// hears of it on every channel there is.
func (s *Service) tellRecovered(tx *store.Tx, actor authz.Actor) error {
	if s.d.Events == nil {
		return nil
	}
	return s.d.Events.Publish(tx, contract.Recovered, contract.Recovery{Account: actor.Account, Person: actor.Person})
}

// told are the acts of which an account's owner hears, for it may not have been
// them.
var told = map[string]string{
	"identity.add_passkey":     contract.PasskeyAdded,
	"identity.remove_passkey":  contract.PasskeyRemoved,
	"identity.passkey_suspect": contract.PasskeySuspect,
	"identity.add_totp":        contract.AppAdded,
	"identity.remove_totp":     contract.AppRemoved,
	"identity.recovery_codes":  contract.CodesMade,
	"identity.change_password": contract.PasswordChanged,
	"identity.create_token":    contract.TokenMade,
	"identity.prove":           contract.PersonLinked,
}

// tellMeans publishes that a way to sign in changed, if the act is such a change.
func (s *Service) tellMeans(tx *store.Tx, account kernel.ID, act string) error {
	what := told[act]
	if what == "" || s.d.Events == nil {
		return nil
	}
	return s.d.Events.Publish(tx, contract.MeansChanged, contract.Means{Account: account, What: what})
}

// AccountOf is the account that a registry person was proven with, "" where there
// is none.
func (s *Service) AccountOf(ctx context.Context, person string) (id kernel.ID, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		a, err := s.accountOfPerson(tx, person)
		id = a.ID
		return err
	})
	return id, wrap("account of a person", err)
}
