package authority

import (
	"context"
	"net/http"

	"maru/platform/api"
	"maru/platform/authz"
)

type none struct{}

type clientIn struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"Repeat a request with the same key and it applies once."`
	Body Registration
}

type clientRef struct {
	ID string `path:"id"`
}

type clientOut struct {
	Body struct {
		ID string `json:"id"`
	}
}

type clientsOut struct {
	Body struct {
		Clients []Client `json:"clients"`
	}
}

func (s *Service) operations(a *api.API) {
	api.Register(a, api.Op{ID: "authority.request_client", Method: http.MethodPost, Path: "/openid/clients", Status: http.StatusCreated, Scope: authz.ScopeAdmin,
		Summary: "Ask for a program to be registered; another operator agrees"},
		func(ctx context.Context, c api.Call, in *clientIn) (*clientOut, error) {
			id, err := s.RegisterClient(ctx, c.Actor, in.Body, in.Key)
			if err != nil {
				return nil, err
			}
			var out clientOut
			out.Body.ID = id
			return &out, nil
		})
	api.Register(a, api.Op{ID: "authority.clients", Method: http.MethodGet, Path: "/openid/clients", Scope: authz.ScopeAdmin,
		Summary: "Programs asked for and registered"},
		func(ctx context.Context, c api.Call, _ *none) (*clientsOut, error) {
			list, err := s.Clients(ctx, c.Actor)
			if err != nil {
				return nil, err
			}
			var out clientsOut
			out.Body.Clients = list
			return &out, nil
		})
	for _, act := range []struct {
		id, name, summary string
		do                func(context.Context, authz.Actor, string) error
	}{
		{"approve_client", "approve", "Agree that a program is registered", s.ApproveClient},
		{"decline_client", "decline", "Refuse a program", s.DeclineClient},
		{"end_client", "end", "Shut a program out at once", s.EndClient},
	} {
		api.Register(a, api.Op{ID: "authority." + act.id, Method: http.MethodPost, Path: "/openid/clients/{id}/" + act.name, Status: http.StatusNoContent,
			Scope: authz.ScopeAdmin, Summary: act.summary},
			func(ctx context.Context, c api.Call, in *clientRef) (*none, error) {
				return nil, act.do(ctx, c.Actor, in.ID)
			})
	}
}
