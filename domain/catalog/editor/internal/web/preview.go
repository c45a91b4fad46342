package web

import (
	"net/http"
	"slices"

	"maru/domain/catalog/contract"
	"maru/domain/catalog/editor"
	"maru/kernel"
	"maru/platform/web"
)

// drafted is the definition that a draft would make; one with errors that hide
// it cannot be shown.
func (p *Pages) drafted(r *web.Request) (*editor.Work, *contract.Service, error) {
	d, err := p.open(r)
	if err != nil {
		return nil, nil, err
	}
	report, err := p.s.Check(r.Context(), d)
	if err != nil {
		return nil, nil, err
	}
	if report.Service == nil {
		return nil, nil, kernel.E(kernel.Conflict, "catalog.editor.preview.unreadable", nil)
	}
	return d, report.Service, nil
}

func (p *Pages) preview(w http.ResponseWriter, r *web.Request) error {
	d, svc, err := p.drafted(r)
	if err != nil {
		return err
	}
	start := ""
	if len(svc.Questions) > 0 {
		start = draftPath(d.ID, "/preview/"+svc.Questions[0].ID)
	}
	return p.cat.ShowService(w, r, svc, draftPath(d.ID, "/preview"), draftPath(d.ID, ""), start)
}

// previewQuestion shows any question: an editor wants to see those too that
// only some people are asked.
func (p *Pages) previewQuestion(w http.ResponseWriter, r *web.Request) error {
	d, svc, err := p.drafted(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(svc.Questions, func(q contract.Question) bool { return q.ID == r.PathValue("question") })
	if i < 0 {
		return kernel.E(kernel.NotFound, "catalog.editor.no_question", nil)
	}
	back := draftPath(d.ID, "/preview")
	q := editor.QuestionPreview{Service: svc, Question: &svc.Questions[i], Action: back + "/" + svc.Questions[i].ID, Back: back, Home: back, At: i + 1, Of: len(svc.Questions)}
	if i > 0 {
		q.Back = back + "/" + svc.Questions[i-1].ID
	}
	return p.questions.Preview(w, r, q)
}

// previewNext goes on without looking at what was sent.
func (p *Pages) previewNext(w http.ResponseWriter, r *web.Request) error {
	d, svc, err := p.drafted(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(svc.Questions, func(q contract.Question) bool { return q.ID == r.PathValue("question") })
	if i < 0 || i+1 >= len(svc.Questions) {
		p.srv.Flash(w, "catalog.editor.preview.end")
		return p.srv.Redirect(w, r, draftPath(d.ID, "/preview"))
	}
	return p.srv.Redirect(w, r, draftPath(d.ID, "/preview/"+svc.Questions[i+1].ID))
}
