package app

import (
	"context"
	"strings"

	"maru/domain/agency"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/domain/exchange"
	"maru/domain/mydata"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/i18n"
	"maru/platform/web"
)

// Bundles are named by where they come from: the pack's list, or a public
// service's definition.
const (
	packBundle    = "bundle."
	serviceBundle = "service."
)

// moved is who receives a bundle that goes into the person's own hands, in
// place of a type of agency.
const moved = "own-hands"

// bundles is exchange's view of the pack, and mydata's of what is agreed to by
// a demand.
type bundles struct {
	catalog *catalog.Service
	bodies  *agency.Service
	texts   *i18n.Catalog
}

func (b bundles) text(key string) kernel.Text {
	return kernel.Text{KO: b.texts.T(kernel.KO, key), EN: b.texts.T(kernel.EN, key)}
}

func (b bundles) Offered(context.Context) ([]exchange.Bundle, error) {
	var out []exchange.Bundle
	for _, d := range b.catalog.Active().Bundles {
		out = append(out, b.ofPack(d))
	}
	return out, nil
}

func (b bundles) Bundle(_ context.Context, id, version string) (exchange.Bundle, error) {
	none := kernel.E(kernel.NotFound, "exchange.error.no_bundle", nil)
	p := b.catalog.Active()
	if name, ok := strings.CutPrefix(id, packBundle); ok {
		for _, d := range p.Bundles {
			if d.ID == name && (version == "" || version == d.Version) {
				return b.ofPack(d), nil
			}
		}
		return exchange.Bundle{}, none
	}
	name, ok := strings.CutPrefix(id, serviceBundle)
	svc := p.Services[name]
	if !ok || svc == nil || version != "" && version != p.Hash {
		return exchange.Bundle{}, none
	}
	return exchange.Bundle{ID: id, Version: p.Hash, Title: svc.Title, Summary: b.text("app.exchange.service_summary"), Purpose: b.text("app.exchange.service_purpose"),
		Basis: b.texts.T(kernel.KO, "app.exchange.service_basis"), Service: name, Receiver: b.receiver(svc.Agency), KeepDays: 30, Fields: b.fields(mydata.Bundle(svc))}, nil
}

// receiver is the body in charge where it is one and the same for everybody, else
// the type of body.
func (b bundles) receiver(rule contract.AgencyRule) kernel.Text {
	if rule.Body != "" {
		return kernel.Text{KO: b.bodies.Name(rule.Body, kernel.KO), EN: b.bodies.Name(rule.Body, kernel.EN)}
	}
	d := b.bodies.Directory()
	return kernel.Text{KO: d.TypeName(rule.Type, kernel.KO), EN: d.TypeName(rule.Type, kernel.EN)}
}

func (b bundles) ofPack(d contract.DataBundle) exchange.Bundle {
	return exchange.Bundle{ID: packBundle + d.ID, Version: d.Version, Title: d.Title, Summary: d.Summary, Purpose: d.Purpose, Basis: d.Basis,
		Receiver: b.text("exchange.receiver.self"), KeepDays: d.KeepDays, Every: d.Every, Fields: b.fields(d.Facts)}
}

// fields are those facts that somebody holds and that are the person's own.
func (b bundles) fields(facts []string) []exchange.Field {
	var out []exchange.Field
	for _, id := range facts {
		if f, ok := b.catalog.Fact(id); ok && f.Movable() {
			out = append(out, exchange.Field{ID: id, Title: f.Title, Registry: f.Registry})
		}
	}
	return out
}

// definition is what mydata keeps a consent to: the bundle's fields as a
// service's questions. Of another version only the name is told.
func (b bundles) definition(ctx context.Context, ref contract.Ref) (*contract.Service, bool) {
	if !strings.HasPrefix(ref.ServiceID, packBundle) && !strings.HasPrefix(ref.ServiceID, serviceBundle) {
		return nil, false
	}
	found, err := b.Bundle(ctx, ref.ServiceID, "")
	if err != nil {
		return nil, false
	}
	svc := &contract.Service{ID: found.ID, Title: found.Title, Agency: contract.AgencyRule{Type: moved}}
	if found.Service != "" {
		if s, ok := b.catalog.Service(found.Service); ok {
			svc.Agency = contract.AgencyRule{Type: s.Agency.Type}
		}
	}
	if ref.Pack == found.Version {
		for _, f := range found.Fields {
			svc.Questions = append(svc.Questions, contract.Question{ID: f.ID, Fact: f.ID})
		}
	}
	return svc, true
}

// demandTerms are the terms of consents that demands rest on.
func demandTerms(service string) (mydata.Terms, bool) {
	switch {
	case strings.HasPrefix(service, packBundle):
		return mydata.Terms{Purpose: "exchange.purpose.transfer", Days: 365}, true
	case strings.HasPrefix(service, serviceBundle):
		return mydata.Terms{Purpose: "exchange.purpose.transfer", Days: 90}, true
	}
	return mydata.Terms{}, false
}

// demandConsents is exchange's view of mydata.
type demandConsents struct{ my *mydata.Service }

func (c demandConsents) Give(ctx context.Context, actor authz.Actor, b exchange.Bundle) (kernel.ID, kernel.Time, error) {
	given, err := c.my.Grant(ctx, actor, b.ID, b.Version)
	return given.ID, given.ExpiresAt, err
}

func (c demandConsents) Stands(ctx context.Context, consent kernel.ID) (bool, error) {
	got, err := c.my.Consent(ctx, consent)
	if kernel.Is(err, kernel.NotFound) {
		return false, nil
	}
	return err == nil && got.Active(c.my.Now()), err
}

func (c demandConsents) Withdraw(ctx context.Context, actor authz.Actor, consent kernel.ID) error {
	_, err := c.my.Withdraw(ctx, actor, consent)
	return err
}

// factWords says a value of a demand in words.
type factWords struct{ r registers }

func (w factWords) Fact(id string, v kernel.Value, l kernel.Lang) string {
	return w.r.FactLabel(id, v, l)
}

// itemNames is audit's view of the fact dictionary.
type itemNames struct {
	catalog *catalog.Service
	texts   *i18n.Catalog
}

// ItemName is a fact's title, or the words for another item of a consent.
func (n itemNames) ItemName(id string, l kernel.Lang) string {
	if f, ok := n.catalog.Fact(id); ok {
		return f.Title.In(l)
	}
	if key := "mydata.item." + id; n.texts.Has(key) {
		return n.texts.T(l, key)
	}
	return ""
}

// joinExchange makes the exchange and, in the try-out, a source for each of the
// sample world's registers.
func (a *App) joinExchange(bodies agencies, provider mydata.Provider) error {
	b := a.bundles()
	a.exchange = exchange.New(exchange.Deps{DB: a.db, Clock: a.clock, Keys: a.keys, Bundles: b, Consents: demandConsents{a.mydata}, Prover: prover{a},
		Words: factWords{registers{a.mydata, a.catalog, a.texts, provider, bodies, nil}}, Log: a.log, Name: a.cfg.exchangeName()})
	if a.registry == nil {
		return a.joinPartners(provider)
	}
	for _, registry := range sample.Registries() {
		key := mydata.RegistryKey(registry)
		id := strings.TrimPrefix(key, "mydata.registry.")
		a.exchange.Add(a.exchange.Inner(id, kernel.Text{KO: a.texts.T(kernel.KO, key), EN: a.texts.T(kernel.EN, key)}, a.registry), registry)
	}
	return a.joinPartners(provider)
}

func (a *App) bundles() bundles {
	return bundles{a.catalog, a.agency, a.texts}
}

// prover is exchange's view of identity: how somebody signs.
type prover struct{ a *App }

// Fresh is an error where the actor must confirm first; an API token was made
// with such a proof.
func (p prover) Fresh(ctx context.Context, actor authz.Actor) (exchange.Proof, error) {
	if err := p.a.identity.RequireFresh(ctx, actor, web.FreshAct); err != nil {
		return exchange.Proof{}, err
	}
	return exchange.Proof{Level: actor.Proof.Level, Methods: actor.Proof.Methods}, nil
}
