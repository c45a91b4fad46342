package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// bundles adds the operations on several services applied for in one go.
func (h handlers) bundles(a *api.API) {
	api.Register(a, api.Op{ID: "bundles.create", Method: http.MethodPost, Path: "/bundles", Status: http.StatusCreated,
		Summary: "Begin to apply for several services of a life event together; the open one is given back.", Scope: authz.ScopeApplications}, h.bundleCreate)
	api.Register(a, api.Op{ID: "bundles.get", Method: http.MethodGet, Path: "/bundles/{id}",
		Summary: "A joint application of yours: its questions, each asked once, and its applications.", Scope: authz.ScopeApplications}, h.bundleGet)
	api.Register(a, api.Op{ID: "bundles.answers", Method: http.MethodPut, Path: "/bundles/{id}/answers",
		Summary: "Answer questions by their keys, all or none; a shared answer goes into every application.", Scope: authz.ScopeApplications, MaxBody: 256 << 10}, h.bundleAnswers)
	api.Register(a, api.Op{ID: "bundles.submit", Method: http.MethodPost, Path: "/bundles/{id}/submit",
		Summary: "Hand in all applications in one act: all are received or none.", Scope: authz.ScopeApplications}, h.bundleSubmit)
}

// Bundle is a joint application.
type Bundle struct {
	ID           kernel.ID        `json:"id"`
	LifeEvent    string           `json:"life_event"`
	Status       string           `json:"status" enum:"open,submitted"`
	SubmittedAt  kernel.Time      `json:"submitted_at"`
	Applications []Application    `json:"applications"`
	Left         []left           `json:"left" doc:"Services that are not part of it any more, and why."`
	Questions    []bundleQuestion `json:"questions" doc:"Asked now, given the answers so far; shared ones first."`
}

type left struct {
	Service string `json:"service"`
	Why     string `json:"why" enum:"alone,discarded,gone"`
}

type bundleQuestion struct {
	Key      string       `json:"key"`
	Title    string       `json:"title"`
	Type     string       `json:"type"`
	Shared   bool         `json:"shared"`
	Services []string     `json:"services" doc:"Whose forms take the answer."`
	Required bool         `json:"required"`
	Answered bool         `json:"answered"`
	Answer   kernel.Value `json:"answer"`
}

type bundleOut struct{ Body Bundle }

func (h handlers) bundleView(c api.Call, b *casework.Bundle) *bundleOut {
	out := Bundle{ID: b.ID, LifeEvent: b.Event, Status: b.Status, SubmittedAt: b.SubmittedAt, Applications: []Application{}, Left: []left{}, Questions: []bundleQuestion{}}
	for _, m := range b.Members {
		out.Applications = append(out.Applications, outline(m.Application))
	}
	for _, m := range b.Left {
		out.Left = append(out.Left, left{m.Service, m.Fate})
	}
	if b.Status == casework.BundleOpen {
		for _, q := range b.Questions(h.s.Clock.Now().DateIn(kernel.Seoul)) {
			row := bundleQuestion{Key: q.Key, Title: q.Lead().Q.Title.In(c.Lang), Type: q.Lead().Q.Type, Shared: q.Shared, Services: []string{},
				Required: !q.Optional(), Answered: q.Answered(), Answer: q.Value()}
			for _, u := range q.Uses {
				row.Services = append(row.Services, u.Case.Service.ID)
			}
			out.Questions = append(out.Questions, row)
		}
	}
	return &bundleOut{out}
}

type bundleCreateIn struct {
	Body struct {
		LifeEvent string   `json:"life_event" minLength:"1" maxLength:"64"`
		Services  []string `json:"services" minItems:"2" maxItems:"12"`
	}
}

// bundleCreate needs no key: a person has one open joint application for a life
// event, and gets it back.
func (h handlers) bundleCreate(ctx context.Context, c api.Call, in *bundleCreateIn) (*bundleOut, error) {
	id, err := h.s.StartBundle(ctx, c.Actor, in.Body.LifeEvent, in.Body.Services)
	if err != nil {
		return nil, err
	}
	return h.openBundle(ctx, c, id)
}

func (h handlers) openBundle(ctx context.Context, c api.Call, id kernel.ID) (*bundleOut, error) {
	b, err := h.s.OpenBundle(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	return h.bundleView(c, b), nil
}

func (h handlers) bundleGet(ctx context.Context, c api.Call, in *ByID) (*bundleOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return h.openBundle(ctx, c, id)
}

type bundleAnswersIn struct {
	ByID
	Body struct {
		Answers map[string]kernel.Value `json:"answers"`
	}
}

func (h handlers) bundleAnswers(ctx context.Context, c api.Call, in *bundleAnswersIn) (*bundleOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := h.s.AnswerBundle(ctx, c.Actor, id, in.Body.Answers); err != nil {
		return nil, err
	}
	return h.openBundle(ctx, c, id)
}

func (h handlers) bundleSubmit(ctx context.Context, c api.Call, in *actIn) (*bundleOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	b, err := h.s.SubmitBundle(ctx, c.Actor, id, in.Key)
	if err != nil {
		return nil, err
	}
	return h.bundleView(c, b), nil
}
