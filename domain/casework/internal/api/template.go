package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerTemplates(a *api.API) {
	api.Register(a, api.Op{ID: "desk.templates", Method: http.MethodGet, Path: "/desk/templates",
		Summary: "List your agency's answer templates, with what could be plainer in each.", Scope: authz.ScopeDesk}, h.templates)
	api.Register(a, api.Op{ID: "desk.template_add", Method: http.MethodPost, Path: "/desk/templates", Status: http.StatusCreated,
		Summary: "Add an answer template.", Scope: authz.ScopeDesk}, h.templateAdd)
	api.Register(a, api.Op{ID: "desk.template_save", Method: http.MethodPut, Path: "/desk/templates/{id}",
		Summary: "Change an answer template at the revision it was read at.", Scope: authz.ScopeDesk}, h.templateSave)
	api.Register(a, api.Op{ID: "desk.template_remove", Method: http.MethodDelete, Path: "/desk/templates/{id}", Status: http.StatusNoContent,
		Summary: "Remove an answer template.", Scope: authz.ScopeDesk}, h.templateRemove)
}

// answerTemplate is an answer template with what could be plainer in it.
type answerTemplate struct {
	ID       kernel.ID `json:"id"`
	Agency   string    `json:"agency"`
	Service  string    `json:"service,omitempty"`
	Title    string    `json:"title"`
	Body     string    `json:"body"`
	Rev      int64     `json:"rev"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
	Hint string `json:"hint"`
}

func templateOf(t *casework.Template) answerTemplate {
	out := answerTemplate{ID: t.ID, Agency: t.Agency, Service: t.Service, Title: t.Title, Body: t.Body, Rev: t.Rev, Findings: []finding{}}
	for _, f := range casework.Wording(t.Body) {
		out.Findings = append(out.Findings, finding{string(f.Rule), f.Text, f.Hint})
	}
	return out
}

type templatesIn struct {
	Agency  string `query:"agency" maxLength:"64"`
	Service string `query:"service" maxLength:"64"`
}

type templatesOut struct {
	Body struct {
		Templates []answerTemplate `json:"templates"`
	}
}

func (h handlers) templates(ctx context.Context, c api.Call, in *templatesIn) (*templatesOut, error) {
	l, err := h.s.Templates(ctx, c.Actor, in.Agency, in.Service)
	if err != nil {
		return nil, err
	}
	out := &templatesOut{}
	out.Body.Templates = make([]answerTemplate, 0, len(l))
	for _, t := range l {
		out.Body.Templates = append(out.Body.Templates, templateOf(t))
	}
	return out, nil
}

type templateBody struct {
	Agency  string `json:"agency,omitempty" maxLength:"64"`
	Service string `json:"service,omitempty" maxLength:"64"`
	Title   string `json:"title" maxLength:"400"`
	Body    string `json:"body" maxLength:"20000"`
	Rev     int64  `json:"rev,omitempty"`
}

type templateOut struct{ Body answerTemplate }

func (h handlers) save(ctx context.Context, actor authz.Actor, id kernel.ID, b templateBody) (*templateOut, error) {
	t, err := h.s.SaveTemplate(ctx, actor, casework.Template{ID: id, Agency: b.Agency, Service: b.Service, Title: b.Title, Body: b.Body, Rev: b.Rev})
	if err != nil {
		return nil, err
	}
	return &templateOut{templateOf(t)}, nil
}

type templateAddIn struct{ Body templateBody }

func (h handlers) templateAdd(ctx context.Context, c api.Call, in *templateAddIn) (*templateOut, error) {
	return h.save(ctx, c.Actor, "", in.Body)
}

type templateSaveIn struct {
	ByID
	Body templateBody
}

func (h handlers) templateSave(ctx context.Context, c api.Call, in *templateSaveIn) (*templateOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return h.save(ctx, c.Actor, id, in.Body)
}

func (h handlers) templateRemove(ctx context.Context, c api.Call, in *ByID) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, h.s.DeleteTemplate(ctx, c.Actor, id)
}
