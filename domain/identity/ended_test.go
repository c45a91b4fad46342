package identity

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/store"
	"maru/platform/store/storetest"
)

// hears collects what is published of one type from now on.
func hears[T any](t *testing.T, s *Service, c clock.Clock, event string) *[]T {
	var heard []T
	s.d.Events = events.Direct(c, func(_ *store.Tx, e events.Event) error {
		if e.Type != event {
			return nil
		}
		var x T
		fine(t, json.Unmarshal(e.Data, &x))
		heard = append(heard, x)
		return nil
	})
	return &heard
}

// TestSessionEnded: others hear of a session that its owner ended, by what means
// ever, of all of them when the password changed, and of nothing where the same
// person merely proved themselves anew: then the session goes on.
func TestSessionEnded(t *testing.T) {
	s, c := newService(t, storetest.SQLite(t, allTables...))
	heard := hears[contract.Session](t, s, c, contract.SessionEnded)
	expect := func(want ...contract.Session) {
		t.Helper()
		if !slices.Equal(*heard, want) {
			t.Errorf("heard %v, want %v", *heard, want)
		}
		*heard = nil
	}
	ctx := t.Context()
	secret, me := register(t, s, "known")
	c.Advance(time.Minute)
	again, _, err := s.SignIn(ctx, "known", goodPassword, secret, home)
	fine(t, err)
	if a := who(t, s, again); a.Session != me.Session || a.Proof.At != c.Now() {
		t.Errorf("signing in anew: %+v after %+v", a, me)
	}
	expect()
	other, them := register(t, s, "other")
	expect()
	// Somebody else signs in in the browser.
	next, _, err := s.SignIn(ctx, "known", goodPassword, other, home)
	fine(t, err)
	expect(contract.Session{Account: them.Account, Session: them.Session})
	second := who(t, s, next)
	if second.Session == them.Session || second.Session == me.Session {
		t.Error("a session goes on as another's")
	}
	fine(t, s.EndSession(ctx, second, me.Session))
	expect(contract.Session{Account: me.Account, Session: me.Session})
	fine(t, s.ChangePassword(ctx, second, goodPassword, "파란 고래가 기타를 배운다 9", home))
	expect(contract.Session{Account: me.Account})
	fine(t, s.SignOut(ctx, second, next))
	expect(contract.Session{Account: me.Account, Session: second.Session})
	fine(t, s.SignOut(ctx, second, next))
	expect()
}

// TestMeansChanged: the owner of an account hears of every change to its ways to
// sign in, and of nothing else.
func TestMeansChanged(t *testing.T) {
	s, c := newService(t, storetest.SQLite(t, allTables...))
	heard := hears[contract.Means](t, s, c, contract.MeansChanged)
	ctx := t.Context()
	secret, me := register(t, s, "known")
	expect := func(want ...string) {
		t.Helper()
		var got []string
		for _, x := range *heard {
			if got = append(got, x.What); x.Account != me.Account {
				t.Errorf("told %s", x.Account)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("heard %v, want %v", got, want)
		}
		*heard = nil
	}
	expect()
	fine(t, s.ChangePassword(ctx, me, goodPassword, "파란 고래가 기타를 배운다 9", home))
	expect(contract.PasswordChanged)
	withPasskey(t, s, me)
	expect(contract.PasskeyAdded)
	withApp(t, s, c, me)
	expect(contract.AppAdded)
	_, err := s.NewRecoveryCodes(ctx, me)
	fine(t, err)
	expect(contract.CodesMade)
	_, _, err = s.CreateToken(ctx, me, NewToken{Name: "budget", Scopes: []string{"applications"}, Days: 1})
	fine(t, err)
	expect(contract.TokenMade)
	list, err := s.Passkeys(ctx, me)
	fine(t, err)
	fine(t, s.RemovePasskey(ctx, me, list[0].ID))
	fine(t, s.RemoveTOTP(ctx, me))
	fine(t, s.SignOut(ctx, me, secret))
	expect(contract.PasskeyRemoved, contract.AppRemoved)

	// Who is linked to it gets another way in: by a mobile ID or at a counter. An
	// account made for somebody has nobody to hear of it.
	s.d.MobileID = phone{Presented: Presented{Facts: minsu, Identity: 2, Level: 2}}
	_, me = register(t, s, "linked")
	fine(t, s.ProveByMobileID(ctx, me, challenged(t, s, forMobileProof, me.Session), "answer"))
	expect(contract.PersonLinked)
	_, err = s.Represented(ctx, authz.Actor{Account: me.Account, Person: "p-minsu"}, "p-other", "남")
	fine(t, err)
	expect()
	provenAs(t, s, me.Account, "p-third") // so that the card is nobody's
	_, official := demo(t, s, "official-gangnam")
	_, me = register(t, s, "counter")
	code, _, err := s.CounterCode(ctx, me)
	fine(t, err)
	fine(t, s.ProveAtCounter(ctx, official, CounterProof{Code: code, Facts: minsu}))
	expect(contract.PersonLinked)
}

func TestAccountOf(t *testing.T) {
	s, _ := newService(t, storetest.SQLite(t, allTables...))
	_, me := register(t, s, "known")
	for person, want := range map[string]kernel.ID{"p-minsu": me.Account, "p-nobody": "", "": ""} {
		if want != "" {
			fine(t, s.d.DB.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec(`UPDATE identity_account SET person = 'p-minsu' WHERE id = $1`, string(me.Account))
				return err
			}))
		}
		if got, err := s.AccountOf(t.Context(), person); err != nil || got != want {
			t.Errorf("%q: %q %v", person, got, err)
		}
	}
}
