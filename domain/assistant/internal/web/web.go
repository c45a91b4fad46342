// Package web shows people what an assistant filled in for them, and partners
// the search box for their own pages.
package web

import (
	"context"
	"embed"
	"net/http"

	"maru/design"
	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Seen is a handover as its person sees it.
type Seen struct {
	Service     *contract.Service
	Client      string // as the assistant calls itself
	Known       bool   // the person connected it, and Client is its registered name
	Expires     kernel.Time
	Rows        []Row
	Application kernel.ID // the draft it became, "" before
}

// Row is one answer.
type Row struct{ Key, Value string }

// Source is what the pages need.
type Source interface {
	Look(ctx context.Context, actor authz.Actor, token string, l kernel.Lang) (Seen, error)
	// Confirm begins the draft and tells how many answers were not taken.
	Confirm(ctx context.Context, actor authz.Actor, token string) (kernel.ID, int, error)
	// Site is where people reach this installation.
	Site() string
}

type pages struct {
	srv *web.Server
	src Source
}

// Register adds the domain's rows to the route table.
func Register(srv *web.Server, src Source) {
	p := &pages{srv, src}
	srv.Page(web.Page{Method: http.MethodGet, Path: "/handover/{token}", Name: "assistant.handover", For: web.Resident, Handler: p.handover})
	srv.Page(web.Page{Method: http.MethodPost, Path: "/handover/{token}", Name: "assistant.confirm", For: web.Resident, Handler: p.confirm})
	srv.Page(web.Page{Method: http.MethodGet, Path: "/partners/widget", Name: "assistant.widget", For: web.Public, Handler: p.widget})
}

type handoverView struct {
	Service kernel.Text
	Client  string
	Known   bool
	Until   kernel.Time
	Rows    []design.Row
	Action  string
	About   string // page of the service
}

func (p *pages) handover(w http.ResponseWriter, r *web.Request) error {
	seen, err := p.src.Look(r.Context(), r.Actor, r.PathValue("token"), r.Lang)
	if err != nil {
		return err
	}
	if seen.Application != "" {
		return p.srv.Redirect(w, r, "/applications/"+string(seen.Application))
	}
	v := handoverView{Service: seen.Service.Title, Client: seen.Client, Known: seen.Known, Until: seen.Expires,
		Action: r.Link("/handover/" + r.PathValue("token")), About: r.Link("/services/" + seen.Service.ID)}
	for _, row := range seen.Rows {
		v.Rows = append(v.Rows, design.Row{Key: row.Key, Value: row.Value})
	}
	return p.srv.Render(w, r, views, web.View{Template: "handover", Title: r.T("assistant.handover.title"), Active: "applications", Data: v, Secret: true})
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.ParseForm(); err != nil {
		return err
	}
	id, left, err := p.src.Confirm(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	if left > 0 {
		p.srv.Flash(w, "assistant.handover.taken_in_part")
	} else {
		p.srv.Flash(w, "assistant.handover.taken")
	}
	return p.srv.Redirect(w, r, "/applications/"+string(id))
}
