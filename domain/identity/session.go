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
	residentIdle = time.Hour
	residentMost = 24 * time.Hour
	staffIdle    = 15 * time.Minute
	staffMost    = 12 * time.Hour
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

// startSession stores a new session and returns its secret. Its id is that of
// the one it goes on from, if there is one.
func (s *Service) startSession(tx *store.Tx, now kernel.Time, account, goesOn kernel.ID, from Client, m means) (string, error) {
	var kind string
	if err := tx.QueryRow(`SELECT kind FROM identity_account WHERE id = $1`, string(account)).Scan(&kind); err != nil {
		return "", err
	}
	idle, most := limits(kind == kindStaff)
	if goesOn == "" {
		goesOn = kernel.NewID(now)
	}
	secret, hash := newSecret()
	_, err := tx.Exec(`INSERT INTO identity_session (hash, id, account, agent, created_at, seen_at, ends_at, idle, level, methods, proven_at, factor_at)
		VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $5, $10)`,
		hash, string(goesOn), string(account), from.Agent, int64(now), int64(now.Add(most)), idle.Microseconds(),
		int64(m.level), joinMethods(m.methods), int64(m.since))
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
func (s *Service) cookieName() string { return s.ownHost(Cookie) }

// ownHost is a cookie's name with that prefix, where there is TLS.
func (s *Service) ownHost(name string) string {
	if strings.HasPrefix(s.d.PublicURL, "https://") {
		return "__Host-" + name
	}
	return name
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
	var seen, ends, idle kernel.Time
	found := s.cache.begin()
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		var id, account kernel.ID
		var methods string
		var level, rest int64
		var proof authz.Proof
		err := tx.QueryRow(`SELECT id, account, seen_at, ends_at, idle, level, methods, proven_at, factor_at FROM identity_session WHERE hash = $1`, hash).
			Scan(&id, &account, &seen, &ends, &rest, &level, &methods, &proof.At, &proof.Since)
		if errors.Is(err, sql.ErrNoRows) {
			return errVisitor
		}
		if err != nil {
			return err
		}
		if now >= ends || now >= seen+kernel.Time(rest) {
			return errVisitor
		}
		if actor, err = s.actor(tx, account, now); err != nil {
			return err
		}
		proof.Level, proof.Methods, idle = int(level), strings.Fields(methods), kernel.Time(rest)
		actor.Session, actor.Proof = id, proof
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
	s.cache.put(found, hash, actor, now, min(ends, seen+idle))
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
		id, owner, err := sessionBy(tx, secret)
		if err != nil || id == "" {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1`, hashOf(secret)); err != nil {
			return err
		}
		if err := s.tellEnded(tx, owner, id); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.sign_out", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("sign out", err)
}

// sessionBy finds the session with this secret and whose it is, "" for none.
func sessionBy(tx *store.Tx, secret string) (id, account kernel.ID, err error) {
	err = tx.QueryRow(`SELECT id, account FROM identity_session WHERE hash = $1`, hashOf(secret)).Scan(&id, &account)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, account, err
}

// Sessions lists the actor's own, the newest first.
func (s *Service) Sessions(ctx context.Context, actor authz.Actor) ([]Session, error) {
	var out []Session
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		now := s.now()
		rows, err := tx.Query(`SELECT id, agent, created_at, seen_at, ends_at FROM identity_session
			WHERE account = $1 AND ends_at > $2 AND seen_at + idle > $2 ORDER BY created_at DESC, id DESC`,
			string(actor.Account), int64(now))
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
		if err := s.tellEnded(tx, actor.Account, id); err != nil {
			return err
		}
		return s.append(tx, actor, "identity.end_session", object(actor.Account), "identity.purpose.account")
	})
	s.cache.drop(actor.Account)
	return wrap("end session", err)
}

// Left is what is left of a session; zero without one.
type Left struct {
	Rest kernel.Time // ends then if nothing more happens
	Most kernel.Time // ends then, whatever happens
}

// Ends is the earlier of the two.
func (l Left) Ends() kernel.Time { return min(l.Rest, l.Most) }

// Last tells that no request puts the end off.
func (l Left) Last() bool { return l.Most <= l.Rest }

// SessionLeft is what is left of the actor's session; pages warn before it ends.
func (s *Service) SessionLeft(ctx context.Context, actor authz.Actor) (Left, error) {
	if actor.Session == "" || actor.Token {
		return Left{}, nil
	}
	var l Left
	var seen, idle kernel.Time
	err := s.d.DB.View(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT seen_at, ends_at, idle FROM identity_session WHERE id = $1`, string(actor.Session)).Scan(&seen, &l.Most, &idle)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Left{}, nil
	}
	l.Rest = seen + idle
	return l, wrap("session end", err)
}

// Stay counts the actor's rest from now: requests do so once a minute, a person
// who asks to stay does it at once. The last moment of a session stays.
func (s *Service) Stay(ctx context.Context, actor authz.Actor) error {
	if actor.Session == "" || actor.Token {
		return kernel.E(kernel.Forbidden, "identity.session_only", nil)
	}
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE identity_session SET seen_at = $1 WHERE id = $2 AND account = $3 AND seen_at < $1`,
			int64(s.now()), string(actor.Session), string(actor.Account))
		return err
	})
	return wrap("stay", err)
}

// append records an act of the actor on an account; one about the actor's own
// shows in the actor's access log.
func (s *Service) append(tx *store.Tx, actor authz.Actor, act, obj, purpose string) error {
	if err := s.tellMeans(tx, actor.Account, act); err != nil {
		return err
	}
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: obj, Subject: audit.SubjectOf(actor.Person, actor.Account), Purpose: purpose})
}
