package agency

import (
	"fmt"

	"maru/domain/agency/internal/api"
	"maru/kernel"
)

// lists answers the operations of the API from the directory of today.
type lists struct{ s *Service }

// Regions lists the regions in which people live today.
func (o lists) Regions(l kernel.Lang) []api.Region {
	out := []api.Region{}
	for _, g := range o.s.Directory().Regions(o.s.today(), l) {
		for _, r := range g.Regions {
			out = append(out, api.Region{Code: kernel.Region(r.ID), Name: r.Name, Province: g.Name})
		}
	}
	return out
}

// Agencies lists the bodies of a type that exist today, of every type if "".
func (o lists) Agencies(typ string, l kernel.Lang) ([]api.Agency, error) {
	d := o.s.Directory()
	types := d.typeOrder()
	if typ != "" {
		if _, ok := d.types[typ]; !ok {
			return nil, kernel.E(kernel.Invalid, "", fmt.Errorf("agency: no type %q", typ)).Field("type", "agency.no_type", nil)
		}
		types = []string{typ}
	}
	out := []api.Agency{}
	for _, t := range types {
		for _, id := range d.ByType(t, o.s.today()) {
			a := api.Agency{ID: id, Name: d.Name(id, l), Type: t}
			if b := d.listed[id]; b != nil {
				a.Phone = b.Phone
			}
			out = append(out, a)
		}
	}
	return out, nil
}
