package identity

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	view "maru/domain/identity/internal/web"
	"maru/platform/web"
)

const mobileSignInPath = "/sign-in/mobile-id"

// mobileCookie is the name of the cookie of the browser in which somebody begins
// to sign in with a mobile ID, without the prefix that it has over TLS.
const mobileCookie = "maru_mobile"

// mobileDevice is the browser's secret, "" where it did not begin.
func (p *pages) mobileDevice(r *web.Request) string {
	c, err := r.Cookie(p.s.ownHost(mobileCookie))
	if err != nil {
		return ""
	}
	return c.Value
}

func mobileSignInAsk(device string, form url.Values) mobileAsk {
	return mobileAsk{purpose: forMobileSignIn, bound: deviceID(device), path: mobileSignInPath, title: "identity.mobile.sign_in",
		form: url.Values{"next": {next(form.Get("next"))}, "kept": {form.Get("kept")}}}
}

func (p *pages) mobileSignIn(w http.ResponseWriter, r *web.Request) error {
	return p.renderMobileSignIn(w, r, r.URL.Query(), nil)
}

func (p *pages) renderMobileSignIn(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	device := p.mobileDevice(r)
	if device == "" {
		device = newDevice()
	}
	// Of the browser, not of one try: a second tab does not end the first.
	p.srv.SetCookie(w, p.s.ownHost(mobileCookie), device, time.Hour)
	return p.renderMobile(w, r, mobileSignInAsk(device, form), err)
}

func (p *pages) mobileSignInBack(w http.ResponseWriter, r *web.Request) error {
	device := p.mobileDevice(r)
	if device == "" {
		return p.renderMobileSignIn(w, r, r.URL.Query(), errMobileElsewhere)
	}
	return p.renderMobileBack(w, r, mobileSignInAsk(device, r.URL.Query()))
}

func (p *pages) mobileSignInDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.SignInByMobileID(r.Context(), p.mobileDevice(r), form.Get("challenge"), form.Get("answer"), p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	var missing *NoAccountError
	if errors.As(err, &missing) {
		return p.renderRegister(w, r, view.NewAccount{Name: missing.Name, Proven: missing.Proven, Person: missing.Name}, nil)
	}
	if shown(err) {
		return p.renderMobileSignIn(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.ClearCookie(w, p.s.ownHost(mobileCookie))
	return p.enter(w, r, secret, actor, form)
}
