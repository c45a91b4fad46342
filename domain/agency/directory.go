package agency

import (
	"slices"
	"strings"

	"maru/domain/agency/contract"
	"maru/kernel"
)

// Directory answers about the bodies and regions of one pack. It is read-only
// and safe for concurrent use.
type Directory struct {
	types   map[string]contract.Type
	rules   map[string]contract.NameRule
	listed  map[string]*contract.Body
	bodies  []*contract.Body // as listed
	regions map[kernel.Region]*region
	codes   []kernel.Region // of regions, as listed
	provs   map[kernel.Region]*contract.Province
	order   []kernel.Region          // of provinces, as listed
	former  map[kernel.Region]former // by two-digit code
	shared  map[string]bool          // names that several regions have at one time
}

type region struct {
	contract.Region
	province *contract.Province
	city     *region // nil unless a district of a city
}

type former struct {
	contract.Former
	now *contract.Province
}

// NewDirectory builds a directory; d has passed the checks of the catalogue.
func NewDirectory(d contract.Data) *Directory {
	dir := &Directory{
		types: map[string]contract.Type{}, rules: map[string]contract.NameRule{}, listed: map[string]*contract.Body{},
		regions: map[kernel.Region]*region{}, provs: map[kernel.Region]*contract.Province{},
		former: map[kernel.Region]former{}, shared: map[string]bool{},
	}
	for _, t := range d.Types {
		dir.types[t.ID] = t
	}
	for _, r := range d.Rules {
		dir.rules[r.Type] = r
	}
	for i := range d.Bodies {
		dir.listed[d.Bodies[i].ID] = &d.Bodies[i]
		dir.bodies = append(dir.bodies, &d.Bodies[i])
	}
	for i := range d.Provinces {
		p := &d.Provinces[i]
		dir.provs[p.Code] = p
		dir.order = append(dir.order, p.Code)
		for _, f := range p.Former {
			dir.former[f.Code] = former{f, p}
		}
		for _, r := range p.Regions {
			dir.regions[r.Code] = &region{Region: r, province: p}
			dir.codes = append(dir.codes, r.Code)
		}
	}
	for _, r := range dir.regions {
		if r.City != "" {
			r.city = dir.regions[r.City]
		}
	}
	dir.findShared()
	return dir
}

// findShared finds the names that need their province to be told apart. A
// region that took over from one of the same name does not share it.
func (d *Directory) findShared() {
	byName := map[string][]*region{}
	for _, code := range d.codes {
		r := d.regions[code]
		for _, s := range byName[r.KO] {
			if lasts(r.From, r.Until, s.From) || lasts(s.From, s.Until, r.From) {
				d.shared[r.KO] = true
			}
		}
		byName[r.KO] = append(byName[r.KO], r)
	}
}

// lasts tells whether a span with open ends holds the day.
func lasts(from, until, at kernel.Date) bool {
	return !at.Before(from) && (until.IsZero() || !until.Before(at))
}

// alive tells whether the region exists on the day: its own span and that of
// its province. Before a province's first day its regions existed under a
// former code, which Resolve knows.
func (r *region) alive(at kernel.Date) bool {
	return lasts(r.From, r.Until, at) && lasts(kernel.Date{}, r.province.Until, at)
}

// split tells whether the region is a city that is divided into districts on
// the day, so that people live in those.
func (r *region) split(at kernel.Date) bool {
	return r.Districts && !at.Before(r.DistrictsFrom)
}

// Exists tells whether there is such a body on the day.
func (d *Directory) Exists(id string, at kernel.Date) bool {
	if b := d.listed[id]; b != nil {
		return lasts(b.From, b.Until, at)
	}
	_, p, r, ok := d.made(id)
	switch {
	case !ok:
		return false
	case r != nil:
		return r.alive(at)
	}
	return lasts(kernel.Date{}, p.Until, at) && lasts(provinceFrom(p), kernel.Date{}, at)
}

// provinceFrom is the first day of the province. One that only changed code or
// name existed before.
func provinceFrom(p *contract.Province) kernel.Date {
	if len(p.Former) > 0 {
		return kernel.Date{}
	}
	return p.From
}

// made takes the id of a body made by rule apart: its type and its province,
// and its region where the type is per region.
func (d *Directory) made(id string) (t contract.Type, p *contract.Province, r *region, ok bool) {
	i := strings.LastIndexByte(id, '-')
	if i < 0 {
		return t, nil, nil, false
	}
	t, ok = d.types[id[:i]]
	code := kernel.Region(id[i+1:])
	switch {
	case !ok:
	case t.Per == contract.PerRegion:
		if r = d.regions[code]; r != nil {
			return t, r.province, r, true
		}
	case t.Per == contract.PerProvince:
		if p = d.provs[code]; p != nil {
			return t, p, nil, true
		}
	}
	return t, nil, nil, false
}

// Type is the type of the body, "" when there is no such body.
func (d *Directory) Type(id string) string {
	if b := d.listed[id]; b != nil {
		return b.Type
	}
	if t, _, _, ok := d.made(id); ok {
		return t.ID
	}
	return ""
}

// ByType lists the bodies of a type on the day: in the order of the pack.
func (d *Directory) ByType(typ string, at kernel.Date) []string {
	var out []string
	for _, b := range d.bodies {
		if b.Type == typ && lasts(b.From, b.Until, at) {
			out = append(out, b.ID)
		}
	}
	switch d.types[typ].Per {
	case contract.PerRegion:
		for _, code := range d.codes {
			if d.regions[code].alive(at) {
				out = append(out, typ+"-"+string(code))
			}
		}
	case contract.PerProvince:
		for _, code := range d.order {
			if id := typ + "-" + string(code); d.Exists(id, at) {
				out = append(out, id)
			}
		}
	}
	return out
}

// Types lists the ids of the types, sorted.
func (d *Directory) Types() []string {
	out := make([]string, 0, len(d.types))
	for id := range d.types {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Current follows the successors of a body to the one in charge on the day.
func (d *Directory) Current(id string, at kernel.Date) (string, bool) {
	for range len(d.listed) + len(d.regions) {
		if d.Exists(id, at) {
			return id, true
		}
		next, ok := d.successor(id)
		if !ok {
			return "", false
		}
		id = next
	}
	return "", false // a ring of successors
}

// successor is the body that took over, whether the time has come or not.
func (d *Directory) successor(id string) (string, bool) {
	if b := d.listed[id]; b != nil {
		return b.Successor, b.Successor != ""
	}
	t, p, r, ok := d.made(id)
	switch {
	case !ok:
	case r != nil && len(r.Successors) > 0:
		return t.ID + "-" + string(r.Successors[0]), true
	case r == nil && p.Successor != "":
		return t.ID + "-" + string(p.Successor), true
	}
	return "", false
}
