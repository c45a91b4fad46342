package app

import (
	"context"
	"net/http"
	"slices"

	"maru/domain/assistant"
	"maru/domain/authority"
	"maru/domain/benefit/situation"
	"maru/domain/casework"
	"maru/kernel"
	"maru/platform/authz"
)

// toolGuard is the tools' view of the authorisation server.
type toolGuard struct{ *authority.Service }

func (g toolGuard) Admit(w http.ResponseWriter, r *http.Request) (*assistant.Person, error) {
	c, err := g.Service.Admit(w, r)
	if c == nil || err != nil {
		return nil, err
	}
	return &assistant.Person{Actor: c.Actor, Name: c.Name, Scopes: c.Scopes}, nil
}

// own is assistant's view of what belongs to a person. The programs that ask have
// scopes for single tools and none for the API: what a tool needs to read is
// opened here, for that reading alone.
type own struct{ a *App }

// ownListed bounds how many applications an assistant is told of.
const ownListed = 20

func (o own) Applications(ctx context.Context, actor authz.Actor, l kernel.Lang) ([]assistant.OwnApplication, error) {
	list, err := o.a.casework.Mine(ctx, ownReader(actor), 0, ownListed)
	if err != nil {
		return nil, err
	}
	services := o.a.catalog.Active().Services
	out := make([]assistant.OwnApplication, 0, len(list))
	for _, c := range list {
		one := assistant.OwnApplication{Service: c.Service, Title: c.Service, Number: c.Number, State: c.Status, StateText: o.a.texts.T(l, "casework.status."+c.Status),
			YourTurn: slices.Contains([]string{casework.Draft, casework.Payment, casework.Correction}, c.Status), URL: "/applications/" + string(c.ID)}
		if svc, ok := services[c.Service]; ok {
			one.Title = svc.Title.In(l)
		}
		if !c.SubmittedAt.IsZero() {
			one.SubmittedAt = c.SubmittedAt.String()
		}
		if open := []string{casework.Submitted, casework.InReview, casework.SecondLook}; !c.DueAt.IsZero() && slices.Contains(open, c.Status) {
			one.DueAt = c.DueAt.String()
		}
		out = append(out, one)
	}
	return out, nil
}

// Entitled tells of the person alone and of the household as a whole: what others
// who live there are entitled to is theirs.
func (o own) Entitled(ctx context.Context, actor authz.Actor, l kernel.Lang) ([]assistant.Verdict, error) {
	known, err := o.a.benefit.KnownBy(ctx, ownReader(actor))
	if err != nil {
		return nil, err
	}
	a := known.Answer
	self := slices.IndexFunc(a.Situation.Members, func(m situation.Member) bool { return m.ID == known.Self })
	out := verdictsOf(a, o.a.texts, l)
	for i := range out {
		r := &a.Results[i]
		if !r.Person {
			continue
		}
		mine := r.Members[self]
		out[i].Eligible, out[i].Amount, out[i].Missing = mine.Eligible.String(), mine.Amount, nil
		if out[i].Eligible != "yes" {
			out[i].Confidence = ""
		}
		for _, ref := range mine.Missing {
			out[i].Missing = append(out[i].Missing, missingFact(a.Engine, ref, l)...)
		}
	}
	return out, nil
}

// ownReader is an actor who may read their own affairs.
func ownReader(a authz.Actor) authz.Actor {
	a.Scopes = []string{authz.ScopeApplications}
	return a
}
