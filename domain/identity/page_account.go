package identity

import (
	"net/http"
	"strconv"
	"strings"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

func (p *pages) account(w http.ResponseWriter, r *web.Request) error {
	v, err := p.accountView(r)
	if err != nil {
		return err
	}
	return p.renderAccount(w, r, v, nil)
}

func (p *pages) renderAccount(w http.ResponseWriter, r *web.Request, v view.Account, err error) error {
	return p.render(w, r, "account", "identity.account.title", v, err)
}

// again shows the account page with what went wrong, or passes the error on.
func (p *pages) again(w http.ResponseWriter, r *web.Request, err error, typed func(*view.Account)) error {
	if !shown(err) {
		return err
	}
	v, verr := p.accountView(r)
	if verr != nil {
		return verr
	}
	typed(&v)
	return p.renderAccount(w, r, v, err)
}

func (p *pages) accountView(r *web.Request) (view.Account, error) {
	a, err := p.s.Account(r.Context(), r.Actor.Account)
	if err != nil {
		return view.Account{}, err
	}
	sessions, err := p.s.Sessions(r.Context(), r.Actor)
	if err != nil {
		return view.Account{}, err
	}
	tokens, err := p.s.Tokens(r.Context(), r.Actor)
	if err != nil {
		return view.Account{}, err
	}
	v := view.Account{Resident: !a.Staff, Proven: a.Person != "", Password: !a.Demo, Mobile: p.s.MobileIDs(), Contacts: p.s.d.Contacts != nil && p.s.d.Contacts(), Counter: r.Actor.Has(authz.Official), Days: strconv.Itoa(tokenDays)}
	v.Rows = append(v.Rows, view.Row{Key: r.T("identity.name"), Value: a.Name})
	if a.Login != "" {
		v.Rows = append(v.Rows, view.Row{Key: r.T("identity.login"), Value: a.Login})
	}
	if !a.Staff {
		proven := "identity.account.unproven"
		if v.Proven {
			proven = "identity.account.proven"
		}
		v.Rows = append(v.Rows, view.Row{Key: r.T("identity.account.proof"), Value: r.T(proven)})
	}
	for _, g := range r.Actor.Grants {
		v.Rows = append(v.Rows, view.Row{Key: r.T("identity.role"), Value: p.roleWords(r, g.Role, g.Agency)})
	}
	for _, x := range sessions {
		v.Sessions = append(v.Sessions, view.Session{ID: string(x.ID), Agent: browser(r, x.Agent), Since: x.CreatedAt, Seen: x.SeenAt, This: x.ID == r.Actor.Session})
	}
	for _, x := range tokens {
		v.Tokens = append(v.Tokens, view.Token{ID: string(x.ID), Name: x.Name, Scopes: p.scopeWords(r, x.Scopes), Ends: x.ExpiresAt})
	}
	for _, sc := range ScopesOf(r.Actor) {
		v.Scopes = append(v.Scopes, view.Option{Value: sc, Label: r.T("identity.scope." + sc)})
	}
	return v, nil
}

func (p *pages) scopeWords(r *web.Request, scopes []string) string {
	words := make([]string, len(scopes))
	for i, sc := range scopes {
		words[i] = r.T("identity.scope." + sc)
	}
	return strings.Join(words, ", ")
}

// browsers are the marks by which browsers name themselves, the more special
// first: most claim to be several.
var browsers = []struct{ mark, name string }{
	{"Whale/", "Whale"}, {"SamsungBrowser/", "Samsung Internet"}, {"Edg/", "Edge"}, {"OPR/", "Opera"},
	{"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

func browser(r *web.Request, agent string) string {
	for _, b := range browsers {
		if strings.Contains(agent, b.mark) {
			return b.name
		}
	}
	return r.T("identity.account.browser")
}

func (p *pages) password(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	err = p.s.ChangePassword(r.Context(), r.Actor, form.Get("current"), form.Get("password"), p.s.ClientOf(r.Request))
	if err != nil {
		return p.again(w, r, err, func(*view.Account) {})
	}
	p.srv.Flash(w, "identity.password.done")
	return p.srv.Redirect(w, r, "/account")
}

func (p *pages) endSession(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.EndSession(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))); err != nil {
		return err
	}
	p.srv.Flash(w, "identity.account.session_ended")
	return p.srv.Redirect(w, r, "/account")
}

func (p *pages) createToken(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(strings.TrimSpace(form.Get("days")))
	if err != nil || days == 0 {
		days = -1 // refused with the others
	}
	secret, _, err := p.s.CreateToken(r.Context(), r.Actor, NewToken{Name: form.Get("name"), Scopes: form["scopes"], Days: days})
	if err != nil {
		return p.again(w, r, err, func(v *view.Account) {
			v.Name, v.Days, v.Chosen = form.Get("name"), form.Get("days"), form["scopes"]
		})
	}
	v, err := p.accountView(r)
	if err != nil {
		return err
	}
	v.Secret = secret // the one answer that shows it: no redirect
	return p.renderAccount(w, r, v, nil)
}

func (p *pages) revokeToken(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.RevokeToken(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))); err != nil {
		return err
	}
	p.srv.Flash(w, "identity.token.revoked")
	return p.srv.Redirect(w, r, "/account")
}

func (p *pages) counterCode(w http.ResponseWriter, r *web.Request) error {
	code, ends, err := p.s.CodeFor(r.Context(), r.Actor)
	if err != nil {
		return p.again(w, r, err, func(*view.Account) {})
	}
	v, err := p.accountView(r)
	if err != nil {
		return err
	}
	v.Code, v.CodeEnds = code[:4]+" "+code[4:], ends
	return p.renderAccount(w, r, v, nil)
}
