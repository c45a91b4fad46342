package catalog

import (
	"slices"
	"strings"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// Kinds are the kinds of services in the order in which lists show them.
var Kinds = []string{"report", "certificate", "credential", "application", "benefit", "complaint", "booking", "participation", "objection"}

// Filter narrows the list of services; zero fields do not.
type Filter struct {
	Query     string // words of title, summary or terms, in either language
	Kind      string
	LifeEvent string
}

// List is the services in force that pass the filter: those complete here
// first, then by Korean title.
func (s *Service) List(f Filter) []*contract.Service {
	p := s.Active()
	var words []string
	for _, w := range strings.Fields(f.Query) {
		words = append(words, plain(w))
	}
	var out []*contract.Service
	for _, id := range p.Order {
		svc := p.Services[id]
		if f.Kind != "" && svc.Kind != f.Kind || f.LifeEvent != "" && !slices.Contains(svc.LifeEvents, f.LifeEvent) || !mentions(svc, words) {
			continue
		}
		out = append(out, svc)
	}
	slices.SortStableFunc(out, func(a, b *contract.Service) int {
		if a.Online != b.Online {
			if a.Online {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Title.KO, b.Title.KO)
	})
	return out
}

// mentions tells whether each word stands in what the service says of itself.
func mentions(s *contract.Service, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := plain(strings.Join(slices.Concat([]string{s.Title.KO, s.Title.EN, s.Summary.KO, s.Summary.EN}, s.Terms), "\n"))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// LifeEvents are those of the pack in force.
func (s *Service) LifeEvents() []contract.LifeEvent { return s.Active().LifeEvents }

// LifeEvent is one of them.
func (s *Service) LifeEvent(id string) (contract.LifeEvent, bool) {
	events := s.Active().LifeEvents
	i := slices.IndexFunc(events, func(e contract.LifeEvent) bool { return e.ID == id })
	if i < 0 {
		return contract.LifeEvent{}, false
	}
	return events[i], true
}

// BodyName is the name of the body that a rule names, or the title of the type
// of body where the place decides.
func (s *Service) BodyName(rule contract.AgencyRule, l kernel.Lang) string {
	if rule.By == "nationwide" && s.bodies != nil {
		if name := s.bodies.Name(rule.Body, l); name != "" {
			return name
		}
	}
	types := s.Active().Agencies.Types
	if i := slices.IndexFunc(types, func(t agency.Type) bool { return t.ID == rule.Type }); i >= 0 {
		return types[i].Title.In(l)
	}
	return ""
}
