// Package web is the editor's pages: the list of services, the forms of a
// draft, its preview, its changes and the second person's decision. Forms are
// made from data: a section says which parts of service.yaml it edits.
package web

import (
	"embed"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"maru/domain/catalog/contract"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/web"
)

//go:embed *.html
var files embed.FS

var views = web.NewViews(files)

// Catalog is what the pages need of the catalogue beside the editor.
type Catalog interface {
	FactIDs() []string
	Fact(id string) (*contract.Fact, bool)
	PackHash() string
	ShowService(w http.ResponseWriter, r *web.Request, svc *contract.Service, path, back, start string) error
}

// Pages are the editor's handlers.
type Pages struct {
	srv       *web.Server
	s         *editor.Service
	cat       Catalog
	bodies    editor.Bodies
	questions editor.Questions
}

// maxBody bounds a posted form: a file of the largest size, written in the
// longest way, and more.
const maxBody = 1 << 20

// Register adds the editor's rows to the route table.
func Register(srv *web.Server, s *editor.Service, cat Catalog, bodies editor.Bodies, questions editor.Questions) {
	p := &Pages{srv, s, cat, bodies, questions}
	page := func(method, path, name string, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: path, Name: "catalog.editor." + name, For: web.Staff, Handler: h, MaxBody: maxBody})
	}
	// What changes the law in force is proposed and approved with a fresh proof.
	fresh := func(path, name string, h web.Handler) {
		srv.Page(web.Page{Method: http.MethodPost, Path: path, Name: "catalog.editor." + name, For: web.Staff, Handler: h, MaxBody: maxBody, Fresh: web.FreshAct})
	}
	const get, post, draft = http.MethodGet, http.MethodPost, "/desk/service-drafts/{draft}"
	page(get, "/desk/services", "services", p.services)
	page(get, "/desk/services/{id}", "service", p.service)
	page(post, "/desk/services/{id}/drafts", "begin", p.begin)
	page(get, "/desk/services/{id}/compare", "compare", p.compare)

	page(get, draft, "draft", p.draft)
	page(get, draft+"/edit/{section}", "section", p.section)
	page(post, draft+"/edit/{section}", "section_save", p.sectionSave)
	page(get, draft+"/edit/{section}/{item}", "item", p.item)
	page(post, draft+"/edit/{section}/{item}", "item_save", p.itemSave)
	page(post, draft+"/arrange/{section}", "arrange", p.arrange)
	page(get, draft+"/files/{file}", "file", p.file)
	page(post, draft+"/files/{file}", "file_save", p.fileSave)
	page(get, draft+"/preview", "preview", p.preview)
	page(get, draft+"/preview/{question}", "preview_question", p.previewQuestion)
	page(post, draft+"/preview/{question}", "preview_next", p.previewNext)
	page(get, draft+"/changes", "changes", p.changes)
	page(get, draft+"/merge", "merge", p.merge)
	page(post, draft+"/merge", "merge_save", p.mergeSave)
	page(get, draft+"/propose", "propose", p.propose)
	fresh(draft+"/propose", "propose_do", p.proposeDo)
	page(post, draft+"/withdraw", "withdraw", p.act(func(r *web.Request, id kernel.ID, rev int64) error { return s.Withdraw(r.Context(), r.Actor, id, rev) }, "withdrawn"))
	page(post, draft+"/discard", "discard", p.discard)
	fresh(draft+"/approve", "approve", p.act(func(r *web.Request, id kernel.ID, rev int64) error { return s.Approve(r.Context(), r.Actor, id, rev) }, "approved"))
	page(post, draft+"/send-back", "send_back", p.sendBack)
}

// open finds the draft of the path.
func (p *Pages) open(r *web.Request) (*editor.Work, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	return p.s.Open(r.Context(), r.Actor, id)
}

func pathID(r *web.Request) (kernel.ID, error) {
	id, err := kernel.ParseID(r.PathValue("draft"))
	if err != nil {
		return "", kernel.E(kernel.NotFound, "catalog.editor.no_draft", err)
	}
	return id, nil
}

func draftPath(id kernel.ID, more string) string {
	return fmt.Sprintf("/desk/service-drafts/%s%s", id, more)
}

// revision is what the form was made from; nonsense is as old as nothing.
func revision(form url.Values) int64 {
	n, err := strconv.ParseInt(form.Get("revision"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// act makes a handler of an act on a draft without words of its own.
func (p *Pages) act(do func(r *web.Request, id kernel.ID, revision int64) error, done string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		form, err := r.ParseForm()
		if err != nil {
			return err
		}
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if err := do(r, id, revision(form)); err != nil {
			return err
		}
		p.srv.Flash(w, "catalog.editor.done."+done)
		return p.srv.Redirect(w, r, draftPath(id, ""))
	}
}

// body is how a body is called; operators act for none.
func (p *Pages) body(r *web.Request, id string) string {
	if id == "" {
		return r.T("catalog.editor.operators")
	}
	if name := p.bodies.Name(id, r.Lang); name != "" {
		return name
	}
	return id
}

// nav is the entry of the main navigation: editors have their own.
func nav(r *web.Request) string {
	if r.Actor.Has(authz.Editor) {
		return "desk-services"
	}
	return "admin"
}
