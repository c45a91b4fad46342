package identity

import (
	"context"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store/storetest"
)

func TestSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		rest, _ := register(t, s, "known")
		c.Advance(residentIdle - time.Minute)
		who(t, s, rest)
		c.Advance(residentIdle - time.Minute)
		a := who(t, s, rest)                // the visit before counted
		c.Advance(touchEvery - time.Second) // too soon for a request to count
		who(t, s, rest)
		fine(t, s.Stay(ctx, a))
		left, err := s.SessionLeft(ctx, a)
		if err != nil || left.Rest != c.Now().Add(residentIdle) || left.Ends() != left.Rest || left.Last() {
			t.Fatalf("left %v, %v", left, err)
		}
		c.Advance(residentIdle)
		_, err = s.AuthenticateSession(ctx, rest)
		want(t, err, kernel.Unauthorized, "error.sign_in")

		busy, _ := signIn(t, s, "known")
		for range int(residentMost/(20*time.Minute)) - 1 {
			c.Advance(20 * time.Minute)
			who(t, s, busy)
		}
		a = who(t, s, busy)
		fine(t, s.Stay(ctx, a)) // does not move the last moment
		if left, err := s.SessionLeft(ctx, a); err != nil || !left.Last() || left.Ends() != c.Now().Add(20*time.Minute) {
			t.Fatalf("left %v, %v", left, err)
		}
		c.Advance(20 * time.Minute)
		_, err = s.AuthenticateSession(ctx, busy)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		fine(t, s.purge(ctx))
	})
}

func TestSignOutAndList(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		one, me := register(t, s, "known")
		two, _ := signIn(t, s, "known")
		theirs, stranger := register(t, s, "stranger")
		want(t, s.Stay(ctx, authz.Actor{Account: me.Account, Session: me.Session, Token: true}), kernel.Forbidden, "identity.session_only")
		list, err := s.Sessions(ctx, me)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		want(t, s.EndSession(ctx, stranger, me.Session), kernel.NotFound, "identity.no_session")
		who(t, s, one)
		fine(t, s.EndSession(ctx, me, who(t, s, two).Session))
		_, err = s.AuthenticateSession(ctx, two)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		fine(t, s.SignOut(ctx, me, one))
		fine(t, s.SignOut(ctx, me, one)) // a second click
		_, err = s.AuthenticateSession(ctx, one)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		who(t, s, theirs)
		if n := acts(t, s, "identity.sign_out"); n != 1 {
			t.Errorf("%d sign-outs logged", n)
		}
	})
}

// What another copy of the program ends is over here within cacheTime.
func TestOtherCopy(t *testing.T) {
	s, c := newService(t, storetest.SQLite(t, allTables...))
	other := New(deps(t, s.d.DB, s.d.Keys, c))
	ctx := context.Background()
	secret, me := register(t, s, "known")
	who(t, other, secret)
	fine(t, s.SignOut(ctx, me, secret))
	who(t, other, secret) // still remembered: the promise says so
	c.Advance(cacheTime)
	_, err := other.AuthenticateSession(ctx, secret)
	want(t, err, kernel.Unauthorized, "error.sign_in")
}
