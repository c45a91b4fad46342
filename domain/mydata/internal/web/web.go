// Package web shows a person what data they agreed to have moved, and lets
// them take it back.
package web

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"strings"

	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Consents is what the pages need.
type Consents interface {
	Consents(ctx context.Context, actor authz.Actor) ([]contract.Consent, error)
	Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID) (contract.Consent, error)
	Record(ctx context.Context, actor authz.Actor, id kernel.ID, l kernel.Lang) ([]byte, error)
	WithdrawSensitive(ctx context.Context, actor authz.Actor, id kernel.ID) (contract.Consent, error)
	Now() kernel.Time
}

// Names turn ids into words for people.
type Names interface {
	ServiceName(ctx context.Context, id, pack string) kernel.Text
	AgencyType(id string) kernel.Text
	// ItemName is the name of a fact or other item; "" where Key names it.
	ItemName(item string) kernel.Text
}

// Pages are the handlers.
type Pages struct {
	server   *web.Server
	consents Consents
	names    Names
}

// Register adds the pages to the route table.
func Register(s *web.Server, c Consents, n Names) {
	p := &Pages{server: s, consents: c, names: n}
	s.Page(web.Page{Method: http.MethodGet, Path: "/my-data", Name: "mydata.list", For: web.Resident, Handler: p.list})
	s.Page(web.Page{Method: http.MethodPost, Path: "/my-data/withdraw", Name: "mydata.withdraw", For: web.Resident, Handler: p.withdraw})
	s.Page(web.Page{Method: http.MethodGet, Path: "/my-data/consents/{id}/record", Name: "mydata.record", For: web.Resident, Handler: p.record})
}

// entry is one consent as the page shows it.
type entry struct {
	contract.Consent
	Title     string
	Recipient string
	ItemNames []string
	// Sensitive and Declined name what was agreed to apart, and left out.
	Sensitive, Declined []string
	Active              bool
	Moves               bool // given with a demand that data be moved
}

type listPage struct {
	Proven   bool
	Standing []entry
	Past     []entry
}

func (p *Pages) list(w http.ResponseWriter, r *web.Request) error {
	page := listPage{Proven: r.Actor.Proven()}
	if page.Proven {
		all, err := p.consents.Consents(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		for _, c := range all {
			e := p.entry(r, c)
			if e.Active {
				page.Standing = append(page.Standing, e)
			} else {
				page.Past = append(page.Past, e)
			}
		}
	}
	return p.server.Render(w, r, views, web.View{
		Template: "my-data", Title: r.T("mydata.title"), Active: "my-data", Data: page,
	})
}

func (p *Pages) entry(r *web.Request, c contract.Consent) entry {
	e := entry{
		Consent: c, Title: p.names.ServiceName(r.Context(), c.Service, c.Pack).In(r.Lang),
		Recipient: p.names.AgencyType(c.Recipient).In(r.Lang), Active: c.Active(p.consents.Now()),
		Moves: strings.HasPrefix(c.Service, "bundle.") || strings.HasPrefix(c.Service, "service."),
	}
	for _, item := range c.Items {
		if !slices.Contains(c.Sensitive, item) {
			e.ItemNames = append(e.ItemNames, p.itemName(r, item))
		}
	}
	for _, item := range c.Sensitive {
		e.Sensitive = append(e.Sensitive, p.itemName(r, item))
	}
	for _, item := range c.Declined {
		e.Declined = append(e.Declined, p.itemName(r, item))
	}
	return e
}

func (p *Pages) itemName(r *web.Request, item string) string {
	if name := p.names.ItemName(item).In(r.Lang); name != "" {
		return name
	}
	return r.T("mydata.item." + item)
}

func (p *Pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	form, err := r.ParseForm()
	if err != nil {
		return err
	}
	id, err := kernel.ParseID(form.Get("id"))
	if err != nil {
		return kernel.E(kernel.NotFound, "mydata.error.no_consent", err)
	}
	withdraw, told := p.consents.Withdraw, "mydata.withdrawn"
	if form.Get("part") == "sensitive" {
		withdraw, told = p.consents.WithdrawSensitive, "mydata.withdrawn_sensitive"
	}
	if _, err := withdraw(r.Context(), r.Actor, id); err != nil {
		return err
	}
	p.server.Flash(w, told)
	return p.server.Redirect(w, r, "/my-data")
}

// record hands out a consent as a consent record.
func (p *Pages) record(w http.ResponseWriter, r *web.Request) error {
	id, err := kernel.ParseID(r.PathValue("id"))
	if err != nil {
		return kernel.E(kernel.NotFound, "mydata.error.no_consent", err)
	}
	text, err := p.consents.Record(r.Context(), r.Actor, id, r.Lang)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/ld+json")
	h.Set("Content-Disposition", `attachment; filename="consent-`+string(id)+`.jsonld"`)
	h.Set("Cache-Control", "no-store")
	_, err = w.Write(text)
	return err
}
