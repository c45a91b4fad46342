package casetest

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"maru/domain/casework"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
	"maru/platform/authz"
)

// Catalog holds versions of the services.
type Catalog struct {
	mu    sync.Mutex
	packs []map[string]*catalog.Service // the last one is in force
}

func newCatalog(services []catalog.Service) *Catalog {
	m := make(map[string]*catalog.Service, len(services))
	for i := range services {
		m[services[i].ID] = &services[i]
	}
	return &Catalog{packs: []map[string]*catalog.Service{m}}
}

// Change brings a new version into force in which change has been made to a
// copy of one service.
func (c *Catalog) Change(id string, change func(s *catalog.Service)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := make(map[string]*catalog.Service)
	for k, s := range c.packs[len(c.packs)-1] {
		if k == id {
			cp := *s
			cp.Questions = slices.Clone(s.Questions)
			s = &cp
			change(s)
		}
		next[k] = s
	}
	c.packs = append(c.packs, next)
}

// LifeEvent is "spring", in which every service goes together with the others.
func (c *Catalog) LifeEvent(id string) (catalog.LifeEvent, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := catalog.LifeEvent{ID: id, Title: kernel.Text{KO: "Spring", EN: "Spring"}}
	last := c.packs[len(c.packs)-1]
	for _, name := range slices.Sorted(maps.Keys(last)) {
		e.Services = append(e.Services, name)
		e.Steps = append(e.Steps, catalog.LifeStep{ID: name, Service: name, Together: last[name].Online})
	}
	return e, id == "spring"
}

func packName(i int) string { return "pack-" + strconv.Itoa(i+1) }

// Current is the definition in force.
func (c *Catalog) Current(id string) (*catalog.Service, catalog.Ref, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.packs) - 1
	s, ok := c.packs[last][id]
	if !ok {
		return nil, catalog.Ref{}, kernel.E(kernel.NotFound, "", nil)
	}
	return s, catalog.Ref{ServiceID: id, Pack: packName(last)}, nil
}

// Online lists the services in force that are done online.
func (c *Catalog) Online() []*catalog.Service {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*catalog.Service
	for _, s := range c.packs[len(c.packs)-1] {
		if s.Online {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *catalog.Service) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Pinned is the definition of a version.
func (c *Catalog) Pinned(_ context.Context, ref catalog.Ref) (*catalog.Service, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range c.packs {
		if s, ok := p[ref.ServiceID]; ok && packName(i) == ref.Pack {
			return s, nil
		}
	}
	return nil, kernel.E(kernel.NotFound, "", nil)
}

// Agencies are three offices in two regions; "11000" is the former code of
// "11110".
type Agencies struct{ list []agency }

func (a *Agencies) find(id string) (agency, bool) {
	i := slices.IndexFunc(a.list, func(g agency) bool { return g.ID == id })
	if i < 0 {
		return agency{}, false
	}
	return a.list[i], true
}

// Route finds the office by the region or the office that an answer names.
func (a *Agencies) Route(rule catalog.AgencyRule, answers, facts map[string]kernel.Value, at kernel.Date) (string, error) {
	by, id, _ := strings.Cut(rule.By, ":")
	v := rule.Body
	switch by {
	case "question":
		v = answers[id].Text()
	case "fact":
		v = facts[id].Text()
	}
	if code, ok := a.Region(v, at); ok {
		for _, g := range a.list {
			if g.Region == code && a.Takes(rule, g.ID) {
				return g.ID, nil
			}
		}
	}
	if a.Takes(rule, v) {
		return v, nil
	}
	return "", kernel.E(kernel.Invalid, "casework.error.answers", nil).Field(id, "casework.answer.region", nil)
}

// Name is what the office is called.
func (a *Agencies) Name(id string, l kernel.Lang) string {
	g, _ := a.find(id)
	return g.Name.In(l)
}

// Exists tells whether there is such an office.
func (a *Agencies) Exists(id string, _ kernel.Date) bool {
	_, ok := a.find(id)
	return ok
}

// Takes tells whether the office is of the rule's type.
func (a *Agencies) Takes(rule catalog.AgencyRule, id string) bool {
	g, ok := a.find(id)
	return ok && (rule.Type == "any" || g.Type == rule.Type)
}

// Region resolves the former code.
func (a *Agencies) Region(code string, _ kernel.Date) (string, bool) {
	if code == "11000" {
		code = "11110"
	}
	return code, code != "" && slices.ContainsFunc(a.list, func(g agency) bool { return g.Region == code })
}

// RegionName is the office's own name, which does for a test.
func (a *Agencies) RegionName(code string, l kernel.Lang) string {
	for _, g := range a.list {
		if g.Region == code && code != "" {
			return g.Name.In(l)
		}
	}
	return code
}

// Regions lists both.
func (a *Agencies) Regions(_ kernel.Date, l kernel.Lang) []casework.RegionGroup {
	g := casework.RegionGroup{Name: "-"}
	for _, x := range a.list {
		if x.Region != "" {
			g.Choices = append(g.Choices, casework.Choice{Value: x.Region, Text: x.Name.In(l)})
		}
	}
	return []casework.RegionGroup{g}
}

// Bodies lists the offices of the rule's type, all of them without one.
func (a *Agencies) Bodies(rule catalog.AgencyRule, _ kernel.Date, l kernel.Lang) []casework.Choice {
	var out []casework.Choice
	for _, g := range a.list {
		if rule.Type == "" || a.Takes(rule, g.ID) {
			out = append(out, casework.Choice{Value: g.ID, Text: g.Name.In(l)})
		}
	}
	return out
}

// Registers know the people of the world.
type Registers struct {
	people map[string]person
	order  []string

	mu      sync.Mutex
	down    bool
	agreed  map[string]bool
	changed map[string]map[string]kernel.Value
}

func newRegisters(people []person) *Registers {
	r := &Registers{people: map[string]person{}, agreed: map[string]bool{}, changed: map[string]map[string]kernel.Value{}}
	for _, p := range people {
		r.people[p.ID] = p
		r.order = append(r.order, p.ID)
	}
	return r
}

// Down has the registers answer nothing.
func (r *Registers) Down(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

// Set changes a fact of a person.
func (r *Registers) Set(person, fact string, v kernel.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed[person] == nil {
		r.changed[person] = map[string]kernel.Value{}
	}
	r.changed[person][fact] = v
}

// Agree records a consent without a draft; Revoke takes it back.
func (r *Registers) Agree(person, service string) { r.agree(person, service, true) }

// Revoke takes a consent back.
func (r *Registers) Revoke(person, service string) { r.agree(person, service, false) }

func (r *Registers) agree(person, service string, yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agreed[person+"/"+service] = yes
}

// Consented tells whether the actor agreed.
func (r *Registers) Consented(_ context.Context, actor authz.Actor, service string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.agreed[actor.Person+"/"+service], nil
}

// Consent records it.
func (r *Registers) Consent(_ context.Context, actor authz.Actor, svc *catalog.Service, _ catalog.Ref) error {
	r.Agree(actor.Person, svc.ID)
	return nil
}

func (r *Registers) may(actor authz.Actor, service string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.down:
		return kernel.E(kernel.Unavailable, "", nil)
	case !r.agreed[actor.Person+"/"+service]:
		return kernel.E(kernel.Forbidden, "", nil)
	}
	return nil
}

// Facts gives all there is.
func (r *Registers) Facts(_ context.Context, actor authz.Actor, svc *catalog.Service) (map[string]casework.Fact, error) {
	if err := r.may(actor, svc.ID); err != nil {
		return nil, err
	}
	p := r.people[actor.Person]
	born, err := kernel.ParseDate(p.BirthDate)
	if err != nil {
		return nil, err
	}
	values := map[string]kernel.Value{"name": kernel.TextOf(p.Name), "birth_date": kernel.DateValueOf(born), "address": kernel.TextOf(p.Address),
		"phone": kernel.TextOf(p.Phone), "region": kernel.TextOf(p.Region), "income": kernel.IntOf(p.Income), "nationality": kernel.TextOf(p.Nationality)}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, v := range r.changed[p.ID] {
		values[id] = v
	}
	out := map[string]casework.Fact{}
	for id, v := range values {
		out[id] = casework.Fact{Value: v, Registry: "people", AsOf: kernel.MustDate("2026-03-01")}
	}
	return out, nil
}

// Household lists who lives with the actor, the actor first.
func (r *Registers) Household(_ context.Context, actor authz.Actor, svc *catalog.Service) ([]casework.Member, error) {
	if err := r.may(actor, svc.ID); err != nil {
		return nil, err
	}
	out := []casework.Member{{Person: actor.Person, Name: r.people[actor.Person].Name, Relation: "self"}}
	for _, id := range r.order {
		if p := r.people[id]; id != actor.Person && p.Household == r.people[actor.Person].Household {
			out = append(out, casework.Member{Person: id, Name: p.Name, Relation: "other"})
		}
	}
	return out, nil
}

// SameHousehold compares households.
func (r *Registers) SameHousehold(_ context.Context, a, b string) (bool, error) {
	x, ok := r.people[a]
	return ok && x.Household == r.people[b].Household, nil
}

// Age tells it of everybody in the world.
func (r *Registers) Age(_ context.Context, person string, on kernel.Date) (int, bool, error) {
	born, err := kernel.ParseDate(r.people[person].BirthDate)
	if err != nil {
		return 0, false, nil
	}
	return born.AgeOn(on), true, nil
}

// Items names the facts of the questions.
func (r *Registers) Items(svc *catalog.Service, l kernel.Lang) []string {
	var out []string
	for _, q := range svc.Questions {
		if q.Fact != "" {
			out = append(out, q.Title.In(l))
		}
	}
	return out
}

// Registry names the one register.
func (r *Registers) Registry(id string, _ kernel.Lang) string { return id }

// FactTitle is the fact's id.
func (r *Registers) FactTitle(fact string, _ kernel.Lang) string { return fact }

// FactLabel is the value's text.
func (r *Registers) FactLabel(_ string, v kernel.Value, _ kernel.Lang) string { return v.Text() }

// Cashier takes fees, gives them back, and counts.
type Cashier struct {
	mu       sync.Mutex
	receipts map[string]string
	won      map[string]kernel.Money
	closed   map[string]bool
	taken    kernel.Money
	before   func()
	after    func()
}

// BeforePay runs fn once when the next charge is asked for.
func (c *Cashier) BeforePay(fn func()) { c.before = fn }

// AfterPay runs fn once when the next charge is done.
func (c *Cashier) AfterPay(fn func()) { c.after = fn }

// once runs a hook and forgets it.
func once(hook *func()) {
	if fn := *hook; fn != nil {
		*hook = nil
		fn()
	}
}

func newCashier() *Cashier {
	return &Cashier{receipts: map[string]string{}, won: map[string]kernel.Money{}, closed: map[string]bool{}}
}

// Pay charges a ref once.
func (c *Cashier) Pay(_ context.Context, _ authz.Actor, ref string, won kernel.Money) (string, error) {
	once(&c.before)
	receipt, err := c.pay(ref, won)
	once(&c.after)
	return receipt, err
}

func (c *Cashier) pay(ref string, won kernel.Money) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed[ref] {
		return "", kernel.E(kernel.Conflict, "payment.error.refunded", nil)
	}
	if c.receipts[ref] == "" {
		c.receipts[ref] = "R-" + strconv.Itoa(len(c.receipts)+1)
		c.won[ref] = won
		c.taken += won
	}
	return c.receipts[ref], nil
}

// Refund gives back once what a ref was charged.
func (c *Cashier) Refund(_ context.Context, ref string) (string, kernel.Money, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed[ref] {
		c.taken -= c.won[ref]
	}
	c.closed[ref] = true
	if c.won[ref] == 0 {
		return "", 0, nil
	}
	return "B" + c.receipts[ref][1:], c.won[ref], nil
}

// Taken is how much was charged so far and not given back.
func (c *Cashier) Taken() kernel.Money {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken
}
