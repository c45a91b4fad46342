package benefit

import (
	"slices"
	"strings"

	"maru/domain/benefit/internal/web"
	"maru/domain/benefit/situation"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// facade shows the service to its pages.
type facade struct{ *Service }

// Check decides for what was told on the page, today.
func (f facade) Check(told web.Told, l kernel.Lang) (*web.Checked, error) {
	e, err := f.Engine()
	if err != nil {
		return nil, err
	}
	a, err := e.Evaluate(f.situation(told))
	if err != nil {
		return nil, err
	}
	return f.checked(a, func(ref string) bool { return slices.Contains(told.Skipped, ref) }, l)
}

// checked is an answer as pages show it, with what to ask next.
func (f facade) checked(a *Answer, skip func(ref string) bool, l kernel.Lang) (*web.Checked, error) {
	out := &web.Checked{}
	for i := range a.Results {
		p := f.programme(a, &a.Results[i], l)
		switch a.Results[i].Eligible {
		case situation.Yes:
			out.Yes = append(out.Yes, p)
		case situation.No:
			out.No = append(out.No, p)
		default:
			out.Maybe = append(out.Maybe, p)
		}
	}
	// What lacks least comes first: it is the nearest to being settled.
	slices.SortStableFunc(out.Maybe, func(a, b web.Programme) int { return len(a.Missing) - len(b.Missing) })
	q, err := a.Engine.Next(a, skip)
	if q != nil {
		out.Ask = q.Ref
	}
	return out, err
}

func (f facade) situation(told web.Told) situation.Situation {
	s := situation.Situation{Date: f.d.Clock.Now().DateIn(kernel.Seoul), Household: map[string]kernel.Value{}}
	for i := range told.Members {
		s.Members = append(s.Members, situation.Member{ID: web.MemberID(i), Facts: map[string]kernel.Value{}})
	}
	for ref, v := range told.Facts {
		who, id, _ := strings.Cut(ref, ".")
		if ref == situation.HouseholdRef(id) {
			s.Household[id] = v
			continue
		}
		for i := range s.Members {
			if s.Members[i].ID == who {
				s.Members[i].Facts[id] = v
			}
		}
	}
	return s
}

func (f facade) programme(a *Answer, r *Result, l kernel.Lang) web.Programme {
	e := a.Engine
	p := web.Programme{ID: r.Programme.ID, Title: e.Titles[r.Programme.ID].In(l), Sure: string(r.Confidence), Missing: missing(r),
		Unverified: len(r.Unverified) > 0}
	received, _ := a.Situation.Household["receives"].Set()
	p.Receives = slices.Contains(received, r.Programme.ID)
	p.Apply = r.Eligible == situation.Yes && e.Online[r.Programme.ID] && !p.Receives
	inKind := r.Programme.Benefit.Period == "in_kind"
	if r.Eligible == situation.Yes {
		p.Amount = f.amount(r.Amount, r.Programme.Benefit.Period, l)
		if sum := soFar(r); r.Amount == nil && sum > 0 {
			p.Amount = f.d.Texts.T(l, "benefit.page.so_far", "amount", f.amount(&sum, r.Programme.Benefit.Period, l))
		}
	}
	if !r.Person {
		p.Who = []web.Who{{Member: -1, Holds: r.Eligible.String(), Reasons: f.reasons(a, r, 0, l)}}
		return p
	}
	for i := range a.Situation.Members {
		v := r.Members[i]
		who := web.Who{Member: i, Holds: v.Eligible.String(), Reasons: f.reasons(a, r, i, l)}
		if v.Eligible == situation.Yes && !inKind {
			who.Amount = f.amount(v.Amount, r.Programme.Benefit.Period, l)
		}
		p.Who = append(p.Who, who)
	}
	return p
}

// soFar is what a result gives for sure: its amount, or while that is unknown the
// sum of the members' that are known.
func soFar(r *Result) int64 {
	if r.Amount != nil {
		return *r.Amount
	}
	var sum int64
	for _, m := range r.Members {
		if m.Amount != nil {
			sum += *m.Amount
		}
	}
	return sum
}

// amount is won for a period in words, "" while it is unknown.
func (f facade) amount(n *int64, period string, l kernel.Lang) string {
	if n == nil {
		return ""
	}
	if *n == 0 && period != "in_kind" {
		return f.d.Texts.T(l, "benefit.period.nothing")
	}
	return f.d.Texts.T(l, "benefit.period."+period, "amount", kernel.Money(*n))
}

func (f facade) reasons(a *Answer, r *Result, who int, l kernel.Lang) []web.Reason {
	var out []web.Reason
	for _, reason := range a.Reasons(r, who, f.d.Texts, l) {
		out = append(out, web.Reason{Text: reason.Text, Article: reason.Article, Change: reason.Change, Holds: reason.Holds.String(), Alone: reason.Alone})
	}
	return out
}

// Fact is what a ref of the page's form speaks of.
func (f facade) Fact(ref string) (contract.Fact, string, bool) {
	e, err := f.Engine()
	if err != nil {
		return contract.Fact{}, "", false
	}
	fact, member, err := e.Ref(ref)
	if err != nil {
		return contract.Fact{}, "", false
	}
	entry, ok := e.Fact(fact.Household, fact.ID)
	return entry, member, ok
}

// Programmes are those that rules ask a set for.
func (f facade) Programmes(l kernel.Lang) []web.Choice {
	e, err := f.Engine()
	if err != nil {
		return nil
	}
	var out []web.Choice
	for _, id := range e.law.SetBits() {
		out = append(out, web.Choice{Value: id, Label: e.Titles[id].In(l)})
	}
	return out
}

// Regions are the places to live.
func (f facade) Regions(l kernel.Lang) []web.Choice {
	var out []web.Choice
	for _, p := range f.d.Places.Regions(l) {
		out = append(out, web.Choice{Value: string(p.Region), Label: p.Name})
	}
	return out
}
