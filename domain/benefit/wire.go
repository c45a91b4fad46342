package benefit

import (
	"context"

	"maru/kernel"
	"maru/platform/authz"
)

// wire answers the JSON API.
type wire struct{ *Service }

// EvaluateJSON decides every programme for the situation in body.
func (w wire) EvaluateJSON(body []byte, l kernel.Lang) (any, error) {
	a, err := w.evaluate(body)
	if err != nil {
		return nil, err
	}
	return a.View(w.d.Texts, l), nil
}

func (s *Service) evaluate(body []byte) (*Answer, error) {
	e, err := s.Engine()
	if err != nil {
		return nil, err
	}
	in, err := e.Decode(body)
	if err != nil {
		return nil, err
	}
	return e.Evaluate(in)
}

// MineView is what a person is entitled to by what registers know. Members are
// the people of the household by the ids that results and refs use.
type MineView struct {
	View
	Self    string                    `json:"self"`
	Members map[string]MineMemberView `json:"members"`
	// NotCovered are facts that rules read and the consent does not name.
	NotCovered []string `json:"not_covered,omitempty"`
	// Declined are sensitive facts that the person left out of their consent.
	Declined []string `json:"declined,omitempty"`
}

// MineMemberView is one of them.
type MineMemberView struct {
	Name     string `json:"name"`
	Relation string `json:"relation_to_head"`
	// Open: a consent opens the member's facts. Else AgreeFirst are the names of
	// those who could agree.
	Open       bool     `json:"open"`
	AgreeFirst []string `json:"agree_first,omitempty"`
}

// MineJSON decides for the actor's household as registers tell it.
func (w wire) MineJSON(ctx context.Context, actor authz.Actor, l kernel.Lang) (any, error) {
	if err := actor.Require(authz.ScopeApplications); err != nil {
		return nil, err
	}
	if !actor.Proven() {
		return nil, kernel.E(kernel.Forbidden, "mydata.error.prove_first", nil)
	}
	k, err := w.known(ctx, actor, actor.Person)
	if err != nil {
		return nil, err
	}
	out := MineView{View: k.Answer.View(w.d.Texts, l), Self: k.Self, Members: map[string]MineMemberView{}, NotCovered: k.New, Declined: k.Declined}
	for _, m := range k.Members {
		out.Members[m.ID] = MineMemberView{m.Name, m.Relation, m.Open, m.Ask}
	}
	return out, nil
}

// NextView is a question as the API gives it; Ref is null when no more is to be
// asked.
type NextView struct {
	Ref        *string      `json:"ref"`
	Member     string       `json:"member,omitempty"`
	Fact       string       `json:"fact,omitempty"`
	Title      string       `json:"title,omitempty"`
	Type       string       `json:"type,omitempty" enum:"bool,int,date,enum,code,set"`
	Unit       string       `json:"unit,omitempty"`
	Options    []OptionView `json:"options,omitempty"`
	Programmes []string     `json:"programmes,omitempty"`
}

// OptionView is a member of an enum.
type OptionView struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// NextJSON is what to ask next about the situation in body.
func (w wire) NextJSON(body []byte, l kernel.Lang) (any, error) {
	a, err := w.evaluate(body)
	if err != nil {
		return nil, err
	}
	q, err := a.Engine.Next(a, func(string) bool { return false })
	if err != nil || q == nil {
		return NextView{}, err
	}
	fact, _ := a.Engine.Fact(q.Fact.Household, q.Fact.ID)
	out := NextView{Ref: &q.Ref, Member: q.Member, Fact: q.Fact.ID, Title: q.Fact.Title.In(l), Type: fact.Type, Unit: fact.Unit, Programmes: q.Programmes}
	for _, m := range q.Fact.Members {
		out.Options = append(out.Options, OptionView{m, q.Fact.Labels[m].In(l)})
	}
	return out, nil
}
