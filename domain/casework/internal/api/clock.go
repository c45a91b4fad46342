package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerClock(a *api.API) {
	api.Register(a, api.Op{ID: "applications.extension", Method: http.MethodPost, Path: "/applications/{id}/extension",
		Summary: "Agree to a second extension of the office's time limit, or decline.", Scope: authz.ScopeApplications}, mine(h.answerExtension))
	api.Register(a, api.Op{ID: "desk.stop", Method: http.MethodPost, Path: "/desk/cases/{id}/stop",
		Summary: "Stop the clock for a reason that the law names.", Scope: authz.ScopeDesk}, atDesk(h.stop))
	api.Register(a, api.Op{ID: "desk.run", Method: http.MethodPost, Path: "/desk/cases/{id}/run",
		Summary: "Start the clock again.", Scope: authz.ScopeDesk}, atDesk(h.run))
	api.Register(a, api.Op{ID: "desk.extend", Method: http.MethodPost, Path: "/desk/cases/{id}/extend",
		Summary: "Extend the time limit; the second time, ask the applicant to agree.", Scope: authz.ScopeDesk}, atDesk(h.extend))
}

type answerExtensionIn struct {
	Keyed
	ByID
	Body struct {
		Agree bool `json:"agree"`
	}
}

func (h handlers) answerExtension(ctx context.Context, actor authz.Actor, id kernel.ID, in *answerExtensionIn) (*casework.Application, error) {
	return h.s.AnswerExtension(ctx, actor, id, in.Key, in.Body.Agree)
}

type stopIn struct {
	Keyed
	ByID
	Body struct {
		Reason string `json:"reason" maxLength:"40" doc:"representative, hearing, expert or preceding"`
		Note   string `json:"note,omitempty" maxLength:"20000"`
	}
}

func (h handlers) stop(ctx context.Context, actor authz.Actor, id kernel.ID, in *stopIn) (*casework.Application, error) {
	return h.s.StopClock(ctx, actor, id, in.Key, in.Body.Reason, in.Body.Note)
}

func (h handlers) run(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.RunClock(ctx, actor, id, in.Key)
}

type extendIn struct {
	Keyed
	ByID
	Body struct {
		Until  kernel.Date `json:"until"`
		Reason string      `json:"reason,omitempty" maxLength:"20000"`
	}
}

func (h handlers) extend(ctx context.Context, actor authz.Actor, id kernel.ID, in *extendIn) (*casework.Application, error) {
	return h.s.Extend(ctx, actor, id, in.Key, in.Body.Until, in.Body.Reason)
}
