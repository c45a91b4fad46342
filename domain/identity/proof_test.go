package identity

import (
	"context"
	"testing"

	"maru/domain/audit"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
)

// pair lives together.
type pair [2]string

func (p pair) SameHousehold(_ context.Context, a, b string) (bool, error) {
	return p == pair{a, b} || p == pair{b, a}, nil
}

func TestProveAtCounter(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		secret, me := register(t, s, "minsu")
		_, official := demo(t, s, "official-gangnam")
		code := func() string {
			t.Helper()
			code, _, err := s.CounterCode(ctx, me)
			fine(t, err)
			return code
		}
		prove := func(by authz.Actor, code string, f PersonFacts) error {
			return s.ProveAtCounter(ctx, by, CounterProof{Code: code, Facts: f})
		}
		old := code()
		now := code()
		wrong := minsu
		wrong.Birth = kernel.MustDate("1990-03-05")
		// Nothing tells whether the code or a fact was wrong.
		for _, tc := range []struct {
			code  string
			facts PersonFacts
		}{{now, wrong}, {old, minsu}, {"AAAAAAAA", minsu}, {"", minsu}, {"AAAAAAAA", wrong}} {
			want(t, prove(official, tc.code, tc.facts), kernel.Invalid, "identity.proof.no_match")
		}
		if n := acts(t, s, "identity.prove_failed"); n != 5 {
			t.Errorf("%d failures logged", n)
		}
		want(t, prove(me, now, minsu), kernel.Forbidden, "identity.proof.officials_only")
		_, operator := demo(t, s, "operator-1")
		want(t, prove(operator, now, minsu), kernel.Forbidden, "identity.proof.officials_only")
		want(t, s.ProveAtCounter(ctx, official, CounterProof{Agency: "jongno", Code: now, Facts: minsu}), kernel.Forbidden, "identity.proof.officials_only")
		byToken := official
		byToken.Token, byToken.Scopes = true, []string{authz.ScopeApplications}
		want(t, prove(byToken, now, minsu), kernel.Forbidden, "error.scope")
		want(t, prove(official, now, PersonFacts{}), kernel.Invalid, "identity.proof.birth")
		down := minsu
		down.Name = "꺼짐"
		if err := prove(official, now, down); !kernel.Is(err, kernel.Unavailable) {
			t.Errorf("register down: %v", err)
		}
		c.Advance(codeTime)
		want(t, prove(official, now, minsu), kernel.Invalid, "identity.proof.no_match")

		// Nobody vouches for themselves or for whom they live with, to link an
		// account or to give one back.
		now = code()
		s.d.Households = pair{"p-official", "p-minsu"}
		for _, own := range []string{"p-minsu", "p-official"} {
			near := official
			near.Person = own
			want(t, prove(near, now, minsu), kernel.Forbidden, "identity.proof.own_household")
			want(t, s.AskRegain(ctx, near, CounterProof{Code: now, Facts: minsu}), kernel.Forbidden, "identity.proof.own_household")
		}
		stranger := official
		stranger.Person = "p-other"
		want(t, prove(stranger, "AAAAAAAA", minsu), kernel.Invalid, "identity.proof.no_match")
		fine(t, prove(official, now[:4]+" "+now[4:], minsu))
		if a := who(t, s, secret); a.Person != "p-minsu" {
			t.Fatalf("person %q", a.Person)
		}
		want(t, prove(official, now, minsu), kernel.Invalid, "identity.proof.no_match") // used up
		_, _, err := s.CounterCode(ctx, who(t, s, secret))
		want(t, err, kernel.Conflict, "identity.proof.already")

		// The person sees who did it.
		log := audit.New(audit.Deps{DB: s.d.DB, Keys: s.d.Keys, Clock: c, Texts: s.d.Texts, Agencies: names{}})
		list, _, err := log.Mine(ctx, authz.Actor{Account: "reader", Person: "p-minsu"}, kernel.EN, "")
		if err != nil || len(list) == 0 || list[0].Purpose != "Proof of identity" {
			t.Fatalf("%+v, %v", list, err)
		}

		// One person, one account.
		_, twin := register(t, s, "twin")
		again, _, err := s.CounterCode(ctx, twin)
		fine(t, err)
		want(t, prove(official, again, minsu), kernel.Conflict, "identity.proof.taken")
		_, _, err = s.CounterCode(ctx, official)
		want(t, err, kernel.Forbidden, "identity.proof.staff")
	})
}

// An account that is linked at a counter stays linked: whoever begins to help
// there proves anew who they are, and may help that person, before it is.
func TestReceiveLinks(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		secret, me := register(t, s, "minsu")
		_, official := demo(t, s, "official-gangnam")
		late := official
		late.Proof = authz.Proof{Level: 2, Methods: []string{methodCode}, At: c.Now().Add(-freshTime)}
		code, _, err := s.CounterCode(ctx, me)
		fine(t, err)
		in := CounterProof{Code: code, Facts: minsu}
		asked := ""
		yes := func(_ context.Context, person string) error { asked = person; return nil }
		_, err = s.Receive(ctx, late, in, yes)
		want(t, err, kernel.Unauthorized, "identity.confirm.needed")
		want(t, s.ProveAtCounter(ctx, late, in), kernel.Unauthorized, "identity.confirm.needed")
		_, err = s.Receive(ctx, official, in, func(context.Context, string) error { return kernel.E(kernel.Forbidden, "own", nil) })
		want(t, err, kernel.Forbidden, "own")
		if p := who(t, s, secret).Person; p != "" || asked != "" {
			t.Fatalf("linked to %q, asked about %q", p, asked)
		}
		got, err := s.Receive(ctx, official, in, yes)
		fine(t, err)
		if got.Account != me.Account || asked != "p-minsu" || who(t, s, secret).Person != "p-minsu" {
			t.Errorf("%+v, asked about %q", got, asked)
		}
		_, err = s.Receive(ctx, late, CounterProof{Facts: minsu}, yes) // links nothing
		fine(t, err)
	})
}

type names struct{}

func (names) Name(id string, l kernel.Lang) string { return id }

func TestProveIsLimited(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		_, official := demo(t, s, "official-gangnam")
		p := CounterProof{Code: "AAAAAAAA", Facts: minsu}
		for range 30 {
			want(t, s.ProveAtCounter(context.Background(), official, p), kernel.Invalid, "identity.proof.no_match")
		}
		want(t, s.ProveAtCounter(context.Background(), official, p), kernel.Limited, "identity.too_often")
	})
}
