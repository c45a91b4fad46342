package identity

import (
	"net/http"
	"net/url"
	"strings"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

// pages are the domain's handlers.
type pages struct {
	s   *Service
	srv *web.Server
}

func (s *Service) pages(srv *web.Server) {
	p := &pages{s, srv}
	fresh := func(f web.Freshness) func(method, path, name string, who web.Audience, h web.Handler) {
		return func(method, path, name string, who web.Audience, h web.Handler) {
			srv.Page(web.Page{Method: method, Path: path, Name: "identity." + name, For: who, Handler: h, Fresh: f})
		}
	}
	page := fresh(web.AnyTime)
	const get, post = http.MethodGet, http.MethodPost

	page(get, "/sign-in", "sign_in", web.Public, p.signIn)
	page(post, "/sign-in", "sign_in_do", web.Public, p.signInDo)
	page(post, "/sign-out", "sign_out", web.Public, p.signOut)
	page(get, "/register", "register", web.Public, p.register)
	page(post, "/register", "register_do", web.Public, p.registerDo)
	page(get, "/set-up/{token}", "set_up", web.Public, p.setUp)
	page(post, "/set-up/{token}", "set_up_do", web.Public, p.setUpDo)

	page(post, "/sign-in/second", "second_do", web.Public, p.secondDo)
	page(post, "/sign-in/passkey", "passkey_sign_in", web.Public, p.passkeySignIn)
	page(get, "/passkey/sign-in", "passkey_sign_in_options", web.Public, p.signInOptions)
	page(get, "/passkey/confirm", "passkey_confirm_options", web.Resident, p.confirmOptions)
	page(get, "/passkey/new", "passkey_new_options", web.Resident, p.passkeyOptions)

	page(get, mobileSignInPath, "mobile_sign_in", web.Public, p.mobileSignIn)
	page(get, mobileSignInPath+"/back", "mobile_sign_in_back", web.Public, p.mobileSignInBack)
	page(post, mobileSignInPath, "mobile_sign_in_do", web.Public, p.mobileSignInDo)

	page(get, recoverPath, "recover", web.Public, p.recover)
	page(post, recoverPath, "recover_begin", web.Public, p.recoverBegin)
	page(get, recoverPath+"/{secret}", "recover_steps", web.Public, p.here(p.recoverSteps))
	page(post, recoverPath+"/{secret}", "recover_do", web.Public, p.here(p.recoverDo))

	page(get, recoverPath+"/{secret}/mobile-id", "recover_mobile", web.Public, p.here(p.recoverMobile))
	page(get, recoverPath+"/{secret}/mobile-id/back", "recover_mobile_back", web.Public, p.here(p.recoverMobileBack))
	page(post, recoverPath+"/{secret}/mobile-id", "recover_mobile_do", web.Public, p.here(p.recoverMobileDo))

	page(get, mobilePath, "mobile", web.Resident, p.mobile)
	page(get, mobilePath+"/back", "mobile_back", web.Resident, p.mobileBack)
	// Linking opens another way in; confirming is what a fresh proof is made by.
	srv.Page(web.Page{Method: post, Path: mobilePath, Name: "identity.mobile_do", For: web.Resident, Handler: p.mobileDo, Fresh: web.FreshSettings,
		FreshIf: func(form url.Values) bool { return form.Get("for") != "confirm" }})

	page(get, confirmPath, "confirm", web.Resident, p.confirm)
	page(post, confirmPath, "confirm_do", web.Resident, p.confirmDo)
	page(get, keysPath, "keys", web.Resident, p.keys)
	settings := fresh(web.FreshSettings)
	settings(get, "/account/passkeys/new", "passkey_new", web.Resident, p.newPasskey)
	settings(post, "/account/passkeys/new", "passkey_add", web.Resident, p.addPasskey)
	settings(post, "/account/passkeys/{id}/remove", "passkey_remove", web.Resident, p.removePasskey)
	settings(post, "/account/app-codes", "totp_begin", web.Resident, p.beginTOTP)
	settings(post, "/account/app-codes/confirm", "totp_confirm", web.Resident, p.confirmTOTP)
	settings(post, "/account/app-codes/remove", "totp_remove", web.Resident, p.removeTOTP)
	settings(post, "/account/recovery-codes", "recovery_codes", web.Resident, p.recoveryCodes)
	settings(post, "/account/recovery/stop", "stop_regain", web.Resident, p.stopRegain)

	page(get, "/account", "account", web.Resident, p.account)
	page(get, "/account/session", "session", web.Resident, p.session)
	page(post, "/account/session", "session_stay", web.Resident, p.stay)
	settings(post, "/account/password", "password", web.Resident, p.password)
	page(post, "/account/sessions/{id}/end", "end_session", web.Resident, p.endSession)
	act := fresh(web.FreshAct)
	act(post, "/account/tokens", "create_token", web.Resident, p.createToken)
	page(post, "/account/tokens/{id}/revoke", "revoke_token", web.Resident, p.revokeToken)
	page(post, "/account/code", "counter_code", web.Resident, p.counterCode)

	page(get, "/admin/roles", "roles", web.Staff, p.roles)
	act(post, "/admin/roles", "request_role", web.Staff, p.requestRole)
	act(post, "/admin/roles/invite", "invite", web.Staff, p.invite)
	act(post, "/admin/roles/{id}/approve", "approve_role", web.Staff, p.approveRole)
	page(post, "/admin/roles/{id}/decline", "decline_role", web.Staff, p.declineRole)
	act(post, "/admin/roles/{id}/revoke", "revoke_role", web.Staff, p.revokeRole)

	page(get, "/counter/proofing", "proofing", web.Staff, p.proofing)
	act(post, "/counter/proofing", "proofing_do", web.Staff, p.proofingDo)
	page(get, deskPath, "counter_recovery", web.Staff, p.counterRecovery)
	act(post, deskPath, "counter_recovery_ask", web.Staff, p.counterRecoveryAsk)
	page(get, deskPath+"/{id}", "counter_recovery_look", web.Staff, p.counterRecoveryLook)
	act(post, deskPath+"/{id}", "counter_recovery_confirm", web.Staff, p.counterRecoveryConfirm)
	page(post, deskPath+"/{id}/decline", "counter_recovery_decline", web.Staff, p.counterRecoveryDecline)

	// web.Demo pages exist in the try-out world only; Deps.Demo says the same
	// a second time.
	if s.d.Demo {
		page(get, "/demo/sign-in", "demo_sign_in", web.Demo, p.demoSignIn)
		page(post, "/demo/sign-in", "demo_sign_in_do", web.Demo, p.demoSignInDo)
		page(get, tryOutPath, "try_out_mobile", web.Demo, p.tryOut)
		page(post, tryOutPath, "try_out_mobile_do", web.Demo, p.tryOutDo)
	}
}

func (p *pages) render(w http.ResponseWriter, r *web.Request, template, title string, data any, err error) error {
	active := "account"
	if template == "roles" {
		active = "admin"
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: template, Title: r.T(title), Data: data, Active: active, Err: err, Secret: true})
}

// shown tells whether an error belongs beside the form that caused it.
func shown(err error) bool {
	return kernel.Is(err, kernel.Invalid) || kernel.Is(err, kernel.Conflict) || kernel.Is(err, kernel.Limited)
}

// next is a return path that stays on this site and does not lead back to
// signing in or out.
func next(s string) string {
	s = web.LocalPath(s)
	for _, no := range []string{"/sign-in", "/sign-out", "/demo/sign-in", "/set-up", "/register", confirmPath, mobilePath, recoverPath, "/passkey/"} {
		if strings.HasPrefix(strings.TrimPrefix(s, "/en"), no) {
			return "/"
		}
	}
	return s
}

// enter ends a sign-in: it sets the new session's cookie and goes on with what
// the person was doing, a form that waited for this person included.
func (p *pages) enter(w http.ResponseWriter, r *web.Request, secret string, actor authz.Actor, form url.Values) error {
	p.srv.SetCookie(w, p.s.cookieName(), secret, 0)
	kept, ok, err := p.s.Kept(r.Context(), actor, form.Get("kept"))
	if err != nil {
		return err
	}
	if !ok {
		return p.srv.Redirect(w, r, next(form.Get("next")))
	}
	// The replayed form must come with the new session, not with the one that
	// the browser sent.
	sent := r.Request.Cookies()
	r.Header.Del("Cookie")
	for _, c := range sent {
		if c.Name != p.s.cookieName() {
			r.AddCookie(c)
		}
	}
	r.AddCookie(&http.Cookie{Name: p.s.cookieName(), Value: secret})
	return p.srv.Replay(w, r, kept)
}
