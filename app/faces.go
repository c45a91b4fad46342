package app

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
)

// An interface that others prescribed is no page and no operation of the API.
// Its callers have tokens as the API's have, and the same bounds.

// caller is who a token of such an interface belongs to.
func (a *App) caller(ctx context.Context, token string) (authz.Actor, error) {
	actor, err := a.identity.AuthenticateToken(ctx, token)
	if err == nil {
		err = a.withinLimit(actor)
	}
	return actor, err
}

// withinLimit refuses an account that asks too often.
func (a *App) withinLimit(actor authz.Actor) error {
	if actor.SignedIn() && !a.web.AllowAccount(actor.Account) {
		return kernel.E(kernel.Limited, "", nil).With("seconds", 1)
	}
	return nil
}
