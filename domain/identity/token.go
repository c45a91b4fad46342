package identity

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// tokenPrefix lets scanners of leaked secrets recognise ours.
const tokenPrefix = "maru_"

const (
	maxTokens     = 50 // an account
	maxTokenDays  = 365
	tokenDays     = 90 // where nothing else is asked for
	maxTokenName  = 100
	demoTokenTime = 12 * time.Hour
)

// Scopes are all there are.
var Scopes = []string{authz.ScopeApplications, authz.ScopeDesk, authz.ScopeAdmin}

// Token is an API token without its secret.
type Token struct {
	ID        kernel.ID   `json:"id"`
	Name      string      `json:"name"`
	Scopes    []string    `json:"scopes"`
	CreatedAt kernel.Time `json:"created"`
	ExpiresAt kernel.Time `json:"expires"`
}

// NewToken is what CreateToken is asked for.
type NewToken struct {
	Name   string
	Scopes []string
	Days   int // until it expires; 90 if 0
}

// CreateToken makes a token for the actor and returns its secret, which is
// shown this once. A token cannot make one that may more or lives longer than
// itself.
func (s *Service) CreateToken(ctx context.Context, actor authz.Actor, n NewToken) (string, Token, error) {
	if err := actor.Alone(); err != nil {
		return "", Token{}, err
	}
	if err := n.check(actor); err != nil {
		return "", Token{}, err
	}
	var secret string
	var t Token
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		ends := now.Add(time.Duration(n.Days) * 24 * time.Hour)
		if actor.Token {
			own, err := callerEnds(tx, actor)
			if err != nil {
				return err
			}
			ends = min(ends, own)
		}
		var count int64
		if err := tx.QueryRow(`SELECT count(*) FROM identity_token WHERE account = $1 AND revoked_at = 0 AND expires_at > $2`,
			string(actor.Account), int64(now)).Scan(&count); err != nil {
			return err
		}
		if count >= maxTokens {
			return kernel.E(kernel.Conflict, "identity.token.too_many", nil).With("max", maxTokens)
		}
		var err error
		if secret, t, err = insertToken(tx, now, actor.Account, n.Name, n.Scopes, ends); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.create_token", "token:"+string(t.ID), "identity.purpose.account")
	})
	if err != nil {
		return "", Token{}, wrap("create token", err)
	}
	return secret, t, nil
}

func (n *NewToken) check(actor authz.Actor) error {
	n.Name = strings.TrimSpace(n.Name)
	if n.Days == 0 {
		n.Days = tokenDays
	}
	e := kernel.E(kernel.Invalid, "identity.check_form", nil)
	if l := utf8.RuneCountInString(n.Name); l < 1 || l > maxTokenName {
		e.Field("name", "identity.name.length", map[string]any{"max": maxTokenName})
	}
	if n.Days < 1 || n.Days > maxTokenDays {
		e.Field("days", "identity.token.days", map[string]any{"max": maxTokenDays})
	}
	slices.Sort(n.Scopes)
	n.Scopes = slices.Compact(n.Scopes)
	if len(n.Scopes) == 0 {
		e.Field("scopes", "identity.token.no_scope", nil)
	}
	for _, sc := range n.Scopes {
		if !slices.Contains(Scopes, sc) || !mayScope(actor, sc) || !actor.Allows(sc) {
			e.Field("scopes", "identity.token.scope", map[string]any{"scope": sc})
			break
		}
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// mayScope tells whether a scope means anything for this actor.
func mayScope(a authz.Actor, scope string) bool {
	switch scope {
	case authz.ScopeDesk:
		return a.Has(authz.Official) || a.Has(authz.Manager)
	case authz.ScopeAdmin:
		return a.Has(authz.Operator) || a.Has(authz.Editor) || a.Has(authz.Auditor)
	}
	return true
}

// ScopesOf are the scopes that mean something for the actor.
func ScopesOf(a authz.Actor) []string {
	return slices.DeleteFunc(slices.Clone(Scopes), func(sc string) bool { return !mayScope(a, sc) })
}

// callerEnds is when the token the actor came with expires. Session holds its
// id: see AuthenticateToken.
func callerEnds(tx *store.Tx, actor authz.Actor) (kernel.Time, error) {
	var ends kernel.Time
	err := tx.QueryRow(`SELECT expires_at FROM identity_token WHERE id = $1 AND account = $2`, string(actor.Session), string(actor.Account)).Scan(&ends)
	return ends, absent(err, "identity.no_token")
}

func insertToken(tx *store.Tx, now kernel.Time, account kernel.ID, name string, scopes []string, ends kernel.Time) (string, Token, error) {
	random, _ := newSecret()
	secret := tokenPrefix + random
	t := Token{ID: kernel.NewID(now), Name: name, Scopes: scopes, CreatedAt: now, ExpiresAt: ends}
	_, err := tx.Exec(`INSERT INTO identity_token (id, account, name, hash, scopes, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		string(t.ID), string(account), name, hashOf(secret), strings.Join(scopes, " "), int64(now), int64(ends))
	return secret, t, err
}

// AuthenticateToken finds who holds an API token. The actor's Session is the
// token's id.
func (s *Service) AuthenticateToken(ctx context.Context, bearer string) (authz.Actor, error) {
	if !strings.HasPrefix(bearer, tokenPrefix) {
		return authz.Actor{}, errToken
	}
	hash := hashOf(bearer)
	now := s.now()
	if a, ok := s.cache.get(hash, now); ok {
		return a, nil
	}
	var actor authz.Actor
	var ends kernel.Time
	found := s.cache.begin()
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		var id, account kernel.ID
		var scopes string
		var revoked int64
		err := tx.QueryRow(`SELECT id, account, scopes, expires_at, revoked_at FROM identity_token WHERE hash = $1`, hash).
			Scan(&id, &account, &scopes, &ends, &revoked)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (revoked != 0 || now >= ends) {
			return errToken
		}
		if err != nil {
			return err
		}
		if actor, err = s.actor(tx, account, now); err != nil {
			return err
		}
		actor.Token, actor.Scopes, actor.Session = true, strings.Fields(scopes), id
		return nil
	})
	if err != nil {
		return authz.Actor{}, wrap("token", err)
	}
	s.cache.put(found, hash, actor, now, ends)
	return actor, nil
}

var errToken = kernel.E(kernel.Unauthorized, "api.bad_token", nil)

// Tokens lists the actor's valid tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, actor authz.Actor) ([]Token, error) {
	out := []Token{}
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = out[:0]
		rows, err := tx.Query(`SELECT id, name, scopes, created_at, expires_at FROM identity_token
			WHERE account = $1 AND revoked_at = 0 AND expires_at > $2 ORDER BY id DESC`, string(actor.Account), int64(s.now()))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Token
			var scopes string
			if err := rows.Scan(&t.ID, &t.Name, &scopes, &t.CreatedAt, &t.ExpiresAt); err != nil {
				return err
			}
			t.Scopes = strings.Fields(scopes)
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, wrap("list tokens", err)
}

// RevokeToken ends one of the actor's own tokens; another's is NotFound.
func (s *Service) RevokeToken(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := actor.Alone(); err != nil {
		return err
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`UPDATE identity_token SET revoked_at = $1 WHERE id = $2 AND account = $3 AND revoked_at = 0`,
			int64(s.now()), string(id), string(actor.Account))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "identity.no_token", nil)
		}
		return s.append(tx, actor, "identity.revoke_token", "token:"+string(id), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("revoke token", err)
}
