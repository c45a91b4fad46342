package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerAssist(a *api.API) {
	op := func(id, method, path, summary string) api.Op {
		return api.Op{ID: "assist." + id, Method: method, Path: path, Summary: summary, Scope: authz.ScopeDesk, MaxBody: 256 << 10}
	}
	const get, post = http.MethodGet, http.MethodPost
	begin := op("begin", post, "/counter/assists", "Begin an application for somebody at the counter; the person is told.")
	begin.Fresh = true // with a code it ties an account to a person for good
	api.Register(a, begin, h.assistBegin)
	api.Register(a, op("get", get, "/counter/assists/{id}", "The application that is filled in; the look is logged."), h.assistGet)
	api.Register(a, op("consent", post, "/counter/assists/{id}/consent", "Record the person's consent, by a code off their phone or a signed paper."), h.assistConsent)
	api.Register(a, op("answers", post, "/counter/assists/{id}/answers", "Save answers as the person gives them."), h.assistAnswers)
	api.Register(a, op("submit", post, "/counter/assists/{id}/submission", "Hand the application in."), h.assistSubmit)
	api.Register(a, op("finish", post, "/counter/assists/{id}/end", "End the session: the official sees nothing of it any more."), h.assistFinish)
}

type assistBeginIn struct {
	Keyed
	Body struct {
		Agency  string      `json:"agency,omitempty" maxLength:"64"`
		Service string      `json:"service" maxLength:"64"`
		Name    string      `json:"name" maxLength:"200"`
		Birth   kernel.Date `json:"birth"`
		Sex     string      `json:"sex" enum:"female,male"`
		Region  string      `json:"region" maxLength:"5"`
		Code    string      `json:"code,omitempty" maxLength:"40" doc:"Of an account that is linked to the person first."`
	}
}

type assistOut struct {
	Body struct {
		ID          kernel.ID   `json:"id"`
		Service     string      `json:"service"`
		Application kernel.ID   `json:"application"`
		Consent     string      `json:"consent,omitempty"`
		Ends        kernel.Time `json:"ends"`
		Form        *Detail     `json:"form,omitempty"`
	}
}

func assistOf(v *casework.Assist) *assistOut {
	out := &assistOut{}
	b := &out.Body
	b.ID, b.Service, b.Application, b.Consent, b.Ends = v.ID, v.Service, v.Application, v.Consent, v.EndsAt
	return out
}

func (h handlers) assistBegin(ctx context.Context, c api.Call, in *assistBeginIn) (*assistOut, error) {
	b := in.Body
	v, err := h.s.AssistBegin(ctx, c.Actor, in.Key, casework.AssistInput{Agency: b.Agency, Service: b.Service,
		Card: casework.Card{Name: b.Name, Birth: b.Birth, Sex: b.Sex, Region: b.Region, Code: b.Code}})
	if err != nil {
		return nil, err
	}
	return assistOf(v), nil
}

func (h handlers) assistGet(ctx context.Context, c api.Call, in *ByID) (*assistOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	v, err := h.s.AssistOpen(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	out := assistOf(v.Assist)
	form := h.whole(v.Case, false)
	out.Body.Form = &form
	return out, nil
}

type assistConsentIn struct {
	Keyed
	ByID
	Body struct {
		How   string `json:"how" enum:"code,paper"`
		Code  string `json:"code,omitempty" maxLength:"40"`
		Paper string `json:"paper,omitempty" maxLength:"20000" doc:"Where the signed paper is kept."`
	}
}

func (h handlers) assistConsent(ctx context.Context, c api.Call, in *assistConsentIn) (*assistOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := h.s.AssistConsent(ctx, c.Actor, id, in.Key, in.Body.How, in.Body.Code, in.Body.Paper); err != nil {
		return nil, err
	}
	return h.assistGet(ctx, c, &in.ByID)
}

type assistAnswersIn struct {
	ByID
	Body struct {
		Answers map[string]kernel.Value `json:"answers"`
	}
}

func (h handlers) assistAnswers(ctx context.Context, c api.Call, in *assistAnswersIn) (*assistOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if err := h.s.AssistAnswer(ctx, c.Actor, id, in.Body.Answers); err != nil {
		return nil, err
	}
	return h.assistGet(ctx, c, &in.ByID)
}

func (h handlers) assistSubmit(ctx context.Context, c api.Call, in *actIn) (*applicationOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return one(h.s.AssistSubmit(ctx, c.Actor, id, in.Key))
}

func (h handlers) assistFinish(ctx context.Context, c api.Call, in *ByID) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, h.s.AssistFinish(ctx, c.Actor, id)
}
