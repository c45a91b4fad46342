package catalog

import (
	"slices"
	"strings"
	"time"

	agency "maru/domain/agency/contract"
	"maru/kernel"
)

// directory checks that types, bodies and regions fit together; that each
// place has a body is proven by the agency domain (Hooks.Prove).
func (c *checker) directory() {
	d := &c.pack.Agencies
	pers := map[string]string{}
	for _, t := range d.Types {
		pers[t.ID] = t.Per
		if !slices.Contains([]string{agency.PerNation, agency.PerProvince, agency.PerRegion, agency.PerCovers}, t.Per) {
			c.found.err(agenciesFile, 0, "type %q: per %q is unknown", t.ID, t.Per)
		}
		byRule := slices.ContainsFunc(d.Rules, func(r agency.NameRule) bool { return r.Type == t.ID })
		if byRule != (t.Per == agency.PerProvince || t.Per == agency.PerRegion) {
			c.found.err(agenciesFile, 0, "type %q: a naming rule is for types per province or region, and they need one", t.ID)
		}
	}
	codes := c.codes()
	bodies := map[string]agency.Body{}
	for _, b := range d.Bodies {
		bodies[b.ID] = b
	}
	seen := map[string]bool{}
	for _, b := range d.Bodies {
		if b.ID == "" || seen[b.ID] || b.Name.KO == "" || b.Name.EN == "" {
			c.found.err(agenciesFile, b.Line, "body %q: needs an id of its own and a name in both languages", b.ID)
		}
		seen[b.ID] = true
		if pers[b.Type] == "" {
			c.found.err(agenciesFile, b.Line, "body %q: no type %q", b.ID, b.Type)
		}
		if (pers[b.Type] == agency.PerCovers) != (len(b.Covers) > 0) {
			c.found.err(agenciesFile, b.Line, "body %q: covers is for types per covers, and they need it", b.ID)
		}
		for _, code := range b.Covers {
			if !codes[code] {
				c.found.err(agenciesFile, b.Line, "body %q: covers %q, which is no province or region", b.ID, code)
			}
		}
		if !b.Until.IsZero() {
			if next, ok := bodies[b.Successor]; !ok || next.From.IsZero() || b.Until.AddDays(1) != next.From {
				c.found.err(agenciesFile, b.Line, "body %q: ends on %s but no successor begins the day after", b.ID, b.Until)
			}
		}
	}
}

// codes are all province and region codes, and finds what is wrong with them.
func (c *checker) codes() map[kernel.Region]bool {
	codes := map[kernel.Region]bool{}
	add := func(code kernel.Region, digits, line int) {
		if len(code) != digits || strings.Trim(string(code), "0123456789") != "" || codes[code] {
			c.found.err(regionsFile, line, "code %q: needs %d digits and may stand once", code, digits)
		}
		codes[code] = true
	}
	for _, p := range c.pack.Agencies.Provinces {
		add(p.Code, 2, p.Line)
		if p.Name.KO == "" || p.Name.EN == "" {
			c.found.err(regionsFile, p.Line, "province %s: no name in both languages", p.Code)
		}
		for _, f := range p.Former {
			if f.Code != "" {
				add(f.Code, 2, p.Line)
			}
		}
		for _, r := range p.Regions {
			add(r.Code, 5, r.Line)
			if r.Code.Province() != p.Code || r.KO == "" || r.EN == "" {
				c.found.err(regionsFile, r.Line, "region %s: lies in another province, or has no name in both languages", r.Code)
			}
		}
	}
	for _, p := range c.pack.Agencies.Provinces {
		for _, r := range p.Regions {
			if r.City != "" && !codes[r.City] {
				c.found.err(regionsFile, r.Line, "region %s: no city %q", r.Code, r.City)
			}
			for _, s := range r.Successors {
				if !codes[s] {
					c.found.err(regionsFile, r.Line, "region %s: no successor %q", r.Code, s)
				}
			}
			if !r.Until.IsZero() && len(r.Successors) == 0 {
				c.found.err(regionsFile, r.Line, "region %s: ends without a successor", r.Code)
			}
		}
	}
	return codes
}

// holidaysCover finds years without holidays between the first and the last
// one, and substitutes that are no use.
func (c *checker) holidaysCover() {
	if len(c.pack.Holidays) == 0 {
		return
	}
	years := map[int16]int{}
	for _, h := range c.pack.Holidays {
		years[h.Date.Year]++
		if d := h.Date.Weekday(); h.Substitute && (d == time.Saturday || d == time.Sunday) {
			c.found.err("holidays.yaml", 0, "substitute holiday %s falls on a rest day", h.Date)
		}
	}
	for y := c.pack.Holidays[0].Date.Year; y <= c.pack.Holidays[len(c.pack.Holidays)-1].Date.Year; y++ {
		if years[y] == 0 {
			c.found.err("holidays.yaml", 0, "no holidays in %d", y)
		}
	}
}
