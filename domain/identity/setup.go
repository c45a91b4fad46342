package identity

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Purposes of one-time secrets.
const (
	linkFirst   = "first"
	linkInvite  = "invite"
	linkCounter = "counter"
	linkConsent = "consent" // like a counter code, of somebody who is proven already
)

const inviteTime = 7 * 24 * time.Hour

// setupPath is where one-time links lead.
const setupPath = "/set-up/"

// FirstRun makes a one-time link with which the first operator sets up an
// account, and returns its path; "" when there is an operator already. Call it
// at every start of a server and show the path on its console only. Links made
// by earlier starts stay good: copies start at different times.
func (s *Service) FirstRun(ctx context.Context) (string, error) {
	secret, hash := newSecret()
	made := false
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		made = false
		now := s.now()
		n, err := operators(tx, now)
		if err != nil || n > 0 {
			return err
		}
		made = true
		return s.insertLink(tx, now, hash, linkFirst, "", "", false, 0)
	})
	if err != nil || !made {
		return "", wrap("first run", err)
	}
	return setupPath + secret, nil
}

func (s *Service) insertLink(tx *store.Tx, now kernel.Time, hash []byte, purpose string, account kernel.ID, name string, operator bool, expires kernel.Time) error {
	sealed, err := s.d.Keys.Seal("identity.link", []byte(name))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO identity_link (hash, purpose, account, operator, name_sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		hash, purpose, string(account), operator, sealed, int64(now), int64(expires))
	return err
}

// Invitation is what a set-up link leads to.
type Invitation struct {
	First    bool   // the first operator's
	Operator bool   // whoever takes it becomes an operator
	Name     string // whom it is for, as the inviter wrote it

	by kernel.ID
}

var errLink = kernel.E(kernel.NotFound, "identity.link.gone", nil)

// Invitation looks at a set-up link without using it; NotFound when it was
// used, has expired or never was.
func (s *Service) Invitation(ctx context.Context, secret string) (Invitation, error) {
	var inv Invitation
	err := s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		inv, err = s.invitation(tx, secret)
		return err
	})
	return inv, wrap("invitation", err)
}

func (s *Service) invitation(tx *store.Tx, secret string) (Invitation, error) {
	var purpose string
	var inv Invitation
	var sealed []byte
	var expires kernel.Time
	now := s.now()
	err := tx.QueryRow(`SELECT purpose, account, operator, name_sealed, expires_at FROM identity_link WHERE hash = $1 AND purpose IN ('first', 'invite')`, hashOf(secret)).
		Scan(&purpose, &inv.by, &inv.Operator, &sealed, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !expires.IsZero() && now >= expires {
		return Invitation{}, errLink
	}
	if err != nil {
		return Invitation{}, err
	}
	name, err := s.d.Keys.Open("identity.link", sealed)
	if err != nil {
		return Invitation{}, err
	}
	inv.Name = string(name)
	if purpose == linkFirst {
		inv.First, inv.Operator = true, true
		if n, err := operators(tx, now); err != nil || n > 0 {
			return Invitation{}, errors.Join(err, errLink)
		}
	}
	return inv, nil
}

// SetUp uses a set-up link: it makes the staff account and signs it in. The
// link works once.
func (s *Service) SetUp(ctx context.Context, secret string, c Credentials, from Client) (session string, actor authz.Actor, err error) {
	if _, err := s.Invitation(ctx, secret); err != nil {
		return "", authz.Actor{}, err // before the costly work
	}
	if err := c.check(); err != nil {
		return "", authz.Actor{}, err
	}
	hash, err := s.hasher.hash(ctx, c.Password)
	if err != nil {
		return "", authz.Actor{}, err
	}
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		inv, err := s.invitation(tx, secret)
		if err != nil {
			return err
		}
		now := s.now()
		id, err := s.insertAccount(tx, now, newAccount{kind: kindStaff, password: hash, login: c.Login, name: c.Name})
		if err != nil {
			return err
		}
		if err := s.useLink(tx, secret, inv); err != nil {
			return err
		}
		if inv.Operator {
			if err := s.firstOperators(tx, now, id, inv); err != nil {
				return err
			}
		}
		if err := audit.Append(tx, now, audit.Entry{Actor: authz.Actor{Account: id}, Act: "identity.set_up", Object: object(id), Purpose: "identity.purpose.roles"}); err != nil {
			return err
		}
		session, actor, err = s.enter(tx, now, id, "", from, byPassword(now))
		return err
	})
	if err != nil {
		return "", authz.Actor{}, wrap("set up", err)
	}
	return session, actor, nil
}

// useLink removes the link, and with the first operator's all others of its
// kind.
func (s *Service) useLink(tx *store.Tx, secret string, inv Invitation) error {
	q, args := `DELETE FROM identity_link WHERE hash = $1`, []any{hashOf(secret)}
	if inv.First {
		q, args = `DELETE FROM identity_link WHERE purpose = 'first'`, nil
	}
	_, err := tx.Exec(q, args...)
	return err
}

// firstOperators grants the role to the first operator, or to the second whom
// the first invited; the latter only while nobody else got there.
func (s *Service) firstOperators(tx *store.Tx, now kernel.Time, id kernel.ID, inv Invitation) error {
	if !inv.First {
		alone, err := onlyOperatorEver(tx, inv.by, now)
		if err != nil {
			return err
		}
		if !alone {
			return kernel.E(kernel.Conflict, "identity.link.second", nil)
		}
	}
	by := inv.by
	if inv.First {
		by = id
	}
	g := grantRow{id: kernel.NewID(now), account: id, role: authz.Operator, state: stateActive, reason: "set-up",
		requestedBy: by, requestedAt: now, decidedBy: by, decidedAt: now}
	if err := g.insert(tx); err != nil {
		return err
	}
	return s.appendGrant(tx, authz.Actor{Account: by, Grants: []authz.Grant{{Role: authz.Operator}}}, "identity.first_operators", g)
}

// onlyOperatorEver tells whether account is an operator and nobody else ever
// was one.
func onlyOperatorEver(tx *store.Tx, account kernel.ID, now kernel.Time) (bool, error) {
	n, err := operators(tx, now)
	if err != nil || n != 1 {
		return false, err
	}
	var others int64
	err = tx.QueryRow(`SELECT count(*) FROM identity_grant WHERE role = 'operator' AND state IN ('active', 'ended') AND account <> $1`, string(account)).Scan(&others)
	return others == 0, err
}

// Invite makes a link with which a new staff member sets up an account, valid
// for seven days, and returns its path. It carries no role, except that the
// first operator's invitation makes the second while there never was another.
func (s *Service) Invite(ctx context.Context, actor authz.Actor, name string) (path string, second bool, err error) {
	if err := requireOperator(actor); err != nil {
		return "", false, err
	}
	name = strings.TrimSpace(name)
	if k := nameTrouble(name); k != "" {
		return "", false, kernel.E(kernel.Invalid, "identity.check_form", nil).Field("name", k, map[string]any{"max": maxName})
	}
	secret, hash := newSecret()
	err = s.d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := s.stillOperator(tx, actor); err != nil {
			return err
		}
		now := s.now()
		var err error
		if second, err = onlyOperatorEver(tx, actor.Account, now); err != nil {
			return err
		}
		if err := s.insertLink(tx, now, hash, linkInvite, actor.Account, name, second, now.Add(inviteTime)); err != nil {
			return err
		}
		return audit.Append(tx, now, audit.Entry{Actor: actor, Act: "identity.invite", Object: object(actor.Account),
			Purpose: "identity.purpose.roles", Detail: map[string]bool{"operator": second}})
	})
	if err != nil {
		return "", false, wrap("invite", err)
	}
	return setupPath + secret, second, nil
}
