package journeys

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // as authenticator apps have it
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"maru/app"
	"maru/kernel"
)

// namedHouse opens a try-out under the name localhost: passkeys belong to
// names, not to addresses.
func namedHouse(t *testing.T) (*house, *running) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c := &running{}
	h, err := openHouse(filepath.Join(t.TempDir(), "house"),
		app.Config{Addr: fmt.Sprintf("127.0.0.1:%d", port), PublicURL: fmt.Sprintf("http://localhost:%d", port)}, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.trial.Stop(); err != nil {
			t.Error(err)
		}
	})
	return h, c
}

// carries gives the visitor's device an authenticator, as the browser plays it.
func (v *visitor) carries() webauthn.AuthenticatorID {
	v.t.Helper()
	_, err := chromedp.Call(v.ctx, webauthn.Enable, webauthn.EnableParams{})
	v.must(err)
	out, err := chromedp.Call(v.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	v.must(err)
	return out.AuthenticatorID
}

// recognises sets whether the authenticator recognises its owner.
func (v *visitor) recognises(id webauthn.AuthenticatorID, yes bool) {
	v.t.Helper()
	_, err := chromedp.Call(v.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: yes})
	v.must(err)
}

// shows waits until the page shows an element.
func (v *visitor) shows(selector string) {
	v.t.Helper()
	for deadline := time.Now().Add(patience); !eval[bool](v, `(() => { const e = document.querySelector(`+quote(selector)+`); return !!e && !e.hidden; })()`); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			v.snap("hidden")
			v.t.Fatalf("%s does not show %s", v.page.Path, selector)
		}
	}
}

// appCode is what an authenticator app with this secret shows.
func appCode(t *testing.T, secret string, now kernel.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.DecodeString(strings.ToUpper(strings.ReplaceAll(secret, " ", "")))
	if err != nil {
		t.Fatal(err)
	}
	h := hmac.New(sha1.New, key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(int64(now)/(30*time.Second).Microseconds())))
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff)%1_000_000)
}

// TestPasskeys makes a passkey, signs in with it, is asked again before an act
// that matters without losing the form, and gets back in with a recovery code.
func TestPasskeys(t *testing.T) {
	t.Parallel()
	h, c := namedHouse(t)
	for _, lang := range kernel.Langs {
		v := visit(t, at(h), in(lang))
		device := v.carries()
		login := "keys." + string(lang)
		v.open("/register")
		v.write("login", login)
		v.write("name", "열쇠주민")
		v.write("password", password)
		v.press(v.T("identity.register.go"))
		v.press(v.T("identity.keys.manage"))
		v.reads(v.T("identity.keys.urge"), v.T("identity.passkey.none"), v.T("identity.recovery.factor_first"))
		v.snap("keys-none-" + string(lang))
		v.press(v.T("identity.passkey.new"))
		v.shows("form[data-passkey]")
		v.snap("passkey-new-" + string(lang))
		v.write("name", "여정 열쇠")
		v.press(v.T("identity.passkey.new_go"))
		v.reads(v.T("identity.recovery.once"))
		v.snap("codes-" + string(lang))
		recovery := v.text("#recovery-codes")[:19]
		v.press(v.T("identity.recovery.kept"))
		v.reads("여정 열쇠", v.T("identity.passkey.unused"))
		v.snap("keys-one-" + string(lang))

		// An act that matters, long after the sign-in: the form waits.
		v.open("/account")
		c.ahead.Add(int64(6 * time.Minute))
		v.unfold(v.T("identity.token.title"))
		v.write("name", "가계부")
		v.choose("scopes", "applications")
		v.press(v.T("identity.token.go"))
		v.reads(v.T("identity.confirm.title"), v.T("identity.confirm.kept_text"))
		v.shows("form[data-passkey]")
		v.snap("confirm-" + string(lang))
		v.press(v.T("identity.confirm.passkey_go"))
		v.reads(v.T("identity.token.once"), "가계부")
		v.open("/account")
		v.press(v.T("identity.sign_out"))

		// The device does not recognise its owner: nothing happens but words.
		v.open("/sign-in")
		v.shows("form[data-passkey]")
		v.snap("sign-in-" + string(lang))
		v.recognises(device, false)
		x, y := v.aim(`document.querySelector("form[data-passkey] button")`)
		v.must(chromedp.Do(v.ctx, chromedp.MouseClickXY(x, y)))
		v.shows(".passkey-failed")
		v.snap("sign-in-failed-" + string(lang))
		v.recognises(device, true)
		v.press(v.T("identity.passkey.go"))
		v.open("/account/keys")
		v.reads("여정 열쇠")
		v.press(v.T("identity.totp.new"))
		v.reads(v.T("identity.totp.scan"))
		v.snap("app-codes-" + string(lang))
		v.write("code", "000000")
		v.pressFor(422, v.T("identity.totp.go"))
		v.write("code", appCode(t, v.text("#totp-secret"), c.Now()))
		v.press(v.T("identity.totp.go"))
		v.reads(v.T("identity.totp.added"), v.T("identity.totp.on"))
		v.press(v.T("identity.totp.remove"))
		v.reads(v.T("identity.totp.removed"))
		v.open("/account")
		v.press(v.T("identity.sign_out"))

		// Without the device: password, then a recovery code; then it must wait.
		other := visit(t, at(h), in(lang), withoutScript)
		other.open("/sign-in")
		other.write("login", login)
		other.write("password", password)
		other.press(other.T("identity.sign_in.go"))
		other.reads(other.T("identity.second.title"))
		other.snap("second-" + string(lang))
		other.write("code", "zzzz-zzzz-zzzz-zzzz")
		other.pressFor(422, other.T("identity.sign_in.go"))
		other.write("code", recovery)
		other.press(other.T("identity.sign_in.go"))
		other.open("/account/keys")
		other.reads(other.T("identity.keys.cooling"))
		other.snap("keys-cooling-" + string(lang))
		other.open("/account")
		other.write("name", "도둑")
		other.choose("scopes", "applications")
		other.pressFor(403, other.T("identity.token.go"))
		other.open("/account/keys")
		other.press(other.T("identity.recovery.go"))
		other.open("/account/keys")
		other.press(other.T("identity.passkey.remove"))
		other.reads(other.T("identity.passkey.removed"))
	}
}
