package identity

import (
	"errors"
	"net/http"
	"net/url"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/web"
)

// busy tells whether too many are signing in right now: a page says so calmly
// (503), and keeps what was typed.
func busy(err error) bool { return kernel.Is(err, kernel.Unavailable) }

func (p *pages) renderBusy(w http.ResponseWriter, r *web.Request, template, title string, data any, err error) error {
	w.Header().Set("Retry-After", "10")
	return p.srv.Render(w, r, view.Views, web.View{Template: template, Title: r.T(title), Data: data, Active: "account", Err: err, Secret: true,
		Status: http.StatusServiceUnavailable})
}

func (p *pages) renderSecond(w http.ResponseWriter, r *web.Request, form url.Values, pending string, has Proofs, err error) error {
	v := view.Second{Pending: pending, Next: next(form.Get("next")), Kept: form.Get("kept"), Code: has.Code, Recovery: has.Recovery, HasPasskey: has.Passkey}
	v.Passkey = view.Passkey{Host: p.s.PasskeyHost(), Options: "/passkey/sign-in", Action: "/sign-in/passkey", Next: v.Next, Kept: v.Kept,
		Text: r.T("identity.passkey.go")}
	return p.render(w, r, "second", "identity.second.title", v, err)
}

func (p *pages) secondDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	pending := form.Get("pending")
	secret, actor, err := p.s.CompleteSignIn(r.Context(), pending, form.Get("code"), p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	if kernel.Is(err, kernel.NotFound) {
		return p.render(w, r, "sign-in", "identity.sign_in.title", p.signInView(r.Lang, form, ""), kernel.E(kernel.Invalid, "identity.second.gone", nil))
	}
	if shown(err) {
		has, perr := p.s.PendingProofs(r.Context(), pending)
		if perr != nil {
			return perr
		}
		return p.renderSecond(w, r, form, pending, has, err)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, secret, actor, form)
}

func (p *pages) passkeySignIn(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.SignInPasskey(r.Context(), []byte(form.Get("answer")), p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	if shown(err) {
		return p.render(w, r, "sign-in", "identity.sign_in.title", p.signInView(r.Lang, form, ""), err)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, secret, actor, form)
}

func (p *pages) options(w http.ResponseWriter, b []byte, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // the person went away: nothing to do
	return nil
}

func (p *pages) signInOptions(w http.ResponseWriter, _ *web.Request) error {
	b, err := p.s.SignInOptions()
	return p.options(w, b, err)
}

func (p *pages) confirmOptions(w http.ResponseWriter, r *web.Request) error {
	b, err := p.s.ConfirmOptions(r.Actor)
	return p.options(w, b, err)
}

func (p *pages) passkeyOptions(w http.ResponseWriter, r *web.Request) error {
	b, err := p.s.PasskeyOptions(r.Context(), r.Actor)
	return p.options(w, b, err)
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	return p.renderConfirm(w, r, r.URL.Query(), nil)
}

func (p *pages) renderConfirm(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	has, perr := p.s.Proofs(r.Context(), r.Actor)
	if perr != nil {
		return perr
	}
	v := view.Confirm{Next: next(form.Get("next")), Kept: form.Get("kept"), Code: has.Code, Recovery: has.Recovery, Password: has.Password, HasPasskey: has.Passkey}
	if p.s.MobileIDs() && r.Actor.Proven() {
		v.Mobile = mobilePath + "?" + url.Values{"for": {"confirm"}, "next": {v.Next}, "kept": {v.Kept}}.Encode()
	}
	v.Passkey = view.Passkey{Host: p.s.PasskeyHost(), Options: "/passkey/confirm", Action: confirmPath, Next: v.Next, Kept: v.Kept,
		Text: r.T("identity.confirm.passkey_go")}
	// What was posted without a field on this page has no field to stand beside.
	switch {
	case !kernel.Is(err, kernel.Invalid):
	case form.Get("code") != "" && !v.Code && !v.Recovery:
		err = kernel.E(kernel.Invalid, "identity.check_form", nil)
	case form.Get("password") != "" && !v.Password:
		err = kernel.E(kernel.Invalid, "identity.confirm.stronger", nil)
	}
	if busy(err) {
		return p.renderBusy(w, r, "confirm", "identity.confirm.title", v, err)
	}
	return p.render(w, r, "confirm", "identity.confirm.title", v, err)
}

func (p *pages) confirmDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.Confirm(r.Context(), r.Actor, p.s.secretOf(r.Request),
		Confirmation{Passkey: []byte(form.Get("answer")), Code: form.Get("code"), Password: form.Get("password")}, p.s.ClientOf(r.Request))
	var e *kernel.Error
	if errors.As(err, &e) && (shown(err) || busy(err)) {
		return p.renderConfirm(w, r, form, err)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, secret, actor, form)
}
