package identity

import (
	"context"
	"sync"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/web"
)

// withPasskey makes a passkey for an actor.
func withPasskey(t testing.TB, s *Service, actor authz.Actor) *authenticator {
	t.Helper()
	a := newAuthenticator(t)
	options, err := s.PasskeyOptions(context.Background(), actor)
	fine(t, err)
	_, err = s.AddPasskey(context.Background(), actor, "내 열쇠", a.create(options))
	fine(t, err)
	return a
}

// byKey signs in with a passkey.
func byKey(s *Service, a *authenticator, old string) (string, authz.Actor, error) {
	options, err := s.SignInOptions()
	fine(a.t, err)
	return s.SignInPasskey(context.Background(), a.get(options), old, home)
}

func TestPasskey(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		old, me := register(t, s, "keyholder")
		if me.Proof.Level != 1 {
			t.Errorf("a password has level %d", me.Proof.Level)
		}
		a := newAuthenticator(t)
		options, err := s.PasskeyOptions(ctx, me)
		fine(t, err)
		answer := a.create(options)
		first, err := s.AddPasskey(ctx, me, "휴대전화", answer)
		fine(t, err)
		if !first {
			t.Error("it is not told to be the first factor")
		}
		_, err = s.AddPasskey(ctx, me, "휴대전화", answer)
		want(t, err, kernel.Invalid, "identity.passkey.refused") // replayed
		options, err = s.PasskeyOptions(ctx, me)
		fine(t, err)
		_, err = s.AddPasskey(ctx, me, "", a.create(options))
		want(t, err, kernel.Invalid, "identity.name.length")
		_, other := register(t, s, "another")
		options, err = s.PasskeyOptions(ctx, other)
		fine(t, err)
		_, err = s.AddPasskey(ctx, other, "남의 것", a.create(options))
		want(t, err, kernel.Invalid, "identity.passkey.refused") // somebody else's credential
		options, err = s.PasskeyOptions(ctx, me)
		fine(t, err)
		_, err = s.AddPasskey(ctx, other, "남의 것", newAuthenticator(t).create(options))
		want(t, err, kernel.Invalid, "identity.passkey.refused") // somebody else's challenge
		a.handle = []byte(me.Account)

		c.Advance(time.Minute)
		secret, by, err := byKey(s, a, old)
		fine(t, err)
		if by.Account != me.Account {
			t.Fatal("signed in as somebody else")
		}
		if now := who(t, s, secret); now.Proof.Level != 2 || now.Proof.Methods[0] != methodHardware || now.Proof.At != c.Now() {
			t.Errorf("proof %+v", now.Proof)
		}
		_, err = s.AuthenticateSession(ctx, old)
		want(t, err, kernel.Unauthorized, "error.sign_in") // the one before has ended: nobody can have planted it
		list, err := s.Passkeys(ctx, me)
		fine(t, err)
		if len(list) != 1 || list[0].Name != "휴대전화" || list[0].UsedAt != c.Now() || list[0].Synced {
			t.Errorf("list %+v", list)
		}
		var second *SecondFactorError
		if _, _, err := s.SignIn(ctx, "keyholder", goodPassword, "", home); !asSecond(err, &second) || !second.Proofs.Passkey {
			t.Errorf("the password alone: %v", err)
		}
		want(t, s.RemovePasskey(ctx, other, list[0].ID), kernel.NotFound, "identity.passkey.none_such")
		fine(t, s.RemovePasskey(ctx, me, list[0].ID))
		_, _, err = byKey(s, a, "")
		want(t, err, kernel.Invalid, "identity.passkey.refused")
		signIn(t, s, "keyholder") // the password is enough again
	})
}

func TestPasskeyAttacks(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		_, me := register(t, s, "victim")
		a := withPasskey(t, s, me)
		a.be, a.bs = false, false
		refused := func(what string, key string, change func(b *authenticator)) {
			t.Helper()
			b := *a
			change(&b)
			if _, _, err := byKey(s, &b, ""); err == nil {
				t.Errorf("%s: signed in", what)
			} else {
				want(t, err, kernel.Invalid, key)
			}
		}
		refused("no user verification", "identity.passkey.refused", func(b *authenticator) { b.uv = false })
		refused("another origin", "identity.passkey.refused", func(b *authenticator) { b.origin = "http://maru.evil.example" })
		refused("another port", "identity.passkey.refused", func(b *authenticator) { b.origin = "http://localhost:8081" })
		refused("another site's key", "identity.passkey.refused", func(b *authenticator) { b.host = "evil.example" })
		refused("backup flag flips", "identity.passkey.refused", func(b *authenticator) { b.be, b.bs = true, true })
		refused("another key", "identity.passkey.refused", func(b *authenticator) { b.key = newAuthenticator(t).key })
		refused("another's handle", "identity.passkey.refused", func(b *authenticator) { b.handle = []byte("somebody else") })
		refused("an unknown key", "identity.passkey.refused", func(b *authenticator) { b.id = []byte("never was made by anybody") })

		// Challenges: once, for one purpose, for five minutes, and ours.
		options, err := s.SignInOptions()
		fine(t, err)
		answer := a.get(options)
		_, _, err = s.SignInPasskey(ctx, answer, "", home)
		fine(t, err)
		a.count = 10 // only the challenge stands in the way
		_, _, err = s.SignInPasskey(ctx, answer, "", home)
		want(t, err, kernel.Invalid, "identity.passkey.refused")
		options, err = s.ConfirmOptions(me)
		fine(t, err)
		_, _, err = s.SignInPasskey(ctx, a.get(options), "", home)
		want(t, err, kernel.Invalid, "identity.passkey.refused")
		options, err = s.SignInOptions()
		fine(t, err)
		answer = a.get(options)
		c.Advance(challengeTime)
		_, _, err = s.SignInPasskey(ctx, answer, "", home)
		want(t, err, kernel.Invalid, "identity.passkey.late")
		_, _, err = s.SignInPasskey(ctx, a.get([]byte(`{"challenge":"`+b64(make([]byte, challengeSize))+`"}`)), "", home)
		want(t, err, kernel.Invalid, "identity.passkey.refused")
		for _, junk := range [][]byte{nil, []byte("{}"), []byte("null"), []byte(`{"id":1}`), make([]byte, maxAnswer+1)} {
			_, _, err = s.SignInPasskey(ctx, junk, "", home)
			want(t, err, kernel.Invalid, "identity.passkey.refused")
			_, err = s.AddPasskey(ctx, me, "x", junk)
			want(t, err, kernel.Invalid, "identity.passkey.refused")
		}

		// A copy of the key: its counter stays behind.
		_, _, err = byKey(s, a, "")
		fine(t, err)
		a.count = 2
		_, _, err = byKey(s, a, "")
		want(t, err, kernel.Invalid, "identity.passkey.suspect")
		list, err := s.Passkeys(ctx, me)
		fine(t, err)
		if !list[0].Suspect || acts(t, s, "identity.passkey_suspect") != 1 {
			t.Error("a copied key leaves no trace")
		}
		options, err = s.PasskeyOptions(ctx, me)
		fine(t, err)
		b := newAuthenticator(t)
		b.uv = false
		_, err = s.AddPasskey(ctx, me, "x", b.create(options))
		want(t, err, kernel.Invalid, "identity.passkey.refused")
	})
}

// Of two answers to one challenge, one signs in.
func TestPasskeyRace(t *testing.T) {
	each(t, func(t *testing.T, s *Service, _ *clock.Manual) {
		_, me := register(t, s, "racer")
		a := withPasskey(t, s, me)
		options, err := s.SignInOptions()
		fine(t, err)
		answer := a.get(options)
		if won := together(8, func() error {
			_, _, err := s.SignInPasskey(context.Background(), answer, "", home)
			return err
		}); won != 1 {
			t.Errorf("%d signed in", won)
		}
	})
}

// together runs fn n times at once and counts what went well.
func together(n int, fn func() error) (won int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if fn() == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return won
}

func TestConfirm(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		secret, me := register(t, s, "confirmer")
		fine(t, s.RequireFresh(ctx, me, web.FreshAct))
		c.Advance(freshTime)
		want(t, s.RequireFresh(ctx, me, web.FreshAct), kernel.Unauthorized, "identity.confirm.needed")
		fine(t, s.RequireFresh(ctx, me, web.AnyTime))
		// A token that somebody made was made with such a proof; an app's consent
		// rests on a sign-in that grows old.
		token := me
		token.Token = true
		want(t, s.RequireFresh(ctx, token, web.FreshAct), kernel.Unauthorized, "identity.confirm.needed")
		token.Proof = authz.Proof{}
		fine(t, s.RequireFresh(ctx, token, web.FreshAct))
		_, _, err := s.Confirm(ctx, me, secret, Confirmation{Password: "wrong wrong wrong wrong"}, home)
		want(t, err, kernel.Invalid, "identity.password.not_current")
		renewed, me, err := s.Confirm(ctx, me, secret, Confirmation{Password: goodPassword}, home)
		fine(t, err)
		fine(t, s.RequireFresh(ctx, me, web.FreshAct))
		_, err = s.AuthenticateSession(ctx, secret)
		want(t, err, kernel.Unauthorized, "error.sign_in") // a stolen copy of the old secret gains nothing

		a := withPasskey(t, s, me)
		want(t, s.RequireFresh(ctx, me, web.FreshAct), kernel.Unauthorized, "identity.confirm.needed") // there is something stronger now
		_, _, err = s.Confirm(ctx, me, renewed, Confirmation{Password: goodPassword}, home)
		want(t, err, kernel.Invalid, "identity.confirm.stronger")
		_, other := register(t, s, "stranger")
		b := withPasskey(t, s, other)
		options, err := s.ConfirmOptions(me)
		fine(t, err)
		_, _, err = s.Confirm(ctx, me, renewed, Confirmation{Passkey: b.get(options)}, home)
		want(t, err, kernel.Invalid, "identity.passkey.refused") // somebody else's key
		options, err = s.ConfirmOptions(other)
		fine(t, err)
		_, _, err = s.Confirm(ctx, me, renewed, Confirmation{Passkey: a.get(options)}, home)
		want(t, err, kernel.Invalid, "identity.passkey.refused") // another session's challenge
		options, err = s.ConfirmOptions(me)
		fine(t, err)
		_, me, err = s.Confirm(ctx, me, renewed, Confirmation{Passkey: a.get(options)}, home)
		fine(t, err)
		fine(t, s.RequireFresh(ctx, me, web.FreshAct))
		if me.Proof.Level != 2 {
			t.Errorf("level %d", me.Proof.Level)
		}
	})
}

func TestTOTPVectors(t *testing.T) {
	// RFC 6238, appendix B, the last six of the eight digits.
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		if got := totpAt([]byte("12345678901234567890"), at/30); got != code {
			t.Errorf("at %d: %s, want %s", at, got, code)
		}
	}
}

// withApp connects an app and returns its secret.
func withApp(t testing.TB, s *Service, c *clock.Manual, actor authz.Actor) []byte {
	t.Helper()
	ctx := context.Background()
	_, err := s.BeginTOTP(ctx, actor)
	fine(t, err)
	var secret []byte
	fine(t, s.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		secret, _, _, err = s.totp(tx, actor.Account)
		return err
	}))
	_, err = s.ConfirmTOTP(ctx, actor, "000 000x")
	want(t, err, kernel.Invalid, "identity.code.wrong")
	_, err = s.ConfirmTOTP(ctx, actor, code(secret, c))
	fine(t, err)
	return secret
}

// code is what the app shows now.
func code(secret []byte, c *clock.Manual) string {
	return totpAt(secret, int64(c.Now())/totpStep.Microseconds())
}

// asked is the pending sign-in after a right password.
func asked(t testing.TB, s *Service, login string) string {
	t.Helper()
	var second *SecondFactorError
	_, _, err := s.SignIn(context.Background(), login, goodPassword, "", home)
	if !asSecond(err, &second) {
		t.Fatalf("no second factor is asked for: %v", err)
	}
	return second.Pending
}

func TestTOTP(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		_, me := register(t, s, "apps")
		secret := withApp(t, s, c, me)
		_, err := s.BeginTOTP(ctx, me)
		want(t, err, kernel.Conflict, "identity.totp.there")
		pending := asked(t, s, "apps")
		_, _, err = s.CompleteSignIn(ctx, pending, code(secret, c), "", home)
		want(t, err, kernel.Invalid, "identity.code.wrong") // the code that connected the app was used
		c.Advance(totpStep)
		session, by, err := s.CompleteSignIn(ctx, pending, code(secret, c), "", home)
		fine(t, err)
		if by.Account != me.Account || who(t, s, session).Proof.Level != 2 {
			t.Error("not signed in at level 2")
		}
		_, _, err = s.CompleteSignIn(ctx, pending, code(secret, c), "", home)
		want(t, err, kernel.NotFound, "identity.second.gone")
		_, _, err = s.CompleteSignIn(ctx, asked(t, s, "apps"), code(secret, c), "", home)
		want(t, err, kernel.Invalid, "identity.code.wrong") // replayed
		c.Advance(totpStep)
		pending = asked(t, s, "apps")
		again := code(secret, c)
		if won := together(4, func() error {
			_, _, err := s.CompleteSignIn(ctx, pending, again, "", home)
			return err
		}); won != 1 {
			t.Errorf("%d signed in with one code", won)
		}

		// Guessing: five, then a pause, with the right code too.
		c.Advance(time.Hour)
		pending = asked(t, s, "apps")
		wrong := "111111"
		for totpMatch(secret, wrong, c.Now()) != 0 {
			wrong = "222222"
		}
		for range 5 {
			_, _, err = s.CompleteSignIn(ctx, pending, wrong, "", home)
			want(t, err, kernel.Invalid, "identity.code.wrong")
		}
		_, _, err = s.CompleteSignIn(ctx, pending, code(secret, c), "", home)
		want(t, err, kernel.Limited, "identity.too_often")
		c.Advance(pendingTime)
		_, _, err = s.CompleteSignIn(ctx, pending, code(secret, c), "", home)
		want(t, err, kernel.NotFound, "identity.second.gone")
		fine(t, s.RemoveTOTP(ctx, me))
		want(t, s.RemoveTOTP(ctx, me), kernel.NotFound, "identity.totp.not_begun")
		signIn(t, s, "apps")
	})
}

func TestRecoveryCodes(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		before, me := register(t, s, "loser")
		_, err := s.NewRecoveryCodes(ctx, me)
		want(t, err, kernel.Conflict, "identity.recovery.factor_first")
		secret := withApp(t, s, c, me)
		c.Advance(time.Minute)
		codes, err := s.NewRecoveryCodes(ctx, me)
		fine(t, err)
		if len(codes) != 10 || len(codes[0]) != 19 {
			t.Fatalf("codes %v", codes)
		}
		_, other := register(t, s, "finder")
		withApp(t, s, c, other)
		_, _, err = s.CompleteSignIn(ctx, asked(t, s, "finder"), codes[0], "", home)
		want(t, err, kernel.Invalid, "identity.code.wrong") // another's code

		pending := asked(t, s, "loser")
		_, _, err = s.CompleteSignIn(ctx, pending, "aaaa-aaaa-aaaa-aaaa", "", home)
		want(t, err, kernel.Invalid, "identity.code.wrong")
		session, _, err := s.CompleteSignIn(ctx, pending, " "+codes[0]+" ", "", home)
		fine(t, err)
		_, err = s.AuthenticateSession(ctx, before)
		want(t, err, kernel.Unauthorized, "error.sign_in") // who is elsewhere shows anew who they are
		_, _, err = s.CompleteSignIn(ctx, asked(t, s, "loser"), codes[0], "", home)
		want(t, err, kernel.Invalid, "identity.code.wrong") // once
		by := who(t, s, session)
		fine(t, s.RequireFresh(ctx, by, web.FreshSettings))
		want(t, s.RequireFresh(ctx, by, web.FreshAct), kernel.Forbidden, "identity.cooling")

		// What was made after the recovery waits; what was there before does not.
		young := withPasskey(t, s, by)
		session, _, err = byKey(s, young, "")
		fine(t, err)
		want(t, s.RequireFresh(ctx, who(t, s, session), web.FreshAct), kernel.Forbidden, "identity.cooling")
		c.Advance(totpStep)
		old, _, err := s.CompleteSignIn(ctx, asked(t, s, "loser"), code(secret, c), "", home)
		fine(t, err)
		fine(t, s.RequireFresh(ctx, who(t, s, old), web.FreshAct))
		c.Advance(coolingTime)
		later, _, err := byKey(s, young, "")
		fine(t, err)
		fine(t, s.RequireFresh(ctx, who(t, s, later), web.FreshAct))

		// Of two at once, one wins.
		first, second := asked(t, s, "loser"), asked(t, s, "loser")
		pendings := make(chan string, 2)
		pendings <- first
		pendings <- second
		if won := together(2, func() error {
			_, _, err := s.CompleteSignIn(ctx, <-pendings, codes[1], "", home)
			return err
		}); won != 1 {
			t.Errorf("%d signed in with one recovery code", won)
		}
	})
}
