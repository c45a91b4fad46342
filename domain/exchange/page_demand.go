package exchange

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"maru/design"
	"maru/domain/exchange/internal/web"
	"maru/domain/exchange/wire"
	"maru/kernel"
	"maru/platform/i18n"
	platformweb "maru/platform/web"
)

const demandsPath = "/my-data/demands"

func (s *Service) pages(srv *platformweb.Server) {
	p := pages{s, srv}
	page := func(method, path, name string, h platformweb.Handler) {
		srv.Page(platformweb.Page{Method: method, Path: path, Name: "exchange." + name, For: platformweb.Resident, Handler: h})
	}
	page(http.MethodGet, demandsPath, "list", p.list)
	page(http.MethodGet, demandsPath+"/new", "new", p.new)
	srv.Page(platformweb.Page{Method: http.MethodPost, Path: demandsPath, Name: "exchange.sign", For: platformweb.Resident, Handler: p.sign, Fresh: platformweb.FreshAct})
	page(http.MethodGet, demandsPath+"/{id}", "demand", p.demand)
	page(http.MethodPost, demandsPath+"/{id}/again", "again", p.again)
	page(http.MethodPost, demandsPath+"/{id}/withdraw", "withdraw", p.withdraw)
	page(http.MethodGet, demandsPath+"/{id}/data/{transfer}", "data", p.data)
	page(http.MethodPost, demandsPath+"/{id}/data/{transfer}", "file", p.file)
	page(http.MethodGet, demandsPath+"/{id}/receipt/{transfer}", "receipt", p.receipt)
	srv.Page(platformweb.Page{Method: http.MethodGet, Path: "/demo/registers", Name: "exchange.sources", For: platformweb.Demo, Handler: p.sources})
	srv.Page(platformweb.Page{Method: http.MethodPost, Path: "/demo/registers", Name: "exchange.behave", For: platformweb.Demo, Handler: p.behave})
}

type pages struct {
	s   *Service
	srv *platformweb.Server
}

func (p pages) list(w http.ResponseWriter, r *platformweb.Request) error {
	page := web.ListPage{Proven: r.Actor.Proven()}
	if page.Proven {
		offered, err := p.s.d.Bundles.Offered(r.Context())
		if err != nil {
			return err
		}
		for _, b := range offered {
			page.Choices = append(page.Choices, web.Choice{Title: b.Title.In(r.Lang), Summary: b.Summary.In(r.Lang), Href: r.Link(demandsPath + "/new?bundle=" + b.ID)})
		}
		mine, err := p.s.Mine(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		for _, d := range mine {
			row := web.DemandRow{Title: d.Bundle.Title.In(r.Lang), Href: r.Link(demandsPath + "/" + string(d.ID)), SignedAt: d.SignedAt}
			row.State, row.Tone = stateWords(d)
			if d.EveryDays > 0 {
				row.Note = r.T("exchange.ask.every_days", "days", d.EveryDays)
			}
			page.Demands = append(page.Demands, row)
		}
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "demands", Title: r.T("exchange.list.title"), Active: "my-data", Data: page})
}

// stateWords are how a demand stands, as a tag.
func stateWords(d *Demand) (key, tone string) {
	switch {
	case d.State == Standing && d.EveryDays > 0:
		return "exchange.state.regular", "info"
	case d.State == Standing:
		return "exchange.state.waiting", "warning"
	case d.State == Done:
		return "exchange.state.done", "success"
	}
	return "exchange.state." + string(d.State), "neutral"
}

func (p pages) new(w http.ResponseWriter, r *platformweb.Request) error {
	if err := proven(r.Actor); err != nil {
		return err
	}
	b, err := p.s.d.Bundles.Bundle(r.Context(), r.URL.Query().Get("bundle"), "")
	if err != nil {
		return err
	}
	return p.ask(w, r, b, web.AskPage{Key: string(kernel.RandomID()), EveryChosen: "0", MonthsChosen: "3"}, nil)
}

func (p pages) ask(w http.ResponseWriter, r *platformweb.Request, b Bundle, page web.AskPage, failed error) error {
	page.Bundle, page.Version, page.Title, page.Summary = b.ID, b.Version, b.Title.In(r.Lang), b.Summary.In(r.Lang)
	page.Rows, page.Fields = p.says(r, b), p.bySource(r, b)
	if len(b.Every) > 0 {
		page.Every = append(page.Every, design.Option{Value: "0", Label: r.T("exchange.ask.once")})
	}
	for _, days := range b.Every {
		page.Every = append(page.Every, design.Option{Value: strconv.Itoa(days), Label: r.T("exchange.ask.every_days", "days", days)})
	}
	for _, n := range Months {
		page.Months = append(page.Months, design.Option{Value: strconv.Itoa(n), Label: r.T("exchange.ask.months_n", "n", n)})
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "demand-new", Title: r.T("exchange.ask.title", "bundle", page.Title), Active: "my-data", Data: page, Err: failed})
}

// says is what a demand states, as the law asks: the basis, who receives it, and
// how long it is kept.
func (p pages) says(r *platformweb.Request, b Bundle) []web.Row {
	keep := r.T("exchange.says.keep_days", "days", b.KeepDays)
	return []web.Row{
		web.RowOf(r.T("exchange.says.purpose"), b.Purpose.In(r.Lang), ""),
		web.RowOf(r.T("exchange.says.receiver"), b.Receiver.In(r.Lang), ""),
		web.RowOf(r.T("exchange.says.keep"), keep, r.T("exchange.says.keep_note")),
		web.RowOf(r.T("exchange.says.basis"), b.Basis, r.T(basisNote(b))),
	}
}

func basisNote(b Bundle) string {
	if b.Service != "" {
		return "exchange.says.basis_case"
	}
	return "exchange.says.basis_own"
}

// bySource lists the fields under who holds them.
func (p pages) bySource(r *platformweb.Request, b Bundle) []web.Row {
	var order []string
	names := map[string][]string{}
	for _, f := range b.Fields {
		title := p.holder(r, f.Registry)
		if names[title] == nil {
			order = append(order, title)
		}
		names[title] = append(names[title], f.Title.In(r.Lang))
	}
	var out []web.Row
	for _, title := range order {
		out = append(out, web.RowOf(title, strings.Join(names[title], ", "), ""))
	}
	return out
}

// holder is the name of who holds a registry.
func (p pages) holder(r *platformweb.Request, registry string) string {
	return p.sourceName(r, p.s.holder[registry])
}

func (p pages) sourceName(r *platformweb.Request, id string) string {
	if src, ok := p.s.sources[id]; ok {
		return src.Title().In(r.Lang)
	}
	return r.T("exchange.source.none")
}

func (p pages) sign(w http.ResponseWriter, r *platformweb.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	every, err1 := strconv.Atoi("0" + form.Get("every"))
	months, err2 := strconv.Atoi("0" + form.Get("months"))
	if err := errors.Join(err1, err2); err != nil {
		return kernel.E(kernel.Invalid, "error.form", err)
	}
	ask := Ask{Bundle: form.Get("bundle"), Version: form.Get("version"), EveryDays: every, Months: months, Key: form.Get("key")}
	d, err := p.s.Demand(r.Context(), r.Actor, ask)
	if kernel.Is(err, kernel.Invalid) || kernel.Is(err, kernel.Conflict) {
		b, berr := p.s.d.Bundles.Bundle(r.Context(), ask.Bundle, "")
		if berr != nil {
			return berr
		}
		return p.ask(w, r, b, web.AskPage{Key: string(kernel.RandomID()), EveryChosen: strconv.Itoa(every), MonthsChosen: strconv.Itoa(months)}, err)
	}
	if err != nil {
		return err
	}
	p.srv.Flash(w, "exchange.signed")
	return p.srv.Redirect(w, r, demandsPath+"/"+string(d.ID))
}

// demandOf is the demand of the address, if it is the actor's.
func (p pages) demandOf(r *platformweb.Request) (*Demand, []*Transfer, error) {
	id, err := kernel.ParseID(r.PathValue("id"))
	if err != nil {
		return nil, nil, errNoDemand()
	}
	return p.s.Show(r.Context(), r.Actor, id)
}

func (p pages) demand(w http.ResponseWriter, r *platformweb.Request) error {
	d, ts, err := p.demandOf(r)
	if err != nil {
		return err
	}
	here := demandsPath + "/" + string(d.ID)
	page := web.DemandPage{ID: string(d.ID), Title: d.Bundle.Title.In(r.Lang), Standing: d.State == Standing || d.State == Done}
	// What an ended demand brought and is still kept can be taken back as well.
	page.Standing = page.Standing || d.State == Expired && slices.ContainsFunc(ts, func(t *Transfer) bool { return t.Kept })
	page.State, page.Tone = stateWords(d)
	page.Rows = append(p.says(r, d.Bundle), p.proofRows(r, d)...)
	for i, t := range ts {
		v := web.TransferView{ID: string(t.ID), BegunAt: t.BegunAt, Label: r.T("exchange.transfer.title", "n", len(ts)-i)}
		for _, c := range t.Calls {
			v.Calls = append(v.Calls, p.callRow(r, d.Bundle, c))
			if !c.settled() && t.State == Waiting {
				page.Waiting = append(page.Waiting, p.sourceName(r, c.Source))
				page.NextAt = t.NextAt
			}
		}
		if t.State == Done {
			v.Receipt = r.Link(here + "/receipt/" + string(t.ID))
			v.Gone = !t.Kept && len(gotOf(t.Calls)) > 0
			if t.Kept {
				v.Take = r.Link(here + "/data/" + string(t.ID))
			}
		}
		page.Transfers = append(page.Transfers, v)
	}
	if d.Bundle.Service != "" && d.State == Done && len(ts) > 0 && ts[0].Kept {
		page.Apply, page.ApplyText = r.Link("/services/"+d.Bundle.Service), r.T("exchange.demand.apply")
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "demand", Title: page.Title, Active: "my-data", Data: page})
}

// proofRows are who signed how, and until when it stands.
func (p pages) proofRows(r *platformweb.Request, d *Demand) []web.Row {
	period := r.T("exchange.ask.once")
	if d.EveryDays > 0 {
		period = r.T("exchange.ask.every_days", "days", d.EveryDays)
	}
	return []web.Row{
		web.RowOf(r.T("exchange.says.fields"), p.fieldNames(r, d.Bundle, fieldsOf(d.Bundle)), ""),
		web.RowOf(r.T("exchange.says.every"), period, ""),
		web.RowOf(r.T("exchange.says.until"), r.T("exchange.says.until_day", "day", i18n.Date(r.Lang, d.Until.DateIn(kernel.Seoul))), ""),
		web.RowOf(r.T("exchange.says.number"), string(d.ID), ""),
	}
}

func (p pages) fieldNames(r *platformweb.Request, b Bundle, ids []string) string {
	var out []string
	for _, id := range ids {
		for _, f := range b.Fields {
			if f.ID == id {
				out = append(out, f.Title.In(r.Lang))
			}
		}
	}
	return strings.Join(out, ", ")
}

// callRow is what one source was asked and said.
func (p pages) callRow(r *platformweb.Request, b Bundle, c Call) web.Row {
	name := p.sourceName(r, c.Source)
	switch c.State {
	case CallDone:
		value := p.fieldNames(r, b, c.Got)
		if value == "" {
			value = r.T("exchange.call.empty")
		}
		note := r.T("exchange.call.done")
		if c.Extra > 0 {
			note = r.T("exchange.call.extra", "n", c.Extra)
		}
		return web.RowOf(name, value, note)
	case CallRefused:
		return web.RowOf(name, r.T("exchange.call.refused"), r.T("exchange.ground."+c.Ground))
	case CallUnknown:
		return web.RowOf(name, r.T("exchange.call.unknown"), "")
	case CallNobody:
		return web.RowOf(name, p.fieldNames(r, b, c.Asked), r.T("exchange.call.nobody"))
	}
	note := r.T("exchange.call.silent")
	if c.Why == whyForged || c.Why == whyReplay || c.Why == whyTooMuch || c.Why == whyBroken {
		note = r.T("exchange.call.distrusted")
	}
	return web.RowOf(name, p.fieldNames(r, b, c.Asked), note)
}

func (p pages) again(w http.ResponseWriter, r *platformweb.Request) error {
	d, _, err := p.demandOf(r)
	if err != nil {
		return err
	}
	if err := p.s.Again(r.Context(), r.Actor, d.ID); err != nil {
		return err
	}
	return p.srv.Redirect(w, r, demandsPath+"/"+string(d.ID))
}

func (p pages) withdraw(w http.ResponseWriter, r *platformweb.Request) error {
	d, _, err := p.demandOf(r)
	if err != nil {
		return err
	}
	if err := p.s.Withdraw(r.Context(), r.Actor, d.ID); err != nil {
		return err
	}
	p.srv.Flash(w, "exchange.withdrawn")
	return p.srv.Redirect(w, r, demandsPath+"/"+string(d.ID))
}

// taken is what a transfer brought, in the clear and as it was signed: looking is
// logged.
func (p pages) taken(r *platformweb.Request) (d *Demand, transfer kernel.ID, signed string, data Data, err error) {
	if d, _, err = p.demandOf(r); err != nil {
		return nil, "", "", Data{}, err
	}
	if transfer, err = kernel.ParseID(r.PathValue("transfer")); err != nil {
		return nil, "", "", Data{}, errNoDemand()
	}
	signed, data, err = p.s.Take(r.Context(), r.Actor, d.ID, transfer)
	return d, transfer, signed, data, err
}

func (p pages) data(w http.ResponseWriter, r *platformweb.Request) error {
	d, t, _, data, err := p.taken(r)
	if err != nil {
		return err
	}
	here := demandsPath + "/" + string(d.ID)
	page := web.DataPage{Back: r.Link(here), Title: d.Bundle.Title.In(r.Lang), File: r.Link(here + "/data/" + string(t))}
	for _, f := range d.Bundle.Fields {
		page.Rows = append(page.Rows, p.valueRow(r, f, data.Facts))
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "data", Title: page.Title, Active: "my-data", Data: page, Secret: true})
}

func (p pages) valueRow(r *platformweb.Request, f Field, facts map[string]wire.Fact) web.Row {
	got, ok := facts[f.ID]
	v, err := got.Read()
	if !ok || err != nil || !v.Known() {
		return web.RowOf(f.Title.In(r.Lang), r.T("exchange.data.unknown"), p.holder(r, f.Registry))
	}
	note := r.T("exchange.data.source", "source", p.holder(r, f.Registry), "day", i18n.Date(r.Lang, got.AsOf))
	return web.RowOf(f.Title.In(r.Lang), p.s.d.Words.Fact(f.ID, v, r.Lang), note)
}

// file hands out the data, signed.
func (p pages) file(w http.ResponseWriter, r *platformweb.Request) error {
	_, t, signed, _, err := p.taken(r)
	if err != nil {
		return err
	}
	return attach(w, string(t)+".data.jwt", signed)
}

func (p pages) receipt(w http.ResponseWriter, r *platformweb.Request) error {
	_, ts, err := p.demandOf(r)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if string(t.ID) == r.PathValue("transfer") && t.Receipt != "" {
			return attach(w, string(t.ID)+".receipt.jwt", t.Receipt)
		}
	}
	return errNoDemand()
}

func attach(w http.ResponseWriter, name, text string) error {
	h := w.Header()
	h.Set("Content-Type", "application/jwt")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, err := io.WriteString(w, text)
	return err
}

// inner are the try-out's registers, in the order in which they were added.
func (s *Service) inner() []*Inner {
	var out []*Inner
	for _, id := range s.order {
		if i, ok := s.sources[id].(*Inner); ok {
			out = append(out, i)
		}
	}
	return out
}

func (p pages) sources(w http.ResponseWriter, r *platformweb.Request) error {
	var page web.SourcesPage
	for _, i := range p.s.inner() {
		page.Sources = append(page.Sources, design.Option{Value: i.ID(), Label: i.Title().In(r.Lang)})
		if m := i.Mood(); m != Answers {
			page.Rows = append(page.Rows, web.RowOf(i.Title().In(r.Lang), r.T("exchange.mood."+string(m)), ""))
		}
	}
	return p.srv.Render(w, r, web.Views, platformweb.View{Template: "sources", Title: r.T("exchange.sources.title"), Data: page})
}

func (p pages) behave(w http.ResponseWriter, r *platformweb.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	for _, i := range p.s.inner() {
		for _, m := range Moods {
			if i.ID() == form.Get("source") && string(m) == form.Get("mood") {
				i.Behave(m)
				p.srv.Flash(w, "exchange.sources.done")
				return p.srv.Redirect(w, r, "/demo/registers")
			}
		}
	}
	return kernel.E(kernel.Invalid, "error.form", nil)
}
