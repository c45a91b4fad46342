package api

import (
	"context"
	"net/http"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

func (h handlers) registerBulk(a *api.API) {
	api.Register(a, api.Op{ID: "desk.bulk_order", Method: http.MethodPost, Path: "/desk/bulk", Status: http.StatusCreated,
		Summary: "Do one act to several cases, after some minutes in which it can be undone.", Scope: authz.ScopeDesk}, h.bulkOrder)
	api.Register(a, api.Op{ID: "desk.bulk", Method: http.MethodGet, Path: "/desk/bulk/{id}",
		Summary: "What became of it, case by case.", Scope: authz.ScopeDesk}, h.bulk)
	api.Register(a, api.Op{ID: "desk.bulk_undo", Method: http.MethodPost, Path: "/desk/bulk/{id}/undo", Status: http.StatusNoContent,
		Summary: "Take it back before it begins.", Scope: authz.ScopeDesk}, h.bulkUndo)
}

type bulkIn struct {
	Keyed
	Body struct {
		Act      string   `json:"act" maxLength:"20" doc:"assign, hand_over, ask or decide"`
		Cases    []string `json:"cases" maxItems:"100"`
		To       string   `json:"to,omitempty" maxLength:"64"`
		Decision string   `json:"decision,omitempty" maxLength:"40"`
		Text     string   `json:"text,omitempty" maxLength:"20000"`
	}
}

type bulkCase struct {
	ID      kernel.ID `json:"id"`
	Outcome string    `json:"outcome,omitempty" doc:"Empty while it waits, done, or the key of why not."`
}

type bulkOut struct {
	Body struct {
		ID     kernel.ID   `json:"id"`
		Act    string      `json:"act"`
		Status string      `json:"status" doc:"waiting, running, done or undone"`
		RunAt  kernel.Time `json:"run_at"`
		Cases  []bulkCase  `json:"cases"`
	}
}

func bulkOf(b *casework.Bulk) *bulkOut {
	out := &bulkOut{}
	out.Body.ID, out.Body.Act, out.Body.Status, out.Body.RunAt = b.ID, b.Act, b.Status, b.RunAt
	out.Body.Cases = make([]bulkCase, 0, len(b.Cases))
	for _, c := range b.Cases {
		out.Body.Cases = append(out.Body.Cases, bulkCase{c.Application, c.Outcome})
	}
	return out
}

func (h handlers) bulkOrder(ctx context.Context, c api.Call, in *bulkIn) (*bulkOut, error) {
	o := casework.BulkOrder{Act: in.Body.Act, To: kernel.ID(in.Body.To), Decision: in.Body.Decision, Text: in.Body.Text}
	for _, s := range in.Body.Cases {
		id, err := (ByID{ID: s}).id()
		if err != nil {
			return nil, err
		}
		o.Cases = append(o.Cases, id)
	}
	b, err := h.s.Order(ctx, c.Actor, in.Key, o)
	if err != nil {
		return nil, err
	}
	return bulkOf(b), nil
}

func (h handlers) bulk(ctx context.Context, c api.Call, in *ByID) (*bulkOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	b, _, err := h.s.Bulk(ctx, c.Actor, id)
	if err != nil {
		return nil, err
	}
	return bulkOf(b), nil
}

func (h handlers) bulkUndo(ctx context.Context, c api.Call, in *ByID) (*struct{}, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, h.s.Undo(ctx, c.Actor, id)
}
