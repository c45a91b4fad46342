package identity

import (
	"net/http"
	"net/url"
	"slices"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

func (p *pages) proofing(w http.ResponseWriter, r *web.Request) error {
	return p.renderProofing(w, r, url.Values{}, nil)
}

func (p *pages) renderProofing(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	own := r.Actor.Agencies(authz.Official)
	if len(own) == 0 {
		return kernel.E(kernel.Forbidden, "identity.proof.officials_only", nil)
	}
	v := view.Proofing{Agency: form.Get("agency"), Code: form.Get("code"), Name: form.Get("name"), Sex: form.Get("sex"), Region: form.Get("region"),
		Y: form.Get("birth-year"), M: form.Get("birth-month"), D: form.Get("birth-day")}
	for _, place := range p.s.d.Places.Places(r.Lang) {
		v.Regions = append(v.Regions, view.Option{Value: string(place.Region), Label: place.Name})
	}
	if len(own) > 1 {
		all, aerr := p.s.d.Agencies.Agencies(r.Context())
		if aerr != nil {
			return aerr
		}
		for _, a := range all {
			if slices.Contains(own, a.ID) {
				v.Agencies = append(v.Agencies, view.Option{Value: a.ID, Label: a.Name.In(r.Lang)})
			}
		}
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "proofing", Title: r.T("identity.proof.title"), Data: v, Active: "proofing", Err: err, Secret: true})
}

func (p *pages) proofingDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	birth, err := web.FormDate(form, "birth")
	if err == nil {
		err = p.s.ProveAtCounter(r.Context(), r.Actor, CounterProof{Agency: form.Get("agency"), Code: form.Get("code"),
			Facts: PersonFacts{Name: form.Get("name"), Birth: birth, Sex: form.Get("sex"), Region: kernel.Region(form.Get("region"))}})
	}
	if shown(err) {
		return p.renderProofing(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "identity.proof.done")
	return p.srv.Redirect(w, r, "/counter/proofing")
}
