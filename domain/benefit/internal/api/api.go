// Package api is benefit's part of /api/v1.
package api

import (
	"context"
	"encoding/json"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// maxBody is room for the largest household with every fact, in bytes.
const maxBody = 512 << 10

// Source answers the operations with values that are written as JSON.
type Source interface {
	EvaluateJSON(body []byte, l kernel.Lang) (any, error)
	NextJSON(body []byte, l kernel.Lang) (any, error)
	MineJSON(ctx context.Context, actor authz.Actor, l kernel.Lang) (any, error)
}

type input struct {
	Body json.RawMessage `contentType:"application/json"`
}

type output struct{ Body any }

// Register adds the operations. Nothing of what they are asked is kept.
func Register(a *api.API, src Source) {
	api.Register(a, api.Op{ID: "benefits.evaluate", Method: http.MethodPost, Path: "/benefits/evaluate", MaxBody: maxBody,
		Summary: "What a household is entitled to on a day, with amounts, reasons and the facts that are missing. Nothing is kept."},
		func(_ context.Context, c api.Call, in *input) (*output, error) {
			return answer(src.EvaluateJSON(in.Body, c.Lang))
		})
	api.Register(a, api.Op{ID: "benefits.next_question", Method: http.MethodPost, Path: "/benefits/next-question", MaxBody: maxBody,
		Summary: "The one fact whose answer settles most. Nothing is kept."},
		func(_ context.Context, c api.Call, in *input) (*output, error) {
			return answer(src.NextJSON(in.Body, c.Lang))
		})
	api.Register(a, api.Op{ID: "benefits.mine", Method: http.MethodGet, Path: "/benefits/mine", Scope: authz.ScopeApplications,
		Summary: "What the token's person is entitled to by what registers know, under their consent for the service benefits."},
		func(ctx context.Context, c api.Call, _ *struct{}) (*output, error) {
			return answer(src.MineJSON(ctx, c.Actor, c.Lang))
		})
}

func answer(body any, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	return &output{body}, nil
}
