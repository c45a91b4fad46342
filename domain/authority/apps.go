package authority

import (
	"context"
	"strings"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// App is a program that a person has connected.
type App struct {
	Client *Client
	Scopes []string
	Since  kernel.Time // when the person last said yes
}

// Apps lists the programs that the actor has connected, the newest first.
func (s *Service) Apps(ctx context.Context, actor authz.Actor) ([]App, error) {
	if !actor.SignedIn() {
		return nil, kernel.E(kernel.Unauthorized, "error.sign_in", nil)
	}
	var out []App
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT client, scopes, at FROM authority_consent WHERE account = $1 ORDER BY at DESC, client`, string(actor.Account))
		if err != nil {
			return err
		}
		defer rows.Close()
		var ids []string
		for rows.Next() {
			var a App
			var id, scopes string
			if err := rows.Scan(&id, &scopes, &a.Since); err != nil {
				return err
			}
			a.Scopes = strings.Fields(scopes)
			ids, out = append(ids, id), append(out, a)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for i, id := range ids {
			if out[i].Client, err = clientByID(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return out, wrap("list apps", err)
}

// AppName is what a registered program is called, also one that has ended.
func (s *Service) AppName(ctx context.Context, client string, l kernel.Lang) (name string, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		c, err := clientByID(tx, client)
		if err == nil {
			name = c.Name.In(l)
		}
		return err
	})
	return name, wrap("name of an app", err)
}

// Disconnect takes a person's yes back: every grant of theirs to the client
// ends at once, and it must ask again.
func (s *Service) Disconnect(ctx context.Context, actor authz.Actor, client string) error {
	if !actor.SignedIn() || actor.Token || actor.Alone() != nil {
		return kernel.E(kernel.Forbidden, "authority.apps.own_session", nil)
	}
	return wrap("disconnect", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM authority_consent WHERE account = $1 AND client = $2`, string(actor.Account), client)
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "authority.apps.none_such", nil)
		}
		if _, err := tx.Exec(`UPDATE authority_grant SET revoked_at = $1 WHERE account = $2 AND client = $3 AND revoked_at = 0`,
			int64(s.now()), string(actor.Account), client); err != nil {
			return err
		}
		return s.logGrant(tx, actor, "authority.disconnect", client, nil)
	}))
}
