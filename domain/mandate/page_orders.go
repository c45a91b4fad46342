package mandate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"

	view "maru/domain/mandate/internal/web"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// maxEvidence bounds the scan of a paper, in bytes. Only its hash is kept: the
// office keeps the paper.
const maxEvidence = 20 << 20

func (p *pages) orders(w http.ResponseWriter, r *web.Request) error {
	return p.showOrders(w, r, nil, nil)
}

func (p *pages) showOrders(w http.ResponseWriter, r *web.Request, form url.Values, fail error) error {
	list, err := p.s.Orders(r.Context(), r.Actor, r.URL.Query().Get("agency"))
	if err != nil {
		return err
	}
	v := view.Orders{Key: form.Get("key"), Typed: map[string]string{}, Chosen: form["themes"]}
	if v.Key == "" {
		v.Key = p.key()
	}
	for name := range maps.Keys(form) {
		v.Typed[name] = form.Get(name)
	}
	for _, k := range Kinds {
		v.Kinds = append(v.Kinds, view.Option{Value: k, Label: r.T("mandate.kind." + k), Hint: r.T("mandate.kind." + k + "_hint")})
	}
	v.Themes = slices.DeleteFunc(p.themes(r, ByOrder), func(o view.Option) bool { return o.Value == whole })
	for _, c := range p.s.d.Names.Regions(r.Lang) {
		v.Regions = append(v.Regions, view.Option{Value: c.ID, Label: c.Name})
	}
	if own := r.Actor.Agencies(authz.Official); len(own) > 1 {
		for _, id := range own {
			v.Agencies = append(v.Agencies, view.Option{Value: id, Label: p.s.d.Names.Agency(id, r.Lang)})
		}
	}
	for _, m := range list {
		v.Orders = append(v.Orders, p.order(r, m))
	}
	return p.render(w, r, "mandate-orders", r.T("mandate.orders.title"), v, fail)
}

func (p *pages) order(r *web.Request, m *Mandate) view.Order {
	o := view.Order{One: p.details(r, m, false), Waits: m.State == Proposed}
	o.Name = r.T("mandate.orders.sides", "ward", m.Names.Principal, "guardian", m.Names.Actor)
	o.MayConfirm = o.Waits && m.By != r.Actor.Account
	o.MayEnd = m.State != Ended
	row := func(key, value string) {
		o.Rows = append(o.Rows, view.Row{Key: r.T("mandate.row." + key), Value: value})
	}
	kind := m.Names.Kind
	if kind == "" {
		kind = AdultGuardian
	}
	row("kind", r.T("mandate.kind."+kind))
	row("court", m.Names.Court+" "+m.Names.Case)
	row("ordered", i18n.Date(r.Lang, m.Names.Ordered))
	row("evidence", m.Evidence)
	return o
}

func (p *pages) register(w http.ResponseWriter, r *web.Request) error {
	evidence := ""
	form, err := r.ParseMultipart(func(_ url.Values, f web.File) error {
		h := sha256.New()
		n, err := io.Copy(h, io.LimitReader(f.Body, maxEvidence+1))
		if err != nil {
			return err
		}
		if n > maxEvidence {
			return kernel.E(kernel.TooLarge, "error.too_large", nil)
		}
		if f.Field == "evidence" && n > 0 {
			evidence = hex.EncodeToString(h.Sum(nil))
		}
		return nil
	})
	if err != nil {
		return err
	}
	o := Order{Agency: form.Get("agency"), Kind: form.Get("kind"), Themes: form["themes"], Court: form.Get("court"), Case: form.Get("case"), Evidence: evidence}
	var wrongs [4]error
	o.Ward, wrongs[0] = card(form, "ward")
	o.Guardian, wrongs[1] = card(form, "guardian")
	o.Ordered, wrongs[2] = web.FormDate(form, "ordered")
	o.Last, wrongs[3] = web.FormDate(form, "last")
	for _, wrong := range wrongs {
		err = both(err, wrong)
	}
	if err == nil {
		_, err = p.s.Register(r.Context(), r.Actor, form.Get("key"), o)
	}
	if shown(err) {
		return p.showOrders(w, r, form, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "mandate.orders.registered")
	return p.srv.Redirect(w, r, "/counter/mandates")
}

// card reads what was typed off somebody's card.
func card(form url.Values, who string) (Card, error) {
	birth, err := web.FormDate(form, who+"-birth")
	return Card{Name: form.Get(who + "-name"), Birth: birth, Sex: form.Get(who + "-sex"), Region: form.Get(who + "-region")}, err
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	return p.change(w, r, p.s.Confirm, "mandate.orders.confirmed")
}

func (p *pages) endOrder(w http.ResponseWriter, r *web.Request) error {
	return p.change(w, r, p.s.EndOrder, "mandate.ended")
}

func (p *pages) change(w http.ResponseWriter, r *web.Request, act func(context.Context, authz.Actor, kernel.ID) error, done string) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := act(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.srv.Flash(w, done)
	return p.srv.Redirect(w, r, "/counter/mandates")
}
