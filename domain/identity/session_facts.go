package identity

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// What authority needs to know of confirming: the page (?next= is where it leads
// on), and how recent a proof is that still counts.
const (
	ConfirmPath = confirmPath
	FreshTime   = freshTime
)

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
