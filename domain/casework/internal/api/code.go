package api

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// registerCodes adds the operations of codes to confirm by.
func registerCodes(a *api.API, h handlers) {
	api.Register(a, api.Op{ID: "applications.codes", Method: http.MethodGet, Path: "/applications/{id}/codes",
		Summary: "The codes to hand on to those known by a typed name who are still to confirm.", Scope: authz.ScopeApplications}, h.codes)
	api.Register(a, api.Op{ID: "applications.code_renew", Method: http.MethodPost, Path: "/applications/{id}/parties/{party}/code",
		Summary: "Make a new code for one of them; the old one stops working.", Scope: authz.ScopeApplications}, h.codeRenew)
	api.Register(a, api.Op{ID: "signatures.redeem", Method: http.MethodPost, Path: "/signatures",
		Summary: "Find the request to confirm by the code you were given.", Scope: authz.ScopeApplications}, h.redeem)
}

type code struct {
	Party kernel.ID   `json:"party"`
	Code  string      `json:"code"`
	Until kernel.Time `json:"until"`
	Valid bool        `json:"valid"`
}

type codesOut struct {
	Body struct {
		Codes []code `json:"codes"`
	}
}

func (h handlers) codes(ctx context.Context, c api.Call, in *ByID) (*codesOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return h.codesOf(ctx, c.Actor, id)
}

func (h handlers) codesOf(ctx context.Context, actor authz.Actor, id kernel.ID) (*codesOut, error) {
	k, err := h.s.Open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	all, err := h.s.Codes(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	out := &codesOut{}
	out.Body.Codes = []code{}
	for _, p := range k.Parties {
		if x, ok := all[p.ID]; ok {
			out.Body.Codes = append(out.Body.Codes, code{p.ID, x.Code, x.Until, !x.Dead})
		}
	}
	return out, nil
}

type renewIn struct {
	Keyed
	ByID
	Party string `path:"party" maxLength:"64"`
}

func (h handlers) codeRenew(ctx context.Context, c api.Call, in *renewIn) (*codesOut, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	party, err := ByID{in.Party}.id()
	if err != nil {
		return nil, err
	}
	if _, err := h.s.RenewCode(ctx, c.Actor, id, party, in.Key); err != nil {
		return nil, err
	}
	return h.codesOf(ctx, c.Actor, id)
}

type redeemIn struct {
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

type redeemOut struct {
	Body struct {
		Signature kernel.ID `json:"signature"`
	}
}

func (h handlers) redeem(ctx context.Context, c api.Call, in *redeemIn) (*redeemOut, error) {
	id, err := h.s.Redeem(ctx, c.Actor, in.Body.Code)
	if err != nil {
		return nil, err
	}
	out := &redeemOut{}
	out.Body.Signature = id
	return out, nil
}
