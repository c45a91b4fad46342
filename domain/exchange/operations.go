package exchange

import (
	"context"
	"net/http"

	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// DemandOut is a demand on the wire.
type DemandOut struct {
	ID        kernel.ID     `json:"id"`
	Bundle    string        `json:"bundle"`
	Version   string        `json:"version"`
	Basis     string        `json:"basis" doc:"law and article"`
	Fields    []string      `json:"fields"`
	EveryDays int           `json:"every_days" doc:"0 for once"`
	SignedAt  kernel.Time   `json:"signed_at"`
	Until     kernel.Time   `json:"until"`
	Status    string        `json:"status" enum:"standing,done,withdrawn,expired"`
	Signature string        `json:"signature" doc:"the signed demand, compact JWS"`
	Transfers []TransferOut `json:"transfers"`
}

// TransferOut is a transfer on the wire.
type TransferOut struct {
	ID      kernel.ID   `json:"id"`
	BegunAt kernel.Time `json:"begun_at"`
	Status  string      `json:"status" enum:"waiting,done,withdrawn,expired"`
	Tries   int         `json:"tries"`
	NextAt  kernel.Time `json:"next_at"`
	Calls   []CallOut   `json:"calls"`
	Hash    string      `json:"hash"`
	Receipt string      `json:"receipt" doc:"compact JWS; empty until done"`
	Kept    bool        `json:"kept" doc:"what arrived is still here"`
}

// CallOut is one source's part.
type CallOut struct {
	Source string   `json:"source"`
	Status string   `json:"status" enum:"waiting,done,unknown,refused,nobody"`
	Asked  []string `json:"asked"`
	Got    []string `json:"got"`
	Ground string   `json:"ground,omitempty" doc:"number of Personal Information Protection Act art. 35 para. 4"`
}

type demandOut struct{ Body DemandOut }

type demandsOut struct {
	Body struct {
		Demands []DemandOut `json:"demands"`
	}
}

type signIn struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100"`
	Body struct {
		Bundle    string `json:"bundle" minLength:"1" maxLength:"200"`
		Version   string `json:"version" minLength:"1" maxLength:"100" doc:"as it was shown to the person"`
		EveryDays int    `json:"every_days,omitempty" minimum:"0" maximum:"365"`
		Months    int    `json:"months,omitempty" minimum:"0" maximum:"12"`
	}
}

type demandIn struct {
	ID string `path:"id" maxLength:"36"`
}

type dataOut struct {
	Body struct {
		Signed string `json:"signed" doc:"the data and its receipt, compact JWS"`
	}
}

type dataIn struct {
	ID       string `path:"id" maxLength:"36"`
	Transfer string `path:"transfer" maxLength:"36"`
}

type bundlesOut struct {
	Body struct {
		Bundles []BundleOut `json:"bundles"`
	}
}

// BundleOut is a bundle on the wire.
type BundleOut struct {
	ID       string   `json:"id"`
	Version  string   `json:"version"`
	Title    string   `json:"title"`
	Purpose  string   `json:"purpose"`
	Basis    string   `json:"basis"`
	Fields   []string `json:"fields"`
	KeepDays int      `json:"keep_days"`
	Every    []int    `json:"every_days"`
}

func (s *Service) operations(a *api.API) {
	api.Register(a, api.Op{ID: "exchange.bundles", Method: http.MethodGet, Path: "/bundles", Summary: "Bundles of one's own data that can be asked for.",
		Scope: authz.ScopeApplications}, func(ctx context.Context, c api.Call, _ *struct{}) (*bundlesOut, error) {
		list, err := s.d.Bundles.Offered(ctx)
		if err != nil {
			return nil, err
		}
		out := &bundlesOut{}
		out.Body.Bundles = []BundleOut{}
		for _, b := range list {
			every := b.Every
			if every == nil {
				every = []int{}
			}
			out.Body.Bundles = append(out.Body.Bundles, BundleOut{b.ID, b.Version, b.Title.In(c.Lang), b.Purpose.In(c.Lang), b.Basis, fieldsOf(b), b.KeepDays, every})
		}
		return out, nil
	})
	api.Register(a, api.Op{ID: "exchange.demand", Method: http.MethodPost, Path: "/demands", Status: http.StatusCreated,
		Summary: "Sign a demand that one's own data be moved; the same key is the same demand.", Scope: authz.ScopeApplications, Fresh: true},
		func(ctx context.Context, c api.Call, in *signIn) (*demandOut, error) {
			d, err := s.Demand(ctx, c.Actor, Ask{Bundle: in.Body.Bundle, Version: in.Body.Version, EveryDays: in.Body.EveryDays, Months: in.Body.Months, Key: in.Key})
			if err != nil {
				return nil, err
			}
			return s.wireDemand(ctx, c.Actor, d.ID)
		})
	api.Register(a, api.Op{ID: "exchange.demands", Method: http.MethodGet, Path: "/demands", Summary: "One's demands, the newest first, without their transfers.",
		Scope: authz.ScopeApplications}, func(ctx context.Context, c api.Call, _ *struct{}) (*demandsOut, error) {
		list, err := s.Mine(ctx, c.Actor)
		if err != nil {
			return nil, err
		}
		out := &demandsOut{}
		out.Body.Demands = []DemandOut{}
		for _, d := range list {
			out.Body.Demands = append(out.Body.Demands, wireOf(d, nil))
		}
		return out, nil
	})
	api.Register(a, api.Op{ID: "exchange.show", Method: http.MethodGet, Path: "/demands/{id}", Summary: "One demand with its transfers.", Scope: authz.ScopeApplications},
		func(ctx context.Context, c api.Call, in *demandIn) (*demandOut, error) {
			id, err := kernel.ParseID(in.ID)
			if err != nil {
				return nil, errNoDemand()
			}
			return s.wireDemand(ctx, c.Actor, id)
		})
	api.Register(a, api.Op{ID: "exchange.withdraw", Method: http.MethodPost, Path: "/demands/{id}/withdraw", Summary: "Take a demand back; what it brought is deleted.",
		Scope: authz.ScopeApplications}, func(ctx context.Context, c api.Call, in *demandIn) (*demandOut, error) {
		id, err := kernel.ParseID(in.ID)
		if err != nil {
			return nil, errNoDemand()
		}
		if err := s.Withdraw(ctx, c.Actor, id); err != nil {
			return nil, err
		}
		return s.wireDemand(ctx, c.Actor, id)
	})
	api.Register(a, api.Op{ID: "exchange.take", Method: http.MethodPost, Path: "/demands/{id}/transfers/{transfer}/data", Status: http.StatusOK,
		Summary: "What a transfer brought, signed; the taking is in the access log.", Scope: authz.ScopeApplications},
		func(ctx context.Context, c api.Call, in *dataIn) (*dataOut, error) {
			id, err := kernel.ParseID(in.ID)
			if err != nil {
				return nil, errNoDemand()
			}
			signed, _, err := s.Take(ctx, c.Actor, id, kernel.ID(in.Transfer))
			if err != nil {
				return nil, err
			}
			out := &dataOut{}
			out.Body.Signed = signed
			return out, nil
		})
}

func (s *Service) wireDemand(ctx context.Context, actor authz.Actor, id kernel.ID) (*demandOut, error) {
	d, ts, err := s.Show(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return &demandOut{wireOf(d, ts)}, nil
}

func wireOf(d *Demand, ts []*Transfer) DemandOut {
	out := DemandOut{ID: d.ID, Bundle: d.Bundle.ID, Version: d.Bundle.Version, Basis: d.Bundle.Basis, Fields: fieldsOf(d.Bundle), EveryDays: d.EveryDays,
		SignedAt: d.SignedAt, Until: d.Until, Status: string(d.State), Signature: d.Signature, Transfers: []TransferOut{}}
	for _, t := range ts {
		one := TransferOut{ID: t.ID, BegunAt: t.BegunAt, Status: string(t.State), Tries: t.Tries, NextAt: t.NextAt, Calls: []CallOut{}, Hash: t.Hash, Receipt: t.Receipt, Kept: t.Kept}
		for _, c := range t.Calls {
			got := c.Got
			if got == nil {
				got = []string{}
			}
			one.Calls = append(one.Calls, CallOut{c.Source, string(c.State), c.Asked, got, c.Ground})
		}
		out.Transfers = append(out.Transfers, one)
	}
	return out
}
