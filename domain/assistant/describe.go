package assistant

import (
	"fmt"
	"slices"
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Description is all that an assistant may need to know of a service.
type Description struct {
	Card
	Lang       string      `json:"lang"`
	Kind       string      `json:"kind" jsonschema:"report, certificate, application, benefit, complaint and so on"`
	Who        string      `json:"who,omitempty" jsonschema:"who may apply"`
	Agency     Agency      `json:"agency" jsonschema:"the body in charge"`
	Law        []Law       `json:"law" jsonschema:"the provisions it rests on"`
	Papers     []string    `json:"papers" jsonschema:"papers to bring or attach"`
	Fee        Fee         `json:"fee"`
	TimeLimit  *Limit      `json:"time_limit,omitempty" jsonschema:"how long the office has"`
	Deadline   *Limit      `json:"deadline,omitempty" jsonschema:"until when the person must act"`
	Channels   []string    `json:"channels" jsonschema:"ways that the law knows: online, visit, phone, post, kiosk, app"`
	Directions *Directions `json:"directions,omitempty" jsonschema:"where to go outside of this site"`
	Questions  []Question  `json:"questions" jsonschema:"what the form asks; start_application takes those with fill here"`
	Objection  string      `json:"objection,omitempty" jsonschema:"what can be done against a decision"`
	LifeEvents []string    `json:"life_events"`
	HasRule    bool        `json:"has_rule" jsonschema:"check_eligibility can decide it"`
	Unverified []string    `json:"unverified" jsonschema:"fields that nobody confirmed at their source yet: say so when you use them"`
	ValidOn    string      `json:"valid_on" jsonschema:"the day for which this holds, YYYY-MM-DD"`
	Version    string      `json:"version" jsonschema:"version of the catalogue, a hash of its content"`
}

// Agency is the body in charge, or the kind of body where the place decides.
type Agency struct {
	Kind string `json:"kind,omitempty" jsonschema:"kind of body; the person's place or an answer says which one"`
	Name string `json:"name,omitempty" jsonschema:"the body, where one is in charge of the whole country"`
}

// Law is a provision.
type Law struct {
	Name    string `json:"name"`
	Article string `json:"article,omitempty"`
}

// Fee is what it costs, in won.
type Fee struct {
	Won       int64  `json:"won" jsonschema:"at the counter, in won"`
	OnlineWon int64  `json:"online_won" jsonschema:"through this site, in won"`
	Note      string `json:"note,omitempty"`
}

// Limit is a length of time.
type Limit struct {
	Value int    `json:"value"`
	Unit  string `json:"unit" jsonschema:"immediate, hours, days, weeks, months or years"`
	Note  string `json:"note,omitempty"`
	Law   string `json:"law,omitempty"`
}

// Directions lead outside.
type Directions struct {
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Question is one question of a form.
type Question struct {
	ID       string   `json:"id"`
	Type     string   `json:"type" jsonschema:"text, longtext, int, money (won), bool, date (YYYY-MM-DD), enum, set, region (5 digits), counts (option*number), list and others"`
	Title    string   `json:"title"`
	Optional bool     `json:"optional,omitempty"`
	Options  []Option `json:"options,omitempty"`
	Fill     string   `json:"fill" jsonschema:"here: start_application takes an answer; on_site: the person tells it on our page"`
}

// Option is one choice.
type Option struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// Describe tells about a service; NotFound for an id that is none of the active
// pack.
func (s *Service) Describe(id, lang string) (Description, string, error) {
	l, p := ParseLang(lang), s.Pack()
	svc, ok := p.Services[id]
	if !ok {
		return Description{}, "", noService()
	}
	d := Description{Card: s.card(svc, l), Lang: string(l), Kind: svc.Kind, Who: svc.Who.In(l), Law: []Law{}, Papers: []string{},
		Fee: Fee{int64(svc.Fee.Won), int64(svc.Fee.Online), svc.Fee.Note.In(l)}, Channels: append([]string{}, svc.Channels...),
		LifeEvents: append([]string{}, svc.LifeEvents...), Questions: []Question{}, HasRule: s.d.Benefits.Has(id),
		Unverified: append([]string{}, svc.Unverified...), ValidOn: s.today().String(), Version: p.Hash}
	if svc.Agency.By == "nationwide" {
		d.Agency.Name = s.d.Bodies.Name(svc.Agency.Body, l)
	} else {
		d.Agency.Kind = s.d.Bodies.TypeName(svc.Agency.Type, l)
	}
	for _, x := range svc.Law {
		name := x.Name
		if l == kernel.EN && x.NameEN != "" {
			name = x.NameEN
		}
		d.Law = append(d.Law, Law{name, x.Article})
	}
	for _, x := range svc.Papers {
		d.Papers = append(d.Papers, x.In(l))
	}
	if t := svc.TimeLimit; !t.IsZero() {
		d.TimeLimit = &Limit{Value: t.Value, Unit: t.Unit, Note: t.Note.In(l)}
	}
	if x := svc.Deadline; x != nil {
		d.Deadline = &Limit{Value: x.Value, Unit: x.Unit, Note: x.Note.In(l), Law: x.Law}
	}
	if x := svc.Directions; x != nil {
		d.Directions = &Directions{x.Text.In(l), x.URL, x.Phone}
	}
	if x := svc.Objection; x != nil {
		d.Objection = x.Route.In(l)
	}
	for i := range svc.Questions {
		q := &svc.Questions[i]
		one := Question{ID: q.ID, Type: q.Type, Title: q.Title.In(l), Optional: q.Optional, Fill: "on_site"}
		if svc.Online && s.fillable(p, q) {
			one.Fill = "here"
		}
		for _, o := range q.Options {
			one.Options = append(one.Options, Option{o.Value, o.Text.In(l)})
		}
		d.Questions = append(d.Questions, one)
	}
	return d, s.described(svc, &d, l), nil
}

// described is the description in a few lines.
func (s *Service) described(svc *contract.Service, d *Description, l kernel.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", d.Title, d.Summary)
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", s.t(l, key), value)
		}
	}
	line("assistant.describe.who", d.Who)
	line("assistant.describe.agency", d.Agency.Name+d.Agency.Kind)
	line("assistant.describe.papers", strings.Join(d.Papers, ", "))
	line("assistant.describe.fee", d.Fee.Note)
	if d.Deadline != nil {
		line("assistant.describe.deadline", d.Deadline.Note)
	}
	var law []string
	for _, x := range d.Law {
		law = append(law, strings.TrimSpace(x.Name+" "+x.Article))
	}
	line("assistant.describe.law", strings.Join(law, ", "))
	if len(svc.Unverified) > 0 {
		b.WriteString(s.t(l, "assistant.describe.unverified", "fields", strings.Join(svc.Unverified, ", ")) + "\n")
	}
	line("assistant.describe.source", d.URL)
	return strings.TrimSpace(b.String())
}

// fillable tells whether an assistant may hand over an answer: not files, not
// persons, no visit, nothing that a register tells, and nothing that the
// dictionary calls sensitive or an identifier.
func (s *Service) fillable(p Pack, q *contract.Question) bool {
	if slices.Contains([]string{"file", "person", "persons", "slot"}, q.Type) || q.Confirmed {
		return false
	}
	return q.Fact == "" || !private(p, q.Fact)
}

// private tells whether a fact is told on our pages only.
func private(p Pack, fact string) bool {
	f, ok := p.Facts[fact]
	return ok && (f.Sensitivity == "identifier" || f.Sensitivity == "sensitive")
}

// Article is the text of a service as a document in a language, for reading.
func (s *Service) Article(id string, l kernel.Lang) (string, error) {
	svc, ok := s.Pack().Services[id]
	if !ok {
		return "", noService()
	}
	_, facts, err := s.Describe(id, string(l))
	if err != nil {
		return "", err
	}
	_, facts, _ = strings.Cut(facts, "\n") // the title is the heading
	return strings.TrimSpace("# " + svc.Title.In(l) + "\n\n" + facts + "\n\n" + svc.Body[l] + "\n\n" + s.t(l, "assistant.describe.version", "date", s.today().String(), "version", s.Pack().Hash)), nil
}

// EventArticle is a life event as a document in a language.
func (s *Service) EventArticle(id string, l kernel.Lang) (string, error) {
	p := s.Pack()
	for i := range p.LifeEvents {
		e := &p.LifeEvents[i]
		if e.ID != id {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "# %s\n\n%s\n\n", e.Title.In(l), e.Summary.In(l))
		for _, st := range e.Steps {
			title := st.Title.In(l)
			if svc := p.Services[st.Service]; title == "" && svc != nil {
				title = svc.Title.In(l)
			}
			fmt.Fprintf(&b, "- %s", title)
			if st.Service != "" {
				fmt.Fprintf(&b, " (service://%s)", st.Service)
			}
			if st.Due != nil {
				fmt.Fprintf(&b, ": %s", st.Due.Note.In(l))
			}
			b.WriteByte('\n')
		}
		return b.String(), nil
	}
	return "", kernel.E(kernel.NotFound, "assistant.error.no_event", nil)
}
