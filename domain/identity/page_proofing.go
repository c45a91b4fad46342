package identity

import (
	"net/http"
	"net/url"

	view "maru/domain/identity/internal/web"
	"maru/platform/web"
)

func (p *pages) proofing(w http.ResponseWriter, r *web.Request) error {
	return p.renderProofing(w, r, url.Values{}, nil)
}

func (p *pages) renderProofing(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	agencies, aerr := p.counters(r)
	if aerr != nil {
		return aerr
	}
	v := view.Proofing{Agencies: agencies, Agency: form.Get("agency"), Code: form.Get("code"), Card: p.card(r, form)}
	return p.srv.Render(w, r, view.Views, web.View{Template: "proofing", Title: r.T("identity.proof.title"), Data: v, Active: "proofing", Err: err, Secret: true})
}

func (p *pages) proofingDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	facts, err := cardFacts(form)
	if err == nil {
		err = p.s.ProveAtCounter(r.Context(), r.Actor, CounterProof{Agency: form.Get("agency"), Code: form.Get("code"), Facts: facts})
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
