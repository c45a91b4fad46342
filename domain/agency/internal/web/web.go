// Package web shows a body of government to people.
package web

import (
	"embed"
	"net/http"

	"maru/design"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

// Views are the domain's pages.
var Views = web.NewViews(files)

// Body is what a page says about a body, in one language.
type Body struct {
	Name, Type, Region, Phone string
	Until                     kernel.Date // zero while it exists
	Successor, SuccessorName  string
}

type page struct {
	Body Body
	Rows []design.Row
}

// Register adds the page; find looks a body up by its id.
func Register(s *web.Server, views *web.Views, find func(id string, l kernel.Lang) (Body, bool)) {
	s.Page(web.Page{
		Method: http.MethodGet, Path: "/agencies/{id}", Name: "agency.body", For: web.Public,
		Handler: func(w http.ResponseWriter, r *web.Request) error {
			b, ok := find(r.PathValue("id"), r.Lang)
			if !ok {
				return kernel.E(kernel.NotFound, "", nil)
			}
			region := b.Region
			if region == "" {
				region = r.T("agency.nationwide")
			}
			rows := []design.Row{{Key: r.T("agency.type"), Value: b.Type}, {Key: r.T("agency.region"), Value: region}}
			return s.Render(w, r, views, web.View{Template: "body", Title: b.Name, Active: "services", Data: page{Body: b, Rows: rows}})
		},
	})
}
