package app

import (
	"context"

	"maru/domain/casework"
	"maru/domain/identity"
	"maru/kernel"
	"maru/platform/authz"
)

// counter is casework's view of who stands at a counter.
type counter struct{ *identity.Service }

func (c counter) Receive(ctx context.Context, official authz.Actor, agency string, card casework.Card, may func(context.Context, string) error) (authz.Actor, error) {
	return c.Service.Receive(ctx, official, identity.CounterProof{Agency: agency, Code: card.Code,
		Facts: identity.PersonFacts{Name: card.Name, Birth: card.Birth, Sex: card.Sex, Region: kernel.Region(card.Region)}}, may)
}

func (c counter) Confirm(ctx context.Context, official authz.Actor, agency string, account kernel.ID, code string) error {
	return c.ConfirmCode(ctx, official, agency, account, code)
}
