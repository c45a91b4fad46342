package identity

import (
	"errors"
	"net/http"
	"net/url"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/web"
)

func (p *pages) signIn(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	// again: an app wants the person to prove anew who they are.
	if r.Actor.SignedIn() && q.Get("again") == "" {
		return p.srv.Redirect(w, r, next(q.Get("next")))
	}
	return p.render(w, r, "sign-in", "identity.sign_in.title", p.signInView(r.Lang, q, ""), nil)
}

func (p *pages) signInView(l kernel.Lang, form url.Values, login string) view.SignIn {
	v := view.SignIn{Login: login, Next: next(form.Get("next")), Kept: form.Get("kept")}
	v.Passkey = view.Passkey{Host: p.s.PasskeyHost(), Options: "/passkey/sign-in", Action: "/sign-in/passkey", Next: v.Next, Kept: v.Kept, Text: p.s.d.Texts.T(l, "identity.passkey.go"), Secondary: true}
	if p.s.MobileIDs() {
		v.Mobile = mobileSignInPath + "?" + url.Values{"next": {v.Next}, "kept": {v.Kept}}.Encode()
	}
	if p.s.d.Demo {
		v.Demo = "/demo/sign-in?" + url.Values{"next": {v.Next}, "kept": {v.Kept}}.Encode()
	}
	return v
}

func (p *pages) signInDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.SignIn(r.Context(), form.Get("login"), form.Get("password"), p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	var second *SecondFactorError
	if errors.As(err, &second) {
		return p.renderSecond(w, r, form, second.Pending, second.Proofs, nil)
	}
	if busy(err) {
		return p.renderBusy(w, r, "sign-in", "identity.sign_in.title", p.signInView(r.Lang, form, form.Get("login")), err)
	}
	if shown(err) {
		return p.render(w, r, "sign-in", "identity.sign_in.title", p.signInView(r.Lang, form, form.Get("login")), err)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, secret, actor, form)
}

func (p *pages) signOut(w http.ResponseWriter, r *web.Request) error {
	if secret := p.s.secretOf(r.Request); secret != "" {
		if err := p.s.SignOut(r.Context(), r.Actor, secret); err != nil {
			return err
		}
	}
	p.srv.ClearCookie(w, p.s.cookieName())
	// What pages kept on this device, field work above all, leaves with the person.
	w.Header().Set("Clear-Site-Data", `"storage"`)
	p.srv.Flash(w, "identity.signed_out")
	return p.srv.Redirect(w, r, "/")
}

func (p *pages) register(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.SignedIn() {
		return p.srv.Redirect(w, r, "/account")
	}
	return p.renderRegister(w, r, view.NewAccount{}, nil)
}

func (p *pages) renderRegister(w http.ResponseWriter, r *web.Request, v view.NewAccount, err error) error {
	v.Action = "/register"
	return p.render(w, r, "register", "identity.register.title", v, err)
}

func (p *pages) registerDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	from := p.s.ClientOf(r.Request)
	c := Credentials{Login: form.Get("login"), Name: form.Get("name"), Password: form.Get("password")}
	again := view.NewAccount{Login: c.Login, Name: c.Name, Proven: form.Get("proven")}
	if again.Proven == "" {
		_, err = p.s.Register(r.Context(), c, from)
	} else {
		who, perr := p.s.openProven(p.mobileDevice(r), again.Proven)
		if perr != nil {
			return p.renderMobileSignIn(w, r, form, perr)
		}
		again.Person = who.Name
		_, err = p.s.RegisterProven(r.Context(), c, p.mobileDevice(r), again.Proven, from)
	}
	if shown(err) {
		return p.renderRegister(w, r, again, err)
	}
	if err != nil {
		return err
	}
	secret, actor, err := p.s.SignIn(r.Context(), c.Login, c.Password, p.s.secretOf(r.Request), from)
	if err != nil {
		return err
	}
	p.srv.ClearCookie(w, p.s.ownHost(mobileCookie))
	p.srv.Flash(w, "identity.register.done")
	return p.enter(w, r, secret, actor, url.Values{"next": {"/account"}})
}

func (p *pages) setUp(w http.ResponseWriter, r *web.Request) error {
	inv, err := p.s.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.render(w, r, "set-up", "identity.set_up.title", view.NewAccount{Action: r.Here(), Name: inv.Name, First: inv.First, Operator: inv.Operator}, nil)
}

func (p *pages) setUpDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	inv, err := p.s.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	c := Credentials{Login: form.Get("login"), Name: form.Get("name"), Password: form.Get("password")}
	secret, actor, err := p.s.SetUp(r.Context(), r.PathValue("token"), c, p.s.ClientOf(r.Request))
	if shown(err) {
		v := view.NewAccount{Action: r.Here(), Login: c.Login, Name: c.Name, First: inv.First, Operator: inv.Operator}
		return p.render(w, r, "set-up", "identity.set_up.title", v, err)
	}
	if err != nil {
		return err
	}
	to := "/account"
	if inv.Operator {
		to = "/admin/roles"
	}
	return p.enter(w, r, secret, actor, url.Values{"next": {to}})
}
