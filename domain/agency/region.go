package agency

import (
	"maru/domain/agency/contract"
	"maru/kernel"
)

// Resolve is the code that a region's code means on the day: itself, or what
// became of it. Codes that a province had before are known too.
func (d *Directory) Resolve(code kernel.Region, at kernel.Date) (kernel.Region, bool) {
	r := d.region(code)
	for range len(d.regions) {
		switch {
		case r == nil:
			return "", false
		case r.alive(at):
			return r.Code, true
		case len(r.Successors) == 0 || at.Before(r.From):
			return d.before(r, at)
		}
		r = d.regions[r.Successors[0]]
	}
	return "", false
}

// before finds what a region was called on a day before it began: the region
// that it succeeded, else the city it is a district of.
func (d *Directory) before(r *region, at kernel.Date) (kernel.Region, bool) {
	if !at.Before(r.From) {
		return "", false
	}
	for _, code := range d.codes {
		old := d.regions[code]
		for _, s := range old.Successors {
			if s == r.Code && old.alive(at) {
				return old.Code, true
			}
		}
	}
	if r.city != nil && r.city.alive(at) {
		return r.city.Code, true
	}
	return "", false
}

// region finds a region by today's code or by one its province had before.
func (d *Directory) region(code kernel.Region) *region {
	if r := d.regions[code]; r != nil {
		return r
	}
	if f, ok := d.former[code.Province()]; ok && len(code) == 5 {
		return d.regions[f.now.Code+code[2:]]
	}
	return nil
}

// RegionExists tells whether the code names a city, county or district on the
// day. A city divided into districts still is one.
func (d *Directory) RegionExists(code kernel.Region, at kernel.Date) bool {
	r := d.regions[code]
	return r != nil && r.alive(at)
}

// RegionName is the full name with province and city, in the order of the
// language; "" for a code that never was.
func (d *Directory) RegionName(code kernel.Region, l kernel.Lang) string {
	if code == kernel.Nationwide {
		return ""
	}
	if p := d.provs[code]; p != nil {
		return p.Name.In(l)
	}
	if f, ok := d.former[code]; ok {
		return f.Name.In(l)
	}
	r := d.region(code)
	if r == nil {
		return ""
	}
	return withProvince(r.province, r.local(l), l)
}

// local is the name within the province: 수원시 장안구, or Jangan-gu, Suwon-si.
func (r *region) local(l kernel.Lang) string {
	if r.city == nil {
		return r.name(l)
	}
	if l == kernel.EN {
		return r.EN + ", " + r.city.EN
	}
	return r.city.KO + " " + r.KO
}

func (r *region) name(l kernel.Lang) string {
	if l == kernel.EN {
		return r.EN
	}
	return r.KO
}

func withProvince(p *contract.Province, local string, l kernel.Lang) string {
	name := p.Name.In(l)
	switch {
	case name == local: // Sejong is province and region in one
		return name
	case l == kernel.EN:
		return local + ", " + name
	}
	return name + " " + local
}

// Group is a province with the regions people can choose in it.
type Group struct {
	Province kernel.Region
	Name     string
	Regions  []Choice
}

// Choice is something to pick: its id or code and its name.
type Choice struct{ ID, Name string }

// Regions lists every region in which people live on the day, by province:
// districts instead of the cities they divide.
func (d *Directory) Regions(at kernel.Date, l kernel.Lang) []Group {
	var out []Group
	for _, code := range d.order {
		p := d.provs[code]
		g := Group{Province: p.Code, Name: p.Name.In(l)}
		for i := range p.Regions {
			r := d.regions[p.Regions[i].Code]
			if r.alive(at) && !r.split(at) {
				g.Regions = append(g.Regions, Choice{string(r.Code), r.local(l)})
			}
		}
		if len(g.Regions) > 0 {
			out = append(out, g)
		}
	}
	return out
}
