package identity

import (
	"net/http"

	view "maru/domain/identity/internal/web"
	"maru/platform/authz"
	"maru/platform/web"
)

// mostButtons is how many people of a role get a button each; more are a list.
const mostButtons = 12

func (p *pages) demoSignIn(w http.ResponseWriter, r *web.Request) error {
	people, err := p.s.DemoPeople(r.Context(), r.Lang)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := view.Demo{Next: next(q.Get("next")), Kept: q.Get("kept")}
	for _, role := range append([]authz.Role{authz.Resident}, Roles...) {
		g := view.DemoGroup{ID: string(role), Title: r.T("identity.demo.group." + string(role)), Text: r.T("identity.demo.group_text." + string(role))}
		for _, e := range people {
			if e.Role == string(role) {
				g.People = append(g.People, view.DemoPerson{ID: e.ID, Name: e.Name, Situation: e.Situation})
			}
		}
		if role != authz.Resident && len(g.People) > mostButtons {
			for _, x := range g.People {
				g.Choice = append(g.Choice, view.Option{Value: x.ID, Label: x.Name})
			}
			g.People = nil
		}
		if len(g.People)+len(g.Choice) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return p.render(w, r, "demo-sign-in", "identity.demo.title", v, nil)
}

func (p *pages) demoSignInDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.DemoSession(r.Context(), form.Get("person"), p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	if err != nil {
		return err
	}
	return p.enter(w, r, secret, actor, form)
}
