package assistant

import (
	"fmt"
	"strings"

	"maru/domain/catalog/contract"
	"maru/kernel"
)

// FoundCards is the answer to everyday words. A crisis is to be said first.
type FoundCards struct {
	Crisis    *CrisisCard `json:"crisis,omitempty" jsonschema:"an emergency told in the words: say the number to call before anything else"`
	Lang      string      `json:"lang" jsonschema:"language of the answer, ko or en"`
	Results   []Card      `json:"results" jsonschema:"services, nearest first; offer several and let the person choose"`
	LifeEvent *EventCard  `json:"life_event,omitempty" jsonschema:"a turn in a life all of whose services may matter"`
	Read      string      `json:"read,omitempty" jsonschema:"the words as understood, where the keyboard was set to the wrong language"`
	NoneURL   string      `json:"none_of_these_url,omitempty" jsonschema:"page with all services and the way to a human, where none of these fits"`
	Version   string      `json:"version" jsonschema:"version of the catalogue, a hash of its content"`
}

// CrisisCard is an emergency with the number to call.
type CrisisCard struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Phone string `json:"phone" jsonschema:"number to call now"`
}

// Card is a service in one look.
type Card struct {
	ID      string `json:"id" jsonschema:"service id for the other tools"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	Matched string `json:"matched,omitempty" jsonschema:"the example sentence, title or word that came nearest"`
	Online  bool   `json:"online" jsonschema:"can be applied for here from question to outcome"`
	URL     string `json:"url,omitempty" jsonschema:"page of the service: the source of what is said here"`
}

// EventCard is a life event in one look.
type EventCard struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Summary  string   `json:"summary"`
	Services []string `json:"services" jsonschema:"ids of its services, in the order in which they are done"`
	URL      string   `json:"url,omitempty" jsonschema:"guide through the life event"`
}

// MaxCards is how many services an answer names at most.
const MaxCards = 10

// Find turns everyday words into services. lang "" answers in the language of
// the words. The words are neither kept nor logged.
func (s *Service) Find(text, lang string, limit int) (FoundCards, string, error) {
	want := kernel.Lang("")
	if lang != "" {
		want = ParseLang(lang)
	}
	if limit <= 0 {
		limit = 5
	}
	f, err := s.d.Finder.Find(text, want, min(limit, MaxCards))
	if err != nil {
		return FoundCards{}, "", err
	}
	l := f.Lang
	out := FoundCards{Lang: string(l), Read: f.Read, Results: []Card{}, NoneURL: s.link(l, "/services"), Version: s.Pack().Hash}
	var b strings.Builder
	if c := f.Crisis; c != nil {
		out.Crisis = &CrisisCard{c.ID, c.Title.In(l), c.Text.In(l), c.Phone}
		fmt.Fprintf(&b, "%s\n%s\n%s\n\n", c.Phone, c.Title.In(l), c.Text.In(l))
	}
	for i, h := range f.Hits {
		c := s.card(h.Service, l)
		c.Matched = h.Matched
		out.Results = append(out.Results, c)
		fmt.Fprintf(&b, "%d. %s (%s): %s\n", i+1, c.Title, c.ID, c.Summary)
		if c.URL != "" {
			fmt.Fprintf(&b, "   %s\n", c.URL)
		}
	}
	if len(f.Hits) == 0 {
		b.WriteString(s.t(l, "assistant.find.nothing") + "\n")
	}
	if f.Bundle != nil {
		e := s.event(f.Bundle, l)
		out.LifeEvent = &e
		b.WriteString(strings.TrimSpace(s.t(l, "assistant.find.event", "title", e.Title)+" "+e.URL) + "\n")
	}
	if len(f.Hits) > 0 {
		b.WriteString(s.t(l, "assistant.find.choose"))
	}
	return out, strings.TrimSpace(b.String()), nil
}

func (s *Service) card(svc *contract.Service, l kernel.Lang) Card {
	return Card{ID: svc.ID, Title: svc.Title.In(l), Summary: svc.Summary.In(l), Online: svc.Online, URL: s.link(l, "/services/"+svc.ID)}
}

func (s *Service) event(e *contract.LifeEvent, l kernel.Lang) EventCard {
	return EventCard{ID: e.ID, Title: e.Title.In(l), Summary: e.Summary.In(l), Services: append([]string{}, e.Services...), URL: s.link(l, "/life-events/"+e.ID)}
}

// Events are the turns in a life that have a guide.
type Events struct {
	Lang       string      `json:"lang"`
	LifeEvents []EventCard `json:"life_events"`
	Version    string      `json:"version" jsonschema:"version of the catalogue, a hash of its content"`
}

// LifeEvents lists the turns in a life.
func (s *Service) LifeEvents(lang string) (Events, string) {
	l, p := ParseLang(lang), s.Pack()
	out := Events{Lang: string(l), LifeEvents: []EventCard{}, Version: p.Hash}
	var b strings.Builder
	for i := range p.LifeEvents {
		e := s.event(&p.LifeEvents[i], l)
		out.LifeEvents = append(out.LifeEvents, e)
		fmt.Fprintf(&b, "- %s (%s): %s\n", e.Title, e.ID, e.Summary)
	}
	return out, strings.TrimSpace(b.String())
}
