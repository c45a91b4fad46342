package casetest

import (
	"context"

	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
)

// Code is what everybody's phone shows.
const Code = "ABCD2345"

// visitors know the people of the registers by their names.
type visitors struct{ r *Registers }

func (v visitors) Receive(ctx context.Context, _ authz.Actor, _ string, c casework.Card, may func(context.Context, string) error) (authz.Actor, error) {
	for id, p := range v.r.people {
		if p.Name == c.Name {
			if err := may(ctx, id); err != nil {
				return authz.Actor{}, err
			}
			return authz.Actor{Account: account(id), Person: id, Name: p.Name}, nil
		}
	}
	return authz.Actor{}, kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("name", "casework.answer.person", nil)
}

func (visitors) Confirm(_ context.Context, _ authz.Actor, _ string, _ kernel.ID, code string) error {
	if code != Code {
		return kernel.E(kernel.Invalid, "casework.error.answers", nil).Field("code", "casework.answer.missing.text", nil)
	}
	return nil
}
