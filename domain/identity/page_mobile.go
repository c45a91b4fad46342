package identity

import (
	"net/http"
	"net/url"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/web"
)

const mobilePath = "/account/mobile-id"

// mobileAsk is where a mobile ID is asked for: in a session, or by somebody who
// gets an account back.
type mobileAsk struct {
	purpose string
	bound   kernel.ID // session or request
	path    string
	form    url.Values // for, next and kept, which travel along
	title   string     // message key
}

// mobileAsk reads what a session asks for.
func (p *pages) mobileAsk(r *web.Request, form url.Values) mobileAsk {
	a := mobileAsk{purpose: forMobileProof, bound: r.Actor.Session, path: mobilePath, form: url.Values{}, title: "identity.mobile.prove"}
	if form.Get("for") == "confirm" {
		a.purpose, a.title = forMobileConfirm, "identity.mobile.confirm"
		a.form = url.Values{"for": {"confirm"}, "next": {next(form.Get("next"))}, "kept": {form.Get("kept")}}
	}
	return a
}

// regainAsk is that of somebody who gets an account back.
func regainAsk(r *web.Request, x Regain) (mobileAsk, error) {
	if x.State != regainBegun {
		return mobileAsk{}, errRegainGone
	}
	return mobileAsk{purpose: forMobileRegain, bound: x.ID, path: recoverPath + "/" + r.PathValue("secret") + "/mobile-id", form: url.Values{},
		title: "identity.mobile.regain"}, nil
}

// renderMobile says what comes next, with the link to the scheme. It is a link:
// forms of ours lead nowhere else.
func (p *pages) renderMobile(w http.ResponseWriter, r *web.Request, a mobileAsk, err error) error {
	where, serr := p.s.startMobile(r.Context(), a.purpose, a.bound, func(challenge string) string {
		q := url.Values{"challenge": {challenge}}
		for k, v := range a.form {
			q[k] = v
		}
		return p.s.d.PublicURL + r.Link(a.path+"/back?"+q.Encode())
	})
	if serr != nil {
		return serr
	}
	if web.LocalPath(where) == where {
		where = r.Link(where) // of the try-out
	}
	return p.render(w, r, "mobile", a.title, view.Mobile{Title: a.title, Where: where, Demo: p.s.d.Demo}, err)
}

// renderMobileBack takes an answer that came with an address and has it posted
// from here: only a post of our own page acts.
func (p *pages) renderMobileBack(w http.ResponseWriter, r *web.Request, a mobileAsk) error {
	q := r.URL.Query()
	return p.render(w, r, "mobile-back", a.title, view.MobileBack{Title: a.title, Action: r.Link(a.path), Challenge: q.Get("challenge"), Answer: q.Get("answer"),
		For: a.form.Get("for"), Next: a.form.Get("next"), Kept: a.form.Get("kept")}, nil)
}

func (p *pages) mobile(w http.ResponseWriter, r *web.Request) error {
	return p.renderMobile(w, r, p.mobileAsk(r, r.URL.Query()), nil)
}

func (p *pages) mobileBack(w http.ResponseWriter, r *web.Request) error {
	return p.renderMobileBack(w, r, p.mobileAsk(r, r.URL.Query()))
}

func (p *pages) mobileDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	a := p.mobileAsk(r, form)
	if a.purpose == forMobileConfirm {
		secret, actor, err := p.s.Confirm(r.Context(), r.Actor, p.s.secretOf(r.Request),
			Confirmation{MobileID: form.Get("answer"), Challenge: form.Get("challenge")}, p.s.ClientOf(r.Request))
		if shown(err) {
			return p.renderMobile(w, r, a, err)
		}
		if err != nil {
			return err
		}
		return p.enter(w, r, secret, actor, form)
	}
	err = p.s.ProveByMobileID(r.Context(), r.Actor, form.Get("challenge"), form.Get("answer"))
	if shown(err) {
		return p.renderMobile(w, r, a, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "identity.proof.done")
	return p.srv.Redirect(w, r, "/account")
}

func (p *pages) recoverMobile(w http.ResponseWriter, r *web.Request, x Regain) error {
	a, err := regainAsk(r, x)
	if err != nil {
		return err
	}
	return p.renderMobile(w, r, a, nil)
}

func (p *pages) recoverMobileBack(w http.ResponseWriter, r *web.Request, x Regain) error {
	a, err := regainAsk(r, x)
	if err != nil {
		return err
	}
	return p.renderMobileBack(w, r, a)
}

func (p *pages) recoverMobileDo(w http.ResponseWriter, r *web.Request, x Regain) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	a, err := regainAsk(r, x)
	if err != nil {
		return err
	}
	err = p.s.RegainByMobileID(r.Context(), r.PathValue("secret"), form.Get("challenge"), form.Get("answer"))
	if shown(err) {
		return p.renderMobile(w, r, a, err)
	}
	if err != nil {
		return err
	}
	return p.srv.Redirect(w, r, recoverPath+"/"+r.PathValue("secret"))
}

// tryOut is the page of the mobile ID that the try-out plays.
func (p *pages) tryOut(w http.ResponseWriter, r *web.Request) error {
	return p.renderTryOut(w, r, r.URL.Query(), nil)
}

func (p *pages) renderTryOut(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	v := view.TryOut{Challenge: form.Get("challenge"), Back: form.Get("back")}
	people, perr := p.s.d.World.Listed(r.Context())
	if perr != nil {
		return perr
	}
	for _, x := range people {
		v.People = append(v.People, view.DemoPerson{ID: x.ID, Name: x.Name, Situation: x.Situation.In(r.Lang)})
	}
	return p.render(w, r, "demo-mobile-id", "identity.mobile.try_out", v, err)
}

func (p *pages) tryOutDo(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id := form.Get("person")
	if id == "" || form.Get("other") != "" {
		id = form.Get("other")
	}
	if _, ok, err := p.s.d.World.Card(r.Context(), id); err != nil {
		return err
	} else if !ok {
		return p.renderTryOut(w, r, form, kernel.E(kernel.Invalid, "identity.check_form", nil).Field("other", "identity.demo.nobody", nil))
	}
	answer, err := tryOutID{p.s.d.Keys, p.s.d.World}.answer(form.Get("challenge"), id)
	if err != nil {
		return wrap("sample mobile ID", err)
	}
	back, err := url.Parse(form.Get("back"))
	if err != nil {
		return kernel.E(kernel.Invalid, "error.form", err)
	}
	q := back.Query()
	q.Set("answer", answer)
	// Only the path counts: a page that anybody can open sends nobody elsewhere.
	to := web.LocalPath(back.Path + "?" + q.Encode())
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
