package identity

import (
	"net/http"
	"net/url"
	"slices"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

func (p *pages) roles(w http.ResponseWriter, r *web.Request) error {
	v, err := p.rolesView(r)
	if err != nil {
		return err
	}
	return p.render(w, r, "roles", "identity.roles.title", v, nil)
}

func (p *pages) rolesView(r *web.Request) (view.Roles, error) {
	grants, err := p.s.Grants(r.Context(), r.Actor)
	if err != nil {
		return view.Roles{}, err
	}
	agencies, err := p.s.d.Agencies.Agencies(r.Context())
	if err != nil {
		return view.Roles{}, err
	}
	var v view.Roles
	for _, role := range Roles {
		v.Roles = append(v.Roles, view.Option{Value: string(role), Label: r.T("identity.role.name." + string(role)), Hint: r.T("identity.role.hint." + string(role))})
	}
	for _, a := range agencies {
		v.Agencies = append(v.Agencies, view.Option{Value: a.ID, Label: a.Name.In(r.Lang)})
	}
	for _, g := range grants {
		x := view.Grant{ID: string(g.ID), MayApprove: g.MayApprove,
			Title: r.T("identity.roles.of", "name", g.Name, "role", p.roleWords(r, g.Role, g.Agency))}
		x.Rows = append(x.Rows,
			view.Row{Key: r.T("identity.roles.reason"), Value: g.Reason},
			view.Row{Key: r.T("identity.roles.requested"), Value: by(r, g.RequestedBy, g.RequestedAt)})
		if g.State == stateActive {
			x.Rows = append(x.Rows, view.Row{Key: r.T("identity.roles.decided"), Value: by(r, g.DecidedBy, g.DecidedAt)})
		}
		if !g.ExpiresAt.IsZero() {
			x.Rows = append(x.Rows, view.Row{Key: r.T("identity.roles.until"), Value: i18n.DateTime(r.Lang, g.ExpiresAt)})
		}
		if g.State == stateActive {
			v.Held = append(v.Held, x)
		} else {
			v.Asked = append(v.Asked, x)
		}
	}
	return v, nil
}

// by says who did something and when; what the try-out did by itself nobody did.
func by(r *web.Request, name string, at kernel.Time) string {
	if name == "" {
		return i18n.DateTime(r.Lang, at)
	}
	return r.T("identity.roles.by", "name", name, "day", i18n.DateTime(r.Lang, at))
}

// roleWords is a role and its agency as people say it.
func (p *pages) roleWords(r *web.Request, role authz.Role, agency string) string {
	name := r.T("identity.role.name." + string(role))
	if agency == "" {
		return name
	}
	all, err := p.s.d.Agencies.Agencies(r.Context())
	if err != nil { // the id will do
		return r.T("identity.role.of", "role", name, "agency", agency)
	}
	if i := slices.IndexFunc(all, func(a Agency) bool { return a.ID == agency }); i >= 0 {
		agency = all[i].Name.In(r.Lang)
	}
	return r.T("identity.role.of", "role", name, "agency", agency)
}

func (p *pages) requestRole(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	q := RoleRequest{Login: form.Get("login"), Role: authz.Role(form.Get("role")), Agency: form.Get("agency"), Reason: form.Get("reason")}
	until, err := web.FormDate(form, "until")
	if err == nil {
		if !until.IsZero() { // to the end of that day
			q.ExpiresAt = kernel.TimeOf(until.AddDays(1).In(kernel.Seoul))
		}
		_, err = p.s.RequestRole(r.Context(), r.Actor, q)
	}
	if err != nil {
		return p.rolesAgain(w, r, err, form)
	}
	p.srv.Flash(w, "identity.roles.asked")
	return p.srv.Redirect(w, r, "/admin/roles")
}

func (p *pages) rolesAgain(w http.ResponseWriter, r *web.Request, err error, form url.Values) error {
	if !shown(err) {
		return err
	}
	v, verr := p.rolesView(r)
	if verr != nil {
		return verr
	}
	v.Name, v.Login, v.Role, v.Agency, v.Why = form.Get("name"), form.Get("login"), form.Get("role"), form.Get("agency"), form.Get("reason")
	v.Y, v.M, v.D = form.Get("until-year"), form.Get("until-month"), form.Get("until-day")
	return p.render(w, r, "roles", "identity.roles.title", v, err)
}

func (p *pages) invite(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	path, second, err := p.s.Invite(r.Context(), r.Actor, form.Get("name"))
	if err != nil {
		return p.rolesAgain(w, r, err, form)
	}
	v, err := p.rolesView(r)
	if err != nil {
		return err
	}
	// Shown once, on this answer: no redirect.
	v.Link, v.Second = p.s.d.PublicURL+path, second
	return p.render(w, r, "roles", "identity.roles.title", v, nil)
}

func (p *pages) approveRole(w http.ResponseWriter, r *web.Request) error {
	return p.onRole(w, r, p.s.ApproveRole(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))), "identity.roles.approved")
}

func (p *pages) declineRole(w http.ResponseWriter, r *web.Request) error {
	return p.onRole(w, r, p.s.DeclineRole(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))), "identity.roles.declined")
}

func (p *pages) revokeRole(w http.ResponseWriter, r *web.Request) error {
	return p.onRole(w, r, p.s.RevokeRole(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))), "identity.roles.revoked")
}

func (p *pages) onRole(w http.ResponseWriter, r *web.Request, err error, done string) error {
	if err != nil {
		return p.rolesAgain(w, r, err, url.Values{})
	}
	p.srv.Flash(w, done)
	return p.srv.Redirect(w, r, "/admin/roles")
}
