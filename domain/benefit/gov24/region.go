package gov24

import (
	"slices"
	"strings"

	"maru/domain/agency/contract"
	"maru/kernel"
)

// places finds the place that a body's name speaks of.
type places struct {
	provinces []contract.Province
	// before are the regions that a region took over from.
	before map[kernel.Region][]kernel.Region
}

// place is where a body is in charge: beginnings of region codes and a name.
type place struct {
	codes []string
	name  kernel.Text
	// local: a city, county or district, not a whole province.
	local bool
}

func newPlaces(provinces []contract.Province) *places {
	p := &places{provinces: provinces, before: map[kernel.Region][]kernel.Region{}}
	for _, prov := range provinces {
		for _, r := range prov.Regions {
			for _, s := range r.Successors {
				p.before[s] = append(p.before[s], r.Code)
			}
		}
	}
	return p
}

// find reads the name of a body: a province's name first, as a rule, and then a
// region's. exact: nothing else may stand in it, as in the name of a city.
func (p *places) find(name string, exact bool) (place, bool) {
	prov, rest := p.province(name)
	if prov == nil {
		if exact {
			return place{}, false
		}
		return p.alone(name)
	}
	if rest == "" {
		return p.whole(prov), true
	}
	r := inside(prov, rest, exact)
	switch {
	case r != nil:
		return p.region(prov, r), true
	case exact:
		return place{}, false
	}
	return p.whole(prov), true
}

// province is the one whose name, of today or before, the text begins with, and
// what follows.
func (p *places) province(name string) (*contract.Province, string) {
	var best *contract.Province
	long := ""
	for i := range p.provinces {
		prov := &p.provinces[i]
		names := []string{prov.Name.KO}
		for _, f := range prov.Former {
			names = append(names, f.Name.KO)
		}
		for _, n := range names {
			if len(n) > len(long) && strings.HasPrefix(name, n) {
				best, long = prov, n
			}
		}
	}
	return best, strings.TrimSpace(strings.TrimPrefix(name, long))
}

// inside is the region of a province that the text names or begins with. A
// district of a city is named with its city.
func inside(prov *contract.Province, text string, exact bool) *contract.Region {
	var best *contract.Region
	long := 0
	for i := range prov.Regions {
		r := &prov.Regions[i]
		name := local(prov, r)
		if text == name || !exact && strings.HasPrefix(text, name) {
			if len(name) > long {
				best, long = r, len(name)
			}
		}
	}
	return best
}

func local(prov *contract.Province, r *contract.Region) string {
	if r.City != "" {
		for _, c := range prov.Regions {
			if c.Code == r.City {
				return c.KO + " " + r.KO
			}
		}
	}
	return r.KO
}

// alone finds a region whose name no other place has, at the beginning of a
// name without a province.
func (p *places) alone(name string) (place, bool) {
	var found []place
	long := 0
	for i := range p.provinces {
		prov := &p.provinces[i]
		r := inside(prov, name, false)
		if r == nil || len(local(prov, r)) < long {
			continue
		}
		if n := len(local(prov, r)); n > long {
			found, long = nil, n
		}
		found = append(found, p.region(prov, r))
	}
	if len(found) == 0 {
		return place{}, false
	}
	out := found[len(found)-1]
	for _, f := range found[:len(found)-1] {
		// The same place before and after a change of its code is one place.
		if !slices.ContainsFunc(f.codes, func(c string) bool { return slices.Contains(out.codes, c) }) {
			return place{}, false
		}
		out.codes = union(out.codes, f.codes)
	}
	return out, true
}

// whole is a province, with those it took over from and, where it ended, with
// the regions that took over from its own.
func (p *places) whole(prov *contract.Province) place {
	out := []string{string(prov.Code)}
	for _, f := range prov.Former {
		out = append(out, string(f.Code))
	}
	for _, other := range p.provinces {
		if other.Successor == prov.Code && other.Code != prov.Code {
			out = append(out, string(other.Code))
		}
	}
	for _, r := range prov.Regions {
		for _, s := range r.Successors {
			out = append(out, string(s))
		}
		for _, b := range p.before[r.Code] {
			out = append(out, string(b))
		}
	}
	return place{codes: least(out), name: prov.Name}
}

// region is a region with its districts, the codes it had before, those it took
// over from and those that took over from it.
func (p *places) region(prov *contract.Province, r *contract.Region) place {
	here := []kernel.Region{r.Code}
	for _, d := range prov.Regions {
		if d.City == r.Code {
			here = append(here, d.Code)
		}
	}
	var out []string
	for _, c := range here {
		out = append(out, string(c))
		for _, f := range prov.Former {
			out = append(out, string(f.Code)+string(c[2:]))
		}
		for _, b := range p.before[c] {
			out = append(out, string(b))
		}
	}
	for _, s := range r.Successors {
		out = append(out, string(s))
	}
	name := kernel.Text{KO: local(prov, r), EN: r.EN}
	if name.KO != prov.Name.KO {
		name = kernel.Text{KO: prov.Name.KO + " " + name.KO, EN: name.EN + ", " + prov.Name.EN}
	}
	return place{codes: least(out), name: name, local: true}
}

// least sorts beginnings of codes and leaves out those that another covers.
func least(list []string) []string {
	slices.Sort(list)
	var out []string
	for _, c := range list {
		if len(out) == 0 || !strings.HasPrefix(c, out[len(out)-1]) {
			out = append(out, c)
		}
	}
	return out
}

func union(a, b []string) []string { return least(slices.Concat(a, b)) }
