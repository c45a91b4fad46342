package agency

import (
	"slices"

	catalog "maru/domain/catalog/contract"
	"maru/kernel"
)

// Gap is a place from which a service reaches nobody.
type Gap struct {
	Service string
	Region  kernel.Region
	At      kernel.Date
	Why     string
}

// Prove routes every service from every region on every day of change between
// from and to, and returns the gaps: none means that nobody is left without a
// body in charge. Services with the same rule share one proof.
func (d *Directory) Prove(services []*catalog.Service, from, to kernel.Date) []Gap {
	var rules []catalog.AgencyRule
	users := map[catalog.AgencyRule][]string{}
	for _, s := range services {
		if users[s.Agency] == nil {
			rules = append(rules, s.Agency)
		}
		users[s.Agency] = append(users[s.Agency], s.ID)
	}
	var gaps []Gap
	for _, at := range d.changes(from, to) {
		places := d.places(at)
		for _, rule := range rules {
			for _, place := range places {
				if why := d.gap(rule, place, at); why != "" {
					for _, id := range users[rule] {
						gaps = append(gaps, Gap{id, place, at, why})
					}
				}
				if rule.By == "nationwide" {
					break // the place does not matter
				}
			}
		}
	}
	return gaps
}

// places are the regions in which people live on the day.
func (d *Directory) places(at kernel.Date) []kernel.Region {
	var out []kernel.Region
	for _, g := range d.Regions(at, kernel.KO) {
		for _, r := range g.Regions {
			out = append(out, kernel.Region(r.ID))
		}
	}
	return out
}

func (d *Directory) gap(rule catalog.AgencyRule, place kernel.Region, at kernel.Date) string {
	v := anyPlace(rule, place)
	id, err := d.Route(rule, v, v, at)
	switch {
	case err != nil:
		return err.Error()
	case !d.Exists(id, at):
		return "routed to " + id + ", which does not exist"
	case d.Name(id, kernel.KO) == "" || d.Name(id, kernel.EN) == "":
		return "routed to " + id + ", which has no name"
	}
	return ""
}

// anyPlace answers the rule's question or fact with the place.
func anyPlace(rule catalog.AgencyRule, place kernel.Region) map[string]kernel.Value {
	for i, c := range rule.By {
		if c == ':' {
			return map[string]kernel.Value{rule.By[i+1:]: kernel.TextOf(string(place))}
		}
	}
	return nil
}

// changes are the days between from and to on which something begins, and
// from itself: in between nothing changes.
func (d *Directory) changes(from, to kernel.Date) []kernel.Date {
	days := []kernel.Date{from, to}
	add := func(day kernel.Date) {
		if from.Before(day) && day.Before(to) {
			days = append(days, day)
		}
	}
	next := func(day kernel.Date) {
		if !day.IsZero() {
			add(day.AddDays(1))
		}
	}
	for _, b := range d.bodies {
		add(b.From)
		next(b.Until)
	}
	for _, p := range d.provs {
		add(p.From)
		next(p.Until)
	}
	for _, r := range d.regions {
		add(r.From)
		add(r.DistrictsFrom)
		next(r.Until)
	}
	slices.SortFunc(days, func(a, b kernel.Date) int {
		if a.Before(b) {
			return -1
		}
		if b.Before(a) {
			return 1
		}
		return 0
	})
	return slices.Compact(days)
}
