package mandate

import (
	"net/http"

	view "maru/domain/mandate/internal/web"
	"maru/platform/web"
)

const householdPath = "/mandates/household"

// household lists whose register papers the person may apply for. It is a page of
// its own: each of them sees in their log that it was opened.
func (p *pages) household(w http.ResponseWriter, r *web.Request) error {
	mates, err := p.s.Mates(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := view.Household{}
	for _, m := range mates {
		v.Mates = append(v.Mates, view.Mate(m))
	}
	return p.render(w, r, "household", r.T("mandate.mates"), v, nil)
}

// mate begins to act for somebody of the household.
func (p *pages) mate(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	m, err := p.s.ForMate(r.Context(), r.Actor, form.Get("mate"))
	if err != nil {
		return err
	}
	return p.begin(w, r, m.ID)
}
