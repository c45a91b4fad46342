package app

import (
	"maru/domain/benefit"
	"maru/domain/benefit/rule"
	"maru/domain/catalog"
	"maru/domain/catalog/contract"
	"maru/kernel"
)

// benefitSource is what a pack says about benefits.
func benefitSource(p *catalog.Pack) rule.Source {
	s := rule.Source{Law: p.Benefits, Facts: make([]contract.Fact, 0, len(p.FactOrder))}
	for _, id := range p.FactOrder {
		s.Facts = append(s.Facts, *p.Facts[id])
	}
	for _, id := range p.Order {
		if b := p.Services[id].Benefit; b != nil {
			s.Programmes = append(s.Programmes, rule.Programme{ID: id, Benefit: *b})
		}
	}
	return s
}

// checkBenefits finds what is wrong with the rules of a pack; rules without
// problems are held to the examples.
func checkBenefits(p *catalog.Pack) []catalog.Finding {
	var out []catalog.Finding
	for _, problem := range benefit.Check(benefitSource(p)) {
		file, line := p.Place(problem.Programme, problem.Path...)
		out = append(out, catalog.Finding{Severity: catalog.Error, File: file, Line: line, Message: problem.Message})
	}
	if len(out) > 0 {
		return out
	}
	return runBenefitExamples(p)
}

// benefitPack is benefit's view of the catalogue.
type benefitPack struct{ *catalog.Service }

func (p benefitPack) Benefits() benefit.Pack { return benefitsOf(p.Active()) }

// benefitsOf is what benefit sees of a pack.
func benefitsOf(p *catalog.Pack) benefit.Pack {
	out := benefit.Pack{Hash: p.Hash, Source: benefitSource(p), Titles: map[string]kernel.Text{}, Online: map[string]bool{}, Before: map[string][]string{}}
	for _, province := range p.Agencies.Provinces {
		for _, r := range province.Regions {
			for _, next := range r.Successors {
				out.Before[string(next)] = append(out.Before[string(next)], string(r.Code))
			}
		}
	}
	for _, id := range p.Order {
		out.Online[id] = p.Services[id].Online
		out.Titles[id] = p.Services[id].Title
	}
	return out
}

// places is benefit's view of the agencies' regions.
type places struct{ agencies }

func (p places) Regions(l kernel.Lang) []benefit.Place {
	var out []benefit.Place
	for _, place := range p.Places(l) {
		out = append(out, benefit.Place{Region: place.Region, Name: place.Name})
	}
	return out
}
