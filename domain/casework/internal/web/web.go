// Package web is casework's pages: the applicant's side, the check page for
// everybody, and the officials' desk.
package web

import (
	"embed"
	"net/http"
	"net/url"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/clock"
	"maru/platform/web"
)

//go:embed *.html
var templates embed.FS

var views = web.NewViews(templates)

// Pages are casework's handlers.
type Pages struct {
	srv    *web.Server
	s      *casework.Service
	clock  clock.Clock
	public string // base of the address that a document's code leads to
}

// Register adds casework's rows to the route table.
func Register(srv *web.Server, s *casework.Service, public string) {
	p := &Pages{srv: srv, s: s, clock: s.Clock, public: public}
	page := func(method, path, name string, who web.Audience, h web.Handler) {
		srv.Page(web.Page{Method: method, Path: path, Name: "casework." + name, For: who, Handler: h})
	}
	const get, post = http.MethodGet, http.MethodPost

	page(get, "/applications", "mine", web.Resident, p.mine)
	page(post, "/applications/start", "start", web.Resident, p.start)
	page(get, "/applications/{id}", "application", web.Resident, p.application)
	page(get, "/applications/{id}/consent", "consent", web.Resident, p.consent)
	srv.Page(web.Page{Method: post, Path: "/applications/{id}/consent", Name: "casework.consent_save", For: web.Resident, Handler: p.consentSave, Fresh: web.FreshAct})
	page(get, "/applications/{id}/questions/{question}", "question", web.Resident, p.question)
	page(post, "/applications/{id}/questions/{question}", "question_save", web.Resident, p.questionSave)
	srv.Page(web.Page{Method: post, Path: "/applications/{id}/questions/{question}/file", Name: "casework.upload", For: web.Resident,
		Handler: p.upload, MaxBody: 64 << 20})
	page(post, "/applications/{id}/files/{file}/remove", "file_remove", web.Resident, p.fileRemove)
	page(get, "/applications/{id}/files/{file}", "file", web.Resident, p.file)
	page(get, "/applications/{id}/check", "check_answers", web.Resident, p.checkAnswers)
	page(post, "/applications/{id}/submit", "submit", web.Resident, p.submit)
	page(get, "/applications/{id}/done", "done", web.Resident, p.done)
	page(get, "/applications/{id}/pay", "pay", web.Resident, p.pay)
	page(post, "/applications/{id}/pay", "pay_do", web.Resident, p.payDo)
	page(get, "/applications/{id}/withdraw", "withdraw", web.Resident, p.withdraw)
	page(post, "/applications/{id}/withdraw", "withdraw_do", web.Resident, p.withdrawDo)
	page(get, "/applications/{id}/correct", "correct", web.Resident, p.correct)
	page(post, "/applications/{id}/correct", "correct_do", web.Resident, p.correctDo)
	page(post, "/applications/{id}/extension", "extension", web.Resident, p.extension)
	page(get, "/applications/{id}/object", "object", web.Resident, p.object)
	page(post, "/applications/{id}/object", "object_do", web.Resident, p.objectDo)
	page(get, "/signatures/{id}", "signature", web.Resident, p.signature)
	page(post, "/signatures/{id}", "sign", web.Resident, p.sign)
	page(get, "/documents/{number}", "document", web.Resident, p.document)

	p.bundlePages(page)

	page(get, "/check", "check", web.Public, p.check)
	page(post, "/check", "check_do", web.Public, p.checkDo)
	page(get, "/check/{number}", "checked", web.Public, p.checked)

	page(get, "/desk", "desk", web.Staff, p.desk)
	p.registerField(page)
	page(get, "/desk/cases/{id}", "desk_case", web.Staff, p.deskCase)
	page(get, "/desk/cases/{id}/files/{file}", "desk_file", web.Staff, p.file)
	p.registerDesk(page)
	page(post, "/desk/cases/{id}/assign", "desk_assign", web.Staff, p.deskAssign)
	page(get, "/desk/bulk", "bulk", web.Staff, p.bulk)
	page(post, "/desk/bulk/preview", "bulk_preview", web.Staff, p.bulkPreview)
	page(post, "/desk/bulk", "bulk_order", web.Staff, p.bulkOrder)
	page(get, "/desk/bulk/{id}", "bulk_done", web.Staff, p.bulkDone)
	page(post, "/desk/bulk/{id}/undo", "bulk_undo", web.Staff, p.bulkUndo)
	page(get, "/desk/approvals", "approvals", web.Staff, p.approvals)
	page(post, "/desk/cases/{id}/recall", "desk_recall", web.Staff, p.deskRecall)
	page(post, "/desk/cases/{id}/stop", "desk_stop", web.Staff, p.deskStop)
	page(post, "/desk/cases/{id}/run", "desk_run", web.Staff, p.deskRun)
	page(post, "/desk/cases/{id}/extend", "desk_extend", web.Staff, p.deskExtend)
	p.registerJoint(page)
	p.registerAssist(page)
	page(get, "/desk/templates", "templates", web.Staff, p.templates)
	page(post, "/desk/templates", "template_add", web.Staff, p.templateSave)
	page(get, "/desk/templates/{id}", "template", web.Staff, p.template)
	page(post, "/desk/templates/{id}", "template_save", web.Staff, p.templateSave)
	page(post, "/desk/templates/{id}/remove", "template_remove", web.Staff, p.templateRemove)
	page(post, "/desk/cases/{id}/correction", "desk_correction", web.Staff, p.deskCorrection)
	page(post, "/desk/cases/{id}/transfer", "desk_transfer", web.Staff, p.deskTransfer)
	page(post, "/desk/cases/{id}/decision", "desk_decision", web.Staff, p.deskDecision)
	page(post, "/desk/cases/{id}/confirmation", "desk_confirmation", web.Staff, p.deskConfirmation)
	p.visitPages(page)
	p.codePages(page)
}

// pathID reads an id of the path; nonsense is as absent as an unknown id.
func pathID(r *web.Request, name string) (kernel.ID, error) {
	id, err := kernel.ParseID(r.PathValue(name))
	if err != nil {
		return "", kernel.E(kernel.NotFound, "casework.error.no_case", err)
	}
	return id, nil
}

// posted reads the form and its idempotency key.
func posted(r *web.Request) (url.Values, string, error) {
	form, err := r.ParseForm()
	if err != nil {
		return nil, "", err
	}
	return form, form.Get("key"), nil
}

// key is a fresh idempotency key for a form.
func (p *Pages) key() string { return string(kernel.NewID(p.clock.Now())) }

func (p *Pages) today() kernel.Date { return p.clock.Now().DateIn(kernel.Seoul) }
