package identity

import (
	"context"
	"database/sql"
	"errors"
	"net/http"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// SignedIn tells when the actor's session began, which is when the person last
// proved who they are, and whether by a password; people of the try-out world
// have none. Unauthorized when the session has ended.
func (s *Service) SignedIn(ctx context.Context, actor authz.Actor) (at kernel.Time, password bool, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		var stored string
		err := tx.QueryRow(`SELECT s.created_at, a.password FROM identity_session s JOIN identity_account a ON a.id = s.account WHERE s.id = $1 AND s.account = $2`,
			string(actor.Session), string(actor.Account)).Scan(&at, &stored)
		if errors.Is(err, sql.ErrNoRows) {
			return errVisitor
		}
		password = stored != ""
		return err
	})
	return at, password, wrap("signed in", err)
}

// ActorOf is who an account is and what it may do now, for what acts in its
// name without a session; NotFound when there is no such account.
func (s *Service) ActorOf(ctx context.Context, account kernel.ID) (authz.Actor, error) {
	var a authz.Actor
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		a, err = s.actor(tx, account, s.now())
		return err
	})
	return a, wrap("actor", err)
}

// SignOutOf ends the session that r carries, if it is one, and returns the name
// of the cookie to clear.
func (s *Service) SignOutOf(r *http.Request, actor authz.Actor) (cookie string, err error) {
	if secret := s.secretOf(r); secret != "" {
		err = s.SignOut(r.Context(), actor, secret)
	}
	return s.cookieName(), err
}
