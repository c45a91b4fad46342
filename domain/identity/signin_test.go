package identity

import (
	"context"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/clock"
)

func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		_, a := register(t, s, "Hong.Gildong")
		if a.Proven() || a.Staff() || a.Name != "주민 Hong.Gildong" {
			t.Fatalf("actor %+v", a)
		}
		ctx := context.Background()
		_, err := s.Register(ctx, Credentials{Login: " hong.gildong ", Name: "남", Password: goodPassword}, home)
		want(t, err, kernel.Invalid, "identity.login.taken")
		_, err = s.Register(ctx, Credentials{Login: "a b", Name: "", Password: "short"}, home)
		for _, key := range []string{"identity.login.length", "identity.name.length", "identity.password.short"} {
			want(t, err, kernel.Invalid, key)
		}
		_, err = s.Register(ctx, Credentials{Login: "홍길동홍길동", Name: "홍", Password: goodPassword}, home)
		want(t, err, kernel.Invalid, "identity.login.letters")
		for range 20 {
			_, err = s.Register(ctx, Credentials{Login: "hong.gildong", Name: "남", Password: goodPassword}, Client{IP: "203.0.113.9"})
			if kernel.Is(err, kernel.Limited) {
				break
			}
		}
		_, err = s.Register(ctx, Credentials{Login: "another", Name: "남", Password: goodPassword}, Client{IP: "203.0.113.9"})
		want(t, err, kernel.Limited, "identity.too_often")
	})
}

// An unknown account and a wrong password must not be told apart: not by the
// answer, not by the work.
func TestSignInTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		register(t, s, "known")
		ctx := context.Background()
		work := func(login string) (int64, string, int) {
			before, logged := s.hasher.done.Load(), acts(t, s, "identity.sign_in_failed")
			_, _, err := s.SignIn(ctx, login, "wrong wrong wrong wrong", "", home)
			want(t, err, kernel.Invalid, "identity.sign_in.wrong")
			return s.hasher.done.Load() - before, err.Error(), acts(t, s, "identity.sign_in_failed") - logged
		}
		h1, m1, l1 := work("known")
		h2, m2, l2 := work("unknown")
		if h1 != 1 || h1 != h2 || m1 != m2 || l1 != 1 || l1 != l2 {
			t.Errorf("known: %d hashes, %q, %d logged; unknown: %d, %q, %d", h1, m1, l1, h2, m2, l2)
		}
	})
}

func TestSignInLimits(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		register(t, s, "known")
		ctx := context.Background()
		elsewhere := Client{IP: "198.51.100.7"}
		for _, login := range []string{"known", "unknown"} {
			for range 5 {
				_, _, err := s.SignIn(ctx, login, "wrong wrong wrong wrong", "", elsewhere)
				want(t, err, kernel.Invalid, "identity.sign_in.wrong")
			}
			hashes := s.hasher.done.Load()
			_, _, err := s.SignIn(ctx, login, goodPassword, "", elsewhere)
			want(t, err, kernel.Limited, "identity.too_often")
			if s.hasher.done.Load() != hashes {
				t.Error("a refused attempt cost a hash")
			}
		}
		signIn(t, s, "known") // its owner at home is not locked out
		c.Advance(15 * time.Minute)
		if _, _, err := s.SignIn(ctx, "known", goodPassword, "", elsewhere); err != nil {
			t.Fatalf("after the window: %v", err)
		}
		// A success starts the count afresh.
		for range 3 {
			for range 4 {
				_, _, err := s.SignIn(ctx, "known", "wrong wrong wrong wrong", "", elsewhere)
				want(t, err, kernel.Invalid, "identity.sign_in.wrong")
			}
			if _, _, err := s.SignIn(ctx, "known", goodPassword, "", elsewhere); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Session fixation: what the browser had before sign-in is worth nothing
// after, whether somebody planted it or it was real.
func TestSignInRotates(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		old, _ := register(t, s, "mallory")
		register(t, s, "alice")
		ctx := context.Background()
		for _, planted := range []string{old, "chosen-by-the-attacker"} {
			secret, _, err := s.SignIn(ctx, "alice", goodPassword, planted, home)
			fine(t, err)
			if secret == planted || who(t, s, secret).Name != "주민 alice" {
				t.Fatal("the session is not new")
			}
			c.Advance(cacheTime) // mallory's session may be remembered so long
			_, err = s.AuthenticateSession(ctx, planted)
			want(t, err, kernel.Unauthorized, "error.sign_in")
		}
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		here, me := register(t, s, "known")
		other, _ := signIn(t, s, "known")
		token, _, err := s.CreateToken(ctx, me, NewToken{Name: "x", Scopes: []string{"applications"}})
		fine(t, err)
		const next = "파란 고래가 기타를 배운다 9"
		want(t, s.ChangePassword(ctx, me, "wrong wrong wrong wrong", next, home), kernel.Invalid, "identity.password.not_current")
		want(t, s.ChangePassword(ctx, me, goodPassword, "short", home), kernel.Invalid, "identity.password.short")
		byToken, err := s.AuthenticateToken(ctx, token)
		fine(t, err)
		want(t, s.ChangePassword(ctx, byToken, goodPassword, next, home), kernel.Forbidden, "identity.session_only")
		fine(t, s.ChangePassword(ctx, me, goodPassword, next, home))
		who(t, s, here)
		_, err = s.AuthenticateSession(ctx, other)
		want(t, err, kernel.Unauthorized, "error.sign_in")
		_, err = s.AuthenticateToken(ctx, token)
		want(t, err, kernel.Unauthorized, "api.bad_token")
		_, _, err = s.SignIn(ctx, "known", goodPassword, "", home)
		want(t, err, kernel.Invalid, "identity.sign_in.wrong")
		_, _, err = s.SignIn(ctx, "known", next, "", home)
		fine(t, err)
	})
}
