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

// founded sets up two operators the way a real installation does.
func founded(t *testing.T, s *Service) (first, second authz.Actor) {
	t.Helper()
	ctx := context.Background()
	path, err := s.FirstRun(ctx)
	fine(t, err)
	session, _, err := s.SetUp(ctx, strings.TrimPrefix(path, setupPath), Credentials{"first", "첫째", goodPassword}, home)
	fine(t, err)
	first = who(t, s, session)
	path, made, err := s.Invite(ctx, first, "둘째")
	if err != nil || !made {
		t.Fatalf("invite: %v %v", made, err)
	}
	session, _, err = s.SetUp(ctx, strings.TrimPrefix(path, setupPath), Credentials{"second", "둘째", goodPassword}, home)
	fine(t, err)
	return first, who(t, s, session)
}

// staff invites somebody who then sets up an account.
func staff(t *testing.T, s *Service, by authz.Actor, login string) (secret string) {
	t.Helper()
	ctx := context.Background()
	path, operator, err := s.Invite(ctx, by, login)
	if err != nil || operator {
		t.Fatalf("invite: %v %v", operator, err)
	}
	secret, _, err = s.SetUp(ctx, strings.TrimPrefix(path, setupPath), Credentials{login, login, goodPassword}, home)
	fine(t, err)
	return secret
}

func TestFirstRun(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		lost, err := s.FirstRun(ctx) // another copy's, or an earlier start's
		fine(t, err)
		path, err := s.FirstRun(ctx)
		fine(t, err)
		secret := strings.TrimPrefix(path, setupPath)
		c.Advance(1000 * time.Hour) // valid until used
		inv, err := s.Invitation(ctx, secret)
		if err != nil || !inv.First || !inv.Operator {
			t.Fatalf("%+v, %v", inv, err)
		}
		_, _, err = s.SetUp(ctx, secret, Credentials{"first", "첫째", "short"}, home)
		want(t, err, kernel.Invalid, "identity.password.short") // and the link still works
		session, _, err := s.SetUp(ctx, secret, Credentials{"first", "첫째", goodPassword}, home)
		fine(t, err)
		if a := who(t, s, session); !a.Has(authz.Operator) {
			t.Fatalf("%+v is no operator", a)
		}
		for _, used := range []string{secret, strings.TrimPrefix(lost, setupPath), "never-was"} {
			_, _, err = s.SetUp(ctx, used, Credentials{"mallory", "도둑", goodPassword}, home)
			want(t, err, kernel.NotFound, "identity.link.gone")
		}
		if path, err := s.FirstRun(ctx); err != nil || path != "" {
			t.Fatalf("a link is printed while there is an operator: %q, %v", path, err)
		}
	})
}

func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		path, err := s.FirstRun(ctx)
		fine(t, err)
		session, _, err := s.SetUp(ctx, strings.TrimPrefix(path, setupPath), Credentials{"first", "첫째", goodPassword}, home)
		fine(t, err)
		first := who(t, s, session)
		// Alone, the first may invite the second; of two such links only one
		// makes an operator.
		a, second, err := s.Invite(ctx, first, "둘째")
		if err != nil || !second {
			t.Fatalf("%v %v", second, err)
		}
		b, second, err := s.Invite(ctx, first, "셋째")
		if err != nil || !second {
			t.Fatalf("%v %v", second, err)
		}
		_, _, err = s.SetUp(ctx, strings.TrimPrefix(a, setupPath), Credentials{"second", "둘째", goodPassword}, home)
		fine(t, err)
		_, _, err = s.SetUp(ctx, strings.TrimPrefix(b, setupPath), Credentials{"third", "셋째", goodPassword}, home)
		want(t, err, kernel.Conflict, "identity.link.second")

		late, second, err := s.Invite(ctx, first, "넷째")
		if err != nil || second {
			t.Fatalf("a third operator by one person: %v %v", second, err)
		}
		c.Advance(inviteTime)
		_, err = s.Invitation(ctx, strings.TrimPrefix(late, setupPath))
		want(t, err, kernel.NotFound, "identity.link.gone")
		_, resident := register(t, s, "resident")
		_, _, err = s.Invite(ctx, resident, "x")
		want(t, err, kernel.Forbidden, "identity.role.operators_only")
	})
}

func TestRolesTakeTwo(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		first, second := founded(t, s)
		session := staff(t, s, first, "park")
		if who(t, s, session).Staff() {
			t.Fatal("an invitation carries no role")
		}
		ask := RoleRequest{Login: "park", Role: authz.Official, Agency: "gangnam", Reason: "전입 담당"}
		for _, bad := range []struct {
			q   RoleRequest
			key string
		}{
			{RoleRequest{Login: "nobody", Role: authz.Official, Agency: "gangnam", Reason: "x"}, "identity.role.no_staff"},
			{RoleRequest{Login: "park", Role: "king", Reason: "x"}, "identity.role.choose"},
			{RoleRequest{Login: "park", Role: authz.Official, Agency: "atlantis", Reason: "x"}, "identity.role.choose_agency"},
			{RoleRequest{Login: "park", Role: authz.Official, Agency: "gangnam"}, "identity.role.reason"},
			{RoleRequest{Login: "park", Role: authz.Official, Agency: "gangnam", Reason: "x", ExpiresAt: c.Now()}, "identity.role.past"},
		} {
			_, err := s.RequestRole(ctx, first, bad.q)
			want(t, err, kernel.Invalid, bad.key)
		}
		register(t, s, "resident")
		_, err := s.RequestRole(ctx, first, RoleRequest{Login: "resident", Role: authz.Auditor, Reason: "x"})
		want(t, err, kernel.Invalid, "identity.role.no_staff")

		id, err := s.RequestRole(ctx, first, ask)
		fine(t, err)
		_, err = s.RequestRole(ctx, second, ask)
		want(t, err, kernel.Conflict, "identity.role.held")
		want(t, s.ApproveRole(ctx, first, id), kernel.Forbidden, "identity.role.two_people")
		want(t, s.ApproveRole(ctx, who(t, s, session), id), kernel.Forbidden, "identity.role.operators_only")
		if who(t, s, session).Staff() {
			t.Fatal("a role holds before it is approved")
		}
		fine(t, s.ApproveRole(ctx, second, id))
		if a := who(t, s, session); !a.HasIn(authz.Official, "gangnam") || a.HasIn(authz.Official, "jongno") {
			t.Fatalf("%+v", a.Grants)
		}
		want(t, s.ApproveRole(ctx, second, id), kernel.Conflict, "identity.role.decided")

		// Who gets a role cannot agree to it, whoever asked.
		own, err := s.RequestRole(ctx, first, RoleRequest{Login: "second", Role: authz.Auditor, Reason: "x"})
		fine(t, err)
		want(t, s.ApproveRole(ctx, second, own), kernel.Forbidden, "identity.role.two_people")
		fine(t, s.DeclineRole(ctx, second, own))

		fine(t, s.RevokeRole(ctx, first, id))
		if who(t, s, session).Staff() {
			t.Fatal("a revoked role holds")
		}
		want(t, s.RevokeRole(ctx, first, id), kernel.Conflict, "identity.role.decided")
		want(t, s.RevokeRole(ctx, first, "none"), kernel.NotFound, "identity.role.none")

		// With an end it ends.
		id, err = s.RequestRole(ctx, second, RoleRequest{Login: "park", Role: authz.Editor, Agency: "jongno", Reason: "x", ExpiresAt: c.Now().Add(10 * time.Minute)})
		fine(t, err)
		fine(t, s.ApproveRole(ctx, first, id))
		if !who(t, s, session).HasIn(authz.Editor, "jongno") {
			t.Fatal("approved and not in force")
		}
		c.Advance(10 * time.Minute)
		if who(t, s, session).Staff() {
			t.Fatal("an expired role holds")
		}
		if n := acts(t, s, "identity.approve_role"); n != 2 {
			t.Errorf("%d approvals logged", n)
		}
	})
}

// A role that ran out, or was asked for and ran out before anybody agreed, can
// be asked for again.
func TestExpiredRoleCanBeGrantedAgain(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		first, second := founded(t, s)
		staff(t, s, first, "park")
		for _, agreed := range []bool{true, false, true} {
			id, err := s.RequestRole(ctx, first, RoleRequest{Login: "park", Role: authz.Official, Agency: "gangnam", Reason: "전입 담당", ExpiresAt: c.Now().Add(time.Hour)})
			fine(t, err)
			if agreed {
				fine(t, s.ApproveRole(ctx, second, id))
			}
			c.Advance(time.Hour)
		}
		if _, a := signIn(t, s, "park"); a.Staff() {
			t.Error("a role holds after its end")
		}
	})
}

// Two operators always remain, and one alone cannot make a new partner.
func TestLastOperators(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		first, second := founded(t, s)
		grants, err := s.Grants(ctx, first)
		if err != nil || len(grants) != 2 {
			t.Fatalf("%d grants, %v", len(grants), err)
		}
		for _, g := range grants {
			want(t, s.RevokeRole(ctx, first, g.ID), kernel.Conflict, "identity.role.last_operators")
		}
		staff(t, s, second, "third")
		id, err := s.RequestRole(ctx, second, RoleRequest{Login: "third", Role: authz.Operator, Reason: "세 번째"})
		fine(t, err)
		fine(t, s.ApproveRole(ctx, first, id))
		for _, g := range grants {
			if g.Account == second.Account {
				fine(t, s.RevokeRole(ctx, first, g.ID))
			}
		}
		// The second's session still says operator; the store does not.
		_, _, err = s.Invite(ctx, second, "x")
		want(t, err, kernel.Forbidden, "identity.role.operators_only")
	})
}
