// Package api is mydata's part of /api/v1: consents.
package api

import (
	"context"
	"net/http"

	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/api"
	"maru/platform/authz"
)

// Consents is what the operations need.
type Consents interface {
	Grant(ctx context.Context, actor authz.Actor, service, pack string) (contract.Consent, error)
	GrantSensitive(ctx context.Context, actor authz.Actor, service, pack string) (contract.Consent, error)
	Consents(ctx context.Context, actor authz.Actor) ([]contract.Consent, error)
	Withdraw(ctx context.Context, actor authz.Actor, id kernel.ID) (contract.Consent, error)
	WithdrawSensitive(ctx context.Context, actor authz.Actor, id kernel.ID) (contract.Consent, error)
	Now() kernel.Time
}

// Consent is a consent on the wire.
type Consent struct {
	ID        kernel.ID   `json:"id"`
	Service   string      `json:"service"`
	Pack      string      `json:"pack" doc:"version of the service's definition"`
	Items     []string    `json:"items" doc:"fact ids, household_members, family_members"`
	Sensitive []string    `json:"sensitive" doc:"those of the items that are sensitive and were agreed to apart"`
	Declined  []string    `json:"declined" doc:"sensitive facts that were on offer and left out"`
	Recipient string      `json:"recipient" doc:"type of agency"`
	KeptYears int         `json:"kept_years"`
	GivenAt   kernel.Time `json:"given_at"`
	ExpiresAt kernel.Time `json:"expires_at"`
	EndedAt   kernel.Time `json:"ended_at"`
	Status    string      `json:"status" enum:"active,withdrawn,replaced,expired"`
}

type grantInput struct {
	Body struct {
		Service   string `json:"service" minLength:"1" maxLength:"100" doc:"service id"`
		Sensitive bool   `json:"sensitive,omitempty" doc:"the person also agreed, by an act of its own, to sensitive facts (Personal Information Protection Act art. 23); without it they are not fetched"`
	}
}

type consentOutput struct{ Body Consent }

type listOutput struct {
	Body struct {
		Consents []Consent `json:"consents"`
	}
}

type withdrawInput struct {
	ID string `path:"id" maxLength:"36"`
}

// Register adds the operations.
func Register(a *api.API, c Consents) {
	api.Register(a, api.Op{
		ID: "mydata.grant", Method: http.MethodPost, Path: "/consents", Status: http.StatusCreated,
		Summary: "Agree that the facts a service's definition names are fetched for it.", Scope: authz.ScopeApplications, Fresh: true,
	}, func(ctx context.Context, call api.Call, in *grantInput) (*consentOutput, error) {
		grant := c.Grant
		if in.Body.Sensitive {
			grant = c.GrantSensitive
		}
		got, err := grant(ctx, call.Actor, in.Body.Service, "")
		if err != nil {
			return nil, err
		}
		return &consentOutput{wire(got, c.Now())}, nil
	})
	api.Register(a, api.Op{
		ID: "mydata.consents", Method: http.MethodGet, Path: "/consents",
		Summary: "List own consents, the newest first.", Scope: authz.ScopeApplications,
	}, func(ctx context.Context, call api.Call, _ *struct{}) (*listOutput, error) {
		all, err := c.Consents(ctx, call.Actor)
		if err != nil {
			return nil, err
		}
		out := &listOutput{}
		out.Body.Consents = make([]Consent, 0, len(all))
		for _, one := range all {
			out.Body.Consents = append(out.Body.Consents, wire(one, c.Now()))
		}
		return out, nil
	})
	api.Register(a, api.Op{
		ID: "mydata.withdraw", Method: http.MethodPost, Path: "/consents/{id}/withdraw",
		Summary: "Take a consent back.", Scope: authz.ScopeApplications,
	}, func(ctx context.Context, call api.Call, in *withdrawInput) (*consentOutput, error) {
		id, err := kernel.ParseID(in.ID)
		if err != nil {
			return nil, kernel.E(kernel.NotFound, "mydata.error.no_consent", err)
		}
		got, err := c.Withdraw(ctx, call.Actor, id)
		if err != nil {
			return nil, err
		}
		return &consentOutput{wire(got, c.Now())}, nil
	})
	api.Register(a, api.Op{
		ID: "mydata.withdraw_sensitive", Method: http.MethodPost, Path: "/consents/{id}/withdraw-sensitive",
		Summary: "Take back the sensitive part of a consent alone; the answer is the consent that stands from then on.", Scope: authz.ScopeApplications,
	}, func(ctx context.Context, call api.Call, in *withdrawInput) (*consentOutput, error) {
		id, err := kernel.ParseID(in.ID)
		if err != nil {
			return nil, kernel.E(kernel.NotFound, "mydata.error.no_consent", err)
		}
		got, err := c.WithdrawSensitive(ctx, call.Actor, id)
		if err != nil {
			return nil, err
		}
		return &consentOutput{wire(got, c.Now())}, nil
	})
}

func wire(c contract.Consent, now kernel.Time) Consent {
	status := c.Ended
	switch {
	case c.Active(now):
		status = "active"
	case status == "":
		status = "expired"
	}
	return Consent{
		ID: c.ID, Service: c.Service, Pack: c.Pack, Items: c.Items, Sensitive: append([]string{}, c.Sensitive...),
		Declined: append([]string{}, c.Declined...), Recipient: c.Recipient, KeptYears: c.KeptYears,
		GivenAt: c.GivenAt, ExpiresAt: c.ExpiresAt, EndedAt: c.EndedAt, Status: status,
	}
}
