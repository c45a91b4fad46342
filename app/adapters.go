package app

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"maru/domain/agency"
	"maru/domain/ask"
	"maru/domain/benefit"
	"maru/domain/casework"
	caseevents "maru/domain/casework/contract"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/domain/exchange"
	"maru/domain/identity"
	"maru/domain/mydata"
	mycontract "maru/domain/mydata/contract"
	"maru/domain/mydata/sample"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/clock"
	"maru/platform/events"
	"maru/platform/i18n"
)

// Adapters let one domain call another without importing it: each satisfies
// an interface that the calling domain declares in its needs.go.

// agencies is casework's, identity's and audit's view of the directory.
type agencies struct {
	*agency.Service
	clock clock.Clock
}

func (a agencies) today() kernel.Date { return a.clock.Now().DateIn(kernel.Seoul) }

func (a agencies) Takes(rule contract.AgencyRule, id string) bool {
	return a.Directory().Takes(rule, id)
}

func (a agencies) Region(code string, at kernel.Date) (string, bool) {
	now, ok := a.Directory().Resolve(kernel.Region(code), at)
	return string(now), ok && a.Directory().RegionExists(now, at)
}

func (a agencies) RegionName(code string, l kernel.Lang) string {
	return a.Directory().RegionName(kernel.Region(code), l)
}

func (a agencies) Regions(at kernel.Date, l kernel.Lang) []casework.RegionGroup {
	var out []casework.RegionGroup
	for _, g := range a.Directory().Regions(at, l) {
		group := casework.RegionGroup{Name: g.Name}
		for _, c := range g.Regions {
			group.Choices = append(group.Choices, casework.Choice{Value: c.ID, Text: c.Name})
		}
		out = append(out, group)
	}
	return out
}

func (a agencies) Bodies(rule contract.AgencyRule, at kernel.Date, l kernel.Lang) []casework.Choice {
	var out []casework.Choice
	for _, c := range a.Directory().Bodies(rule, at, l) {
		out = append(out, casework.Choice{Value: c.ID, Text: c.Name})
	}
	return out
}

// Agencies lists the bodies that roles can be bound to.
func (a agencies) Agencies(context.Context) ([]identity.Agency, error) {
	ids := a.All()
	out := make([]identity.Agency, 0, len(ids))
	for _, id := range ids {
		out = append(out, identity.Agency{ID: id, Name: kernel.Text{KO: a.Name(id, kernel.KO), EN: a.Name(id, kernel.EN)}})
	}
	return out, nil
}

// Places lists the regions for the counter's form.
func (a agencies) Places(l kernel.Lang) []identity.Place {
	var out []identity.Place
	for _, g := range a.Directory().Regions(a.today(), l) {
		for _, c := range g.Regions {
			out = append(out, identity.Place{Region: kernel.Region(c.ID), Name: c.Name})
		}
	}
	return out
}

// packFacts is mydata's view of the catalogue.
type packFacts struct {
	*catalog.Service
	agencies *agency.Service
	benefits benefitsConsent
	bundles  bundles
}

func (p packFacts) Pinned(ctx context.Context, ref contract.Ref) (*contract.Service, error) {
	if ref.ServiceID == benefit.Consented {
		return p.benefits.definition(ref.Pack == "" || ref.Pack == p.PackHash())
	}
	if svc, ok := p.bundles.definition(ctx, ref); ok {
		return svc, nil
	}
	return p.Service.Pinned(ctx, ref)
}

func (p packFacts) AgencyType(id string) kernel.Text {
	if id == recipient {
		return p.benefits.text("benefit.consent.recipient")
	}
	if id == moved {
		return p.bundles.text("exchange.receiver.self")
	}
	d := p.agencies.Directory()
	return kernel.Text{KO: d.TypeName(id, kernel.KO), EN: d.TypeName(id, kernel.EN)}
}

// registers is casework's view of mydata.
type registers struct {
	my      *mydata.Service
	catalog *catalog.Service
	texts   *i18n.Catalog
	source  mydata.Provider
	regions agencies
	moved   *exchange.Service // nil: nothing was ever moved by a demand
}

func (r registers) Consented(ctx context.Context, actor authz.Actor, service string) (bool, error) {
	list, err := r.my.Consents(ctx, actor)
	if err != nil {
		return false, err
	}
	svc, ok := r.catalog.Service(service)
	if !ok {
		return false, nil
	}
	want := r.offered(svc)
	now := r.my.Now()
	return slices.ContainsFunc(list, func(c mycontract.Consent) bool {
		return c.Service == service && c.Active(now) && !slices.ContainsFunc(want, func(item string) bool { return !slices.Contains(c.Items, item) })
	}), nil
}

func (r registers) Consent(ctx context.Context, actor authz.Actor, svc *contract.Service, ref contract.Ref) error {
	_, err := r.my.Grant(ctx, actor, svc.ID, ref.Pack)
	return err
}

func (r registers) Facts(ctx context.Context, actor authz.Actor, svc *contract.Service) (map[string]casework.Fact, error) {
	got, err := r.movedOrFetched(ctx, actor, svc)
	if err != nil {
		return nil, err
	}
	out := make(map[string]casework.Fact, len(got))
	for id, f := range got {
		if id == "phone" {
			f.Value = kernel.TextOf(nationalPhone(f.Value.Text()))
		}
		out[id] = casework.Fact{Value: f.Value, Registry: f.Registry, AsOf: f.AsOf}
	}
	return out, nil
}

// movedOrFetched are the facts that a demand of the person brought for this
// service, and the rest by the consent given with the application.
func (r registers) movedOrFetched(ctx context.Context, actor authz.Actor, svc *contract.Service) (map[string]mydata.Fact, error) {
	req := mydata.FetchRequest{Actor: actor, Service: svc.ID}
	if r.moved == nil {
		return r.my.Fetch(ctx, req)
	}
	got, ok, err := r.moved.Received(ctx, actor, svc.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return r.my.Fetch(ctx, req)
	}
	agreed, ok, err := r.my.Agreed(ctx, actor.Person, svc.ID)
	if err != nil || !ok {
		return r.my.Fetch(ctx, req) // which says what to agree to
	}
	req.Facts = []string{}
	for _, item := range mydata.Bundle(svc) {
		if _, here := got[item]; !here && slices.Contains(agreed.Items, item) {
			req.Facts = append(req.Facts, item)
		}
	}
	rest, err := r.my.Fetch(ctx, req)
	if kernel.Is(err, kernel.Unavailable) {
		return got, nil // what was moved is here; the rest is asked for
	}
	if err != nil {
		return nil, err
	}
	maps.Copy(got, rest)
	return got, nil
}

// nationalPhone writes a Korean number of E.164 the way people here do:
// +821012345678 is 010-1234-5678.
func nationalPhone(e164 string) string {
	rest, ok := strings.CutPrefix(e164, "+82")
	if !ok || len(rest) != 10 {
		return e164
	}
	return "0" + rest[:2] + "-" + rest[2:6] + "-" + rest[6:]
}

func (r registers) Household(ctx context.Context, actor authz.Actor, svc *contract.Service) ([]casework.Member, error) {
	if !actor.Proven() {
		return nil, kernel.E(kernel.Forbidden, "mydata.error.prove_first", nil)
	}
	req := mydata.FetchRequest{Actor: actor, Service: svc.ID}
	var out []casework.Member
	add := func(list []mycontract.Member) {
		for _, m := range list {
			if !slices.ContainsFunc(out, func(o casework.Member) bool { return o.Person == m.Person }) {
				out = append(out, casework.Member{Person: m.Person, Name: m.Name, Relation: m.Relation})
			}
		}
	}
	for _, q := range svc.Questions {
		switch {
		case q.From == "household":
			list, err := r.my.Household(ctx, req)
			if err != nil {
				return nil, err
			}
			add(list)
		case q.From == "family":
			list, err := r.my.Family(ctx, req)
			if err != nil {
				return nil, err
			}
			// The family register tells of others; the applicant is of the family too.
			add(append([]mycontract.Member{{Person: actor.Person, Name: actor.Name, Relation: "self"}}, list...))
		}
	}
	return out, nil
}

// SameHousehold asks the register itself: it is a check of the program on an
// official, not a look at anybody's data, and its answer is yes or no.
func (r registers) SameHousehold(ctx context.Context, a, b string) (bool, error) {
	list, err := r.source.Household(ctx, a)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(m mycontract.Member) bool { return m.Person == b }), nil
}

// Age asks the register itself whether whoever confirms is of age; where no
// register is connected it is not known.
func (r registers) Age(ctx context.Context, person string, on kernel.Date) (int, bool, error) {
	facts, err := r.source.Facts(ctx, person, []string{"birth_date"})
	if kernel.Is(err, kernel.Unavailable) || kernel.Is(err, kernel.NotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	born, ok := facts["birth_date"].Value.Date()
	if !ok {
		return 0, false, nil
	}
	return born.AgeOn(on), true, nil
}

func (r registers) Items(svc *contract.Service, l kernel.Lang) []string {
	var out []string
	for _, item := range r.offered(svc) {
		out = append(out, r.FactTitle(item, l))
	}
	return out
}

// offered is what the consent for an application moves: nothing sensitive, which
// would need an act of its own. That the form asks.
func (r registers) offered(svc *contract.Service) []string {
	all := mydata.Bundle(svc)
	apart := r.my.Sensitive(all)
	return slices.DeleteFunc(all, func(item string) bool { return slices.Contains(apart, item) })
}

func (r registers) Registry(id string, l kernel.Lang) string {
	if key := mydata.RegistryKey(id); r.texts.Has(key) {
		return r.texts.T(l, key)
	}
	return id
}

func (r registers) FactTitle(fact string, l kernel.Lang) string {
	if f, ok := r.catalog.Fact(fact); ok {
		return f.Title.In(l)
	}
	if key := "mydata.item." + fact; r.texts.Has(key) {
		return r.texts.T(l, key)
	}
	return fact
}

func (r registers) FactLabel(fact string, v kernel.Value, l kernel.Lang) string {
	f, ok := r.catalog.Fact(fact)
	if !ok {
		return v.Text()
	}
	if label, ok := f.Labels[v.Text()]; ok {
		return label.In(l)
	}
	switch f.Type {
	case "code":
		if name := r.regions.RegionName(v.Text(), l); name != "" {
			return name
		}
	case "bool":
		if yes, ok := v.Bool(); ok {
			return r.texts.T(l, map[bool]string{true: "casework.yes", false: "casework.no"}[yes])
		}
	case "date":
		if d, ok := v.Date(); ok {
			return i18n.Date(l, d)
		}
	case "int":
		if n, ok := v.Int(); ok {
			if f.Unit == "won" || f.Unit == "won a month" || f.Unit == "won a year" || f.Unit == "won a day" {
				return i18n.Money(l, kernel.Money(n))
			}
			return i18n.Number(l, n)
		}
	}
	if set, ok := v.Set(); ok && len(f.Labels) > 0 {
		out := ""
		for i, m := range set {
			if i > 0 {
				out += ", "
			}
			out += f.Labels[m].In(l)
		}
		return out
	}
	return v.Text()
}

// people matches a person at the counter, and lists the try-out's residents.
type people struct {
	registry *sample.Registry
	texts    *i18n.Catalog
}

func (p people) MatchPerson(ctx context.Context, f identity.PersonFacts) (string, error) {
	return p.registry.Match(ctx, f.Name, f.Birth, f.Sex, f.Region)
}

func (p people) Listed(context.Context) ([]identity.DemoPerson, error) {
	var out []identity.DemoPerson
	for _, s := range p.registry.World().Situations() {
		out = append(out, p.demo(s.Person, s.Name, s.Key))
	}
	return out, nil
}

func (p people) Resident(_ context.Context, id string) (identity.DemoPerson, bool, error) {
	w := p.registry.World()
	for _, s := range w.Situations() {
		if s.Person == id {
			return p.demo(id, s.Name, s.Key), true, nil
		}
	}
	if !w.Has(id) {
		return identity.DemoPerson{}, false, nil
	}
	return identity.DemoPerson{ID: id, Name: w.Value(id, "name").Text()}, true, nil
}

func (p people) Card(ctx context.Context, id string) (identity.PersonFacts, bool, error) {
	if !p.registry.World().Has(id) {
		return identity.PersonFacts{}, false, nil
	}
	f, err := p.registry.Facts(ctx, id, []string{"name", "birth_date", "sex", "region"})
	birth, _ := f["birth_date"].Value.Date()
	return identity.PersonFacts{Name: f["name"].Value.Text(), Birth: birth, Sex: f["sex"].Value.Text(), Region: kernel.Region(f["region"].Value.Text())}, err == nil, err
}

func (p people) demo(id, name, key string) identity.DemoPerson {
	return identity.DemoPerson{ID: id, Name: name, Situation: kernel.Text{KO: p.texts.T(kernel.KO, key), EN: p.texts.T(kernel.EN, key)}}
}

// noPeople stands in where no register is connected: the counter then says so.
type noPeople struct{}

func (noPeople) MatchPerson(context.Context, identity.PersonFacts) (string, error) {
	return "", kernel.E(kernel.Unavailable, "app.no_register", nil)
}

// noRegisters is mydata's provider where no register is connected.
type noRegisters struct{}

func (noRegisters) Facts(context.Context, string, []string) (map[string]mycontract.Fact, error) {
	return nil, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

func (noRegisters) Household(context.Context, string) ([]mycontract.Member, error) {
	return nil, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

func (noRegisters) Family(context.Context, string) ([]mycontract.Member, error) {
	return nil, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

func (noRegisters) Guards(context.Context, string, string) (bool, error) {
	return false, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

func (noRegisters) Withheld(context.Context, string, string) (bool, error) {
	return false, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

func (noRegisters) Adult(context.Context, string, kernel.Date) (bool, error) {
	return false, kernel.E(kernel.Unavailable, "app.no_register", nil)
}

// titles is notice's view of the catalogue.
type titles struct{ *catalog.Service }

func (t titles) Title(service, pack string, l kernel.Lang) string {
	svc, err := t.Pinned(context.Background(), contract.Ref{ServiceID: service, Pack: pack})
	if err != nil {
		return service
	}
	return svc.Title.In(l)
}

func (t titles) Says(service, pack, act string, l kernel.Lang) []string {
	svc, err := t.Pinned(context.Background(), contract.Ref{ServiceID: service, Pack: pack})
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range svc.NoticesOn(act) {
		out = append(out, s.In(l))
	}
	return out
}

// register lets an accepted moving-in or birth report change the sample world's
// registers, as the municipal office's own system would.
func register(reg *sample.Registry, cases *casework.Service) func(context.Context, events.Event) error {
	return func(ctx context.Context, e events.Event) error {
		var ev caseevents.Event
		if err := json.Unmarshal(e.Data, &ev); err != nil {
			return err
		}
		if ev.Service != "moving-in-report" && ev.Service != "birth-report" || ev.Decision != casework.Accepted {
			return nil
		}
		answers, person, err := cases.Registered(ctx, ev.Application)
		if err != nil {
			return err
		}
		if ev.Service == "birth-report" {
			return registerBirth(ctx, reg, ev.Application, answers)
		}
		m := sample.Move{Region: kernel.Region(answers["new_region"].Text()), Address: answers["new_address"].Text()}
		m.On, _ = answers["moved_on"].Date()
		movers, _ := answers["movers"].Set()
		for _, id := range movers {
			known, err := reg.Knows(ctx, id)
			if err != nil {
				return err
			}
			if known {
				m.Movers = append(m.Movers, id)
			}
		}
		if len(m.Movers) == 0 {
			m.Movers = []string{person}
		}
		if joins, _ := answers["joins_household"].Bool(); joins {
			if head := answers["head_person"].Text(); reg.World().Has(head) {
				m.Head = head
			}
		}
		return reg.Move(ctx, m)
	}
}

// registerBirth enters the child of an accepted report. Parents whom the sample
// world does not hold leave nothing to enter it with.
func registerBirth(ctx context.Context, reg *sample.Registry, report kernel.ID, answers map[string]kernel.Value) error {
	b := sample.Birth{ID: string(report), Mother: answers["mother"].Text(), Father: answers["father"].Text(), Name: answers["child_name"].Text(), Sex: answers["child_sex"].Text()}
	b.On, _ = answers["born_on"].Date()
	_, err := reg.Birth(ctx, b)
	if kernel.Is(err, kernel.NotFound) {
		return nil
	}
	return err
}

// askPack is ask's view of the catalogue.
type askPack struct{ *catalog.Service }

func (p askPack) Pack() ask.Pack { return searchable(p.Active()) }

// searchable is what ask sees of a pack.
func searchable(active *catalog.Pack) ask.Pack {
	out := ask.Pack{Hash: active.Hash, LifeEvents: active.LifeEvents, Crises: active.Crises, Said: active.Said, Quiet: active.Quiet, Facts: active.Facts}
	for _, id := range active.Order {
		out.Services = append(out.Services, active.Services[id])
	}
	return out
}
