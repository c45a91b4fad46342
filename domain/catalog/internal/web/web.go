// Package web shows services and life events to people.
package web

import (
	"embed"

	"maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Source is what the pages need of the catalogue.
type Source interface {
	Find(query, kind, event string) []*contract.Service
	Service(id string) (*contract.Service, bool)
	LifeEvents() []contract.LifeEvent
	LifeEvent(id string) (contract.LifeEvent, bool)
	BodyName(rule contract.AgencyRule, l kernel.Lang) string
}

// Pages are the domain's handlers.
type Pages struct {
	srv   *web.Server
	src   Source
	kinds []string
}

// Register adds the domain's rows to the route table.
func Register(srv *web.Server, src Source, kinds []string) {
	p := &Pages{srv: srv, src: src, kinds: kinds}
	page := func(path, name string, h web.Handler) {
		srv.Page(web.Page{Method: "GET", Path: path, Name: "catalog." + name, For: web.Public, Handler: h})
	}
	page("/services", "services", p.services)
	page("/services/{id}", "service", p.service)
	page("/life-events", "life_events", p.lifeEvents)
}
