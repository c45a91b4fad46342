package identity

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/i18n"
	"maru/platform/web"
)

func (p *pages) keys(w http.ResponseWriter, r *web.Request) error {
	return p.renderKeys(w, r, nil)
}

func (p *pages) renderKeys(w http.ResponseWriter, r *web.Request, err error) error {
	list, lerr := p.s.Passkeys(r.Context(), r.Actor)
	if lerr != nil {
		return lerr
	}
	proofs, lerr := p.s.Proofs(r.Context(), r.Actor)
	if lerr != nil {
		return lerr
	}
	demo := hasMethod(r.Actor, methodTryOut)
	v := view.Keys{Host: p.s.PasskeyHost(), TOTP: proofs.TOTP, Codes: strconv.FormatInt(proofs.Codes, 10), HasCodes: proofs.Codes > 0,
		Second: len(list) > 0 || proofs.TOTP, Cooling: proofs.Cooling, Password: proofs.Password, Demo: demo,
		Staff: proofs.Staff && p.s.d.Policy.staffBound(p.s.now()) && !hasPasskey(r.Actor.Proof.Methods) && !demo}
	asked, lerr := p.s.RegainOf(r.Context(), r.Actor)
	if lerr != nil {
		return lerr
	}
	if !asked.At.IsZero() {
		key := "identity.regain.is_asked"
		if asked.Agency == "" {
			key = "identity.regain.is_asked_mobile"
		}
		v.AskedTitle, v.Asked = r.T(key), r.T(key+"_text", "at", i18n.DateTime(r.Lang, asked.At))
	}
	v.Urge = !v.Second && !v.Staff && !demo
	for _, k := range list {
		v.Passkeys = append(v.Passkeys, view.Key{ID: string(k.ID), Name: k.Name, Synced: k.Synced, Suspect: k.Suspect, Created: k.CreatedAt, Used: k.UsedAt})
	}
	return p.render(w, r, "keys", "identity.keys.title", v, err)
}

// afterFactor goes on after a factor was added: with recovery codes when it is
// the first, because who loses it needs them.
func (p *pages) afterFactor(w http.ResponseWriter, r *web.Request, first bool, flash string) error {
	if first {
		return p.recoveryCodes(w, r)
	}
	p.srv.Flash(w, flash)
	return p.srv.Redirect(w, r, keysPath)
}

func (p *pages) newPasskey(w http.ResponseWriter, r *web.Request) error {
	return p.renderNewPasskey(w, r, browser(r, r.UserAgent()), nil)
}

func (p *pages) renderNewPasskey(w http.ResponseWriter, r *web.Request, name string, err error) error {
	return p.render(w, r, "passkey-new", "identity.passkey.new", view.Passkey{Host: p.s.PasskeyHost(), Options: "/passkey/new",
		Action: "/account/passkeys/new", Create: true, Name: name, Text: r.T("identity.passkey.new_go")}, err)
}

func (p *pages) addPasskey(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	first, err := p.s.AddPasskey(r.Context(), r.Actor, form.Get("name"), []byte(form.Get("answer")))
	if shown(err) {
		return p.renderNewPasskey(w, r, form.Get("name"), err)
	}
	if err != nil {
		return err
	}
	return p.afterFactor(w, r, first, "identity.passkey.added")
}

func (p *pages) removePasskey(w http.ResponseWriter, r *web.Request) error {
	err := p.s.RemovePasskey(r.Context(), r.Actor, kernel.ID(r.PathValue("id")))
	if shown(err) {
		return p.renderKeys(w, r, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "identity.passkey.removed")
	return p.srv.Redirect(w, r, keysPath)
}

func (p *pages) beginTOTP(w http.ResponseWriter, r *web.Request) error {
	t, err := p.s.BeginTOTP(r.Context(), r.Actor)
	if shown(err) {
		return p.renderKeys(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.renderTOTP(w, r, t, nil)
}

func (p *pages) renderTOTP(w http.ResponseWriter, r *web.Request, t NewTOTP, err error) error {
	code, qerr := qr.Encode(t.Address, qr.M)
	if qerr != nil {
		return wrap("app codes", qerr)
	}
	return p.render(w, r, "app-codes", "identity.totp.new", view.AppCodes{Secret: strings.ToLower(spaced(t.Secret)), Address: t.Address,
		Code: qrPath(code), Size: code.Size + 2*quiet}, err)
}

// spaced writes a secret in groups of four, as people type it.
func spaced(s string) string {
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), " ")
}

// quiet is the empty margin around a QR code, in modules (ISO/IEC 18004).
const quiet = 4

// qrPath draws a QR code as the path of an SVG, a stroke for each run.
func qrPath(c *qr.Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return b.String()
}

func (p *pages) confirmTOTP(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	first, err := p.s.ConfirmTOTP(r.Context(), r.Actor, form.Get("code"))
	if shown(err) {
		t, perr := p.s.PendingTOTP(r.Context(), r.Actor)
		if perr != nil {
			return perr
		}
		return p.renderTOTP(w, r, t, err)
	}
	if err != nil {
		return err
	}
	return p.afterFactor(w, r, first, "identity.totp.added")
}

func (p *pages) removeTOTP(w http.ResponseWriter, r *web.Request) error {
	err := p.s.RemoveTOTP(r.Context(), r.Actor)
	if shown(err) {
		return p.renderKeys(w, r, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "identity.totp.removed")
	return p.srv.Redirect(w, r, keysPath)
}

func (p *pages) recoveryCodes(w http.ResponseWriter, r *web.Request) error {
	codes, err := p.s.NewRecoveryCodes(r.Context(), r.Actor)
	if shown(err) {
		return p.renderKeys(w, r, err)
	}
	if err != nil {
		return err
	}
	return p.render(w, r, "codes", "identity.recovery.title", view.Codes{Codes: codes}, nil)
}
