package web

import (
	"fmt"
	"net/http"

	"maru/kernel"
	"maru/platform/web"
)

// codePages adds the rows of codes to confirm by.
func (p *Pages) codePages(page func(method, path, name string, who web.Audience, h web.Handler)) {
	page(http.MethodGet, "/confirm", "confirm", web.Resident, p.confirm)
	page(http.MethodPost, "/confirm", "confirm_do", web.Resident, p.confirmDo)
	page(http.MethodPost, "/applications/{id}/parties/{party}/code", "code_renew", web.Resident, p.codeRenew)
}

type confirmView struct{ Typed string }

// confirm asks for the code that an applicant handed on.
func (p *Pages) confirm(w http.ResponseWriter, r *web.Request) error {
	return p.renderConfirm(w, r, "", nil)
}

func (p *Pages) renderConfirm(w http.ResponseWriter, r *web.Request, typed string, fail error) error {
	return p.srv.Render(w, r, views, web.View{Template: "confirm", Title: r.T("casework.code.title"), Data: confirmView{typed}, Active: "applications", Err: fail})
}

func (p *Pages) confirmDo(w http.ResponseWriter, r *web.Request) error {
	form, _, err := posted(r)
	if err != nil {
		return err
	}
	typed := form.Get("code")
	if len(typed) > 40 {
		typed = typed[:0]
	}
	party, err := p.s.Redeem(r.Context(), r.Actor, typed)
	if kernel.Is(err, kernel.Invalid) {
		return p.renderConfirm(w, r, typed, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, fmt.Sprintf("/signatures/%s", party))
}

func (p *Pages) codeRenew(w http.ResponseWriter, r *web.Request) error {
	_, key, err := posted(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	party, err := pathID(r, "party")
	if err != nil {
		return err
	}
	if _, err := p.s.RenewCode(r.Context(), r.Actor, id, party, key); err != nil {
		return err
	}
	p.srv.Flash(w, "casework.code.renewed")
	return p.srv.Redirect(w, r, fmt.Sprintf("/applications/%s", id))
}
