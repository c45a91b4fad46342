package identity

import (
	"net/http"

	view "maru/domain/identity/internal/web"
	"maru/platform/web"
)

// session tells until when somebody is signed in, and how to stay. To have it
// opened is to be here, so the rest counts from now.
func (p *pages) session(w http.ResponseWriter, r *web.Request) error {
	l, err := p.s.SessionLeft(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return p.render(w, r, "session", "identity.session.title", view.Left{Rest: l.Rest, Most: l.Most, Last: l.Last()}, nil)
}

func (p *pages) stay(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.Stay(r.Context(), r.Actor); err != nil {
		return err
	}
	p.srv.Flash(w, "identity.session.stayed")
	return p.srv.Redirect(w, r, "/account/session")
}
