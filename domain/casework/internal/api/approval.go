package api

import (
	"context"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

type approvalsIn struct {
	Agency string `query:"agency" maxLength:"64"`
}

func (h handlers) approvals(ctx context.Context, c api.Call, in *approvalsIn) (*casesOut, error) {
	l, err := h.s.Approvals(ctx, c.Actor, in.Agency)
	if err != nil {
		return nil, err
	}
	out := &casesOut{}
	out.Body.Cases = make([]deskCase, 0, len(l))
	for _, a := range l {
		out.Body.Cases = append(out.Body.Cases, deskCase{outline(a), string(a.Assignee)})
	}
	return out, nil
}

func (h handlers) recall(ctx context.Context, actor authz.Actor, id kernel.ID, in *actIn) (*casework.Application, error) {
	return h.s.Recall(ctx, actor, id, in.Key)
}
