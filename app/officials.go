package app

import (
	"context"
	"encoding/json"

	"maru/domain/casework"
	"maru/domain/identity"
	identityevents "maru/domain/identity/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/events"
)

// officials is casework's view of who works where.
type officials struct{ *identity.Service }

func (o officials) Officials(ctx context.Context, agency string) ([]casework.Official, error) {
	holders, err := o.Holders(ctx, authz.Official, agency)
	if err != nil {
		return nil, err
	}
	out := make([]casework.Official, 0, len(holders))
	for _, h := range holders {
		out = append(out, casework.Official{Account: h.Account, Name: h.Name, Person: h.Person})
	}
	return out, nil
}

func (o officials) Managers(ctx context.Context, agency string) ([]kernel.ID, error) {
	holders, err := o.Holders(ctx, authz.Manager, agency)
	if err != nil {
		return nil, err
	}
	out := make([]kernel.ID, 0, len(holders))
	for _, h := range holders {
		out = append(out, h.Account)
	}
	return out, nil
}

// furnishDesk gives an agency of the try-out a team with a lead and a colleague
// on leave, as soon as somebody first works there.
func furnishDesk(a *App) func(context.Context, events.Event) error {
	return func(ctx context.Context, e events.Event) error {
		var r identityevents.Role
		if err := json.Unmarshal(e.Data, &r); err != nil {
			return err
		}
		if r.Role != string(authz.Official) {
			return nil
		}
		staff, err := a.identity.DemoStaff(ctx, "lead-"+r.Agency, "official-"+r.Agency, "official2-"+r.Agency, "official3-"+r.Agency)
		if err != nil {
			return err
		}
		lead := authz.Actor{Account: staff[0], Grants: []authz.Grant{{Role: authz.Official, Agency: r.Agency}, {Role: authz.Manager, Agency: r.Agency}}}
		teams, err := a.casework.Teams(ctx, lead, r.Agency)
		if err != nil || len(teams) > 0 {
			return err
		}
		today := a.clock.Now().DateIn(kernel.Seoul)
		away := casework.AbsenceInput{Account: staff[3], Deputy: staff[2], From: today, Until: today.AddDays(10)}
		if _, err := a.casework.BeAway(ctx, lead, r.Agency, "demo-leave", away); err != nil {
			return err
		}
		in := casework.TeamInput{Leads: staff[:1], Members: staff[1:],
			Name: kernel.Text{KO: a.texts.T(kernel.KO, "app.demo.team"), EN: a.texts.T(kernel.EN, "app.demo.team")}}
		_, err = a.casework.MakeTeam(ctx, lead, r.Agency, "demo-team", in)
		return err
	}
}
