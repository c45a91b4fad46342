package identity

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"

	view "maru/domain/identity/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

const (
	recoverPath = "/recover"
	deskPath    = "/counter/recovery"
)

// regainCookie is the name of the cookie of the browser in which a request began,
// without the prefix that it has over TLS.
const regainCookie = "maru_recovery"

// recover tells how people get back who lost every way to sign in.
func (p *pages) recover(w http.ResponseWriter, r *web.Request) error {
	return p.render(w, r, "recover", "identity.regain.title", nil, nil)
}

func (p *pages) recoverBegin(w http.ResponseWriter, r *web.Request) error {
	secret, err := p.s.BeginRegain(r.Context(), p.s.ClientOf(r.Request))
	if shown(err) {
		return p.render(w, r, "recover", "identity.regain.title", nil, err)
	}
	if err != nil {
		return err
	}
	p.srv.SetCookie(w, p.s.ownHost(regainCookie), p.s.regainDevice(secret), regainBegunTime+regainAskedTime+regainSetTime)
	return p.srv.Redirect(w, r, recoverPath+"/"+secret)
}

var errRegainElsewhere = kernel.E(kernel.Forbidden, "identity.regain.elsewhere", nil)

// regainHere is the request of the address, for the browser in which it began and
// for no other.
func (p *pages) regainHere(r *web.Request) (Regain, error) {
	secret := r.PathValue("secret")
	x, err := p.s.Regain(r.Context(), secret)
	if err != nil {
		return Regain{}, err
	}
	c, err := r.Cookie(p.s.ownHost(regainCookie))
	if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(p.s.regainDevice(secret))) != 1 {
		return Regain{}, errRegainElsewhere
	}
	return x, nil
}

// here opens a step of getting an account back in the browser in which it began;
// elsewhere it says why not, and how to begin.
func (p *pages) here(step func(http.ResponseWriter, *web.Request, Regain) error) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		x, err := p.regainHere(r)
		if errors.Is(err, errRegainElsewhere) {
			return p.render(w, r, "recover", "identity.regain.title", nil, err)
		}
		if err != nil {
			return err
		}
		return step(w, r, x)
	}
}

func (p *pages) recoverSteps(w http.ResponseWriter, r *web.Request, x Regain) error {
	return p.renderRecover(w, r, x, url.Values{}, nil)
}

func (p *pages) renderRecover(w http.ResponseWriter, r *web.Request, x Regain, form url.Values, err error) error {
	v := view.Recover{Action: r.Link(recoverPath + "/" + r.PathValue("secret")), Ends: x.ExpiresAt, Asked: x.State == regainAsked, Open: x.Open(),
		Stopped: x.State == regainStopped, Numbered: x.Numbered, Login: x.Login, NoLogin: x.Open() && x.Login == "", Typed: form.Get("login")}
	if x.Code != "" {
		v.Code = x.Code[:4] + " " + x.Code[4:]
	}
	if p.s.MobileIDs() && x.State == regainBegun {
		v.Mobile = recoverPath + "/" + r.PathValue("secret") + "/mobile-id"
	}
	if busy(err) {
		return p.renderBusy(w, r, "recover-steps", "identity.regain.title", v, err)
	}
	return p.render(w, r, "recover-steps", "identity.regain.title", v, err)
}

func (p *pages) recoverDo(w http.ResponseWriter, r *web.Request, x Regain) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	secret, actor, err := p.s.FinishRegain(r.Context(), r.PathValue("secret"),
		Reentry{Number: form.Get("number"), Login: form.Get("login"), Password: form.Get("password")}, p.s.secretOf(r.Request), p.s.ClientOf(r.Request))
	if shown(err) || busy(err) {
		return p.renderRecover(w, r, x, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.ClearCookie(w, p.s.ownHost(regainCookie))
	p.srv.Flash(w, "identity.regain.done")
	return p.enter(w, r, secret, actor, url.Values{"next": {keysPath}})
}

// stopRegain is the owner's, who is signed in.
func (p *pages) stopRegain(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.StopRegain(r.Context(), r.Actor); err != nil {
		return err
	}
	p.srv.Flash(w, "identity.regain.stopped_flash")
	return p.srv.Redirect(w, r, keysPath)
}

// card is what was typed off a card, for the form again.
func (p *pages) card(r *web.Request, form url.Values) view.Card {
	c := view.Card{Name: form.Get("name"), Sex: form.Get("sex"), Region: form.Get("region"),
		Y: form.Get("birth-year"), M: form.Get("birth-month"), D: form.Get("birth-day")}
	for _, place := range p.s.d.Places.Places(r.Lang) {
		c.Regions = append(c.Regions, view.Option{Value: string(place.Region), Label: place.Name})
	}
	return c
}

func cardFacts(form url.Values) (PersonFacts, error) {
	birth, err := web.FormDate(form, "birth")
	return PersonFacts{Name: form.Get("name"), Birth: birth, Sex: form.Get("sex"), Region: kernel.Region(form.Get("region"))}, err
}

// counters are the agencies to choose from, none where the actor sits at one.
func (p *pages) counters(r *web.Request) ([]view.Option, error) {
	own := r.Actor.Agencies(authz.Official)
	if len(own) == 0 {
		return nil, kernel.E(kernel.Forbidden, "identity.proof.officials_only", nil)
	}
	if len(own) == 1 {
		return nil, nil
	}
	all, err := p.s.d.Agencies.Agencies(r.Context())
	if err != nil {
		return nil, err
	}
	var out []view.Option
	for _, a := range all {
		if r.Actor.HasIn(authz.Official, a.ID) {
			out = append(out, view.Option{Value: a.ID, Label: a.Name.In(r.Lang)})
		}
	}
	return out, nil
}

func (p *pages) counterRecovery(w http.ResponseWriter, r *web.Request) error {
	return p.renderCounterRecovery(w, r, url.Values{}, nil)
}

func (p *pages) renderCounterRecovery(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	agencies, lerr := p.counters(r)
	if lerr != nil {
		return lerr
	}
	list, lerr := p.s.Regains(r.Context(), r.Actor)
	if lerr != nil {
		return lerr
	}
	v := view.CounterRecovery{Agencies: agencies, Agency: form.Get("agency"), Code: form.Get("code"), Card: p.card(r, form)}
	for _, x := range list {
		v.Waiting = append(v.Waiting, waitingView(x))
	}
	return p.srv.Render(w, r, view.Views, web.View{Template: "counter-recovery", Title: r.T("identity.regain.counter"), Data: v, Active: "proofing", Err: err, Secret: true})
}

func waitingView(x WaitingRegain) view.Waiting {
	return view.Waiting{ID: string(x.ID), Name: x.Name, AskedBy: x.AskedBy, At: x.AskedAt, Used: x.UsedAt, Mine: x.Mine}
}

func (p *pages) counterRecoveryAsk(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	facts, err := cardFacts(form)
	if err == nil {
		err = p.s.AskRegain(r.Context(), r.Actor, CounterProof{Agency: form.Get("agency"), Code: form.Get("code"), Facts: facts})
	}
	if shown(err) {
		return p.renderCounterRecovery(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "identity.regain.asked")
	return p.srv.Redirect(w, r, deskPath)
}

func (p *pages) counterRecoveryLook(w http.ResponseWriter, r *web.Request) error {
	return p.renderCounterConfirm(w, r, url.Values{}, nil)
}

func (p *pages) renderCounterConfirm(w http.ResponseWriter, r *web.Request, form url.Values, err error) error {
	list, lerr := p.s.Regains(r.Context(), r.Actor)
	if lerr != nil {
		return lerr
	}
	for _, x := range list {
		if string(x.ID) == r.PathValue("id") {
			return p.renderConfirmRegain(w, r, view.CounterConfirm{Waiting: waitingView(x), Card: p.card(r, form)}, err)
		}
	}
	return errRegainGone
}

func (p *pages) renderConfirmRegain(w http.ResponseWriter, r *web.Request, v view.CounterConfirm, err error) error {
	return p.srv.Render(w, r, view.Views, web.View{Template: "counter-recovery-confirm", Title: r.T("identity.regain.confirm"), Data: v, Active: "proofing",
		Err: err, Secret: true})
}

func (p *pages) counterRecoveryConfirm(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	facts, err := cardFacts(form)
	number := ""
	if err == nil {
		number, err = p.s.ConfirmRegain(r.Context(), r.Actor, kernel.ID(r.PathValue("id")), facts)
	}
	if shown(err) {
		return p.renderCounterConfirm(w, r, form, err)
	}
	if err != nil {
		return err
	}
	// Shown on this answer: no redirect.
	return p.renderConfirmRegain(w, r, view.CounterConfirm{Number: number[:3] + " " + number[3:]}, nil)
}

func (p *pages) counterRecoveryDecline(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.DeclineRegain(r.Context(), r.Actor, kernel.ID(r.PathValue("id"))); err != nil {
		return err
	}
	p.srv.Flash(w, "identity.regain.declined")
	return p.srv.Redirect(w, r, deskPath)
}
