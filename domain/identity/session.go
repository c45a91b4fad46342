package identity

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// Cookie is the name of the session's cookie, without the prefix that it has
// over TLS.
const Cookie = "maru_session"

const (
	sessionIdle = 30 * time.Minute
	sessionMost = 12 * time.Hour
	// touchEvery spares a write a request: rest is counted this coarsely.
	touchEvery = time.Minute
	// sessionKept is how long an ended session is remembered, so that a form
	// posted too late finds its owner.
	sessionKept = 24 * time.Hour
	maxAgent    = 200
)

// Client is where a request comes from.
type Client struct{ IP, Agent string }

// ClientOf reads it from a request.
func (s *Service) ClientOf(r *http.Request) Client {
	agent := r.UserAgent()
	if len(agent) > maxAgent {
		agent = agent[:maxAgent]
	}
	if !utf8.ValidString(agent) {
		agent = ""
	}
	return Client{IP: s.d.ClientIP(r), Agent: agent}
}

// Session is a signed-in browser.
type Session struct {
	ID        kernel.ID
	Agent     string
	CreatedAt kernel.Time
	SeenAt    kernel.Time
	EndsAt    kernel.Time
}

// startSession stores a new session and returns its secret.
func (s *Service) startSession(tx *store.Tx, now kernel.Time, account kernel.ID, from Client) (string, error) {
	secret, hash := newSecret()
	_, err := tx.Exec(`INSERT INTO identity_session (hash, id, account, agent, created_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $5, $5, $6)`,
		hash, string(kernel.NewID(now)), string(account), from.Agent, int64(now), int64(now.Add(sessionMost)))
	return secret, err
}

// Authenticate finds who sent a page request, by its session cookie. The error
// is Unauthorized for visitors and for sessions that ended.
func (s *Service) Authenticate(r *http.Request) (authz.Actor, error) {
	secret := s.secretOf(r)
	if secret == "" {
		return authz.Actor{}, errVisitor
	}
	return s.AuthenticateSession(r.Context(), secret)
}

// cookieName is the name of the session's cookie. Over TLS it has the prefix
// with which browsers refuse a cookie that a sister host of the same domain
// plants (RFC 6265bis section 4.1.3.2): people would act in somebody else's
// account without noticing.
func (s *Service) cookieName() string {
	if strings.HasPrefix(s.d.PublicURL, "https://") {
		return "__Host-" + Cookie
	}
	return Cookie
}

// secretOf is the session secret that the browser sent, "" for none.
func (s *Service) secretOf(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

var errVisitor = kernel.E(kernel.Unauthorized, "error.sign_in", nil)

// AuthenticateSession is Authenticate for the cookie's value.
func (s *Service) AuthenticateSession(ctx context.Context, secret string) (authz.Actor, error) {
	hash := hashOf(secret)
	now := s.now()
	if a, ok := s.cache.get(hash, now); ok {
		return a, nil
	}
	var actor authz.Actor
	var seen, ends kernel.Time
	found := s.cache.begin()
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		var id, account kernel.ID
		err := tx.QueryRow(`SELECT id, account, seen_at, ends_at FROM identity_session WHERE hash = $1`, hash).Scan(&id, &account, &seen, &ends)
		if errors.Is(err, sql.ErrNoRows) {
			return errVisitor
		}
		if err != nil {
			return err
		}
		if now >= ends || now >= seen.Add(sessionIdle) {
			return errVisitor
		}
		if actor, err = s.actor(tx, account, now); err != nil {
			return err
		}
		actor.Session = id
		return nil
	})
	if err != nil {
		return authz.Actor{}, wrap("session", err)
	}
	if now.Sub(seen) >= touchEvery {
		err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE identity_session SET seen_at = $1 WHERE hash = $2 AND seen_at < $1`, int64(now), hash)
			return err
		})
		if err != nil {
			return authz.Actor{}, wrap("touch session", err)
		}
	}
	s.cache.put(found, hash, actor, now, min(ends, seen.Add(sessionIdle)))
	return actor, nil
}

// actor is who an account is and what it may do now.
func (s *Service) actor(tx *store.Tx, account kernel.ID, now kernel.Time) (authz.Actor, error) {
	a, err := s.accountByID(tx, account)
	if err != nil {
		return authz.Actor{}, err
	}
	grants, err := activeGrants(tx, account, now)
	if err != nil {
		return authz.Actor{}, err
	}
	return authz.Actor{Account: a.ID, Person: a.Person, Name: a.Name, Grants: grants}, nil
}

// SignOut ends the session with this secret, if it is one.
func (s *Service) SignOut(ctx context.Context, actor authz.Actor, secret string) error {
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1`, hashOf(secret))
		if err != nil || n == 0 {
			return err
		}
		return s.append(tx, actor, "identity.sign_out", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("sign out", err)
}

// Sessions lists the actor's own, the newest first.
func (s *Service) Sessions(ctx context.Context, actor authz.Actor) ([]Session, error) {
	var out []Session
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		now := s.now()
		rows, err := tx.Query(`SELECT id, agent, created_at, seen_at, ends_at FROM identity_session
			WHERE account = $1 AND ends_at > $2 AND seen_at > $3 ORDER BY created_at DESC, id DESC`,
			string(actor.Account), int64(now), int64(now.Add(-sessionIdle)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Session
			if err := rows.Scan(&x.ID, &x.Agent, &x.CreatedAt, &x.SeenAt, &x.EndsAt); err != nil {
				return err
			}
			out = append(out, x)
		}
		return rows.Err()
	})
	return out, wrap("list sessions", err)
}

// EndSession ends one of the actor's own sessions; another's is NotFound.
func (s *Service) EndSession(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	if err := actor.Alone(); err != nil {
		return err
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(`DELETE FROM identity_session WHERE id = $1 AND account = $2`, string(id), string(actor.Account))
		if err != nil {
			return err
		}
		if n == 0 {
			return kernel.E(kernel.NotFound, "identity.no_session", nil)
		}
		return s.append(tx, actor, "identity.end_session", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("end session", err)
}

// SessionEnds is when the actor's session ends if nothing more happens, zero
// without one; pages warn before it.
func (s *Service) SessionEnds(ctx context.Context, actor authz.Actor) (kernel.Time, error) {
	if actor.Session == "" {
		return 0, nil
	}
	var seen, ends kernel.Time
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT seen_at, ends_at FROM identity_session WHERE id = $1`, string(actor.Session)).Scan(&seen, &ends)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return min(ends, seen.Add(sessionIdle)), wrap("session end", err)
}

// append records an act of the actor on an account; one about the actor's own
// shows in the actor's access log.
func (s *Service) append(tx *store.Tx, actor authz.Actor, act, obj, purpose string) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: obj, Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: purpose})
}
