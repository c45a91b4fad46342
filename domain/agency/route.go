package agency

import (
	"fmt"
	"slices"
	"strings"

	"maru/domain/agency/contract"
	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// Route finds the body in charge on the day. A place that is not told is an
// Invalid error naming the question or fact, unless the rule has a fallback
// body; a place nobody is in charge of is NotFound.
func (d *Directory) Route(rule catalog.AgencyRule, answers, facts map[string]kernel.Value, at kernel.Date) (string, error) {
	by, ref, _ := strings.Cut(rule.By, ":")
	var v kernel.Value
	switch by {
	case "nationwide":
		return d.current(rule.Body, at)
	case "fact":
		v = facts[ref]
	case "question":
		v = answers[ref]
	default:
		return "", kernel.E(kernel.Internal, "", fmt.Errorf("agency: rule by %q", rule.By))
	}
	switch place := v.Text(); {
	case !v.Known() || place == "":
		if rule.Body != "" {
			return d.current(rule.Body, at)
		}
		return "", kernel.E(kernel.Invalid, "agency.no_place", nil).Field(ref, "agency.no_place", nil)
	case by == "question" && d.Type(place) != "":
		return d.current(place, at)
	default:
		return d.at(rule, kernel.Region(place), ref, at)
	}
}

func (d *Directory) current(id string, at kernel.Date) (string, error) {
	if now, ok := d.Current(id, at); ok {
		return now, nil
	}
	return "", kernel.E(kernel.NotFound, "agency.none", fmt.Errorf("agency: no body %q on %s", id, at))
}

// at finds the body of the rule's type that is in charge of a region.
func (d *Directory) at(rule catalog.AgencyRule, place kernel.Region, ref string, at kernel.Date) (string, error) {
	code, ok := d.Resolve(place, at)
	if !ok {
		return "", kernel.E(kernel.Invalid, "agency.no_place", nil).Field(ref, "agency.no_place", nil)
	}
	switch d.types[rule.Type].Per {
	case contract.PerRegion:
		return rule.Type + "-" + string(code), nil
	case contract.PerProvince:
		return rule.Type + "-" + string(code.Province()), nil
	case contract.PerCovers:
		for _, b := range d.bodies {
			if b.Type == rule.Type && lasts(b.From, b.Until, at) && (slices.Contains(b.Covers, code) || slices.Contains(b.Covers, code.Province())) {
				return b.ID, nil
			}
		}
	}
	if rule.Body != "" {
		return d.current(rule.Body, at)
	}
	return "", kernel.E(kernel.NotFound, "agency.none", fmt.Errorf("agency: no %s for %s on %s", rule.Type, code, at))
}

// Takes tells whether a body may be in charge of cases under the rule: it is
// of the rule's type or its fallback, or the applicant may choose any body, or
// the matter may turn out to be any body's.
func (d *Directory) Takes(rule catalog.AgencyRule, id string) bool {
	typ := d.Type(id)
	return typ != "" && (rule.Anywhere || typ == rule.Type || id == rule.Body || d.types[rule.Type].Per == contract.PerNation && strings.HasPrefix(rule.By, "question:"))
}

// Bodies lists the bodies that may be in charge under the rule on the day:
// where a case can be handed on to.
func (d *Directory) Bodies(rule catalog.AgencyRule, at kernel.Date, l kernel.Lang) []Choice {
	var out []Choice
	for _, typ := range d.typeOrder() {
		for _, id := range d.ByType(typ, at) {
			if d.Takes(rule, id) {
				out = append(out, Choice{id, d.Name(id, l)})
			}
		}
	}
	return out
}

// typeOrder lists the types of listed bodies first, then those made by rule:
// the short lists before the long ones.
func (d *Directory) typeOrder() []string {
	types := d.Types()
	slices.SortStableFunc(types, func(a, b string) int {
		return rank(d.types[a].Per) - rank(d.types[b].Per)
	})
	return types
}

func rank(per string) int {
	return slices.Index([]string{contract.PerNation, contract.PerCovers, contract.PerProvince, contract.PerRegion}, per)
}
