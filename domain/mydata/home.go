package mydata

import (
	"context"
	"fmt"
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
	// Declined are sensitive items that the person left out: they were not read
	// either.
	Declined []string
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
// log of every adult who lives there, before anything is returned, and in none
// where a register did not answer. Errors:
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
	for range homeTries {
		h := home{s: s, req: req, named: Bundle(svc), refused: s.refusal(FetchRequest{Actor: authz.Actor{Person: req.Person}}, plan{service: svc, consent: req.Person})}
		out, err := h.once(ctx)
		if out != nil || err != nil {
			return out, err
		}
	}
	return nil, kernel.E(kernel.Unavailable, "mydata.error.register_down", fmt.Errorf("mydata: consents changed during %d readings in a row", homeTries))
}

// homeTries is how often a reading begins again because a consent changed
// meanwhile.
const homeTries = 5

// home is one reading of a household under way.
type home struct {
	s       *Service
	req     HomeRequest
	named   []string
	refused error // without the person's consent
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

// once reads the household. Registers are asked first and the access logs are
// written after, in one transaction with a second look at the consents and before
// anything is returned: a register that does not answer leaves no reading in
// anybody's log that was none. It is nil where a consent changed meanwhile: what
// was read by it is dropped.
func (h *home) once(ctx context.Context) (*Home, error) {
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	members, err := h.s.provider.Household(ctx, h.req.Person)
	if err != nil {
		return nil, registerError(err)
	}
	candidates, err := h.candidates(ctx, members)
	if err != nil {
		return nil, err
	}
	var seen []opening
	err = h.s.db.View(ctx, func(tx *store.Tx) (err error) {
		seen, _, err = h.open(tx, candidates)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := h.read(ctx, seen); err != nil {
		return nil, err
	}
	same := false
	err = h.s.db.Update(ctx, func(tx *store.Tx) error {
		opens, own, err := h.open(tx, candidates)
		if err != nil {
			return err
		}
		if same = slices.EqualFunc(seen, opens, opening.same); !same {
			return nil
		}
		h.offer(own)
		return h.logAll(tx, opens, own)
	})
	if err != nil || !same {
		return nil, err
	}
	return &h.out, nil
}

// enter sees that the person's own consent stands, before any register is asked.
func (h *home) enter(ctx context.Context) error {
	return h.s.db.View(ctx, func(tx *store.Tx) error {
		c, ok, err := h.s.standing(tx, h.req.Person, h.req.Service)
		if err != nil {
			return err
		}
		if !ok || !c.Active(h.s.clock.Now()) || !slices.Contains(c.Items, contract.ItemHousehold) {
			return h.refused
		}
		return nil
	})
}

// candidates finds who could agree for each member, and who is of age.
func (h *home) candidates(ctx context.Context, members []Member) ([]opening, error) {
	out := make([]opening, 0, len(members))
	for _, m := range members {
		ask, err := h.agreeing(ctx, m.Person, members)
		if err != nil {
			return nil, err
		}
		out = append(out, opening{Member: m, ask: ask})
	}
	return out, h.ofAge(ctx, out, h.s.clock.Now().DateIn(kernel.Seoul))
}

// open finds whose consent stands for each member, and the asking person's own.
func (h *home) open(tx *store.Tx, candidates []opening) (opens []opening, own Consent, err error) {
	now := h.s.clock.Now()
	own, ok, err := h.s.standing(tx, h.req.Person, h.req.Service)
	if err != nil {
		return nil, own, err
	}
	if !ok || !own.Active(now) || !slices.Contains(own.Items, contract.ItemHousehold) { // taken back since
		return nil, own, h.refused
	}
	opens = slices.Clone(candidates)
	for i := range opens {
		if err := h.openOne(tx, now, &opens[i]); err != nil {
			return nil, own, err
		}
	}
	return opens, own, nil
}

// same tells whether two openings let the same be read by the same consent.
func (o opening) same(p opening) bool {
	return o.Person == p.Person && o.by == p.by && o.consent.ID == p.consent.ID && slices.Equal(o.items, p.items)
}

// logAll notes the reading in the access log of everybody whom it is about.
func (h *home) logAll(tx *store.Tx, opens []opening, own Consent) error {
	now := h.s.clock.Now()
	if err := h.log(tx, now, h.req.Person, own, []string{contract.ItemHousehold}); err != nil {
		return err
	}
	for _, o := range opens {
		if o.by == "" {
			continue
		}
		if err := h.log(tx, now, o.Person, o.consent, o.items); err != nil {
			return err
		}
	}
	return h.tellAdults(tx, now, opens)
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
func (h *home) tellAdults(tx *store.Tx, now kernel.Time, opens []opening) error {
	i := slices.IndexFunc(opens, func(o opening) bool { return o.Person == h.req.Person })
	if i < 0 {
		return nil
	}
	var items []string
	for _, item := range opens[i].items {
		if h.entry(item).household {
			items = append(items, item)
		}
	}
	if items == nil {
		return nil
	}
	for _, o := range opens {
		if o.Person == h.req.Person || !o.adult {
			continue
		}
		if err := h.log(tx, now, o.Person, opens[i].consent, items); err != nil {
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

// openOne finds the consent that opens a member's facts, if one does.
func (h *home) openOne(tx *store.Tx, now kernel.Time, o *opening) error {
	for _, who := range o.ask {
		c, ok, err := h.s.standing(tx, who, h.req.Service)
		if err != nil {
			return err
		}
		if !ok || !c.Active(now) {
			continue
		}
		if items := h.items(o, c); len(items) > 0 {
			o.by, o.items, o.consent = who, items, c
			return nil
		}
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
func (h *home) read(ctx context.Context, opens []opening) error {
	h.out = Home{Facts: map[string]Fact{}}
	for _, o := range opens {
		m := HomeMember{Member: o.Member, By: o.by}
		if o.by == "" {
			m.Ask = o.ask
			h.out.Members = append(h.out.Members, m)
			continue
		}
		facts, err := h.s.provider.Facts(ctx, o.Person, o.items)
		if err != nil {
			return registerError(err)
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
	return nil
}

// offer says what the definition names and the person's consent does not open:
// what was left out, and what they were never asked for.
func (h *home) offer(own Consent) {
	h.out.New, h.out.Declined = nil, nil
	for _, item := range h.named {
		switch {
		case slices.Contains(own.Items, item):
		case slices.Contains(own.Declined, item):
			h.out.Declined = append(h.out.Declined, item)
		default:
			h.out.New = append(h.out.New, item)
		}
	}
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

// Together are the ids of who is registered where a person lives, the person
// among them: for the program itself, where what became of one consent may change
// what others of the household can see. Nobody is told it, and it needs nobody's
// leave. Nobody but the person is there for whom no register knows.
func (s *Service) Together(ctx context.Context, person string) ([]string, error) {
	members, err := s.provider.Household(ctx, person)
	if err != nil && !kernel.Is(err, kernel.NotFound) {
		return nil, registerError(err)
	}
	out := []string{person}
	for _, m := range members {
		if m.Person != person {
			out = append(out, m.Person)
		}
	}
	return out, nil
}

// Agreed is the person's consent for a service, if one permits reading now. It
// reads no fact, and so needs nobody's leave.
func (s *Service) Agreed(ctx context.Context, person, service string) (c Consent, ok bool, err error) {
	now := s.clock.Now()
	err = s.db.View(ctx, func(tx *store.Tx) error {
		c, ok, err = s.standing(tx, person, service)
		ok = ok && c.Active(now)
		return err
	})
	return c, ok, err
}
