package authority

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// levelPrefix begins our authentication context classes: urn:maru:aal:2.
const levelPrefix = "urn:maru:aal:"

func levelName(aal int) string { return levelPrefix + strconv.Itoa(aal) }

// step is what comes next for the person in front of the browser: exactly one
// of the fields is set.
type step struct {
	Leave  string   // go to the client, with an answer
	SignIn bool     // sign in
	Again  bool     // sign in once more, though signed in
	StepUp string   // page that lifts the session
	Ask    *consent // ask
}

// consent is what the consent page shows.
type consent struct {
	Client *Client
	Scopes []string
	Known  bool   // the person said yes to all of it before
	Seal   string // binds the answer to this session
	Origin string // where the answer leads
}

// next decides what comes next for a request, and answers it where the person
// need not be asked.
func (s *Service) next(ctx context.Context, actor authz.Actor, ticket, here string) (step, error) {
	q, c, known, err := s.look(ctx, actor, ticket)
	if err != nil {
		return step{}, err
	}
	silent := slices.Contains(q.Prompt, "none")
	refuse := func(code, text string) (step, error) {
		to, err := s.refuse(ctx, q, code, text)
		return step{Leave: to}, err
	}
	if c == nil {
		return refuse("unauthorized_client", "the client is not registered any more")
	}
	if !actor.SignedIn() {
		if silent {
			return refuse("login_required", "")
		}
		return step{SignIn: true}, nil
	}
	if actor.Alone() != nil || actor.Token || actor.Session == "" {
		return refuse("access_denied", "people connect apps in a session of their own")
	}
	in, err := s.d.Sessions.Signed(ctx, actor)
	if kernel.Is(err, kernel.Unauthorized) {
		return step{SignIn: true}, nil
	}
	if err != nil {
		return step{}, wrap("session", err)
	}
	if q.Subject != "" && q.Subject != s.subject(c.sector(), actor.Account) {
		// Somebody else than the client means: they may change places once.
		if silent || in.At >= q.Created {
			return refuse("login_required", "somebody else is signed in")
		}
		return step{Again: true}, nil
	}
	if s.stale(q, in) {
		if silent {
			return refuse("login_required", "")
		}
		return step{Again: true}, nil
	}
	if need := s.needs(q); need > in.AAL {
		path, err := s.d.Sessions.StepUp(ctx, actor, need, here)
		if err != nil {
			return step{}, wrap("step up", err)
		}
		if silent || path == "" {
			return refuse("unmet_authentication_requirements", "")
		}
		return step{StepUp: path}, nil
	}
	// After a sign-in for this request the person sees under which name they
	// go on, even where they agreed before.
	quiet := known && in.At < q.Created && !slices.Contains(q.Prompt, "consent") && assured(q, c)
	if silent && !quiet {
		return refuse("consent_required", "")
	}
	if !known || ofStaff(q.Scopes) {
		path, err := s.d.Sessions.Ready(ctx, actor, here)
		if silent && (path != "" || kernel.Is(err, kernel.Forbidden)) {
			return refuse("interaction_required", "")
		}
		if path != "" || err != nil {
			return step{StepUp: path}, wrap("ready to agree", err)
		}
	}
	if quiet {
		to, err := s.allow(ctx, actor, ticket, in)
		return step{Leave: to}, err
	}
	return step{Ask: &consent{Client: c, Scopes: q.Scopes, Known: known, Seal: s.seal(ticket, actor), Origin: origin(q.RedirectURI)}}, nil
}

// assured tells whether nothing but the client itself gets the answer: it proves
// who it is with a key, or the answer goes to an https address of its own. Any
// program on the device can take the number of another one, and its scheme or
// port; then the person must see who asks (RFC 8252 section 8.6).
func assured(q *request, c *Client) bool {
	return !c.Public || strings.HasPrefix(q.RedirectURI, "https://")
}

// ofStaff tells whether an app would work at the desk or run the installation. A
// yes of long ago does not replace the proof that those pages ask for.
func ofStaff(scopes []string) bool {
	return slices.Contains(scopes, authz.ScopeDesk) || slices.Contains(scopes, authz.ScopeAdmin)
}

// stale tells whether the person must prove anew who they are.
func (s *Service) stale(q *request, in Signed) bool {
	if in.At >= q.Created { // done since
		return false
	}
	return slices.Contains(q.Prompt, "login") || slices.Contains(q.Prompt, "select_account") ||
		q.MaxAge >= 0 && s.now().Sub(in.At) > time.Duration(q.MaxAge)*time.Second
}

// needs is the lowest of the levels asked for that exist here, 0 for none:
// others are wishes that cannot be met (OpenID Connect Core section 5.5.1.1).
func (s *Service) needs(q *request) int {
	least := 0
	for _, l := range s.d.Sessions.Levels() {
		if slices.Contains(q.ACR, levelName(l)) && (least == 0 || l < least) {
			least = l
		}
	}
	return least
}

// look reads a request that waits, its client (nil when it is not active any
// more) and whether the actor agreed to all of it before.
func (s *Service) look(ctx context.Context, actor authz.Actor, ticket string) (q *request, c *Client, known bool, err error) {
	err = s.d.DB.View(ctx, func(tx *store.Tx) error {
		var err error
		c, known = nil, false
		if q, err = s.waiting(tx, ticket); err != nil {
			return err
		}
		if c, err = clientByID(tx, q.Client); err != nil {
			return err
		}
		if c.State != Active {
			c = nil
		}
		agreed, err := agreedTo(tx, actor.Account, q.Client)
		known = err == nil && !slices.ContainsFunc(q.Scopes, func(x string) bool { return !slices.Contains(agreed, x) })
		return err
	})
	return q, c, known, wrap("authorize", err)
}

// agreedTo are the scopes that the account agreed to for the client.
func agreedTo(tx *store.Tx, account kernel.ID, client string) ([]string, error) {
	var scopes string
	err := tx.QueryRow(`SELECT scopes FROM authority_consent WHERE account = $1 AND client = $2`, string(account), client).Scan(&scopes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return strings.Fields(scopes), err
}

// seal binds a consent page to the session that saw it: an answer counts only
// from the person who was asked.
func (s *Service) seal(ticket string, actor authz.Actor) string {
	return b64(s.d.Keys.MAC("authority.seal", []byte(ticket+" "+string(actor.Account)+" "+string(actor.Session))))
}

// origin is the source that a page must allow for a form's answer to lead to uri.
func origin(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "'none'"
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}

// refuse ends a request without a grant and returns where the browser goes.
func (s *Service) refuse(ctx context.Context, q *request, code, text string) (string, error) {
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error { return finish(tx, q) })
	return s.refusal(q.RedirectURI, q.ClientState, code, text), wrap("refuse", err)
}

// finish marks a request as answered; of two answers at once, one counts.
func finish(tx *store.Tx, q *request) error {
	n, err := tx.Exec(`UPDATE authority_request SET state = 'done' WHERE id = $1 AND state = 'open'`, string(q.ID))
	if err == nil && n == 0 {
		return errRequestOver
	}
	return err
}

// decide takes the person's answer from the consent page and returns where the
// browser goes. again is true when the page must be shown anew: it was made
// for another session, or the sign-in is too old by now.
func (s *Service) decide(ctx context.Context, actor authz.Actor, ticket, seal string, yes bool) (to string, again bool, err error) {
	if actor.Alone() != nil || actor.Token || actor.Session == "" || !hmac.Equal([]byte(seal), []byte(s.seal(ticket, actor))) {
		return "", true, nil
	}
	q, c, known, err := s.look(ctx, actor, ticket)
	if err != nil {
		return "", false, err
	}
	if c == nil {
		to, err = s.refuse(ctx, q, "unauthorized_client", "the client is not registered any more")
		return to, false, err
	}
	if !yes {
		to, err = s.refuse(ctx, q, "access_denied", "")
		return to, false, err
	}
	in, err := s.d.Sessions.Signed(ctx, actor)
	if err != nil {
		return "", false, wrap("session", err)
	}
	if s.stale(q, in) || s.needs(q) > in.AAL || q.Subject != "" && q.Subject != s.subject(c.sector(), actor.Account) {
		return "", true, nil
	}
	if !known || ofStaff(q.Scopes) {
		path, err := s.d.Sessions.Ready(ctx, actor, "")
		if path != "" || err != nil {
			return "", true, wrap("ready to agree", err)
		}
	}
	to, err = s.allow(ctx, actor, ticket, in)
	return to, false, err
}

// allow makes the grant and its code.
func (s *Service) allow(ctx context.Context, actor authz.Actor, ticket string, in Signed) (string, error) {
	var to string
	err := s.d.DB.Update(ctx, func(tx *store.Tx) error {
		now := s.now()
		q, err := s.waiting(tx, ticket)
		if err != nil {
			return err
		}
		if err := finish(tx, q); err != nil {
			return err
		}
		grant := kernel.NewID(now)
		if _, err := tx.Exec(`INSERT INTO authority_grant (id, client, account, session, scopes, auth_time, aal, amr, created_at, expires_at, revoked_at, resources)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)`, string(grant), q.Client, string(actor.Account), string(actor.Session),
			strings.Join(q.Scopes, " "), int64(in.At), int64(in.AAL), strings.Join(in.AMR, " "), int64(now), int64(now.Add(grantTime)), strings.Join(q.Resources, " ")); err != nil {
			return err
		}
		code, hash := newSecret()
		if _, err := tx.Exec(`INSERT INTO authority_code (hash, grant_id, redirect_uri, challenge, nonce, jkt, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
			hash, string(grant), q.RedirectURI, q.Challenge, q.Nonce, q.JKT, int64(now.Add(codeTime))); err != nil {
			return err
		}
		agreed, err := agreedTo(tx, actor.Account, q.Client)
		if err != nil {
			return err
		}
		all := slices.DeleteFunc(slices.Clone(Scopes), func(x string) bool { return !slices.Contains(agreed, x) && !slices.Contains(q.Scopes, x) })
		if _, err := tx.Exec(`INSERT INTO authority_consent (account, client, scopes, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account, client) DO UPDATE SET scopes = excluded.scopes, at = excluded.at`,
			string(actor.Account), q.Client, strings.Join(all, " "), int64(now)); err != nil {
			return err
		}
		to = s.answer(q.RedirectURI, q.ClientState, url.Values{"code": {code}})
		return s.logGrant(tx, actor, "authority.allow", q.Client, q.Scopes)
	})
	return to, wrap("allow", err)
}

func (s *Service) logGrant(tx *store.Tx, actor authz.Actor, act, client string, scopes []string) error {
	return audit.Append(tx, s.now(), audit.Entry{Actor: actor, Act: act, Object: "client:" + client, Subject: audit.SubjectOf(actor.Person, actor.Account),
		Purpose: "authority.purpose.apps", Detail: map[string]string{"scopes": strings.Join(scopes, " ")}})
}
