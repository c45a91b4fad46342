package api

import (
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Summary is a service in a list, in one language.
type Summary struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Kind       string   `json:"kind"`
	Online     bool     `json:"online" doc:"complete here; otherwise directions tell where to go"`
	Summary    string   `json:"summary"`
	Agency     string   `json:"agency" doc:"name of the body, or of the type of body"`
	LifeEvents []string `json:"life_events"`
	Channels   []string `json:"channels"`
}

// Detail is a service with everything an application needs.
type Detail struct {
	Summary
	Pack        string      `json:"pack" doc:"version that an application will keep"`
	Who         string      `json:"who"`
	Rule        AgencyRule  `json:"agency_rule"`
	Law         []Law       `json:"law"`
	Parties     []Party     `json:"parties"`
	Papers      []string    `json:"papers"`
	Fee         Fee         `json:"fee"`
	TimeLimit   *Limit      `json:"time_limit"`
	Deadline    *Deadline   `json:"deadline"`
	Directions  *Directions `json:"directions"`
	Questions   []Question  `json:"questions"`
	Eligibility []Rule      `json:"eligibility"`
	Decisions   []string    `json:"decisions"`
	Outcome     Outcome     `json:"outcome"`
	Uploads     *Uploads    `json:"uploads"`
	Objection   *Objection  `json:"objection"`
	Terms       []string    `json:"terms"`
	Unverified  []string    `json:"unverified" doc:"parts not yet confirmed at their source"`
	Text        string      `json:"text" doc:"Markdown"`
	EasyText    string      `json:"easy_text,omitempty" doc:"Korean that is easy to read, Markdown"`
}

// AgencyRule says what decides which body is in charge.
type AgencyRule struct {
	Type     string `json:"type"`
	By       string `json:"by" doc:"nationwide, fact:ID or question:ID"`
	Body     string `json:"body,omitempty"`
	Anywhere bool   `json:"anywhere,omitempty" doc:"a case may be handed on to any body"`
}

// Law is a provision.
type Law struct {
	Name    string `json:"name"`
	Article string `json:"article,omitempty" doc:"as cited in Korean"`
}

// Party is somebody who takes part.
type Party struct {
	ID       string     `json:"id"`
	Role     string     `json:"role"`
	Title    string     `json:"title"`
	Question string     `json:"question,omitempty" doc:"its answer names the person"`
	When     *Condition `json:"when,omitempty"`
}

// Fee is in won.
type Fee struct {
	Won       kernel.Money `json:"won"`
	OnlineWon kernel.Money `json:"online_won"`
	Note      string       `json:"note,omitempty"`
}

// Limit is the office's time limit.
type Limit struct {
	Value int    `json:"value"`
	Unit  string `json:"unit"`
	Rule  string `json:"rule" doc:"petitions: working days (Civil Petitions Treatment Act art. 19); civil: calendar days"`
	Note  string `json:"note,omitempty"`
}

// Deadline is the citizen's own.
type Deadline struct {
	Value    int    `json:"value"`
	Unit     string `json:"unit"`
	Question string `json:"question,omitempty" doc:"counted from its answer"`
	Law      string `json:"law"`
	Note     string `json:"note,omitempty"`
}

// Directions tell where to apply today.
type Directions struct {
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Question is one question of the form.
type Question struct {
	ID        string     `json:"id"`
	Type      string     `json:"type"`
	Title     string     `json:"title"`
	Hint      string     `json:"hint,omitempty"`
	Required  bool       `json:"required" doc:"when it is shown"`
	Options   []Option   `json:"options,omitempty"`
	Fact      string     `json:"fact,omitempty" doc:"prefilled from this fact, with consent"`
	Of        string     `json:"of,omitempty" doc:"whose fact: the person that this question names"`
	From      string     `json:"from,omitempty"`
	Confirmed bool       `json:"confirmed,omitempty"`
	Min       int64      `json:"min,omitempty"`
	Max       int64      `json:"max,omitempty"`
	Past      bool       `json:"past,omitempty"`
	Future    bool       `json:"future,omitempty"`
	When      *Condition `json:"when,omitempty" doc:"shown only when this holds"`
}

// Option is one choice.
type Option struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// Rule is a condition of eligibility.
type Rule struct {
	If      *Condition `json:"if"`
	Article string     `json:"article,omitempty"`
	Else    string     `json:"else" doc:"what is told when it does not hold"`
}

// Outcome is what the person holds in the end.
type Outcome struct {
	Type  string `json:"type"`
	Title string `json:"title"`
}

// Uploads bound attachments.
type Uploads struct {
	MaxFiles int      `json:"max_files"`
	MaxBytes int64    `json:"max_bytes"`
	Types    []string `json:"types"`
}

// Objection is the route against an adverse decision.
type Objection struct {
	Law   Law    `json:"law"`
	Days  int    `json:"days"`
	Route string `json:"route"`
}

// Condition is a three-valued test; see contract.Condition.
type Condition struct {
	All      []*Condition `json:"all,omitempty"`
	Any      []*Condition `json:"any,omitempty"`
	Not      *Condition   `json:"not,omitempty"`
	Question string       `json:"question,omitempty"`
	Fact     string       `json:"fact,omitempty"`
	Age      bool         `json:"age,omitempty"`
	Is       []string     `json:"is,omitempty"`
	Has      string       `json:"has,omitempty"`
	AtLeast  *int64       `json:"at_least,omitempty"`
	AtMost   *int64       `json:"at_most,omitempty"`
	Known    *bool        `json:"known,omitempty"`
}

// LifeEvent bundles services.
type LifeEvent struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Summary  string   `json:"summary"`
	Services []string `json:"services"`
}

func (o operations) summary(s *contract.Service, l kernel.Lang) Summary {
	return Summary{ID: s.ID, Title: s.Title.In(l), Kind: s.Kind, Online: s.Online, Summary: s.Summary.In(l),
		Agency: o.src.BodyName(s.Agency, l), LifeEvents: list(s.LifeEvents), Channels: list(s.Channels)}
}

func (o operations) detail(s *contract.Service, pack string, l kernel.Lang) Detail {
	d := Detail{
		Summary: o.summary(s, l), Pack: pack, Who: s.Who.In(l), Rule: AgencyRule(s.Agency),
		Papers: each(s.Papers, func(t kernel.Text) string { return t.In(l) }),
		Law:    each(s.Law, func(x contract.Law) Law { return law(x, l) }),
		Fee:    Fee{s.Fee.Won, s.Fee.Online, s.Fee.Note.In(l)},
		Parties: each(s.Parties, func(p contract.Party) Party {
			return Party{p.ID, p.Role, p.Title.In(l), p.Question, condition(p.When)}
		}),
		Questions: each(s.Questions, func(q contract.Question) Question { return question(q, l) }),
		Eligibility: each(s.Eligibility, func(r contract.Rule) Rule {
			return Rule{condition(&r.If), r.Article, r.Else.In(l)}
		}),
		Decisions: list(s.Decisions), Outcome: Outcome{s.Outcome.Type, s.Outcome.Title.In(l)},
		Terms: list(s.Terms), Unverified: list(s.Unverified), Text: s.Body[l],
	}
	if l == kernel.KO {
		d.EasyText = s.Body[kernel.KOEasy]
	}
	if t := s.TimeLimit; !t.IsZero() {
		rule := t.Rule
		if rule == "" {
			rule = "petitions"
		}
		d.TimeLimit = &Limit{t.Value, t.Unit, rule, t.Note.In(l)}
	}
	if x := s.Deadline; x != nil {
		d.Deadline = &Deadline{x.Value, x.Unit, x.Question, x.Law, x.Note.In(l)}
	}
	if x := s.Directions; x != nil {
		d.Directions = &Directions{x.Text.In(l), x.URL, x.Phone}
	}
	if s.Uploads.MaxFiles > 0 {
		d.Uploads = &Uploads{s.Uploads.MaxFiles, s.Uploads.MaxBytes, s.Uploads.Types}
	}
	if x := s.Objection; x != nil {
		d.Objection = &Objection{law(x.Law, l), x.Days, x.Route.In(l)}
	}
	return d
}

func law(x contract.Law, l kernel.Lang) Law {
	if l == kernel.EN && x.NameEN != "" {
		return Law{x.NameEN, x.Article}
	}
	return Law{x.Name, x.Article}
}

func question(q contract.Question, l kernel.Lang) Question {
	return Question{ID: q.ID, Type: q.Type, Title: q.Title.In(l), Hint: q.Hint.In(l), Required: !q.Optional,
		Options: each(q.Options, func(o contract.Option) Option { return Option{o.Value, o.Text.In(l)} }),
		Fact:    q.Fact, Of: q.Of, From: q.From, Confirmed: q.Confirmed, Min: q.Min, Max: q.Max, Past: q.Past, Future: q.Future, When: condition(q.When)}
}

func condition(c *contract.Condition) *Condition {
	if c == nil {
		return nil
	}
	out := &Condition{Not: condition(c.Not), Question: c.Question, Fact: c.Fact, Age: c.Age, Is: c.Is, Has: c.Has, AtLeast: c.AtLeast, AtMost: c.AtMost, Known: c.Known}
	for i := range c.All {
		out.All = append(out.All, condition(&c.All[i]))
	}
	for i := range c.Any {
		out.Any = append(out.Any, condition(&c.Any[i]))
	}
	return out
}

// list is a copy that is never null in JSON.
func list(s []string) []string { return append([]string{}, s...) }

func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}
