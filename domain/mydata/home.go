package mydata

import (
	"context"
	"slices"

	"maru/domain/audit"
	"maru/domain/mydata/contract"
	"maru/kernel"
	"maru/platform/authz"
	"maru/platform/store"
)

// HomeRequest asks for a household as one of its members may see it.
type HomeRequest struct {
	// Actor is the person, or a rule of the program (Actor.System) that works by
	// the person's standing consent.
	Actor   authz.Actor
	Person  string // who asks; "" for the actor
	Service string
	Purpose string // message key shown in the access logs; "" for the consent's own
}

// Home is a household with what consents let be read of it.
type Home struct {
	// Members are all who are registered there, the head first.
	Members []HomeMember
	// Facts are those of the household, none where a minor asks.
	Facts map[string]Fact
	// New are items that the definition names now and the person's consent does
	// not cover: they were not read.
	New []string
}

// HomeMember is one of them.
type HomeMember struct {
	Member
	// Facts are the member's own; nil where nobody's consent opens them.
	Facts map[string]Fact
	// By is whose consent the reading rested on, "" where nothing was read.
	By string
	// Ask are the persons of the household who could agree: the member, or who
	// guards a minor. It is empty where somebody did.
	Ask []string
}

// Home reads a household for a service. Who lives there, and the facts of the
// household, rest on the asking person's consent; a minor's opens no fact of the
// household, since its means and debts are its adults' to tell. A member's facts rest on the
// consent that the member gave for the same service, a minor's on that of a
// guardian who lives there; without one they are not read. No more is read than
// both the definition and the consent in question name. Each reading is in the
// access log of the person it is about, that of the household's facts in the
// log of every adult who lives there, before anything is returned. Errors:
//   - Unauthorized, Forbidden "prove_first": nobody known asks;
//   - Forbidden "consent_needed": the person did not agree, or took it back;
//   - NotFound: no register knows the person;
//   - Unavailable: a register does not answer.
func (s *Service) Home(ctx context.Context, req HomeRequest) (*Home, error) {
	if req.Actor.System == "" {
		if err := proven(req.Actor); err != nil {
			return nil, err
		}
		req.Person = req.Actor.Person
	}
	if req.Person == "" {
		return nil, kernel.E(kernel.Invalid, "", nil).Field("person", "mydata.error.no_person", nil)
	}
	svc, _, err := s.definition(ctx, req.Service, "")
	if err != nil {
		return nil, err
	}
	if req.Purpose == "" {
		req.Purpose = s.terms(svc.ID).Purpose
	}
	h := home{s: s, req: req, named: Bundle(svc), refused: s.refusal(FetchRequest{Actor: authz.Actor{Person: req.Person}}, plan{service: svc, consent: req.Person})}
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	members, err := s.provider.Household(ctx, req.Person)
	if err != nil {
		return nil, registerError(err)
	}
	if err := h.openTo(ctx, members); err != nil {
		return nil, err
	}
	return h.read(ctx)
}

// home is one reading of a household under way.
type home struct {
	s       *Service
	req     HomeRequest
	named   []string
	refused error // without the person's consent
	agreed  []string
	opens   []opening
	out     Home
}

// opening is one member and whose consent can open their facts.
type opening struct {
	Member
	adult bool
	ask   []string // who could agree, the first that did counts
	by    string
	items []string // what may be read
	// consent is by's, on which the reading rests.
	consent Consent
}

// enter sees that the person's own consent stands and notes that the household
// is looked at.
func (h *home) enter(ctx context.Context) error {
	now := h.s.clock.Now()
	return h.s.db.Update(ctx, func(tx *store.Tx) error {
		c, ok, err := standing(tx, h.req.Person, h.req.Service)
		if err != nil {
			return err
		}
		if !ok || !c.Active(now) || !slices.Contains(c.Items, contract.ItemHousehold) {
			return h.refused
		}
		return h.log(tx, now, h.req.Person, c, []string{contract.ItemHousehold})
	})
}

// openTo finds who could agree for each member, and in one transaction whose
// consent stands; what may be read then is in the logs when it returns.
func (h *home) openTo(ctx context.Context, members []Member) error {
	now := h.s.clock.Now()
	candidates := make([]opening, 0, len(members))
	for _, m := range members {
		ask, err := h.agreeing(ctx, m.Person, members)
		if err != nil {
			return err
		}
		candidates = append(candidates, opening{Member: m, ask: ask})
	}
	if err := h.ofAge(ctx, candidates, now.DateIn(kernel.Seoul)); err != nil {
		return err
	}
	return h.s.db.Update(ctx, func(tx *store.Tx) error {
		h.opens, h.agreed = slices.Clone(candidates), nil
		for i := range h.opens {
			if err := h.open(tx, now, &h.opens[i]); err != nil {
				return err
			}
		}
		if h.agreed == nil { // taken back since the household was asked for
			return h.refused
		}
		return h.tellAdults(tx, now)
	})
}

// ofAge finds who of the household is an adult. Where no fact of the household
// is named it does not matter, and nobody's age is asked for.
func (h *home) ofAge(ctx context.Context, members []opening, today kernel.Date) error {
	if !slices.ContainsFunc(h.named, func(item string) bool { return h.entry(item).household }) {
		return nil
	}
	for i := range members {
		adult, err := h.s.provider.Adult(ctx, members[i].Person, today)
		if err != nil {
			return registerError(err)
		}
		members[i].adult = adult
	}
	return nil
}

// tellAdults notes the reading of the household's facts in the access log of
// each other adult who lives there: means and debts are theirs as well, and it
// was not they who agreed.
func (h *home) tellAdults(tx *store.Tx, now kernel.Time) error {
	i := slices.IndexFunc(h.opens, func(o opening) bool { return o.Person == h.req.Person })
	if i < 0 {
		return nil
	}
	var items []string
	for _, item := range h.opens[i].items {
		if h.entry(item).household {
			items = append(items, item)
		}
	}
	if items == nil {
		return nil
	}
	for _, o := range h.opens {
		if o.Person == h.req.Person || !o.adult {
			continue
		}
		if err := h.log(tx, now, o.Person, h.opens[i].consent, items); err != nil {
			return err
		}
	}
	return nil
}

// agreeing are the persons whose consent opens a member's facts, the asking
// person first: a minor's guardians who live there, else the member.
func (h *home) agreeing(ctx context.Context, person string, members []Member) ([]string, error) {
	if person == h.req.Person {
		return []string{person}, nil
	}
	var guardians []string
	for _, m := range members {
		if m.Person == person {
			continue
		}
		guards, err := h.s.provider.Guards(ctx, m.Person, person)
		if err != nil {
			return nil, registerError(err)
		}
		switch {
		case guards && m.Person == h.req.Person:
			return []string{m.Person}, nil
		case guards:
			guardians = append(guardians, m.Person)
		}
	}
	if guardians != nil {
		return guardians, nil
	}
	return []string{person}, nil
}

func (h *home) open(tx *store.Tx, now kernel.Time, o *opening) error {
	for _, who := range o.ask {
		c, ok, err := standing(tx, who, h.req.Service)
		if err != nil {
			return err
		}
		if !ok || !c.Active(now) {
			continue
		}
		items := h.items(o, c)
		if o.Person == h.req.Person {
			h.agreed = c.Items
		}
		if len(items) == 0 {
			continue
		}
		o.by, o.items, o.consent = who, items, c
		return h.log(tx, now, o.Person, c, items)
	}
	return nil
}

// items are what the definition and the consent both name about a person; the
// household's facts are read once, for who asks, if they are of age.
func (h *home) items(o *opening, c Consent) []string {
	var out []string
	for _, item := range h.named {
		f, ok := h.s.catalog.Fact(item)
		if ok && slices.Contains(c.Items, item) && (f.Entity != "household" || o.Person == h.req.Person && o.adult) {
			out = append(out, item)
		}
	}
	return out
}

func (h *home) log(tx *store.Tx, now kernel.Time, about string, c Consent, items []string) error {
	return audit.Append(tx, now, audit.Entry{
		Actor: h.req.Actor, Act: "mydata.fetch", Object: "service:" + h.req.Service, Subject: about, Purpose: h.req.Purpose,
		Basis: "consent:" + string(c.ID), Service: h.req.Service, Detail: items,
	})
}

// read asks the registers for what was opened.
func (h *home) read(ctx context.Context) (*Home, error) {
	h.out.Facts = map[string]Fact{}
	for _, o := range h.opens {
		m := HomeMember{Member: o.Member, By: o.by}
		if o.by == "" {
			m.Ask = o.ask
			h.out.Members = append(h.out.Members, m)
			continue
		}
		facts, err := h.s.provider.Facts(ctx, o.Person, o.items)
		if err != nil {
			return nil, registerError(err)
		}
		m.Facts = map[string]Fact{}
		for _, item := range o.items {
			f, d := facts[item], h.entry(item)
			if f.Registry == "" {
				f.Registry = d.registry
			}
			if d.household {
				h.out.Facts[item] = f
			} else {
				m.Facts[item] = f
			}
		}
		h.out.Members = append(h.out.Members, m)
	}
	for _, item := range h.named {
		if !slices.Contains(h.agreed, item) {
			h.out.New = append(h.out.New, item)
		}
	}
	return &h.out, nil
}

type entry struct {
	registry  string
	household bool
}

func (h *home) entry(item string) entry {
	f, ok := h.s.catalog.Fact(item)
	if !ok {
		return entry{}
	}
	return entry{f.Registry, f.Entity == "household"}
}

// Agreed is the person's consent for a service, if one permits reading now. It
// reads no fact, and so needs nobody's leave.
func (s *Service) Agreed(ctx context.Context, person, service string) (c Consent, ok bool, err error) {
	now := s.clock.Now()
	err = s.db.View(ctx, func(tx *store.Tx) error {
		c, ok, err = standing(tx, person, service)
		ok = ok && c.Active(now)
		return err
	})
	return c, ok, err
}
