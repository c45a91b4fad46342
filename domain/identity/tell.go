package identity

import (
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
