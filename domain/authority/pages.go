package authority

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	view "maru/domain/authority/internal/web"
	"maru/kernel"
	"maru/platform/web"
)

// pages are the handlers of what people see.
type pages struct {
	s   *Service
	srv *web.Server
}

func (s *Service) pages(srv *web.Server) {
	p := &pages{s, srv}
	page := func(method, path, name string, who web.Audience, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: path, Name: "authority." + name, For: who, Handler: h})
	}
	const get, post = http.MethodGet, http.MethodPost
	page(get, authorizePath, "authorize", web.Public, p.authorize)
	// OpenID Connect Core section 3.1.2.1 lets clients post their request. It
	// only stores it; the person is asked by the page that follows.
	srv.Page(web.Page{Method: post, Path: authorizePath, Name: "authority.authorize_posted", For: web.Public, CrossSite: true, Handler: p.authorizePosted, MaxBody: maxForm})
	page(get, authorizePath+"/{ticket}", "consent", web.Public, p.consent)
	page(post, authorizePath+"/{ticket}", "consent_do", web.Resident, p.consentDo)
	page(get, logoutPath, "sign_out", web.Public, p.signOut)
	page(post, logoutPath, "sign_out_do", web.Public, p.signOutDo)
	page(get, "/account/apps", "apps", web.Resident, p.apps)
	page(post, "/account/apps/{id}/disconnect", "disconnect", web.Resident, p.disconnect)
	page(get, "/admin/clients", "clients", web.Staff, p.clients)
	// Who lets a program in shows anew who they are; who shuts one out need not.
	srv.Page(web.Page{Method: post, Path: "/admin/clients", Name: "authority.request_client", For: web.Staff, Handler: p.requestClient, Fresh: web.FreshAct})
	srv.Page(web.Page{Method: post, Path: "/admin/clients/{id}/approve", Name: "authority.approve_client", For: web.Staff, Handler: p.approveClient, Fresh: web.FreshAct})
	page(post, "/admin/clients/{id}/decline", "decline_client", web.Staff, p.declineClient)
	page(post, "/admin/clients/{id}/end", "end_client", web.Staff, p.endClient)
}

// away sends the browser to a client. Its address goes nowhere else, and ours,
// which holds the ticket, is not told.
func away(w http.ResponseWriter, r *web.Request, to string) error {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func (p *pages) authorize(w http.ResponseWriter, r *web.Request) error {
	return p.start(w, r, r.URL.Query())
}

func (p *pages) authorizePosted(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	return p.start(w, r, form)
}

func (p *pages) start(w http.ResponseWriter, r *web.Request, form url.Values) error {
	ticket, locales, err := p.s.begin(r.Context(), form)
	if err != nil {
		return p.failed(w, r, err)
	}
	return away(w, r, inLang(r, locales, authorizePath+"/"+ticket))
}

// inLang is our path in the first of the languages asked for that we speak.
func inLang(r *web.Request, locales, path string) string {
	for _, l := range strings.Fields(locales) {
		switch base, _, _ := strings.Cut(strings.ToLower(l), "-"); base {
		case "ko":
			return path
		case "en":
			return "/en" + path
		}
	}
	return r.Link(path)
}

// failed tells the client through the browser what it did wrong, or, where it
// cannot be trusted to be one, the person.
func (p *pages) failed(w http.ResponseWriter, r *web.Request, err error) error {
	var far *redirected
	if errors.As(err, &far) {
		return away(w, r, p.s.refusal(far.uri, far.state, far.Code, far.Text))
	}
	var f *Fault
	if !errors.As(err, &f) {
		return err
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "wrong-request", Title: r.T("authority.wrong.title"), Status: http.StatusBadRequest,
		Data: view.Wrong{Code: f.Code, Text: f.Text}, Secret: true})
}

func (p *pages) consent(w http.ResponseWriter, r *web.Request) error {
	ticket := r.PathValue("ticket")
	here := authorizePath + "/" + ticket
	st, err := p.s.next(r.Context(), r.Actor, ticket, here)
	if err != nil {
		return p.failed(w, r, err)
	}
	q := url.Values{"next": {here}}
	switch {
	case st.Leave != "":
		return away(w, r, st.Leave)
	case st.SignIn:
		return p.srv.Redirect(w, r, "/sign-in?"+q.Encode())
	case st.Again:
		q.Set("again", "1")
		return p.srv.Redirect(w, r, "/sign-in?"+q.Encode())
	case st.StepUp != "":
		return p.srv.Redirect(w, r, st.StepUp)
	}
	// The answer to this page's form leads to the client: forms may go there,
	// and nowhere else but to us.
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'", "form-action 'self' "+st.Ask.Origin, 1))
	v := view.Consent{Action: here, Seal: st.Ask.Seal, Client: st.Ask.Client.Name.In(r.Lang), Purpose: st.Ask.Client.Purpose.In(r.Lang), Known: st.Ask.Known,
		Person: r.Actor.Name, Body: p.body(r, st.Ask.Client), Where: place(st.Ask.Origin), Scopes: p.scopes(r, st.Ask.Scopes)}
	return p.srv.Render(w, r, view.Views, web.View{Template: "consent", Title: r.T("authority.consent.title", "app", v.Client), Data: v, Active: "account", Secret: true})
}

// place is an origin as people read addresses.
func place(origin string) string {
	if _, host, ok := strings.Cut(origin, "://"); ok {
		return host
	}
	return strings.TrimSuffix(origin, ":")
}

// body is the name of the body of government that a client belongs to.
func (p *pages) body(r *web.Request, c *Client) string {
	if c.Agency == "" {
		return ""
	}
	all, err := p.s.d.Agencies.ClientAgencies(r.Context())
	if i := slices.IndexFunc(all, func(a Agency) bool { return a.ID == c.Agency }); err == nil && i >= 0 {
		return all[i].Name.In(r.Lang)
	}
	return c.Agency // the id will do
}

func (p *pages) scopes(r *web.Request, scopes []string) (out []view.Scope) {
	for _, x := range scopes {
		out = append(out, view.Scope{Name: r.T("authority.scope." + x), Text: r.T("authority.scope_text." + x)})
	}
	return out
}

func (p *pages) consentDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	ticket := r.PathValue("ticket")
	to, again, err := p.s.decide(r.Context(), r.Actor, ticket, form.Get("seal"), form.Get("answer") == "yes")
	if err != nil {
		return p.failed(w, r, err)
	}
	if again {
		return p.srv.Redirect(w, r, authorizePath+"/"+ticket)
	}
	return away(w, r, to)
}

func (p *pages) signOut(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	l, err := p.s.leave(r.Context(), q)
	if err != nil {
		return p.failed(w, r, err)
	}
	if !r.Actor.SignedIn() {
		if l.to != "" {
			return away(w, r, l.to)
		}
		return p.srv.Redirect(w, r, "/")
	}
	v := view.Leave{Action: logoutPath, Person: r.Actor.Name}
	if l.client != nil {
		v.Client = l.client.Name.In(r.Lang)
	}
	for _, k := range []string{"id_token_hint", "client_id", "post_logout_redirect_uri", "state"} {
		if x := q.Get(k); x != "" {
			v.Hidden = append(v.Hidden, view.Hidden{Name: k, Value: x})
		}
	}
	if l.to != "" {
		h := w.Header()
		h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "form-action 'self'", "form-action 'self' "+origin(l.to), 1))
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "leave", Title: r.T("authority.leave.title"), Data: v, Active: "account", Secret: true})
}

func (p *pages) signOutDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	l, err := p.s.leave(r.Context(), form)
	if err != nil {
		return p.failed(w, r, err)
	}
	if err := p.s.d.Sessions.SignOut(w, r.Request, r.Actor); err != nil {
		return err
	}
	if l.to != "" {
		return away(w, r, l.to)
	}
	return p.srv.Redirect(w, r, "/")
}

func (p *pages) apps(w http.ResponseWriter, r *web.Request) error {
	list, err := p.s.Apps(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var v view.Apps
	for _, a := range list {
		v.Apps = append(v.Apps, view.App{ID: a.Client.ID, Name: a.Client.Name.In(r.Lang), Purpose: a.Client.Purpose.In(r.Lang), Body: p.body(r, a.Client),
			Since: a.Since, Scopes: p.scopes(r, a.Scopes)})
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "apps", Title: r.T("authority.apps.title"), Data: v, Active: "account"})
}

func (p *pages) disconnect(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.Disconnect(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	p.srv.Flash(w, "authority.apps.disconnected")
	return p.srv.Redirect(w, r, "/account/apps")
}

func (p *pages) clients(w http.ResponseWriter, r *web.Request) error {
	return p.renderClients(w, r, view.Clients{}, nil)
}

// renderClients shows the page of clients; typed is what was typed.
func (p *pages) renderClients(w http.ResponseWriter, r *web.Request, typed view.Clients, wrong error) error {
	list, err := p.s.Clients(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	bodies, err := p.s.d.Agencies.ClientAgencies(r.Context())
	if err != nil {
		return err
	}
	v := typed
	for _, a := range bodies {
		v.Agencies = append(v.Agencies, view.Option{Value: a.ID, Label: a.Name.In(r.Lang)})
	}
	for _, x := range Scopes {
		v.AllScopes = append(v.AllScopes, view.Option{Value: x, Label: r.T("authority.scope." + x)})
	}
	for _, k := range []string{"server", "device"} {
		v.Kinds = append(v.Kinds, view.Option{Value: k, Label: r.T("authority.client.kind." + k), Hint: r.T("authority.client.kind_hint." + k)})
	}
	for _, c := range list {
		x := view.Client{ID: c.ID, Name: c.Name.In(r.Lang), MayApprove: c.MayApprove}
		kind := "server"
		if c.Public {
			kind = "device"
		}
		var scopes []string
		for _, sc := range c.Scopes {
			scopes = append(scopes, r.T("authority.scope."+sc))
		}
		policy := "authority.client.strict"
		if c.Loose {
			policy = "authority.client.loose"
		}
		signed := "authority.client.signed_no"
		if c.Signed {
			signed = "authority.client.signed_yes"
		}
		keys, err := c.thumbprints()
		if err != nil {
			return err
		}
		// All that a registration can do stands here: who agrees to it is the
		// second person to look.
		x.Rows = []view.Row{
			{Key: r.T("authority.client.id"), Value: c.ID},
			{Key: r.T("authority.client.purpose"), Value: c.Purpose.In(r.Lang)},
			{Key: r.T("authority.client.agency"), Value: p.body(r, &c)},
			{Key: r.T("authority.client.kind"), Value: r.T("authority.client.kind." + kind)},
			{Key: r.T("authority.client.thumbprints"), Value: strings.Join(keys, ", ")},
			{Key: r.T("authority.client.redirects"), Value: strings.Join(c.RedirectURIs, ", ")},
			{Key: r.T("authority.client.logouts"), Value: strings.Join(c.LogoutURIs, ", ")},
			{Key: r.T("authority.client.backchannel"), Value: c.BackchannelURI},
			{Key: r.T("authority.client.scopes"), Value: strings.Join(scopes, ", ")},
			{Key: r.T("authority.client.policy"), Value: r.T(policy)},
			{Key: r.T("authority.client.signed"), Value: r.T(signed)},
			{Key: r.T("authority.client.reason"), Value: c.Reason},
		}
		if c.State == Active {
			v.Held = append(v.Held, x)
		} else {
			v.Asked = append(v.Asked, x)
		}
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "clients", Title: r.T("authority.client.title"), Data: v, Active: "admin", Err: wrong})
}

func (p *pages) requestClient(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	v := view.Clients{NameKO: form.Get("name_ko"), NameEN: form.Get("name_en"), PurposeKO: form.Get("purpose_ko"), PurposeEN: form.Get("purpose_en"),
		Agency: form.Get("agency"), Kind: form.Get("kind"), Keys: form.Get("keys"), Redirects: form.Get("redirect_uris"), Logouts: form.Get("logout_uris"),
		Backchannel: strings.TrimSpace(form.Get("backchannel_uri")), Chosen: form["scopes"], Loose: form.Get("loose") != "", Signed: form.Get("signed") != "", Reason: form.Get("reason")}
	g := Registration{Name: kernel.Text{KO: v.NameKO, EN: v.NameEN}, Purpose: kernel.Text{KO: v.PurposeKO, EN: v.PurposeEN}, Agency: v.Agency,
		Public: v.Kind == "device", Keys: json.RawMessage(v.Keys), RedirectURIs: strings.Fields(v.Redirects), LogoutURIs: strings.Fields(v.Logouts),
		BackchannelURI: v.Backchannel, Scopes: v.Chosen, Loose: v.Loose, Signed: v.Signed, Reason: v.Reason}
	if _, err := p.s.RegisterClient(r.Context(), r.Actor, g, ""); err != nil {
		if kernel.Is(err, kernel.Invalid) {
			return p.renderClients(w, r, v, err)
		}
		return err
	}
	p.srv.Flash(w, "authority.client.asked")
	return p.srv.Redirect(w, r, "/admin/clients")
}

func (p *pages) approveClient(w http.ResponseWriter, r *web.Request) error {
	return p.onClient(w, r, p.s.ApproveClient(r.Context(), r.Actor, r.PathValue("id")), "authority.client.approved")
}

func (p *pages) declineClient(w http.ResponseWriter, r *web.Request) error {
	return p.onClient(w, r, p.s.DeclineClient(r.Context(), r.Actor, r.PathValue("id")), "authority.client.declined")
}

func (p *pages) endClient(w http.ResponseWriter, r *web.Request) error {
	return p.onClient(w, r, p.s.EndClient(r.Context(), r.Actor, r.PathValue("id")), "authority.client.ended")
}

func (p *pages) onClient(w http.ResponseWriter, r *web.Request, err error, done string) error {
	if kernel.Is(err, kernel.Conflict) {
		return p.renderClients(w, r, view.Clients{}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, done)
	return p.srv.Redirect(w, r, "/admin/clients")
}
