package scaffold

import (
	"fmt"
	"slices"
	"strings"

	agency "maru/domain/agency/contract"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// ending is how services of a kind usually end.
type ending struct {
	kind      string
	decisions []string // the first one is the good one
	outcome   string
}

var endings = []ending{
	{"application", []string{"granted", "refused"}, "document"},
	{"report", []string{"accepted", "returned"}, "document"},
	{"certificate", []string{"granted", "refused"}, "document"},
	{"credential", []string{"granted", "refused"}, "document"},
	{"benefit", []string{"granted", "partly_granted", "refused"}, "payment"},
	{"complaint", []string{"replied", "returned"}, "reply"},
	{"booking", []string{"granted", "refused"}, "document"},
	{"participation", []string{"accepted", "returned"}, "document"},
	{"objection", []string{"granted", "partly_granted", "refused"}, "document"},
}

// Kinds are the kinds of service, the most common one first.
func Kinds() []string {
	out := make([]string, 0, len(endings))
	for _, e := range endings {
		out = append(out, e.kind)
	}
	return out
}

// view is what the templates see.
type view struct {
	ID         string
	Title      kernel.Text
	Kind       string
	Agency     contract.AgencyRule
	Home       string // the fact that locates the body, "" where one body serves all
	Region     string // what Home is of the examples' applicant
	InCharge   string // the body in charge of that applicant, "" if not known
	Phone      bool   // the dictionary has a telephone number to fill in
	LifeEvents string // ids to choose from
	Decisions  string
	Good       string // the good decision
	Outcome    string
}

func (s *Service) view(p *catalog.Pack, h catalog.Hooks) (*view, error) {
	rule, err := inCharge(s.Agency, p)
	if err != nil {
		return nil, err
	}
	// No kind said is the first one.
	e := endings[max(0, slices.IndexFunc(endings, func(e ending) bool { return e.kind == s.Kind }))]
	v := &view{ID: s.ID, Title: s.Title, Kind: e.kind, Agency: rule,
		Decisions: strings.Join(e.decisions, ", "), Good: e.decisions[0], Outcome: e.outcome}
	if f := p.Facts["phone"]; f != nil {
		v.Phone = f.ValueKind() == kernel.TextValue
	}
	if fact, local := strings.CutPrefix(rule.By, "fact:"); local {
		v.Home = fact
	}
	var events []string
	for _, l := range p.LifeEvents {
		events = append(events, l.ID)
	}
	v.LifeEvents = strings.Join(events, ", ")
	if h.Route != nil {
		v.Region, v.InCharge = v.example(h.Route(p), p.Agencies)
	}
	return v, nil
}

// inCharge makes the rule of a type of body, of one body, or of the bodies
// nearest to people.
func inCharge(name string, p *catalog.Pack) (contract.AgencyRule, error) {
	types := p.Agencies.Types
	if name == "" {
		nearest := slices.IndexFunc(types, func(t agency.Type) bool { return t.Per == agency.PerRegion })
		if nearest < 0 {
			return contract.AgencyRule{}, fmt.Errorf("the pack has no local offices: name who is in charge with --agency: %s", choices(p))
		}
		name = types[nearest].ID
	}
	for _, t := range types {
		if t.ID != name {
			continue
		}
		if t.Per == agency.PerNation {
			return contract.AgencyRule{}, fmt.Errorf("agency %q: such bodies serve the whole country; name one of agencies.yaml by its id", name)
		}
		home := home(p)
		if home == "" {
			return contract.AgencyRule{}, fmt.Errorf("agency %q: facts.yaml has no fact of a person that holds a region; name one body by its id", name)
		}
		return contract.AgencyRule{Type: name, By: "fact:" + home}, nil
	}
	for _, b := range p.Agencies.Bodies {
		if b.ID != name {
			continue
		}
		if !b.Until.IsZero() {
			return contract.AgencyRule{}, fmt.Errorf("agency %q ended on %s; its successor is %q", name, b.Until, b.Successor)
		}
		return contract.AgencyRule{Type: b.Type, By: "nationwide", Body: b.ID}, nil
	}
	return contract.AgencyRule{}, fmt.Errorf("agency %q is neither a type nor a body of agencies.yaml: %s", name, choices(p))
}

func choices(p *catalog.Pack) string {
	var local []string
	for _, t := range p.Agencies.Types {
		if t.Per != agency.PerNation {
			local = append(local, t.ID)
		}
	}
	return "a type (" + strings.Join(local, ", ") + ") or the id of a body"
}

// home is the fact that tells where a person lives.
func home(p *catalog.Pack) string {
	for _, id := range p.FactOrder {
		if f := p.Facts[id]; f.Entity == "person" && f.Of == "region" {
			return id
		}
	}
	return ""
}

// exampleDay is the day on which examples happen unless they say otherwise.
var exampleDay = kernel.MustDate("2026-03-10")

// example is the first region from which somebody reaches a body, and that
// body; no region where one body serves all.
func (v *view) example(route catalog.RouteFunc, d agency.Data) (region, body string) {
	if v.Home == "" {
		body, _ := route(v.Agency, nil, nil, exampleDay) // the check tells of a body that is not there
		return "", body
	}
	for _, province := range d.Provinces {
		for _, r := range province.Regions {
			facts := map[string]kernel.Value{v.Home: kernel.TextOf(string(r.Code))}
			if body, err := route(v.Agency, nil, facts, exampleDay); err == nil {
				return string(r.Code), body
			}
		}
	}
	return "", ""
}
