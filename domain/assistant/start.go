package assistant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Started is a form that waits for its person behind a link.
type Started struct {
	Lang      string    `json:"lang"`
	Service   string    `json:"service"`
	Title     string    `json:"title"`
	URL       string    `json:"url,omitempty" jsonschema:"give this link to the person: they sign in, see what you filled in, and decide"`
	ExpiresAt string    `json:"expires_at,omitempty" jsonschema:"the link opens until then (RFC 3339)"`
	Drafted   bool      `json:"drafted" jsonschema:"always false: nothing is stored until the person confirms on our page"`
	Filled    []Filled  `json:"filled" jsonschema:"what the link carries"`
	LeftOut   []LeftOut `json:"left_out" jsonschema:"what it does not carry, and why"`
}

// Filled is one answer that goes along.
type Filled struct {
	Question string `json:"question"`
	Title    string `json:"title"`
	Value    string `json:"value"`
}

// LeftOut is one answer that does not.
type LeftOut struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// The longest texts where the definition names no other, in characters.
const (
	maxText = 200
	maxLong = 400 // a link is no place for more
)

// Start puts answers for a form into a link that only the person can make a
// draft of. Names are ids of questions or of the facts they ask for. Invalid
// names what does not fit its question; what only the person may tell is left
// out. client is the claimed name of the assistant.
func (s *Service) Start(id, lang string, facts map[string]any, client string) (Started, string, error) {
	return s.start(id, lang, facts, Handover{Client: client})
}

// start fills in a handover for its person.
func (s *Service) start(id, lang string, facts map[string]any, h Handover) (Started, string, error) {
	l, p := ParseLang(lang), s.Pack()
	svc, ok := p.Services[id]
	if !ok {
		return Started{}, "", noService()
	}
	out := Started{Lang: string(l), Service: id, Title: svc.Title.In(l), Filled: []Filled{}, LeftOut: []LeftOut{}}
	if !svc.Online {
		return Started{}, "", kernel.E(kernel.Conflict, "assistant.error.not_online", nil).With("url", s.link(l, "/services/"+id))
	}
	answers := map[string]kernel.Value{}
	wrong := kernel.E(kernel.Invalid, "assistant.error.answers", nil)
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		q, known := questionFor(svc, name)
		if !known {
			wrong.Field(clip(name, 64), "assistant.error.no_question", nil)
			continue
		}
		if !s.fillable(p, q) || s.d.Keys == nil {
			reason := "assistant.start.on_site"
			if s.d.Keys == nil {
				reason = "assistant.start.no_site"
			}
			out.LeftOut = append(out.LeftOut, LeftOut{name, s.t(l, reason)})
			continue
		}
		v, key := typed(q, facts[name])
		if key != "" {
			wrong.Field(name, key, nil)
			continue
		}
		if v.Known() {
			answers[q.ID] = v
		}
	}
	if len(wrong.Fields) > 0 {
		return Started{}, "", wrong
	}
	out.Filled = s.Rows(svc, answers, l)
	if s.d.Keys == nil || s.d.Site == "" {
		out.URL = s.link(l, "/services/"+id)
		return out, s.t(l, "assistant.start.plain", "title", out.Title) + "\n" + out.URL, nil
	}
	token, expires, err := s.seal(svc, answers, h)
	if err != nil {
		return Started{}, "", err
	}
	out.URL, out.ExpiresAt = s.link(l, "/handover/"+token), expires.String()
	return out, s.t(l, "assistant.start.open", "title", out.Title, "n", len(out.Filled)) + "\n" + out.URL, nil
}

// questionFor finds the question by its own id or by the applicant's fact that
// it asks for.
func questionFor(svc *contract.Service, name string) (*contract.Question, bool) {
	if q, ok := svc.Question(name); ok {
		return q, true
	}
	for i := range svc.Questions {
		if q := &svc.Questions[i]; q.Fact == name && q.Of == "" {
			return q, true
		}
	}
	return nil, false
}

// typed gives a value the kind that its question asks for, or says what is wrong
// with it. Casework checks again, with all that it knows, when a draft begins.
func typed(q *contract.Question, raw any) (kernel.Value, string) {
	b, err := json.Marshal(raw)
	if err != nil {
		return kernel.Value{}, "assistant.error.value"
	}
	var v kernel.Value
	if err := json.Unmarshal(b, &v); err != nil {
		return kernel.Value{}, "assistant.error.value"
	}
	if v.Kind() == kernel.TextValue {
		v = kernel.TextOf(strings.TrimSpace(v.Text()))
	}
	v, err = v.As(q.ValueKind())
	if err != nil {
		return kernel.Value{}, "assistant.error.type_" + family(q.Type)
	}
	if !v.Known() {
		return v, ""
	}
	if !q.WellFormed(v) {
		return kernel.Value{}, "assistant.error.type_" + family(q.Type)
	}
	switch n, number := v.Int(); {
	case number && (n < q.Min || q.Max > 0 && n > q.Max):
		return kernel.Value{}, "assistant.error.range"
	case number:
		return v, ""
	}
	limit := maxText
	if q.Type == "longtext" {
		limit = maxLong
	}
	if q.Max > 0 {
		limit = min(limit, int(q.Max))
	}
	if v.Kind() == kernel.TextValue && utf8.RuneCountInString(v.Text()) > limit {
		return kernel.Value{}, "assistant.error.long"
	}
	if strings.ContainsFunc(v.Text(), func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || q.Type != "longtext") }) {
		return kernel.Value{}, "assistant.error.value"
	}
	return v, ""
}

// family groups types whose mistakes read alike.
func family(t string) string {
	switch t {
	case "int", "money":
		return "number"
	case "bool", "date", "counts":
		return t
	case "enum", "set":
		return "choice"
	}
	return "text"
}

// Rows are answers as people read them, in the order of the form.
func (s *Service) Rows(svc *contract.Service, answers map[string]kernel.Value, l kernel.Lang) []Filled {
	out := []Filled{}
	for i := range svc.Questions {
		q := &svc.Questions[i]
		if v, ok := answers[q.ID]; ok {
			out = append(out, Filled{q.ID, q.Title.In(l), s.words(q, v, l)})
		}
	}
	return out
}

// words are an answer in words.
func (s *Service) words(q *contract.Question, v kernel.Value, l kernel.Lang) string {
	label := func(value string) string {
		for _, o := range q.Options {
			if o.Value == value {
				return o.Text.In(l)
			}
		}
		return value
	}
	switch q.Type {
	case "bool":
		if yes, _ := v.Bool(); yes {
			return s.t(l, "assistant.yes")
		}
		return s.t(l, "assistant.no")
	case "enum":
		return label(v.Text())
	case "region":
		if name := s.d.Bodies.RegionName(v.Text(), l); name != "" {
			return name
		}
	case "agency":
		if name := s.d.Bodies.Name(v.Text(), l); name != "" {
			return name
		}
	case "money":
		if n, ok := v.Int(); ok {
			return s.t(l, "assistant.won", "amount", kernel.Money(n))
		}
	case "set", "counts":
		members, _ := v.Set()
		var out []string
		for _, m := range members {
			if option, n, ok := contract.ParseCount(m); ok && q.Type == "counts" {
				out = append(out, fmt.Sprintf("%s × %d", label(option), n))
			} else {
				out = append(out, label(m))
			}
		}
		return strings.Join(out, ", ")
	}
	return v.Text()
}

// clip keeps what somebody sent short enough to send back.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
