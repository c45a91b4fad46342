package authority

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	identity "maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/address"
	"maru/platform/events"
	"maru/platform/jobs"
	"maru/platform/store"
)

const (
	logoutJob = "authority.logout"
	// logoutTime is how long a logout token is good (OpenID Connect Back-Channel
	// Logout 1.0 section 2.4 asks for two minutes at most).
	logoutTime = 2 * time.Minute
	// logoutTry bounds one call of a client.
	logoutTry   = 10 * time.Second
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// caller calls clients. An address comes from a registration, and its name means
// what its owner says at that moment: what may be called is judged by the number
// that is dialled, or a client could make us post to the house's own machines. A
// proxy would dial in our place, so there is none.
func caller(d Deps) *http.Client {
	dialer := &net.Dialer{Timeout: logoutTry}
	if !d.Demo {
		dialer.Control = func(_, to string, _ syscall.RawConn) error {
			if at, err := netip.ParseAddrPort(to); err != nil || !d.reaches(at.Addr()) {
				return errInside
			}
			return nil
		}
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: logoutTry, IdleConnTimeout: time.Minute,
			MaxResponseHeaderBytes: 32 << 10, ForceAttemptHTTP2: true}}
}

// reaches tells whether a number is one that clients may have: on the open internet,
// or in a private network that the operators named.
func (d Deps) reaches(ip netip.Addr) bool {
	ip = ip.Unmap()
	return address.Public(ip) || ip.IsPrivate() && slices.ContainsFunc(d.Inside, func(p netip.Prefix) bool { return p.Contains(ip) })
}

var errInside = errors.New("the address is neither on the open internet nor in a network that was allowed")

// logoutPayload names what a client hears of.
type logoutPayload struct {
	Client  string    `json:"client"`
	Account kernel.ID `json:"account"`
	Session kernel.ID `json:"session,omitempty"` // "" for all of them
}

// sessionEnded ends what hung on a session: grants that were not for later, or,
// where the account changed its secrets, all. Clients that want to know are told.
func (s *Service) sessionEnded(ctx context.Context, e events.Event) error {
	var ended identity.Session
	if err := json.Unmarshal(e.Data, &ended); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("authority: event %s: %w", e.ID, err))
	}
	act := "authority.session_ended"
	if ended.Session == "" {
		act = "authority.secrets_changed"
	}
	return wrap("session ended", s.d.DB.Update(ctx, func(tx *store.Tx) error {
		grants, err := grantsOf(tx, ended.Account, ended.Session, e.At)
		if err != nil {
			return err
		}
		var told []string
		for _, g := range grants {
			if ended.Session == "" || !slices.Contains(g.Scopes, scopeOffline) {
				if err := s.revoke(tx, g, act); err != nil {
					return err
				}
			}
			if slices.Contains(told, g.Client) {
				continue
			}
			told = append(told, g.Client)
			c, err := clientByID(tx, g.Client)
			if err != nil {
				return err
			}
			if c.State != Active || c.BackchannelURI == "" {
				continue
			}
			p := logoutPayload{c.ID, ended.Account, ended.Session}
			if _, err := s.d.Jobs.Enqueue(tx, jobs.NewJob{Kind: logoutJob, Payload: p, Unique: p.Client + " " + string(p.Account) + " " + string(p.Session)}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// grantsOf are the grants of a session, or of an account, that were made by then,
// also those that ended.
func grantsOf(tx *store.Tx, account, session kernel.ID, until kernel.Time) ([]*grant, error) {
	rows, err := tx.Query(grantColumns+` WHERE account = $1 AND ($2 = '' OR session = $2) AND created_at <= $3 ORDER BY id`, string(account), string(session), int64(until))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*grant
	for rows.Next() {
		g, err := scanGrant(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// tellLogout tells a client that somebody's session ended (OpenID Connect
// Back-Channel Logout 1.0). A client that does not answer is told again later;
// one that says no is not.
func (s *Service) tellLogout(ctx context.Context, j jobs.Job) error {
	var p logoutPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return kernel.E(kernel.Internal, "", fmt.Errorf("authority: job %s: %w", j.ID, err))
	}
	c, err := s.active(ctx, p.Client)
	if kernel.Is(err, kernel.NotFound) || err == nil && c.BackchannelURI == "" {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.now().Std()
	claims := map[string]any{"iss": s.d.Issuer, "aud": c.ID, "sub": s.subject(c.sector(), p.Account), "iat": now.Unix(), "exp": now.Add(logoutTime).Unix(),
		"jti": string(j.ID), "events": map[string]any{logoutEvent: struct{}{}}}
	if p.Session != "" {
		claims["sid"] = s.sid(c, p.Session)
	}
	token, err := s.sign(ctx, typeLogout, claims)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, logoutTry)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BackchannelURI, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		return wrap("tell logout", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.d.HTTP.Do(r)
	if err != nil {
		return wrap("tell logout", err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10) // what it says is of no use to us
	switch {
	case res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNoContent:
		return nil
	case res.StatusCode == http.StatusBadRequest:
		s.d.Log.WarnContext(ctx, "authority: a client refused a logout token", "client", c.ID)
		return nil
	}
	return fmt.Errorf("authority: tell logout: %s", res.Status)
}
