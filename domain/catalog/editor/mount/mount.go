// Package mount joins the editor's acts, pages and operations into the module
// that the composition root takes. It stands beside the editor because pages
// and operations import it, and Go forbids the way back.
package mount

import (
	"net/http"

	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/domain/catalog/editor"
	"maru/domain/catalog/editor/internal/api"
	"maru/domain/catalog/editor/internal/web"
	papi "maru/platform/api"
	"maru/platform/module"
	pweb "maru/platform/web"
)

// Module hands the editor to the program. Its tables and messages are the
// catalogue's.
func Module(s *editor.Service, c *catalog.Service, bodies editor.Bodies, questions func(*pweb.Server) editor.Questions) module.Module {
	return module.Module{
		Name:       "catalog.editor",
		Pages:      func(srv *pweb.Server) { web.Register(srv, s, pack{c, srv}, bodies, questions(srv)) },
		Operations: func(a *papi.API) { api.Register(a, s) },
	}
}

// pack is the catalogue as the pages need it.
type pack struct {
	*catalog.Service
	srv *pweb.Server
}

// FactIDs lists the fact dictionary in its order.
func (p pack) FactIDs() []string { return p.Active().FactOrder }

// ShowService shows the public page of a draft.
func (p pack) ShowService(w http.ResponseWriter, r *pweb.Request, svc *contract.Service, path, back, start string) error {
	return p.ShowPreview(p.srv, w, r, svc, catalog.Preview{Path: path, Back: back, Start: start})
}
