package app

import (
	"context"
	"slices"

	"maru/domain/casework"
	"maru/domain/identity"
	"maru/domain/mandate"
	"maru/domain/mydata"
	"maru/kernel"
	"maru/platform/authz"
)

// newMandate joins mandates to registers, accounts and counters, and sees that
// no theme changed under its number.
func (a *App) newMandate(ctx context.Context, source mydata.Provider, bodies agencies) (*mandate.Service, error) {
	s, err := mandate.New(mandate.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Log: a.log, Events: a.bus, Register: civil{source},
		Accounts: represented{a.identity}, Names: mandateNames{titles{a.catalog}, bodies}, Counter: visits{a.casework}})
	if err != nil {
		return nil, err
	}
	return s, s.Start(ctx)
}

// civil is mandate's view of the registers of residents and families. The
// program asks for itself, to decide; what it learns is shown to nobody.
type civil struct{ source mydata.Provider }

func (c civil) Person(ctx context.Context, person string) (mandate.Person, error) {
	facts, err := c.source.Facts(ctx, person, []string{"name", "birth_date", "marital_status"})
	if err != nil {
		return mandate.Person{}, err
	}
	p := mandate.Person{ID: person, Name: facts["name"].Value.Text(), Married: facts["marital_status"].Value.Text() == "married", Alive: true}
	p.Birth, _ = facts["birth_date"].Value.Date()
	return p, nil
}

// Children are those of the family register, and who lives with the person:
// a guardian's ward is not family.
func (c civil) Children(ctx context.Context, person string) ([]string, error) {
	var out []string
	family, err := c.source.Family(ctx, person)
	if err != nil {
		return nil, err
	}
	home, err := c.source.Household(ctx, person)
	if err != nil {
		return nil, err
	}
	for _, m := range append(family, home...) {
		if m.Person != person && !slices.Contains(out, m.Person) {
			out = append(out, m.Person)
		}
	}
	return out, nil
}

func (c civil) Guards(ctx context.Context, guardian, person string) (bool, error) {
	return c.source.Guards(ctx, guardian, person)
}

// Household are the head, spouse, children, parents and grandchildren: who only
// lodges there is in nobody's household.
func (c civil) Household(ctx context.Context, person string) ([]string, error) {
	home, err := c.source.Household(ctx, person)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range home {
		if m.Relation != "other" {
			out = append(out, m.Person)
		}
	}
	if !slices.Contains(out, person) {
		return nil, nil
	}
	return out, nil
}

func (c civil) Withheld(ctx context.Context, from, person string) (bool, error) {
	return c.source.Withheld(ctx, from, person)
}

func (c civil) SameHousehold(ctx context.Context, a, b string) (bool, error) {
	return registers{source: c.source}.SameHousehold(ctx, a, b)
}

// represented is mandate's view of accounts.
type represented struct{ *identity.Service }

func (r represented) PersonOf(ctx context.Context, official authz.Actor, c mandate.Card) (string, error) {
	return r.Service.PersonOf(ctx, official, identity.PersonFacts{Name: c.Name, Birth: c.Birth, Sex: c.Sex, Region: kernel.Region(c.Region)})
}

// mandateNames puts ids into words for mandate's pages.
type mandateNames struct {
	titles titles
	bodies agencies
}

func (n mandateNames) Service(id string, l kernel.Lang) string { return n.titles.Title(id, "", l) }

func (n mandateNames) Agency(id string, l kernel.Lang) string { return n.bodies.Name(id, l) }

func (n mandateNames) Regions(l kernel.Lang) []mandate.Region {
	var out []mandate.Region
	for _, p := range n.bodies.Places(l) {
		out = append(out, mandate.Region{ID: string(p.Region), Name: p.Name})
	}
	return out
}

// visits is mandate's view of help at counters.
type visits struct{ cases *casework.Service }

func (v visits) Visits(ctx context.Context, actor authz.Actor) ([]mandate.Visit, error) {
	l, err := v.cases.AssistsOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	var out []mandate.Visit
	for _, a := range l {
		out = append(out, mandate.Visit{ID: a.ID, Agency: a.Agency, Service: a.Service, Ends: a.EndsAt})
	}
	return out, nil
}

func (v visits) EndVisit(ctx context.Context, actor authz.Actor, id kernel.ID) error {
	return v.cases.AssistLeave(ctx, actor, id)
}

// delegates names who acts for whom, for logs, timelines and messages. Mandates
// are made after those who ask.
type delegates struct{ app *App }

func (d delegates) ActorName(ctx context.Context, id kernel.ID) (string, error) {
	return d.app.mandate.ActorName(ctx, id)
}

// RegisterName is what a register kept here is called.
func (d delegates) RegisterName(ctx context.Context, code string, l kernel.Lang) (string, error) {
	return d.app.registers.RegisterName(ctx, code, l)
}

func (d delegates) Sides(ctx context.Context, id kernel.ID) (principal, actor, person string, err error) {
	return d.app.mandate.Sides(ctx, id)
}

func (d delegates) AppName(ctx context.Context, client string, l kernel.Lang) (string, error) {
	return d.app.authority.AppName(ctx, client, l)
}

func (d delegates) DelegateName(ctx context.Context, account kernel.ID) (string, error) {
	return d.app.identity.NameOf(ctx, account)
}
