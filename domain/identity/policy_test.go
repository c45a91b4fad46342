package identity

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol"

	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/store"
	"maru/platform/web"
)

// staffMember is a staff account with a session.
func staffMember(t testing.TB, s *Service, login string) (string, authz.Actor) {
	t.Helper()
	register(t, s, login)
	fine(t, s.d.DB.Update(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE identity_account SET kind = 'staff' WHERE login = $1`, s.loginHash(login))
		return err
	}))
	return signIn(t, s, login)
}

func staffPage(t testing.TB, a authz.Actor) *web.Request {
	return &web.Request{Request: request(t), Actor: a, Page: web.Page{For: web.Staff}}
}

func TestStaffPasskeys(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		_, old := staffMember(t, s, "staff.old")
		s.d.Policy.StaffPasskeys = c.Now().Add(8 * 24 * time.Hour)
		if to, err := s.Lead(staffPage(t, old)); to != "" || err != nil {
			t.Errorf("before the day: %q, %v", to, err)
		}
		c.Advance(8 * 24 * time.Hour)
		session, old := signIn(t, s, "staff.old")
		if to, err := s.Lead(staffPage(t, old)); to != keysPath || err != nil {
			t.Errorf("on the day: %q, %v", to, err)
		}
		want(t, s.RequireFresh(t.Context(), old, web.FreshAct), kernel.Forbidden, "identity.keys.needed") // no token for the desk
		// Who learned an old account's password gains no passkey by it.
		options, err := s.PasskeyOptions(t.Context(), old)
		fine(t, err)
		_, err = s.AddPasskey(t.Context(), old, "x", newAuthenticator(t).create(options))
		want(t, err, kernel.Forbidden, "identity.passkey.staff_lost")
		who(t, s, session)

		_, fresh := staffMember(t, s, "staff.new")
		a := newAuthenticator(t)
		a.be = true
		options, err = s.PasskeyOptions(t.Context(), fresh)
		fine(t, err)
		_, err = s.AddPasskey(t.Context(), fresh, "x", a.create(options))
		want(t, err, kernel.Invalid, "identity.passkey.model") // it would leave the device
		key := withPasskey(t, s, fresh)
		secret, _, err := byKey(s, key, "")
		fine(t, err)
		by := who(t, s, secret)
		if to, err := s.Lead(staffPage(t, by)); to != "" || err != nil {
			t.Errorf("with a passkey: %q, %v", to, err)
		}
		list, err := s.Passkeys(t.Context(), by)
		fine(t, err)
		want(t, s.RemovePasskey(t.Context(), by, list[0].ID), kernel.Conflict, "identity.passkey.last")
		c.Advance(staffIdle)
		_, err = s.AuthenticateSession(t.Context(), secret)
		want(t, err, kernel.Unauthorized, "error.sign_in")

		_, op := demo(t, s, "operator-1")
		if to, err := s.Lead(staffPage(t, op)); to != "" || err != nil {
			t.Errorf("people of the try-out: %q, %v", to, err)
		}
		op.Proof.At -= kernel.Time(time.Hour.Microseconds())
		fine(t, s.RequireFresh(t.Context(), op, web.FreshAct))
	})
}

func TestSecondFactorPolicy(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		_, me := register(t, s, "resident")
		s.d.Policy.SecondFactor = true
		act := &web.Request{Request: request(t), Actor: me, Page: web.Page{For: web.Resident, Fresh: web.FreshAct}}
		if to, err := s.Lead(act); to != keysPath || err != nil {
			t.Errorf("leads to %q, %v", to, err)
		}
		// Ways to sign in are closed while acting for somebody: no way leads there.
		act.Acting = &web.Acting{ID: "m-1", Name: "김어머니"}
		_, err := s.Lead(act)
		want(t, err, kernel.Forbidden, "identity.keys.stop_first")
		act.Acting = nil
		key := withPasskey(t, s, me)
		secret, _, err := byKey(s, key, "")
		fine(t, err)
		act.Actor = who(t, s, secret)
		if to, err := s.Lead(act); to != "" || err != nil {
			t.Errorf("with a passkey: %q, %v", to, err)
		}
		c.Advance(freshTime)
		if to, err := s.Lead(act); to != confirmPath || err != nil {
			t.Errorf("later: %q, %v", to, err)
		}
	})
}

// A short password stands beside another factor and never alone.
func TestShortPassword(t *testing.T) {
	each(t, func(t *testing.T, s *Service, c *clock.Manual) {
		ctx := context.Background()
		const short = "우산 접는 7월"
		_, me := register(t, s, "brief")
		want(t, s.ChangePassword(ctx, me, goodPassword, short, home), kernel.Invalid, "identity.password.short")
		withApp(t, s, c, me)
		want(t, s.ChangePassword(ctx, me, goodPassword, "1234567", home), kernel.Invalid, "identity.password.short")
		fine(t, s.ChangePassword(ctx, me, goodPassword, short, home))
		want(t, s.RemoveTOTP(ctx, me), kernel.Conflict, "identity.password.longer_first")
		fine(t, s.ChangePassword(ctx, me, short, goodPassword, home))
		fine(t, s.RemoveTOTP(ctx, me))
	})
}

// A model counts only where its maker vouches for the key.
func TestStaffModels(t *testing.T) {
	now := kernel.TimeOf(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	root, rootKey := certificate(t, nil, nil, now)
	leaf, _ := certificate(t, root, rootKey, now)
	stranger, _ := certificate(t, nil, nil, now)
	model := make([]byte, 16)
	model[15] = 1
	p := Policy{StaffModels: []string{"00000000-0000-0000-0000-000000000001"}, StaffRoots: x509.NewCertPool()}
	p.StaffRoots.AddCert(root)
	object := func(model []byte, flags protocol.AuthenticatorFlags, statement map[string]any) *protocol.AttestationObject {
		return &protocol.AttestationObject{AuthData: protocol.AuthenticatorData{Flags: flags, AttData: protocol.AttestedCredentialData{AAGUID: model}}, AttStatement: statement}
	}
	vouched := map[string]any{"x5c": []any{leaf.Raw}}
	fine(t, p.admits(object(model, 0, vouched), now))
	for what, o := range map[string]*protocol.AttestationObject{
		"another model":      object(make([]byte, 16), 0, vouched),
		"no model":           object(nil, 0, vouched),
		"may be backed up":   object(model, protocol.FlagBackupEligible, vouched),
		"nobody vouches":     object(model, 0, map[string]any{}),
		"an empty chain":     object(model, 0, map[string]any{"x5c": []any{}}),
		"no certificates":    object(model, 0, map[string]any{"x5c": []any{"x"}}),
		"junk":               object(model, 0, map[string]any{"x5c": []any{[]byte("junk")}}),
		"a stranger vouches": object(model, 0, map[string]any{"x5c": []any{stranger.Raw}}),
	} {
		if err := p.admits(o, now); !kernel.Is(err, kernel.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := p.admits(object(model, 0, vouched), now.Add(365*24*time.Hour)); !kernel.Is(err, kernel.Invalid) {
		t.Errorf("an expired certificate: %v", err)
	}
}

// certificate makes one, signed by its parent or by itself.
func certificate(t *testing.T, parent *x509.Certificate, by *ecdsa.PrivateKey, now kernel.Time) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "maker"}, NotBefore: now.Add(-time.Hour).Std(), NotAfter: now.Add(time.Hour).Std(),
		IsCA: parent == nil, BasicConstraintsValid: true}
	if parent == nil {
		parent, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	fine(t, err)
	out, err := x509.ParseCertificate(der)
	fine(t, err)
	return out, key
}
