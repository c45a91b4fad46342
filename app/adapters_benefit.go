package app

import (
	"context"
	"fmt"

	"maru/domain/benefit"
	"maru/domain/casework"
	"maru/domain/catalog/contract"
	"maru/domain/mydata"
	mycontract "maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
)

// benefitsConsent makes the consent for benefits look to mydata like that for a
// service: its definition names every fact that the rules in force read and a
// register holds, and who belongs to the household.
type benefitsConsent struct {
	texts  *i18n.Catalog
	wanted func() ([]string, error)
}

// recipient stands where a service names a type of agency: what is read for
// benefits goes to no agency.
const recipient = "benefits"

// definition is what people agree to by the active pack. Of another version only
// the name is told: what was agreed to then stands in the consent itself.
func (b benefitsConsent) definition(active bool) (*contract.Service, error) {
	svc := &contract.Service{ID: benefit.Consented, Title: b.text("benefit.consent.service"), Agency: contract.AgencyRule{Type: recipient}}
	if !active {
		return svc, nil
	}
	facts, err := b.wanted()
	if err != nil {
		return nil, err
	}
	svc.Questions = append(svc.Questions, contract.Question{ID: mycontract.ItemHousehold, From: "household"})
	for _, f := range facts {
		svc.Questions = append(svc.Questions, contract.Question{ID: f, Fact: f})
	}
	return svc, nil
}

func (b benefitsConsent) text(key string) kernel.Text {
	return kernel.Text{KO: b.texts.T(kernel.KO, key), EN: b.texts.T(kernel.EN, key)}
}

// consentTerms are those of consents that serve more than one application.
func consentTerms() map[string]mydata.Terms {
	return map[string]mydata.Terms{benefit.Consented: {Purpose: "benefit.purpose.consent", Days: 365}}
}

// homes is benefit's view of mydata.
type homes struct {
	my    *mydata.Service
	texts *i18n.Catalog
}

func (h homes) Home(ctx context.Context, by authz.Actor, person string) (*benefit.Home, error) {
	got, err := h.my.Home(ctx, mydata.HomeRequest{Actor: by, Person: person, Service: benefit.Consented, Purpose: benefit.PurposeFor(by)})
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, m := range got.Members {
		names[m.Person] = m.Name
	}
	out := &benefit.Home{Facts: held(got.Facts), New: facts(got.New), Declined: facts(got.Declined)}
	for _, m := range got.Members {
		one := benefit.HomeMember{Person: m.Person, Name: m.Name, Relation: m.Relation, Facts: held(m.Facts), Open: m.By != ""}
		for _, ask := range m.Ask {
			one.Ask = append(one.Ask, names[ask])
		}
		out.Members = append(out.Members, one)
	}
	return out, nil
}

func held(list map[string]mydata.Fact) map[string]benefit.Held {
	out := make(map[string]benefit.Held, len(list))
	for id, f := range list {
		if f.Value.Known() {
			out[id] = benefit.Held{Value: f.Value, Registry: f.Registry, AsOf: f.AsOf}
		}
	}
	return out
}

// facts are the items of a consent that are facts.
func facts(items []string) []string {
	var out []string
	for _, i := range items {
		if i != mycontract.ItemHousehold {
			out = append(out, i)
		}
	}
	return out
}

func (h homes) Agreed(ctx context.Context, person string) (kernel.ID, error) {
	c, ok, err := h.my.Agreed(ctx, person, benefit.Consented)
	if err != nil || !ok {
		return "", err
	}
	return c.ID, nil
}

func (h homes) Offer(ctx context.Context, actor authz.Actor) (benefit.Offer, error) {
	c, err := h.my.Propose(ctx, actor, benefit.Consented, "")
	if err != nil {
		return benefit.Offer{}, err
	}
	now, ok, err := h.my.Agreed(ctx, actor.Person, benefit.Consented)
	if err != nil {
		return benefit.Offer{}, err
	}
	return benefit.Offer{Facts: facts(c.Items), Pack: c.Pack, Until: c.ExpiresAt, Sensitive: ok && len(now.Sensitive) > 0}, nil
}

func (h homes) Agree(ctx context.Context, actor authz.Actor, pack string, sensitive bool) error {
	grant := h.my.Grant
	if sensitive {
		grant = h.my.GrantSensitive
	}
	_, err := grant(ctx, actor, benefit.Consented, pack)
	return err
}

func (h homes) Withdrawn(ctx context.Context, consent kernel.ID) (string, kernel.Time, error) {
	c, err := h.my.Consent(ctx, consent)
	if err != nil || c.Service != benefit.Consented {
		return "", 0, err
	}
	return c.Person, c.EndedAt, nil
}

func (h homes) Narrowed(ctx context.Context, consent kernel.ID) (string, kernel.Time, []string, error) {
	c, err := h.my.Consent(ctx, consent)
	if err != nil || c.Service != benefit.Consented {
		return "", 0, nil, err
	}
	return c.Person, c.GivenAt, c.Declined, nil
}

func (h homes) Registry(id string, l kernel.Lang) string {
	if key := mydata.RegistryKey(id); h.texts.Has(key) {
		return h.texts.T(l, key)
	}
	return id
}

// drafts is benefit's view of casework.
type drafts struct{ cases *casework.Service }

func (d drafts) Begin(ctx context.Context, actor authz.Actor, service string, told map[string]benefit.Statement) (string, error) {
	all := make(map[string]casework.Told, len(told))
	for fact, st := range told {
		all[fact] = casework.Told{Value: st.Value, On: st.On}
	}
	id, agree, err := d.cases.Begin(ctx, actor, service, all)
	switch {
	case err != nil:
		return "", err
	case agree:
		return fmt.Sprintf("/applications/%s/consent", id), nil
	}
	return fmt.Sprintf("/applications/%s", id), nil
}
