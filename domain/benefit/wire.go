package benefit

import "maru/kernel"

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
