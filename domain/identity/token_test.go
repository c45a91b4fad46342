package identity

import (
	"context"
	"strings"
	"testing"
	"time"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		_, me := register(t, s, "known")
		_, stranger := register(t, s, "stranger")
		for _, n := range []struct {
			NewToken
			key string
		}{
			{NewToken{Name: "", Scopes: []string{"applications"}}, "identity.name.length"},
			{NewToken{Name: "x"}, "identity.token.no_scope"},
			{NewToken{Name: "x", Scopes: []string{"everything"}}, "identity.token.scope"},
			{NewToken{Name: "x", Scopes: []string{"desk"}}, "identity.token.scope"}, // no official
			{NewToken{Name: "x", Scopes: []string{"applications"}, Days: 366}, "identity.token.days"},
		} {
			_, _, err := s.CreateToken(ctx, me, n.NewToken)
			want(t, err, kernel.Invalid, n.key)
		}
		secret, tok, err := s.CreateToken(ctx, me, NewToken{Name: "x", Scopes: []string{"applications", "applications"}, Days: 10})
		fine(t, err)
		if !strings.HasPrefix(secret, "maru_") || len(tok.Scopes) != 1 {
			t.Fatalf("%q %+v", secret, tok)
		}
		a, err := s.AuthenticateToken(ctx, secret)
		fine(t, err)
		if a.Account != me.Account || !a.Token || !a.Allows("applications") || a.Allows("desk") {
			t.Fatalf("%+v", a)
		}
		// A token's own token lives no longer than it does.
		_, child, err := s.CreateToken(ctx, a, NewToken{Name: "child", Scopes: []string{"applications"}, Days: 300})
		if err != nil || child.ExpiresAt != tok.ExpiresAt {
			t.Fatalf("%+v, %v", child, err)
		}
		want(t, s.RevokeToken(ctx, stranger, tok.ID), kernel.NotFound, "identity.no_token")
		for _, wrong := range []string{"", "maru_", "maru_x", secret + "x", strings.TrimPrefix(secret, "maru_")} {
			_, err := s.AuthenticateToken(ctx, wrong)
			want(t, err, kernel.Unauthorized, "api.bad_token")
		}
		list, err := s.Tokens(ctx, me)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d tokens, %v", len(list), err)
		}
		fine(t, s.RevokeToken(ctx, me, child.ID))
		fine(t, s.RevokeToken(ctx, me, tok.ID))
		_, err = s.AuthenticateToken(ctx, secret)
		want(t, err, kernel.Unauthorized, "api.bad_token")
		want(t, s.RevokeToken(ctx, me, tok.ID), kernel.NotFound, "identity.no_token")

		secret, _, err = s.CreateToken(ctx, me, NewToken{Name: "x", Scopes: []string{"applications"}, Days: 1})
		fine(t, err)
		_, err = s.AuthenticateToken(ctx, secret)
		fine(t, err)
		c.Advance(24 * time.Hour)
		_, err = s.AuthenticateToken(ctx, secret)
		want(t, err, kernel.Unauthorized, "api.bad_token")
	})
}

// A token cannot make one that may more than itself.
func TestTokenCannotClimb(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		_, official := demo(t, s, "official-gangnam")
		secret, _, err := s.CreateToken(ctx, official, NewToken{Name: "x", Scopes: []string{authz.ScopeApplications}})
		fine(t, err)
		a, err := s.AuthenticateToken(ctx, secret)
		fine(t, err)
		_, _, err = s.CreateToken(ctx, a, NewToken{Name: "y", Scopes: []string{authz.ScopeDesk}})
		want(t, err, kernel.Invalid, "identity.token.scope")
	})
}
