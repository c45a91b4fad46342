package identity

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
)

type tokenIn struct {
	Body struct {
		Name   string   `json:"name" minLength:"1" maxLength:"100" doc:"to recognise it by"`
		Scopes []string `json:"scopes" minItems:"1" enum:"applications,desk,admin" doc:"what it may do; not more than the caller"`
		Days   int      `json:"days,omitempty" minimum:"1" maximum:"365" doc:"until it expires; 90 when absent"`
	}
}

type tokenOut struct {
	Body struct {
		Token
		Secret string `json:"token" doc:"shown this once"`
	}
}

type tokensOut struct {
	Body struct {
		Tokens []Token `json:"tokens"`
	}
}

type tokenID struct {
	ID string `path:"id"`
}

type none struct{}

type peopleOut struct {
	Body struct {
		People []DemoEntry `json:"people"`
	}
}

type demoIn struct {
	Body struct {
		Person string `json:"person" minLength:"1" maxLength:"100" doc:"id from GET /demo/people, or of any resident of the world"`
	}
}

type demoOut struct {
	Body struct {
		Token string `json:"token" doc:"good for twelve hours"`
	}
}

func (s *Service) operations(a *api.API) {
	api.Register(a, api.Op{ID: "identity.create_token", Method: http.MethodPost, Path: "/tokens", Status: http.StatusCreated, Auth: true,
		Summary: "Make an API token"},
		func(ctx context.Context, c api.Call, in *tokenIn) (*tokenOut, error) {
			secret, t, err := s.CreateToken(ctx, c.Actor, NewToken{Name: in.Body.Name, Scopes: in.Body.Scopes, Days: in.Body.Days})
			if err != nil {
				return nil, err
			}
			var out tokenOut
			out.Body.Token, out.Body.Secret = t, secret
			return &out, nil
		})
	api.Register(a, api.Op{ID: "identity.tokens", Method: http.MethodGet, Path: "/tokens", Auth: true, Summary: "My API tokens"},
		func(ctx context.Context, c api.Call, _ *none) (*tokensOut, error) {
			list, err := s.Tokens(ctx, c.Actor)
			if err != nil {
				return nil, err
			}
			var out tokensOut
			out.Body.Tokens = list
			return &out, nil
		})
	api.Register(a, api.Op{ID: "identity.revoke_token", Method: http.MethodDelete, Path: "/tokens/{id}", Status: http.StatusNoContent, Auth: true,
		Summary: "Revoke one of my API tokens"},
		func(ctx context.Context, c api.Call, in *tokenID) (*none, error) {
			return nil, s.RevokeToken(ctx, c.Actor, kernel.ID(in.ID))
		})
	if s.d.Demo {
		s.demoOperations(a)
	}
}

// demoOperations exist in the try-out world only.
func (s *Service) demoOperations(a *api.API) {
	api.Register(a, api.Op{ID: "identity.demo_people", Tag: "demo", Method: http.MethodGet, Path: "/demo/people", Summary: "People of the try-out world"},
		func(ctx context.Context, c api.Call, _ *none) (*peopleOut, error) {
			list, err := s.DemoPeople(ctx, c.Lang)
			if err != nil {
				return nil, err
			}
			var out peopleOut
			out.Body.People = list
			return &out, nil
		})
	api.Register(a, api.Op{ID: "identity.demo_sign_in", Tag: "demo", Method: http.MethodPost, Path: "/demo/sign-in", Summary: "Be somebody of the try-out world"},
		func(ctx context.Context, _ api.Call, in *demoIn) (*demoOut, error) {
			token, err := s.SignInDemo(ctx, in.Body.Person)
			if err != nil {
				return nil, err
			}
			var out demoOut
			out.Body.Token = token
			return &out, nil
		})
}
