package agency

import (
	"strings"

	"maru/domain/agency/contract"
	"maru/kernel"
)

// Name is what people call the body, "" when the id is unknown. Where several
// regions share a name (중구), the province is named too.
func (d *Directory) Name(id string, l kernel.Lang) string {
	if b := d.listed[id]; b != nil {
		return b.Name.In(l)
	}
	t, p, r, ok := d.made(id)
	if !ok {
		return ""
	}
	rule := d.rules[t.ID]
	if r == nil {
		return fill(rule, p.Name.In(l), l)
	}
	if l != kernel.EN {
		name := fill(rule, r.local(l), l)
		if r.city == nil && d.shared[r.KO] {
			return p.Name.KO + " " + name
		}
		return name
	}
	name := fill(rule, r.EN, l)
	switch {
	case r.city != nil:
		return name + " (" + r.city.EN + ")"
	case d.shared[r.KO]:
		return name + " (" + p.Name.EN + ")"
	}
	return name
}

func fill(rule contract.NameRule, region string, l kernel.Lang) string {
	form := rule.KO
	if l == kernel.EN {
		form = rule.EN
	}
	return strings.ReplaceAll(form, "{region}", region)
}

// TypeName is what the type of body is called.
func (d *Directory) TypeName(typ string, l kernel.Lang) string { return d.types[typ].Title.In(l) }

// Info is what a page says about a body.
type Info struct {
	ID, Name, Type string
	Region         string // the place it is in charge of, "" for the whole country
	Phone          string
	From, Until    kernel.Date // zero: open
	Successor      string      // id, "" for none
}

// Info describes a body.
func (d *Directory) Info(id string, l kernel.Lang) (Info, bool) {
	typ := d.Type(id)
	if typ == "" {
		return Info{}, false
	}
	out := Info{ID: id, Name: d.Name(id, l), Type: d.TypeName(typ, l)}
	out.Successor, _ = d.successor(id)
	if b := d.listed[id]; b != nil {
		out.Phone, out.From, out.Until = b.Phone, b.From, b.Until
		names := make([]string, 0, len(b.Covers))
		for _, code := range b.Covers {
			names = append(names, d.RegionName(code, l))
		}
		out.Region = strings.Join(names, ", ")
		return out, true
	}
	_, p, r, _ := d.made(id)
	if r == nil {
		out.Region, out.From, out.Until = p.Name.In(l), provinceFrom(p), p.Until
		return out, true
	}
	out.Region, out.From, out.Until = d.RegionName(r.Code, l), r.From, r.Until
	return out, true
}
